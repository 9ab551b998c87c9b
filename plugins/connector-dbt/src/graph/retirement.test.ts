import { describe, expect, test } from "@jest/globals";
import { GraphWorld, manifest, model, named, type Files } from "../../test/graph-world.ts";

const raw = model("raw", [], "select 1", { columns: named("id", "price") });
const extra = model("extra", [], "select 1", { columns: named("note") });
const paidSql = "select r.id, r.price as amount, e.note from db.main.raw r cross join db.main.extra e";
const paid = model("paid", ["raw", "extra"], paidSql, { columns: named("id", "amount", "note") });
const report = model("report", ["paid"], "select amount from db.main.paid", { columns: named("amount") });

const shop = (...nodes: { unique_id: string }[]): Files => ({ manifest: manifest({ nodes }) });
const whole = shop(raw, extra, paid, report);

async function ran(): Promise<GraphWorld> {
  const world = new GraphWorld();
  const run = await world.run([whole]);
  expect(run.edges()).toEqual(["main.extra -> main.paid", "main.paid -> main.report", "main.raw -> main.paid"]);
  return world;
}

describe("edges that dbt no longer has", () => {
  test("of a model that is gone are removed, once", async () => {
    const world = await ran();
    const run = await world.run([shop(raw, extra, paid)]);
    expect(run.removals()).toEqual(["main.paid -> main.report"]);
    expect(run.deleted).toEqual([]);
    expect(run.records.find((record) => record.kind === "lineageRemoval")).toMatchObject({ source: "DbtLineage" });
    for (const _ of [1, 2]) expect((await world.run([shop(raw, extra, paid)])).removals()).toEqual([]);
    expect([...world.marks.keys()].some((key) => key.includes("report"))).toBe(false);
  });

  test("into and out of a table that became an ephemeral model are removed", async () => {
    const world = await ran();
    const thin = { ...paid, config: { materialized: "ephemeral" } };
    const run = await world.run([shop(raw, extra, thin, report)]);
    expect(run.removals()).toEqual(["main.extra -> main.paid", "main.paid -> main.report", "main.raw -> main.paid"]);
    expect(run.edges()).toEqual(["main.extra -> main.report", "main.raw -> main.report"]);
    expect((await world.run([shop(raw, extra, thin, report)])).removals()).toEqual([]);
  });

  test("of a table that is not read any more are removed", async () => {
    const world = await ran();
    const less = { ...paid, ...model("paid", ["raw"], "select id from db.main.raw"), columns: paid.columns };
    const run = await world.run([shop(raw, extra, less, report)]);
    expect(run.removals()).toEqual(["main.extra -> main.paid", "main.raw -> main.paid"]);
    // The catalog only adds columns to an edge, so that one which lost some is made anew.
    expect(run.columns("main.raw -> main.paid")).toEqual(["id <- id"]);
    expect(run.edges()).toEqual(["main.raw -> main.paid"]);
  });

  test("that could not be removed are removed by the next run", async () => {
    const world = await ran();
    await world.run([shop(raw, extra, paid)], { refuse: (record) => record.kind === "lineageRemoval" });
    expect((await world.run([shop(raw, extra, paid)])).removals()).toEqual(["main.paid -> main.report"]);
  });

  test("named by SQL alone are removed with the SQL that named them", async () => {
    const world = new GraphWorld();
    const sql = "select r.id from db.main.raw r cross join db.main.extra e";
    expect((await world.run([shop(raw, extra, model("paid", ["raw"], sql))])).edges()).toHaveLength(2);
    const run = await world.run([shop(raw, extra, model("paid", ["raw"], "select id from db.main.raw"))]);
    expect(run.removals()).toEqual(["main.extra -> main.paid"]);
  });
});

describe("edges stay", () => {
  const lessened = shop(raw, extra, paid);

  test.each([
    ["the project was not read whole", { broken: true }],
    ["the run is of a part", { selection: { only: [], limit: 3 } }],
  ])("when %s", async (_why, options) => {
    const world = await ran();
    expect((await world.run([lessened], options)).removals()).toEqual([]);
    expect((await world.run([lessened])).removals()).toEqual(["main.paid -> main.report"]);
  });

  test.each([["model.shop.raw"], ["model.shop.paid"]])("when the catalog, or a filter, only lacks %s", async (id) => {
    const world = await ran();
    const run = await world.run([whole], { without: [id] });
    expect(run.removals()).toEqual([]);
    const back = await world.run([whole]);
    expect(back.removals()).toEqual([]);
  });

  test("of other projects, and of the same project in another schema", async () => {
    const world = await ran();
    const other = manifest({ nodes: [raw] }).replace('"project_name":"shop"', '"project_name":"farm"');
    expect((await world.run([{ manifest: other }])).removals()).toEqual([]);
    const elsewhere = manifest({ nodes: [raw, extra, paid, report] }).replaceAll('"schema":"main"', '"schema":"dev"');
    const run = await world.run([{ manifest: elsewhere }]);
    expect(run.removals()).toEqual([]);
    expect(run.edges()).toEqual(["dev.extra -> dev.paid", "dev.paid -> dev.report", "dev.raw -> dev.paid"]);
    expect((await world.run([whole])).edges()).toEqual([]);
  });

  test("with their columns when dbt compiled only a part", async () => {
    const world = await ran();
    const bare = [paid, report].map((node) => ({ ...node, compiled_code: null }));
    const run = await world.run([shop(raw, extra, ...bare)]);
    expect([run.edges(), run.removals(), run.warnings]).toEqual([[], [], []]);
    expect((await world.run([whole])).edges()).toEqual([]);
  });
});

describe("edges are sent again", () => {
  test("when the catalog did not take them, and only those", async () => {
    const world = new GraphWorld();
    await world.run([whole], { refuse: (record) => record.kind === "lineage" && record.from.fqn.endsWith("extra") });
    // Both edges into a model follow from the same SQL.
    expect((await world.run([whole])).edges()).toEqual(["main.extra -> main.paid", "main.raw -> main.paid"]);
    expect((await world.run([whole])).edges()).toEqual([]);
  });

  test("when the tables are new", async () => {
    const world = await ran();
    expect((await world.run([whole], { created: true })).edges()).toHaveLength(3);
  });

  test("when a table that SQL reads got columns", async () => {
    const world = new GraphWorld();
    const all = shop(raw, model("copy", ["raw"], "select * from db.main.raw", { columns: named("id", "price") }));
    const first = await world.run([all], { columns: { "model.shop.raw": ["id"] } });
    expect(first.columns("main.raw -> main.copy")).toEqual(["id <- id"]);
    const second = await world.run([all]);
    expect(second.columns("main.raw -> main.copy")).toEqual(["id <- id", "price <- price"]);
  });

  test("all of them, and over what was there, with overrideLineage", async () => {
    const world = await ran();
    const run = await world.run([whole], { overrideLineage: true });
    expect(run.lineage().map(({ override }) => override)).toEqual([true, true, true]);
    expect(run.removals()).toEqual([]);
  });

  test("over what was there when something else decides how they are written, also those without SQL, once", async () => {
    const world = await ran();
    world.fingerprint = "with a processor";
    const bare = { ...report, compiled_code: null };
    const unread = shop(raw, extra, paid, bare);
    const run = await world.run([unread]);
    expect([run.edges(), run.removals()]).toEqual([
      ["main.extra -> main.paid", "main.paid -> main.report", "main.raw -> main.paid"],
      [],
    ]);
    expect((await world.run([unread])).edges()).toEqual([]);
    expect((await world.run([whole])).edges()).toEqual([]);
  });

  test("with the pipeline once it is one, in place of those without", async () => {
    const world = await ran();
    const run = await world.run([whole], { pipeline: true });
    expect(run.removals()).toHaveLength(3);
    const pipeline = { entityType: "pipeline", fqn: "wh_dbt.shop" };
    expect(run.lineage().map((record) => record.pipeline)).toEqual([pipeline, pipeline, pipeline]);
    const kinds = run.records.filter(({ kind }) => kind.startsWith("lineage")).map(({ kind }) => kind);
    expect(kinds).toEqual(["lineageRemoval", "lineage", "lineageRemoval", "lineage", "lineageRemoval", "lineage"]);
    expect((await world.run([whole], { pipeline: true })).edges()).toEqual([]);
  });
});

describe("a project that is gone", () => {
  const place = {
    dbtConfigType: "s3",
    dbtSecurityConfig: { awsRegion: "eu-central-1" },
    dbtPrefixConfig: { dbtBucketName: "artifacts", dbtObjectPrefix: "dbt/" },
  };
  const farm: Files = {
    manifest: manifest({ nodes: [model("soil", []), model("crop", ["soil"], "select 1 from soil")] })
      .replace('"project_name":"shop"', '"project_name":"farm"')
      .replaceAll("model.shop.", "model.farm."),
  };

  test("from a bucket that was listed whole goes with its edges and its pipeline", async () => {
    const world = new GraphWorld();
    await world.run([whole, farm], { place, pipeline: true });
    const run = await world.run([whole], { place, pipeline: true });
    expect(run.removals()).toEqual(["main.soil -> main.crop"]);
    expect(run.deleted).toEqual(["pipeline wh_dbt.farm"]);
  });

  test.each([
    ["may be in another bucket", { ...place, dbtPrefixConfig: { dbtBucketName: "other", dbtObjectPrefix: "dbt/" } }],
    ["may be in other files", { dbtConfigType: "local", dbtManifestFilePath: "manifest.json" }],
  ])("from a run that does not list it %s", async (_why, elsewhere) => {
    const world = new GraphWorld();
    await world.run([whole, farm], { place, pipeline: true });
    const run = await world.run([whole], { place: elsewhere, pipeline: true });
    expect([run.removals(), run.deleted]).toEqual([[], []]);
  });
});

test("what fails is a failure of its own, and what it had stays", async () => {
  const metrics = ["one", "two"].map((name) => ({
    unique_id: `metric.shop.${name}`,
    name,
    depends_on: { nodes: ["model.shop.raw"] },
    calculation_method: "count",
    expression: "id",
    config: name === "one" ? { meta: { owner: "nobody" } } : {},
  }));
  const files = { manifest: manifest({ nodes: [raw], metrics }) };
  const world = new GraphWorld();
  await world.run([files]);
  world.failing.add("nobody");
  const run = await world.run([files]);
  expect(run.failures).toEqual(["metric.shop.one: the catalog does not answer"]);
  expect([run.removals(), run.deleted]).toEqual([[], []]);
});
