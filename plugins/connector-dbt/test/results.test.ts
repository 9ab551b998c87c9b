import { describe, expect, test } from "@jest/globals";
import { NewestResults, parseTime, readCatalog, readFreshness, readRunResults } from "../src/index.ts";
import { all, failure, fixture, stream, versions } from "./bytes.ts";

type Version = (typeof versions)[number];

async function newest(version: Version, ...names: string[]): Promise<NewestResults> {
  const results = new NewestResults();
  for (const name of names) await results.add(stream(fixture(version, `run_results.${name}.json`)), name);
  return results;
}

function counts(results: NewestResults, type: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { result } of results.all())
    if (result.uniqueId.startsWith(`${type}.`)) found[result.status] = (found[result.status] ?? 0) + 1;
  return found;
}

describe.each(versions)("results of dbt %s", (version) => {
  test("commands that only compile say nothing", async () => {
    expect((await newest(version, "compile", "docs")).size).toBe(0);
    const items = await all(readRunResults(stream(fixture(version, "run_results.compile.json")), "r"));
    const results = items.filter((item) => item.kind === "result");
    expect(results.length).toBeGreaterThan(5);
    expect(results.every((item) => item.value.ranNothing)).toBe(true);
    expect(items.at(-1)).toMatchObject({ kind: "end", value: { which: "compile" } });
  });

  test("nothing that ran is taken for compiled only, a test that passed least of all", async () => {
    for (const name of ["run", "test", "seed", "build"]) {
      const raw = JSON.parse(fixture(version, `run_results.${name}.json`).toString()) as { results: unknown[] };
      expect((await newest(version, name)).size).toBe(raw.results.length);
    }
  });

  test("the order of the files makes no difference", async () => {
    const names = ["seed", "run", "build", "test", "docs", "compile"];
    const forth = await newest(version, ...names);
    const back = await newest(version, ...names.toReversed());
    expect([...forth.all()].length).toBe(back.size);
    for (const one of forth.all()) expect(back.get(one.result.uniqueId)).toEqual(one);
  });

  test("a later skip does not hide what ran", async () => {
    const results = await newest(version, "run", "build");
    // `dbt build` skipped it, since a test upstream failed; `dbt run` before had failed in it.
    expect(results.get("model.bakery.burnt")).toMatchObject({ file: "run", result: { status: "error" } });
    expect(results.get("model.bakery.after_burnt")).toMatchObject({ result: { status: "skipped" } });
    expect(results.get("model.bakery.stg_sales")).toMatchObject({ file: "build", result: { status: "success" } });
  });
});

test("the numbers are those that dbt itself printed", async () => {
  // "Done. PASS=7 WARN=1 ERROR=2 SKIP=0 NO-OP=0 TOTAL=10" of dbt 1.11.16 `test`, a unit test among the passed.
  const results = await newest("1.11.16", "test");
  const tests = counts(results, "test");
  const unit = counts(results, "unit_test");
  const sum = (status: string) => (tests[status] ?? 0) + (unit[status] ?? 0);
  expect([sum("pass"), sum("warn"), sum("fail") + sum("error")]).toEqual([7, 1, 2]);
  expect(results.get("test.bakery.no_negative_price")).toMatchObject({
    result: { status: "fail", failures: 1, message: "Got 1 result, configured to fail if != 0" },
  });
});

test("what `dbt run-operation` leaves is of no node, and of no other project", async () => {
  // dbt 1.7.13, the macro `nothing` of the project `kiosk`.
  const file = (uniqueId: string) =>
    JSON.stringify({
      metadata: { dbt_schema_version: "https://schemas.getdbt.com/dbt/run-results/v5.json" },
      results: [{ status: "success", unique_id: uniqueId, message: null, failures: 0, adapter_response: {} }],
      args: { which: "run-operation" },
    });
  const results = new NewestResults({ knows: (id) => id === "model.kiosk.papers" });
  const operation = await results.add(stream(file("macro.kiosk.nothing")), "r");
  expect([operation?.isForeign, operation?.results, results.size]).toEqual([false, [], 0]);
  const other = await results.add(stream(file("model.bakery.papers")), "r");
  expect(other?.isForeign).toBe(true);
});

describe("times", () => {
  const file = (results: unknown[], args = { which: "test" }) =>
    JSON.stringify({
      metadata: {
        dbt_schema_version: "https://schemas.getdbt.com/dbt/run-results/v6.json",
        generated_at: "2026-01-01T00:00:00Z",
      },
      results,
      args,
    });
  const at = (time: string, status = "pass") => ({
    unique_id: "test.a.b",
    status,
    failures: 0,
    timing: [{ name: "execute", started_at: time, completed_at: time }],
  });

  test("of the node itself decide, not those of the file", async () => {
    const results = new NewestResults();
    await results.add(stream(file([at("2026-05-02T10:00:00.5Z", "fail")])), "new");
    await results.add(stream(file([at("2026-05-02T11:00:00+02:00")])), "old, in another zone");
    expect(results.get("test.a.b")).toMatchObject({ file: "new", atMs: Date.UTC(2026, 4, 2, 10, 0, 0, 500) });
    await results.add(stream(file([{ ...at(""), timing: [] }])), "no time of its own");
    expect(results.get("test.a.b")?.file).toBe("new");
  });

  test("a broken file gives nothing, and is an error", async () => {
    const results = new NewestResults();
    const broken = file([at("2026-05-02T10:00:00Z")]).slice(0, -30);
    expect((await failure(results.add(stream(broken), "r"))).message).toContain("it is cut");
    expect(results.size).toBe(0);
  });

  test("in all forms that dbt writes", () => {
    const utc = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
    for (const text of ["2026-01-02T03:04:05.678901Z", "2026-01-02T03:04:05.678901", "2026-01-02T05:04:05.678+02:00"])
      expect(parseTime(text)).toBe(utc);
    expect(parseTime("soon")).toBeUndefined();
    expect(parseTime(undefined)).toBeUndefined();
  });

  test("results that say nothing are left out, and that is said once", async () => {
    const notes: string[] = [];
    const items = await all(readRunResults(stream(file([{}, { unique_id: "x" }, 7])), "r", (note) => notes.push(note)));
    expect(items.map((item) => item.kind)).toEqual(["metadata", "end"]);
    expect(notes).toEqual([
      "results without unique_id or status are left out",
      "entries of results that are no objects are left out",
    ]);
  });
});

test.each(versions)("catalog.json of dbt %s", async (version) => {
  const items = await all(readCatalog(stream(fixture(version, "catalog.json")), "c"));
  const tables = items.flatMap((item) => (item.kind === "node" || item.kind === "source" ? [item] : []));
  expect(tables.find(({ value }) => value.uniqueId === "model.bakery.stg_buyers")).toMatchObject({
    kind: "node",
    value: {
      database: "bakery",
      schema: "main_staging",
      name: "stg_buyers",
      type: "VIEW",
      columns: [
        { name: "id", type: "INTEGER", index: 1 },
        { name: "Full Name", type: "VARCHAR", index: 2 },
        { name: "joined", type: "DATE", index: 3 },
      ],
    },
  });
  expect(tables.filter(({ kind }) => kind === "source")).toHaveLength(2);
});

test("an adapter without databases, as ClickHouse's, writes none in several ways", async () => {
  const tableIn = (database: unknown) => ({
    metadata: { type: "view", schema: "jaffle_shop", name: "STG_LOCATIONS", database, comment: null, owner: null },
    columns: {},
    stats: {},
  });
  const metadata = { dbt_schema_version: "https://schemas.getdbt.com/dbt/catalog/v1.json" };
  const nodes = { "model.shop.a": tableIn(""), "model.shop.b": tableIn(null), "model.shop.c": tableIn("None") };
  const items = await all(readCatalog(stream(JSON.stringify({ metadata, nodes })), "c"));
  expect(items.flatMap((item) => (item.kind === "node" ? [item.value.database] : []))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("dbt Fusion begins statuses of freshness with a capital", async () => {
  const metadata = { dbt_schema_version: "https://schemas.getdbt.com/dbt/sources/v3.json" };
  const results = ["Pass", "Warn", "Error"].map((status, at) => ({ unique_id: `source.shop.raw.t${at}`, status }));
  const items = await all(readFreshness(stream(JSON.stringify({ metadata, results })), "s"));
  expect(items.flatMap((item) => (item.kind === "result" ? [item.value.status] : []))).toEqual([
    "pass",
    "warn",
    "error",
  ]);
});

test.each(versions)("sources.json of dbt %s", async (version) => {
  const [metadata, result] = await all(readFreshness(stream(fixture(version, "sources.json")), "s"));
  expect(metadata?.kind).toBe("metadata");
  expect(result).toMatchObject({
    kind: "result",
    value: {
      uniqueId: "source.bakery.oven.sales",
      status: "warn",
      maxLoadedAt: "2024-05-02T06:40:00+00:00",
      warnAfter: { count: 1, period: "day" },
      errorAfter: { count: 3650, period: "day" },
    },
  });
});
