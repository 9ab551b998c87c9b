import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { entityLink, fqnOf, type EntityType } from "@omd/schema";
import { addSchema, id } from "../../test/catalog-fixture.ts";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "./embedded-catalog.ts";

let catalog: EmbeddedCatalog;
let databaseSchema: string;
beforeEach(async () => {
  catalog = openEmbeddedCatalog({ file: ":memory:" });
  databaseSchema = await addSchema(catalog, "s");
  for (const type of [
    "pipelineService",
    "messagingService",
    "mlmodelService",
    "storageService",
    "searchService",
  ] as const)
    await catalog.put(type, { name: "s", serviceType: "X" });
  await catalog.put("classification", { name: "C", description: "words" });
});
afterEach(() => catalog.close());

/** As it comes from outside: of any form. */
const put = (type: EntityType, request: object) => catalog.put(type, { name: "x", ...request });
const table = (request: object) => put("table", { databaseSchema, columns: [id], ...request });
const refused = expect.objectContaining({ status: 400 });
const long = (length: number): string => "n".repeat(length);

describe("what no entity may hold is refused", () => {
  test.each<[EntityType, object]>([
    ["database", { lifeCycle: { created: {} } }],
    ["database", { lifeCycle: { moved: { timestamp: 1 } } }],
    ["database", { lifeCycle: { created: { timestamp: 1, accessedBy: { id: "ann", type: "user" } } } }],
    ["pipeline", { startDate: "yesterday" }],
    ["topic", { partitions: 1, messageSchema: { schemaType: "XML" } }],
    ["topic", { partitions: 1, messageSchema: { schemaFields: [null] } }],
    ["topic", { partitions: 1, messageSchema: { schemaFields: [{ name: "a", dataType: "VARCHAR" }] } }],
    ["mlmodel", { server: "nowhere" }],
    ["mlmodel", { mlFeatures: [{ name: "a", dataType: "text" }] }],
    ["mlmodel", { mlHyperParameters: [{ name: "a", value: 5 }] }],
    ["container", { fileFormats: ["xlsx"] }],
    ["searchIndex", { fields: [{ name: "a", dataType: "TEXT", children: [{ name: "b" }] }] }],
    ["tag", { classification: "C", description: "words", style: { colour: "red" } }],
    ["tag", { classification: "C", description: "words", autoClassificationPriority: 101 }],
    ["user", { email: "ann at home" }],
    ["team", { teamType: "Group", email: "x" }],
    ["team", { teamType: "Group", profile: { nickname: "x" } }],
    ["team", { teamType: "Group", profile: { subscription: { slack: { url: "x" } } } }],
    ["testDefinition", { entityType: "TABLE", testPlatforms: ["dbt"], parameterDefinition: [{ dataType: "TEXT" }] }],
    [
      "testDefinition",
      { entityType: "TABLE", testPlatforms: ["dbt"], parameterDefinition: [{ validationRule: { rule: "LIKE" } }] },
    ],
    ["metric", { metricExpression: { language: "Cobol" } }],
  ])("%s %j", async (type, request) => {
    const service = ["database", "pipeline", "topic", "mlmodel", "container", "searchIndex"].includes(type)
      ? { service: "s" }
      : {};
    await expect(put(type, { ...service, ...request })).rejects.toEqual(refused);
  });

  test.each([
    { tablePartition: { columns: 5 } },
    { tablePartition: { columns: [{ columnName: "id", intervalType: "HOURLY" }] } },
    { tableProfilerConfig: { profileSample: "all" } },
    { dataModel: { modelType: "Sofa" } },
    { fileFormat: "xlsx" },
    { columns: [{ name: "a", dataType: "ARRAY", arrayDataType: "SOFA" }] },
  ])("table %j", async (request) => {
    await expect(table(request)).rejects.toEqual(refused);
  });
});

test("what entities may hold is taken as it is", async () => {
  const tablePartition = { columns: [{ columnName: "id", intervalType: "TIME-UNIT", interval: "DAY" }] };
  const lifeCycle = { created: { timestamp: 1, accessedByAProcess: "job" } };
  const { entity } = await table({ tablePartition, lifeCycle, fileFormat: "parquet" });
  expect(entity).toMatchObject({ tablePartition, lifeCycle, fileFormat: "parquet" });
  const messageSchema = {
    schemaText: "{}",
    schemaType: "Avro",
    schemaFields: [{ name: "a", dataType: "RECORD", children: [{ name: "b", dataType: "INT" }] }],
  };
  expect((await put("topic", { service: "s", partitions: 1, messageSchema })).entity).toMatchObject({ messageSchema });
});

test("a null counts as left out wherever it stands, but not in a list", async () => {
  const column = { name: "a", dataType: "INT", description: null, tags: null, children: null, precision: null };
  const tableConstraints = [{ constraintType: "UNIQUE", columns: ["a"], referredColumns: null }];
  const { entity } = await table({ columns: [column], tableConstraints, owners: null, extension: { a: null, b: 1 } });
  expect(entity).toMatchObject({
    columns: [{ name: "a", dataType: "INT" }],
    tableConstraints: [{ constraintType: "UNIQUE", columns: ["a"] }],
    extension: { b: 1 },
  });
  expect(JSON.stringify(entity)).not.toContain("null");
  await expect(table({ columns: [null] })).rejects.toEqual(refused);
  await expect(table({ tags: [null] })).rejects.toEqual(refused);
});

test("metrics of columns have a call of their own", async () => {
  const customMetrics = [{ name: "m", expression: "1" }];
  const { entity } = await table({ columns: [{ name: "a", dataType: "INT", customMetrics }] });
  expect((entity as { columns?: unknown }).columns).toEqual([
    { name: "a", dataType: "INT", dataTypeDisplay: "int", fullyQualifiedName: `${databaseSchema}.x.a` },
  ]);
});

describe("an FQN has 3,072 characters at most", () => {
  // `s.shop.main.x.` stands before the column.
  test("of a column", async () => {
    await expect(table({ columns: [{ name: long(3_059), dataType: "INT" }] })).rejects.toEqual(refused);
    expect((await table({ columns: [{ name: long(3_058), dataType: "INT" }] })).outcome).toBe("created");
  });

  test("of an entity", async () => {
    let parent: { id: string; type: string } | undefined;
    const add = async (name: string) => {
      const { entity } = await catalog.put("container", { name, service: "s", ...(parent ? { parent } : {}) });
      parent = { id: entity.id, type: "container" };
    };
    // 1 for the service, 201 for each level.
    for (let level = 0; level < 15; level += 1) await add(long(200));
    await expect(add(long(56))).rejects.toEqual(refused);
    await add(long(55));
  });
});

describe("the name of a test suite", () => {
  test("of a table is its FQN, and testSuite where no entity may have one so long", async () => {
    const tables = [long(30), long(256)];
    for (const name of tables) await catalog.put("table", { name, databaseSchema, columns: [id] });
    const suites = await Promise.all(
      tables.map(async (name) => {
        const fqn = fqnOf("s", "shop", "main", name);
        const { entity } = await catalog.put("testSuite", { name: `${fqn}.testSuite`, basicEntityReference: fqn });
        return { name: entity.name, fqn: entity.fullyQualifiedName };
      }),
    );
    expect(suites).toEqual([
      { name: `s.shop.main.${long(30)}.testSuite`, fqn: `s.shop.main.${long(30)}.testSuite` },
      { name: "testSuite", fqn: `s.shop.main.${long(256)}.testSuite` },
    ]);
  });

  test("that a test case brings is no longer either", async () => {
    await catalog.put("table", { name: long(256), databaseSchema, columns: [id] });
    const fqn = fqnOf("s", "shop", "main", long(256));
    await catalog.put("testDefinition", { name: "d", entityType: "TABLE", testPlatforms: ["dbt"] });
    await catalog.put("testCase", { name: "c", testDefinition: "d", entityLink: entityLink("table", fqn) });
    expect(await catalog.get("testSuite", fqnOf("s", "shop", "main", long(256), "testSuite"))).toMatchObject({
      name: "testSuite",
    });
  });

  test("of nobody's table has 256 characters at most", async () => {
    await expect(catalog.put("testSuite", { name: long(257) })).rejects.toEqual(refused);
    expect((await catalog.put("testSuite", { name: long(256) })).outcome).toBe("created");
  });
});

test("what users authenticate and are called by stays out of the catalog", async () => {
  const slack = { endpoint: "https://hooks.example.com/x", secretKey: "canary" };
  const mechanism = { authType: "JWT", config: { JWTToken: "canary", JWTTokenExpiry: "Unlimited" } };
  const request = {
    name: "ann",
    email: "ann@x.org",
    authenticationMechanism: mechanism,
    profile: { subscription: { slack } },
  };
  const { entity } = await catalog.put("user", request);
  await catalog.patch("user", entity.id, [{ op: "add", path: "/authenticationMechanism", value: mechanism }]);
  await catalog.patch("user", entity.id, [{ op: "add", path: "/profile/subscription/gChat", value: slack }]);
  const masked = { ...slack, secretKey: "*********" };
  expect(await catalog.get("user", fqnOf("ann"), { fields: ["profile"] })).toMatchObject({
    profile: { subscription: { slack: masked, gChat: masked } },
  });
  expect([...catalog.exportLines()].join("\n")).not.toContain("canary");
});

test("a deleted entity can't be patched before it is restored", async () => {
  const { entity } = await table({});
  const patch = () => catalog.patch("table", entity.id, [{ op: "add", path: "/description", value: "new" }]);
  await catalog.delete("table", entity.id);
  await expect(patch()).rejects.toMatchObject({ status: 404 });
  await catalog.restore("table", entity.id);
  expect(await patch()).toMatchObject({ description: "new" });
});
