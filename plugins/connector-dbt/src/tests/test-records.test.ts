import { describe, expect, test } from "@jest/globals";
import { metadataRecord } from "@omd/schema";
import { fixture, versions } from "../../test/bytes.ts";
import { TestsWorld, type Files } from "../../test/tests-world.ts";

type Version = (typeof versions)[number];

const bakery = (version: Version): Files => ({
  manifest: fixture(version, "manifest.json"),
  catalog: fixture(version, "catalog.json"),
  runResults: fixture(version, "run_results.test.json"),
  sources: fixture(version, "sources.json"),
});

const at = (time: string): number => Date.parse(time);

describe.each(versions)("the tests of a project of dbt %s", (version) => {
  // Written down from the project's files: what is tested is the first of two names, its columns in the catalog are upper case here.
  const expected = [
    "wh.bakery.main.loyal_buyers.BUYER_ID.relationships_loyalty_v2_buyer_id__id__ref_stg_buyers_",
    "wh.bakery.main.loyalty_v1.BUYER_ID.relationships_loyalty_v1_buyer_id__id__ref_stg_buyers_",
    "wh.bakery.main_raw.raw_sales.ID.source_not_null_oven_sales_id",
    "wh.bakery.main_raw.raw_sales.ID.source_unique_oven_sales_id",
    "wh.bakery.main_raw.raw_sales.sales_freshness",
    "wh.bakery.main_staging.stg_buyers.ID.not_null_stg_buyers_id",
    "wh.bakery.main_staging.stg_buyers.ID.unique_stg_buyers_id",
    "wh.bakery.main_staging.stg_sales.ID.unique_stg_sales_id",
    "wh.bakery.main_staging.stg_sales.LOAVES.accepted_values_stg_sales_loaves__False__1__2",
    "wh.bakery.main_staging.stg_sales.no_negative_price",
    ...(version === "1.5.2" ? [] : ["wh.bakery.main.sales_by_day.day_is_cut"]),
  ];

  test("stand at the table and column that own them", async () => {
    const run = await new TestsWorld().run([bakery(version)]);
    expect(run.failures).toEqual([]);
    expect(run.warnings).toEqual([]);
    expect(
      run
        .cases()
        .map(({ fqn }) => fqn)
        .toSorted(),
    ).toEqual(expected.toSorted());
    expect(run.case("no_negative_price").request.entityLink).toBe("<#E::table::wh.bakery.main_staging.stg_sales>");
    expect(run.case("unique_stg_sales_id").request.entityLink).toBe(
      "<#E::table::wh.bakery.main_staging.stg_sales::columns::ID>",
    );
    for (const record of run.records) expect(metadataRecord.safeParse(record).error).toBeUndefined();
  });

  test("have definitions with what they are given", async () => {
    const run = await new TestsWorld().run([bakery(version)]);
    expect(run.definition("accepted_values_stg_sales_loaves__False__1__2")).toEqual({
      name: "accepted_values_stg_sales_loaves__False__1__2",
      entityType: "COLUMN",
      testPlatforms: ["dbt"],
      dataQualityDimension: "Validity",
      parameterDefinition: [
        { name: "accepted_values", displayName: "accepted_values", required: false },
        { name: "quote", displayName: "quote", required: false },
      ],
    });
    expect(run.case("accepted_values_stg_sales_loaves__False__1__2").request.parameterValues).toEqual([
      { name: "accepted_values", value: "1,2" },
      { name: "quote", value: "false" },
    ]);
    expect(run.case("relationships_loyalty_v1_buyer_id__id__ref_stg_buyers_").request.parameterValues).toEqual([
      { name: "field", value: "id" },
      { name: "to", value: "ref('stg_buyers')" },
    ]);
    expect(run.definition("no_negative_price")).toEqual({
      name: "no_negative_price",
      entityType: "TABLE",
      testPlatforms: ["dbt"],
      dataQualityDimension: "SQL",
    });
    for (const { request } of run.cases()) {
      const defined = run.definition(request.testDefinition).parameterDefinition?.map(({ name }) => name) ?? [];
      expect(defined).toEqual(expect.arrayContaining(request.parameterValues?.map(({ name }) => name) ?? []));
    }
  });

  test("have the results that dbt printed", async () => {
    const run = await new TestsWorld().run([bakery(version)]);
    expect(run.result("no_negative_price").results).toEqual([
      {
        timestamp: expect.any(Number),
        testCaseStatus: "Failed",
        result: "fail: Got 1 result, configured to fail if != 0 (failures: 1)",
        testResultValue: [{ name: "failures", value: "1" }],
        failedRows: 1,
      },
    ]);
    expect(run.result("accepted_values_stg_sales_loaves__False__1__2").results).toMatchObject([
      { testCaseStatus: "Failed", result: "warn: Got 1 result, configured to warn if != 0 (failures: 1)" },
    ]);
    expect(run.result("unique_stg_buyers_id").results).toMatchObject([
      { testCaseStatus: "Success", result: "pass (failures: 0)", testResultValue: [{ name: "failures", value: "0" }] },
    ]);
    expect(run.result("sales_freshness").results).toMatchObject([
      {
        testCaseStatus: "Failed",
        result: expect.stringMatching(
          /^warn: last loaded at 2024-05-02T06:40:00\+00:00, 933 d 2 h before \(warns after 1 day, fails after 3650 day\)$/,
        ),
      },
    ]);
    expect(run.result("unique_stg_sales_id").inspectionQuery).toMatch(/group by id\s+having count\(\*\) > 1/);
  });

  test("are sent once", async () => {
    const world = new TestsWorld();
    await world.run([bakery(version)]);
    expect((await world.run([bakery(version)])).records).toEqual([]);
  });

  test("that ran again have only a new result", async () => {
    const world = new TestsWorld();
    await world.run([{ ...bakery(version), runResults: fixture(version, "run_results.build.json") }]);
    const again = await world.run([bakery(version)]);
    expect(again.definitions()).toEqual([]);
    expect(again.cases()).toEqual([]);
    // `dbt test` ran all of them after `dbt build`; freshness is the same.
    expect(again.results()).toHaveLength(expected.length - 1);
  });
});

test("results are of the time when the test itself ran", async () => {
  const run = await new TestsWorld().run([bakery("1.11.16")]);
  // timing[execute].completed_at in run_results.test.json, snapshotted_at in sources.json
  expect(run.result("no_negative_price").results[0]?.timestamp).toBe(at("2026-11-21T09:20:45.334Z"));
  expect(run.result("sales_freshness").results[0]?.timestamp).toBe(at("2026-11-21T09:20:54.531Z"));
  expect(run.result("day_is_cut").results).toMatchObject([
    { testCaseStatus: "Failed", result: expect.stringContaining("error: Compilation Error in unit_test day_is_cut") },
  ]);
});

test("what was skipped has a case and no result", async () => {
  const files = { ...bakery("1.11.16"), runResults: fixture("1.11.16", "run_results.build.json") };
  const run = await new TestsWorld().run([files]);
  expect(run.case("day_is_cut").request.testDefinition).toBe("dbt_unit_test");
  expect(run.results().map(({ testCase }) => testCase)).not.toContain("wh.bakery.main.sales_by_day.day_is_cut");
});

test("what warns is a success where the config says so, and nothing else changes", async () => {
  const failed = await new TestsWorld().run([bakery("1.11.16")]);
  const success = await new TestsWorld().run([bakery("1.11.16")], { dbtWarningsAs: "Success" });
  const changed = success.results().filter((one, index) => {
    return one.results[0]?.testCaseStatus !== failed.results()[index]?.results[0]?.testCaseStatus;
  });
  expect(changed.map(({ testCase }) => testCase.split(".").at(-1))).toEqual([
    expect.stringMatching(/^accepted_values|^sales_freshness/),
    expect.stringMatching(/^accepted_values|^sales_freshness/),
  ]);
  expect(changed.every(({ results: [one] }) => one?.testCaseStatus === "Success")).toBe(true);
});

describe("freshness", () => {
  test("has its limits as parameters, and is there before dbt looked at it", async () => {
    const { sources: _, ...files } = bakery("1.11.16");
    const run = await new TestsWorld().run([files]);
    expect(run.case("sales_freshness").request).toEqual({
      name: "sales_freshness",
      testDefinition: "sales_freshness",
      entityLink: "<#E::table::wh.bakery.main_raw.raw_sales>",
      parameterValues: [
        { name: "warn_after", value: "1 day" },
        { name: "error_after", value: "3650 day" },
      ],
    });
    expect(run.cases().some(({ request }) => request.name === "buyers_freshness")).toBe(false);
    expect(run.results().some(({ testCase }) => testCase.endsWith("freshness"))).toBe(false);
  });
});

describe("a column that the catalog lacks", () => {
  const id = "model.bakery.stg_sales";

  test("puts its tests at the table, said once for a column", async () => {
    const run = await new TestsWorld().run([bakery("1.11.16")], { columns: { [id]: ["LOAVES"] } });
    expect(run.case("unique_stg_sales_id").fqn).toBe("wh.bakery.main_staging.stg_sales.unique_stg_sales_id");
    expect(run.definition("unique_stg_sales_id").entityType).toBe("TABLE");
    expect(run.warnings).toEqual([
      "wh.bakery.main_staging.stg_sales: dbt tests its column id, which the catalog does not have: the tests stand at the table",
    ]);
  });

  test("that no link can name too", async () => {
    const manifest = fixture("1.11.16", "manifest.json").toString().replaceAll('"loaves"', '"lo<a>ves"');
    const run = await new TestsWorld().run([{ ...bakery("1.11.16"), manifest }], {
      columns: { [id]: ["id", "lo<a>ves"] },
    });
    expect(run.failures).toEqual([]);
    expect(run.case("accepted_values_stg_sales_loaves__False__1__2").fqn).toBe(
      "wh.bakery.main_staging.stg_sales.accepted_values_stg_sales_loaves__False__1__2",
    );
  });
});

test("tests of tables that are not there are left out and counted", async () => {
  const run = await new TestsWorld().run([bakery("1.11.16")], { without: ["model.bakery.stg_buyers"] });
  expect(run.cases().some(({ fqn }) => fqn.includes("stg_buyers.ID"))).toBe(false);
  // Relationship tests are those of the table that owns them, not of the one that they name.
  expect(run.case("relationships_loyalty_v1_buyer_id__id__ref_stg_buyers_").fqn).toContain(".loyalty_v1.");
  expect(run.warnings).toEqual([
    expect.stringMatching(
      /^bakery: 2 tests are left out, test\.bakery\..*stg_buyers_id.* for one: their tables are not in/,
    ),
  ]);
});

describe("a case that the catalog lost", () => {
  test("is sent again with the next result", async () => {
    const world = new TestsWorld();
    await world.run([{ ...bakery("1.11.16"), runResults: fixture("1.11.16", "run_results.build.json") }]);
    world.cases.delete("wh.bakery.main_staging.stg_buyers.ID.unique_stg_buyers_id");
    const run = await world.run([bakery("1.11.16")]);
    expect(run.cases().map(({ request }) => request.name)).toEqual(["unique_stg_buyers_id"]);
    expect(run.definitions().map(({ name }) => name)).toEqual(["unique_stg_buyers_id"]);
  });

  test("of a table that was made anew too", async () => {
    const world = new TestsWorld();
    const first = await world.run([bakery("1.11.16")]);
    const again = await world.run([bakery("1.11.16")], { created: true });
    expect(again.records).toHaveLength(first.records.length);
  });
});
