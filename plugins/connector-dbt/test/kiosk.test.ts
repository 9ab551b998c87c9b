import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Report } from "@omd/core";
import { parseFqn, type EntityType } from "@omd/schema";
import { readManifest, type ManifestItem } from "../src/index.ts";
import { all, kiosk, kioskPath, stream } from "./bytes.ts";
import { DbtWorld, localFiles } from "./dbt-world.ts";

/**
 * One project, run by dbt of each version of the manifest. What is expected is written from the project (systems/dbt/kiosk),
 * from what each dbt's log and `dbt ls` said, and from the columns that DuckDB lists.
 */
const kiosks = [
  { dbt: "1.0.4", manifest: 4, database: "main", metrics: "of a model" },
  { dbt: "1.1.1", manifest: 5, database: "main", metrics: "of a model" },
  { dbt: "1.2.1", manifest: 6, database: "main", metrics: "of a model" },
  { dbt: "1.3.2", manifest: 7, database: "main", metrics: "also derived" },
  { dbt: "1.4.5", manifest: 8, database: "kiosk", metrics: "also derived" },
  { dbt: "1.6.6", manifest: 10, database: "kiosk", metrics: "of semantic models" },
  { dbt: "1.7.13", manifest: 11, database: "kiosk", metrics: "of semantic models" },
  { dbt: "1.9.4", manifest: 12, database: "kiosk", metrics: "of semantic models" },
  { dbt: "1.10.15", manifest: 12, database: "kiosk", metrics: "of semantic models" },
] as const;

/** Columns and types as DuckDB has them, in OpenMetadata's words. */
const columns = {
  "main_raw.raw_papers": ["id INT", "title VARCHAR", "kind VARCHAR", "price DOUBLE", "sold_at TIMESTAMP"],
  "main.papers": ["paper_id INT", "Title VARCHAR", "kind VARCHAR", "price DOUBLE", "sold_at TIMESTAMP"],
  "main.daily_takings": ["day DATE", "kind VARCHAR", "amount DOUBLE", "first_paper INT"],
  "history.papers_history": [
    "paper_id INT",
    "price DOUBLE",
    "dbt_scd_id VARCHAR",
    "dbt_updated_at TIMESTAMP",
    "dbt_valid_from TIMESTAMP",
    "dbt_valid_to TIMESTAMP",
  ],
};

describe.each(kiosks)("dbt $dbt, manifest version $manifest", ({ dbt, manifest, database, metrics }) => {
  const isSemantic = metrics === "of semantic models";
  let world: DbtWorld;
  let report: Report;

  beforeAll(async () => {
    world = await DbtWorld.open();
    await world.catalog.put("user", { name: "ida", email: "ida@kiosk.example" });
    report = await world.run(localFiles(kioskPath(dbt)));
  }, 60_000);
  afterAll(() => world.close());

  const fqn = (name: string): string => `wh.${database}.${name}`;
  const entity = async (type: EntityType, name: string): Promise<Record<string, unknown>> =>
    (await world.catalog.get(type, parseFqn(name), { fields: ["*"] })) ?? {};
  const names = async (type: EntityType): Promise<string[]> => {
    const found: string[] = [];
    for await (const one of world.catalog.list(type)) found.push(one.fullyQualifiedName);
    return found.toSorted();
  };

  test("is read whole: nothing is unknown, broken or left out", async () => {
    const notes: string[] = [];
    const items: ManifestItem[] = await all(
      readManifest(stream(kiosk(dbt, "manifest.json")), "m", (note) => notes.push(note)),
    );
    expect(notes).toEqual([]);
    expect(items[0]).toMatchObject({ kind: "metadata", value: { schemaVersion: manifest, dbtVersion: dbt } });
    expect(items.flatMap((item) => (item.kind === "disabled" ? [item.value.uniqueId] : []))).toEqual([
      "model.kiosk.closed",
    ]);
    expect({ failures: report.failures, warnings: report.warnings, outcome: report.outcome }).toEqual({
      failures: [],
      warnings: [],
      outcome: "complete",
    });
  });

  test("tables have the columns of the database, and what the project says of them", async () => {
    const spine = isSemantic ? [fqn("main.metricflow_time_spine")] : [];
    expect(await names("table")).toEqual([...Object.keys(columns).map(fqn), ...spine].toSorted());
    for (const [name, wanted] of Object.entries(columns)) {
      const table = await entity("table", fqn(name));
      const found = table["columns"] as { name: string; dataType: string }[];
      expect(found.map((column) => `${column.name} ${column.dataType}`)).toEqual(wanted);
    }
    expect(await entity("table", fqn("main.papers"))).toMatchObject({
      tableType: "View",
      description: "One row a paper that was sold.",
      owners: [{ name: "ida" }],
      columns: [
        { description: "Number of the paper", tags: [{ tagFQN: "dbtTags.key" }] },
        { description: "As it is printed" },
        {},
        {},
        {},
      ],
      dataModel: {
        modelType: "DBT",
        resourceType: "model",
        path: expect.stringMatching(/models\/papers\.sql$/u),
        rawSql: expect.stringContaining("{{ source('till', 'papers') }}"),
        sql: expect.stringContaining(`from "${database}"."main_raw"."raw_papers"`),
        upstream: [fqn("main_raw.raw_papers")],
      },
    });
    expect(await entity("table", fqn("main.daily_takings"))).toMatchObject({
      tableType: "Regular",
      description: "What was taken each day",
      tags: expect.arrayContaining([expect.objectContaining({ tagFQN: "dbtTags.money" })]),
      dataModel: { upstream: [fqn("main.papers")] },
    });
    expect(await entity("table", fqn("history.papers_history"))).toMatchObject({
      description: "What papers cost before",
      dataModel: { resourceType: "snapshot", upstream: [fqn("main.papers")] },
    });
    expect(await entity("table", fqn("main_raw.raw_papers"))).toMatchObject({
      columns: [{ description: "Number of the paper" }, {}, {}, {}, {}],
    });
  });

  test("lineage goes from the source to exposure and metrics, and from column to column", async () => {
    const found = await world.catalog.neighbourhood(
      { entityType: "table", fqn: parseFqn(fqn("main_raw.raw_papers")) },
      { upstream: 9, downstream: 9 },
    );
    const edges = (found?.edges ?? []).map(
      ({ from, to }) => `${from.fullyQualifiedName ?? ""} -> ${to.fullyQualifiedName ?? ""}`,
    );
    const takings = fqn("main.daily_takings");
    const measured = isSemantic ? '"kiosk.semantic_model.takings"' : takings;
    const derived = ['"kiosk.daily_amount" -> "kiosk.amount_per_day"', '"kiosk.days" -> "kiosk.amount_per_day"'];
    expect(edges.toSorted()).toEqual(
      [
        `${fqn("main_raw.raw_papers")} -> ${fqn("main.papers")}`,
        `${fqn("main.papers")} -> ${takings}`,
        `${fqn("main.papers")} -> ${fqn("history.papers_history")}`,
        `${takings} -> kiosk_dbt_exposures.till_board`,
        ...(isSemantic ? [`${takings} -> ${measured}`] : []),
        `${measured} -> "kiosk.daily_amount"`,
        `${measured} -> "kiosk.days"`,
        ...(metrics === "of a model" ? [] : derived),
      ].toSorted(),
    );
    const edge = found?.edges.find(({ to }) => to.fullyQualifiedName === takings);
    const pairs = edge?.details.columnsLineage?.map(({ fromColumns, toColumn }) => `${fromColumns[0]} ${toColumn}`);
    const papers = fqn("main.papers");
    expect(pairs?.toSorted()).toEqual([
      `${papers}.kind ${takings}.kind`,
      `${papers}.paper_id ${takings}.first_paper`,
      `${papers}.price ${takings}.amount`,
      `${papers}.sold_at ${takings}.day`,
    ]);
  });

  test("tests stand at the table and column that own them, with what dbt's log said", async () => {
    const wanted = {
      "main_raw.raw_papers.id.source_unique_till_papers_id": ["Success", "pass"],
      "main_raw.raw_papers.papers_freshness": ["Failed", "warn"],
      "main.papers.paper_id.not_null_papers_paper_id": ["Success", "pass"],
      "main.papers.kind.accepted_values_papers_kind__daily": [
        "Failed",
        "warn: Got 1 result, configured to warn if != 0",
      ],
      "main.daily_takings.first_paper.relationships_takings_first_paper__paper_id__ref_papers_": ["Success", "pass"],
      "main.daily_takings.too_little": ["Failed", "fail: Got 1 result, configured to fail if != 0"],
    };
    expect(await names("testCase")).toEqual(Object.keys(wanted).map(fqn).toSorted());
    for (const [name, [status = "", words = ""]] of Object.entries(wanted)) {
      const [result] = await world.catalog.testResults(parseFqn(fqn(name)), { startTs: 0, endTs: Date.now() });
      expect([name, result?.testCaseStatus]).toEqual([name, status]);
      expect(result?.result).toMatch(new RegExp(`^${words}`, "u"));
    }
    const parameters = async (name: string) => (await entity("testCase", fqn(name)))["parameterValues"];
    expect(await parameters("main.papers.kind.accepted_values_papers_kind__daily")).toEqual([
      { name: "accepted_values", value: "daily" },
    ]);
    expect(
      await parameters("main.daily_takings.first_paper.relationships_takings_first_paper__paper_id__ref_papers_"),
    ).toEqual([
      { name: "field", value: "paper_id" },
      { name: "to", value: "ref('papers')" },
    ]);
    expect(await parameters("main_raw.raw_papers.papers_freshness")).toEqual([
      { name: "warn_after", value: "1 day" },
      { name: "error_after", value: "3650 day" },
    ]);
  });

  test("the exposure, and the build as a run of the project's pipeline", async () => {
    expect(await entity("dashboard", "kiosk_dbt_exposures.till_board")).toMatchObject({
      displayName: "till_board",
      description: "What the kiosk takes",
      sourceUrl: "https://bi.kiosk.example/till",
    });
    const runs = await world.catalog.pipelineStatuses(parseFqn("wh_dbt.kiosk"));
    expect(runs).toHaveLength(1);
    const states = runs[0]?.taskStatus?.map(({ name, executionStatus }) => `${name} ${executionStatus}`);
    const built = ["model.kiosk.papers", "seed.kiosk.raw_papers", "snapshot.kiosk.papers_history"];
    const spine = isSemantic ? ["model.kiosk.metricflow_time_spine"] : [];
    const wanted = [...built, ...spine].map((id) => `${id} Successful`);
    // dbt made the table, but its test too_little failed.
    expect(states?.toSorted()).toEqual([...wanted, "model.kiosk.takings Failed"].toSorted());
    expect(runs[0]?.error).toMatchObject({
      failedTask: "model.kiosk.takings",
      errorMessage: expect.stringContaining("test.kiosk.too_little (fail: Got 1 result"),
    });
  });

  test("metrics", async () => {
    const filter = isSemantic ? "{{ Dimension('taking__kind') }} = 'daily'" : "kind = 'daily'";
    expect(await entity("metric", '"kiosk.daily_amount"')).toMatchObject({
      displayName: "Taken for dailies",
      description: "Without magazines",
      metricType: "SUM",
      metricExpression: { language: "SQL", code: `sum(amount)\nwhere ${filter}` },
      granularity: "DAY",
      tags: [{ tagFQN: "dbtTags.money" }],
    });
    const window = metrics === "also derived" ? "\n-- over a window of 14 days" : "";
    expect(await entity("metric", '"kiosk.days"')).toMatchObject({
      metricType: "COUNT",
      metricExpression: { code: `count(distinct day)${window}` },
      granularity: "DAY",
    });
    const derived = await entity("metric", '"kiosk.amount_per_day"');
    const ofDays = isSemantic ? `\n-- days where ${filter}` : "";
    if (metrics === "of a model") expect(derived).toEqual({});
    else
      expect(derived).toMatchObject({
        displayName: "Taken per day",
        metricType: isSemantic ? "RATIO" : "OTHER",
        metricExpression: { code: `daily_amount / days${ofDays}` },
      });
  });
});
