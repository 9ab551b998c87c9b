import { childFqn, entityLink, fqnOf, type EntityKey, type EntityRecord, type MetadataRecord } from "@omd/schema";
import { describe, expect, test } from "@jest/globals";
import { ConfigError } from "../config/config-error.ts";
import { typesWith } from "./add-labels.ts";
import { createProcessors } from "./create-processors.ts";
import { edge, pipeline, pipelineRecord, run, schema, status, table, tableRecord } from "./record-fixture.ts";

describe("filter", () => {
  const filter = (more: object) => ({ type: "filter", entityType: "table", ...more });
  test.each<[object, boolean]>([
    [{ includes: ["ord"] }, true],
    [{ includes: ["rders"] }, false],
    [{ excludes: ["^ORDERS$"] }, false],
    [{ includes: [".*"], excludes: ["ord"] }, false],
    [{ on: "fqn", includes: ['svc\\.Shop\\."Pub\\.lic"\\.'] }, true],
    [{ on: "fqn", includes: ["orders"] }, false],
    [{ includes: [] }, true],
    [{}, true],
  ])("%j lets `orders` through: %s", (more, passes) => {
    const record = tableRecord("orders");
    expect(run(filter(more), record)).toBe(passes ? record : undefined);
  });

  test("takes what lies below, runs and edges with it", () => {
    const noPublic = { type: "filter", entityType: "databaseSchema", excludes: ["pub\\.lic"] };
    expect(run(noPublic, tableRecord("orders"))).toBeUndefined();
    const noTmp = filter({ excludes: ["tmp"] });
    expect(run(noTmp, edge(table("tmp_1"), table("a")))).toBeUndefined();
    expect(run(noTmp, edge(table("a"), table("tmp_1")))).toBeUndefined();
    expect(run(noTmp, edge(table("a"), table("b")))).toBeDefined();
    const noDaily = { type: "filter", entityType: "pipeline", excludes: ["daily"] };
    expect([pipelineRecord, status, edge(table("a"), table("b"))].map((record) => run(noDaily, record))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const { fqn } = table("tmp_1");
    const request = { name: "c", testDefinition: "d", entityLink: entityLink("table", fqn, "columns", "Id") };
    for (const about of [
      { kind: "dataModel", table: fqn, dataModel: { modelType: "DBT" } },
      { kind: "entityUpdate", entityType: "table", fqn, set: {} },
      { kind: "testResult", testCase: childFqn(fqn, "Id", "c"), results: [] },
      { kind: "entity", entityType: "testCase", request },
    ] satisfies MetadataRecord[]) {
      expect(run(noTmp, about)).toBeUndefined();
      expect(run(noDaily, about)).toBe(about);
    }
    const noService = { type: "filter", entityType: "pipelineService", includes: ["other"] };
    expect(run(noService, status)).toBeUndefined();
  });

  test("leaves other types, tags and removals of edges alone", () => {
    const none = filter({ excludes: [".*"] });
    const removal: MetadataRecord = { kind: "lineageRemoval", from: table("a"), to: table("b") };
    for (const record of [pipelineRecord, status, removal]) expect(run(none, record)).toBe(record);
  });

  test("knows nested containers", () => {
    const noBucket = { type: "filter", entityType: "container", excludes: ["raw$"] };
    const inBucket = { entityType: "container", fqn: fqnOf("s3", "raw", "2024", "part") } as const;
    expect(run(noBucket, edge(inBucket, table("a")))).toBeUndefined();
    const noService = { type: "filter", entityType: "storageService", excludes: ["s3"] };
    expect(run(noService, edge(inBucket, table("a")))).toBeUndefined();
    expect(run({ ...noBucket, excludes: ["s3"] }, edge(inBucket, table("a")))).toBeDefined();
  });

  test("knows what lies in directories", () => {
    const noTeam = { type: "filter", entityType: "directory", excludes: ["^team$"] };
    const inTeam = { entityType: "file", fqn: fqnOf("drive", "team", "2026", "a.csv") } as const;
    const worksheet = { entityType: "worksheet", fqn: fqnOf("drive", "team", "plan", "Q1") } as const;
    for (const key of [inTeam, worksheet]) expect(run(noTeam, edge(key, table("a")))).toBeUndefined();
    expect(run({ ...noTeam, excludes: ["plan", "Q1", "csv"] }, edge(worksheet, table("a")))).toBeDefined();
    const noPlan = { type: "filter", entityType: "spreadsheet", excludes: ["plan"] };
    expect(run(noPlan, edge(worksheet, table("a")))).toBeUndefined();
    expect(run(noTeam, edge({ entityType: "file", fqn: fqnOf("drive", "team") }, table("a")))).toBeDefined();
  });
});

describe("add-tags and add-domains", () => {
  const own = { tagFQN: "Tier.Gold", source: "Classification", labelType: "Manual", state: "Confirmed" } as const;
  const added = (tagFQN: string) => ({ tagFQN, source: "Classification", labelType: "Automated", state: "Suggested" });

  test("tags come with their records, once, beside those that are there", () => {
    const tags = ["PII.Sensitive", "Tier.Gold", '"My.Class".x'];
    const result = run({ type: "add-tags", tags, includes: ["orders"] }, tableRecord("orders", { tags: [own] }));
    expect(result).toMatchObject([
      { kind: "tag", classification: { name: "PII" }, tag: { name: "Sensitive" } },
      { kind: "tag", classification: { name: "My.Class" }, tag: { name: "x" } },
      { kind: "entity", request: { tags: [own, added("PII.Sensitive"), added('"My.Class".x')] } },
    ]);
  });

  test("an entity that has them all, does not match, or is of another type is left as it is", () => {
    const tagged = tableRecord("orders", { tags: [own] });
    const config = { type: "add-tags", tags: ["Tier.Gold"], excludes: ["tmp"] };
    const classification: EntityRecord = {
      kind: "entity",
      entityType: "classification",
      request: { name: "c", description: "" },
    };
    for (const record of [tagged, tableRecord("tmp"), classification, status, edge(table("a"), table("b"))])
      expect(run(config, record)).toBe(record);
    expect(run({ ...config, entityTypes: ["pipeline"] }, tableRecord("orders"))).toEqual(tableRecord("orders"));
    expect(run({ ...config, entityTypes: ["pipeline"] }, pipelineRecord)).toHaveLength(2);
  });

  test("the record that went in is not changed", () => {
    const record = tableRecord("orders");
    run({ type: "add-tags", tags: ["A.b"] }, record);
    run({ type: "add-domains", domains: ["Sales"] }, record);
    expect(record).toEqual(tableRecord("orders"));
  });

  test("domains are united", () => {
    const result = run({ type: "add-domains", domains: ["Sales", "Web"] }, tableRecord("o", { domains: ["Web"] }));
    expect(result).toMatchObject({ request: { domains: ["Web", "Sales"] } });
    const service: EntityRecord = {
      kind: "entity",
      entityType: "databaseService",
      request: { name: "s", serviceType: "x" },
    };
    expect(run({ type: "add-domains", domains: ["Sales"], on: "fqn", includes: ["s$"] }, service)).toMatchObject({
      request: { domains: ["Sales"] },
    });
  });

  test("only types that have the field are touched", () => {
    expect(typesWith("tags")).toEqual(expect.arrayContaining(["table", "pipeline", "databaseService", "container"]));
    expect(typesWith("tags")).not.toContain("tag");
    expect(typesWith("tags")).not.toContain("user");
  });
});

describe("normalize-names", () => {
  const lower = { type: "normalize-names", entityTypes: ["database", "databaseSchema", "table"], case: "lower" };
  const publicSchema = fqnOf("svc", "shop", "pub.lic");

  test("changes the name and the parents of an entity", () => {
    expect(run(lower, tableRecord("Orders"))).toMatchObject({
      request: { name: "orders", databaseSchema: publicSchema, columns: [{ name: "Id" }] },
    });
    expect(run({ ...lower, entityTypes: ["table"] }, tableRecord("Orders"))).toMatchObject({
      request: { name: "orders", databaseSchema: schema },
    });
    const renamedService = {
      type: "normalize-names",
      entityTypes: ["pipelineService"],
      replace: [{ pattern: "\\.", with: "_" }],
    };
    expect(run(renamedService, pipelineRecord)).toMatchObject({ request: { name: "Daily", service: "Air_Flow" } });
    expect(run(renamedService, status)).toMatchObject({ pipeline: "Air_Flow.Daily" });
  });

  test("changes both ends of edges and the tables of their columns, not the columns", () => {
    const from = table("Orders");
    const to: EntityKey = { entityType: "container", fqn: fqnOf("S3", "Out") };
    const columns = { fromColumns: [childFqn(from.fqn, "Id")], toColumn: childFqn(to.fqn, "Id") };
    expect(run(lower, { ...edge(from, to), columnsLineage: [columns] })).toMatchObject({
      from: { fqn: childFqn(publicSchema, "orders") },
      to,
      pipeline,
      columnsLineage: [{ fromColumns: [childFqn(publicSchema, "orders", "Id")], toColumn: "S3.Out.Id" }],
    });
    expect(run(lower, { kind: "lineageRemoval", from, to })).toMatchObject({
      from: { fqn: childFqn(publicSchema, "orders") },
    });
  });

  test("changes foreign keys and parents of containers", () => {
    const constraint = {
      constraintType: "FOREIGN_KEY",
      columns: ["Id"],
      referredColumns: [`${table("Users").fqn}.Id`],
    };
    expect(
      run(lower, tableRecord("A", { tableConstraints: [constraint, { constraintType: "UNIQUE", columns: ["Id"] }] })),
    ).toMatchObject({
      request: {
        tableConstraints: [{ referredColumns: [`${childFqn(publicSchema, "users")}.Id`] }, { columns: ["Id"] }],
      },
    });
    const parent = { id: "", type: "container", fullyQualifiedName: "S3.Raw" };
    const nested: EntityRecord = {
      kind: "entity",
      entityType: "container",
      request: { name: "Part", service: "S3", parent },
    };
    expect(run({ ...lower, entityTypes: ["container"] }, nested)).toMatchObject({
      request: { name: "part", service: "S3", parent: { fullyQualifiedName: "S3.raw", name: "raw" } },
    });
  });

  test("changes directories wherever files and spreadsheets name them", () => {
    const names = { ...lower, entityTypes: ["directory"] };
    const file = { name: "A.csv", service: "Drive", directory: "Drive.Team.Raw" };
    expect(run(names, { kind: "entity", entityType: "file", request: file })).toMatchObject({
      request: { name: "A.csv", service: "Drive", directory: "Drive.team.raw" },
    });
    const parent = { id: "1", type: "directory", fullyQualifiedName: "Drive.Team" };
    const spreadsheet = { name: "Plan", service: "Drive", parent };
    expect(run(names, { kind: "entity", entityType: "spreadsheet", request: spreadsheet })).toMatchObject({
      request: { name: "Plan", parent: { id: "1", fullyQualifiedName: "Drive.team", name: "team" } },
    });
    const worksheet = { name: "Q1", spreadsheet: "Drive.Team.Plan" };
    expect(run(names, { kind: "entity", entityType: "worksheet", request: worksheet })).toMatchObject({
      request: { name: "Q1", spreadsheet: "Drive.team.Plan" },
    });
  });

  test("trims, replaces, then sets the case", () => {
    const config = {
      type: "normalize-names",
      entityTypes: ["pipeline"],
      trim: true,
      replace: [{ pattern: "^Etl-(\\w+)$", with: "$1" }],
      case: "upper",
    };
    const record: EntityRecord = {
      kind: "entity",
      entityType: "pipeline",
      request: { name: " Etl-daily ", service: "s" },
    };
    expect(run(config, record)).toMatchObject({ request: { name: "DAILY", service: "s" } });
  });

  test("changes the tables of data models, updates, tests and their results", () => {
    const { fqn } = table("Orders");
    const renamed = childFqn(publicSchema, "orders");
    expect(
      run(lower, { kind: "dataModel", table: fqn, dataModel: { modelType: "DBT", upstream: [fqn] } }),
    ).toMatchObject({
      table: renamed,
      dataModel: { upstream: [renamed] },
    });
    expect(run(lower, { kind: "entityUpdate", entityType: "table", fqn, set: {} })).toMatchObject({ fqn: renamed });
    expect(run(lower, { kind: "testResult", testCase: childFqn(fqn, "Id", "T"), results: [] })).toMatchObject({
      testCase: childFqn(renamed, "Id", "T"),
    });
    const testCase: EntityRecord = {
      kind: "entity",
      entityType: "testCase",
      request: { name: "T", testDefinition: "d", entityLink: entityLink("table", fqn, "columns", "Id") },
    };
    expect(run(lower, testCase)).toMatchObject({
      request: { name: "T", entityLink: entityLink("table", renamed, "columns", "Id") },
    });
    const suite: EntityRecord = {
      kind: "entity",
      entityType: "testSuite",
      request: { name: "x", basicEntityReference: fqn },
    };
    expect(run(lower, suite)).toMatchObject({ request: { basicEntityReference: renamed } });
  });

  test("tells the new FQN to whoever asks", () => {
    const [processor] = createProcessors([lower]);
    expect(processor?.renamed?.(table("Orders"))).toBe(childFqn(publicSchema, "orders"));
    expect(processor?.renamed?.(pipeline)).toBe(pipeline.fqn);
    const testCase = childFqn(table("Orders").fqn, "Col.umn", "Test");
    expect(processor?.renamed?.({ entityType: "testCase", fqn: testCase })).toBe(
      childFqn(publicSchema, "orders", "Col.umn", "Test"),
    );
  });

  test("a name that nothing is left of is a failure", () => {
    const [processor] = createProcessors([{ ...lower, case: undefined, replace: [{ pattern: ".+", with: "" }] }]);
    expect(processor?.run(tableRecord("Orders")).left).toMatchObject({
      name: "Orders",
      error: expect.stringContaining("leaves nothing of the name"),
    });
  });
});

test.each<[unknown, RegExp]>([
  [
    { type: "filter", entityType: "table", includes: ["("] },
    /^config omd\.processors\[0\]\.includes\[0\]: Invalid filter pattern/,
  ],
  [{ type: "filter", entityType: "table", include: ["a"] }, /include: unknown key \(did you mean includes\?\)/],
  [{ type: "add-tags", tags: ["Tier"] }, /tags\[0\]: must be Classification\.Tag/],
  [{ type: "add-tags", tags: ['a."b'] }, /tags\[0\]: Invalid name/],
  [{ type: "add-tags", tags: [] }, /tags: must not be empty/],
  [
    { type: "normalize-names", entityTypes: ["tables"] },
    /entityTypes\[0\]: must be one of .* \(did you mean table\?\)/,
  ],
  [{ type: "redact", patterns: ["x*"] }, /patterns\[0\]: must not match the empty text/],
  [{ type: "redact", patterns: ["["] }, /patterns\[0\]: Invalid regular expression/],
  [{ type: "redcat" }, /type: must be one of .* \(did you mean redact\?\)/],
  [{}, /type: missing key/],
  ["filter", /expected a map, got text/],
])("%j is refused", (config, message) => {
  expect(() => createProcessors([config])).toThrow(ConfigError);
  expect(() => createProcessors([config])).toThrow(message);
});
