import { describe, expect, test } from "@jest/globals";
import { parseFqn, type CreateRequest, type EntityUpdateRecord } from "@omd/schema";
import { semanticFixture, semanticVersions } from "../../test/bytes.ts";
import { GraphWorld, manifest, model, type Files, type GraphOfRun } from "../../test/graph-world.ts";

function requests(run: GraphOfRun): ReadonlyMap<string, CreateRequest<"metric">> {
  const all = run.records.flatMap((record) =>
    record.kind === "entity" && record.entityType === "metric" ? [record.request] : [],
  );
  return new Map(all.map((request) => [request.name, request]));
}

function updates(run: GraphOfRun): EntityUpdateRecord[] {
  return run.records.filter((record) => record.kind === "entityUpdate");
}

const real = (version: (typeof semanticVersions)[number]): Files => ({
  manifest: semanticFixture(version, "manifest.json"),
  semanticManifest: semanticFixture(version, "semantic_manifest.json"),
});

describe.each(semanticVersions)("a semantic layer of dbt %s", (version) => {
  test("is drawn as `dbt ls` tells it: table, semantic model, metric, exposure", async () => {
    const run = await new GraphWorld().run([real(version)]);
    expect(run.failures).toEqual([]);
    // `dbt ls --output-keys unique_id depends_on`, the ephemeral model in between left out.
    expect(run.edges()).toEqual([
      '"pantry.semantic_model.stock" -> "pantry.worth"',
      '"shop.orders" -> "shop.share"',
      '"shop.revenue" -> "shop.growth"',
      '"shop.revenue" -> "shop.share"',
      '"shop.semantic_model.orders" -> "shop.conversion"',
      '"shop.semantic_model.orders" -> "shop.orders"',
      '"shop.semantic_model.orders" -> "shop.revenue"',
      '"shop.semantic_model.orders" -> "shop.revenue_to_date"',
      '"shop.semantic_model.visits" -> "shop.conversion"',
      '"shop.semantic_model.visits" -> "shop.visits"',
      '"shop.share" -> shop_dbt_exposures.board',
      'wh.shop.main.orders -> "shop.semantic_model.orders"',
      "wh.shop.main.orders -> wh.shop.main.visits",
      'wh.shop.main.stock -> "pantry.semantic_model.stock"',
      'wh.shop.main.visits -> "shop.semantic_model.visits"',
    ]);
  });

  test("tells what its YAML tells", async () => {
    const found = requests(await new GraphWorld().run([real(version)]));
    expect(found.get("shop.semantic_model.orders")).toEqual({
      name: "shop.semantic_model.orders",
      displayName: "All orders (semantic model)",
      description: "Every order | with a bar",
      metricType: "OTHER",
      granularity: "DAY",
      metricExpression: {
        language: "SQL",
        code: [
          "select",
          "  sum(amount) as revenue, -- What was paid",
          "  count(order_id) as orders,",
          "  count(distinct buyer_id) as buyers, -- by ordered_in",
          "  percentile_cont(0.9) within group (order by amount) as p90,",
          "  sum(case when is_visit then 1 else 0 end) as visits,",
          "  avg(amount) as average_amount,",
          "  median(amount) as middle_amount,",
          "  max(amount) as last_amount -- not added up over ordered_on",
          'from "shop"."main"."orders"',
          "-- entities",
          "--   order (primary): order_id -- One order",
          "--   buyer (foreign): buyer_id",
          "-- dimensions",
          "--   ordered_on (time, by day)",
          "--   ordered_in (time, by month): ordered_on -- Month of the order",
          "--   size (categorical)",
          "--   is_large (categorical): size in ('L', 'XL')",
        ].join("\n"),
      },
      tags: [
        {
          tagFQN: "dbtProperties.semantic_model",
          source: "Classification",
          labelType: "Automated",
          state: "Suggested",
        },
      ],
    });
    // The primary entity of the model itself, and a number for an expression.
    expect(found.get("shop.semantic_model.visits")?.metricExpression?.["code"]).toBe(
      [
        "select",
        "  sum(1) as visit_count",
        'from "shop"."main"."visits"',
        "-- entities",
        "--   visit (primary)",
        "--   buyer (foreign): buyer_id",
        "-- dimensions",
        "--   visited_on (time, by day)",
      ].join("\n"),
    );
  });

  test("has a metric and a semantic model of one name side by side, and metrics name theirs", async () => {
    const found = requests(await new GraphWorld().run([real(version)]));
    expect(found.get("shop.visits")).toMatchObject({
      displayName: "Visits",
      relatedMetrics: ['"shop.semantic_model.visits"'],
    });
    expect(found.get("shop.semantic_model.visits")).toMatchObject({ displayName: "visits (semantic model)" });
    expect(found.get("shop.conversion")?.relatedMetrics).toEqual([
      '"shop.semantic_model.orders"',
      '"shop.semantic_model.visits"',
    ]);
    expect(found.size).toBe(3 + 8);
  });

  test("has a table of time, which is tagged where the catalog has it", async () => {
    const tagged = async (...given: Parameters<GraphWorld["run"]>): Promise<readonly unknown[]> =>
      updates(await new GraphWorld().run(...given)).filter(({ entityType }) => entityType === "table");
    const id = "model.shop.metricflow_time_spine";
    expect(await tagged([real(version)])).toEqual([
      {
        kind: "entityUpdate",
        entityType: "table",
        fqn: "wh.shop.main.metricflow_time_spine",
        set: { tags: [expect.objectContaining({ tagFQN: "dbtProperties.time_spine_day" })] },
      },
    ]);
    expect(await tagged([real(version)], { without: [id] })).toEqual([]);
    expect(await tagged([real(version)], { selection: { only: [parseFqn("wh.shop.main.orders")] } })).toEqual([]);
    expect(await tagged([{ manifest: semanticFixture(version, "manifest.json") }])).toEqual([]);
  });

  test("is written once", async () => {
    const world = new GraphWorld();
    await world.run([real(version)]);
    const again = await world.run([real(version)]);
    expect([again.edges(), again.removals(), again.deleted]).toEqual([[], [], []]);
  });
});

const orders = model("orders", [], "select 1");
const sales = (more: Readonly<Record<string, unknown>> = {}) => ({
  unique_id: "semantic_model.shop.sales",
  name: "sales",
  package_name: "shop",
  model: "ref('orders')",
  depends_on: { nodes: ["model.shop.orders"] },
  ...more,
});
const metric = (name: string, ...above: string[]) => ({
  unique_id: `metric.shop.${name}`,
  name,
  label: name,
  type: "simple",
  type_params: { measure: { name: "revenue" } },
  depends_on: { nodes: above },
});
const files = (parts: Parameters<typeof manifest>[0]): Files => ({ manifest: manifest({ nodes: [orders], ...parts }) });
const bySales = "semantic_model.shop.sales";

test("edges from tables, as earlier versions drew them, make room for those through semantic models", async () => {
  const world = new GraphWorld();
  const first = await world.run([files({ metrics: [metric("revenue", "model.shop.orders")] })]);
  expect(first.edges()).toEqual(['main.orders -> "shop.revenue"']);
  const whole = files({ semantic_models: [sales()], metrics: [metric("revenue", bySales)] });
  const second = await world.run([whole]);
  expect(second.edges()).toEqual([
    '"shop.semantic_model.sales" -> "shop.revenue"',
    'main.orders -> "shop.semantic_model.sales"',
  ]);
  expect(second.removals()).toEqual(['main.orders -> "shop.revenue"']);
  const third = await world.run([whole]);
  expect([third.edges(), third.removals()]).toEqual([[], []]);
});

test("a semantic model that is gone goes with its edges; its metric stays", async () => {
  const world = new GraphWorld();
  await world.run([files({ semantic_models: [sales()], metrics: [metric("revenue", bySales)] })]);
  const run = await world.run([files({ metrics: [metric("revenue", "model.shop.orders")] })]);
  expect(run.deleted).toEqual(['metric "shop.semantic_model.sales"']);
  expect(run.removals()).toEqual([
    '"shop.semantic_model.sales" -> "shop.revenue"',
    'main.orders -> "shop.semantic_model.sales"',
  ]);
  expect(run.edges()).toEqual(['main.orders -> "shop.revenue"']);
});

test("its name stays when a metric of that name comes", async () => {
  const world = new GraphWorld();
  await world.run([files({ semantic_models: [sales()] })]);
  const run = await world.run([files({ semantic_models: [sales()], metrics: [metric("sales", bySales)] })]);
  expect([...requests(run).keys()]).toEqual(["shop.semantic_model.sales", "shop.sales"]);
  expect([run.deleted, run.removals()]).toEqual([[], []]);
  expect(run.edges()).toEqual(['"shop.semantic_model.sales" -> "shop.sales"']);
});

test("a table that the catalog lacks leaves the rest of the graph", async () => {
  const world = new GraphWorld();
  const whole = files({ semantic_models: [sales()], metrics: [metric("revenue", bySales)] });
  const run = await world.run([whole], { without: ["model.shop.orders"] });
  expect(run.edges()).toEqual(['"shop.semantic_model.sales" -> "shop.revenue"']);
  await world.run([whole]);
  // What the catalog only lacks for a time is not taken back.
  expect((await world.run([whole], { without: ["model.shop.orders"] })).removals()).toEqual([]);
});

test("it stands on the tables behind an ephemeral model", async () => {
  const passed = model("passed", ["orders"], "select 1", { config: { materialized: "ephemeral" } });
  const onPassed = sales({ depends_on: { nodes: ["model.shop.passed"] } });
  const run = await new GraphWorld().run([files({ nodes: [orders, passed], semantic_models: [onPassed] })]);
  expect(run.edges()).toEqual(['main.orders -> "shop.semantic_model.sales"']);
});

test("owners, tags and what `meta.openmetadata` asks for are brought, to metrics as well", async () => {
  const world = new GraphWorld();
  world.owners.set("dora", { id: "1", type: "user", name: "dora" });
  const meta = {
    owner: "dora",
    openmetadata: {
      tier: "Tier1",
      domain: "Trade",
      glossary: ["Shop.Sale"],
      tags: ["PII.None"],
      customProperties: { a: 1 },
      // No name of a tag.
      domains: [],
    },
  };
  const config = { meta, tags: ["money"] };
  const described = { ...metric("revenue", bySales), config: { meta } };
  const run = await world.run([files({ semantic_models: [sales({ config })], metrics: [described] })]);
  expect(requests(run).get("shop.semantic_model.sales")).toMatchObject({
    owners: [{ id: "1", type: "user" }],
    tags: [{ tagFQN: "dbtTags.money" }, { tagFQN: "dbtProperties.semantic_model" }],
  });
  const set = {
    tier: "Tier.Tier1",
    domains: ["Trade"],
    glossaryTerms: ["Shop.Sale"],
    tags: [expect.objectContaining({ tagFQN: "PII.None" })],
    extension: { a: 1 },
  };
  expect(updates(run)).toEqual([
    { kind: "entityUpdate", entityType: "metric", fqn: '"shop.semantic_model.sales"', set },
    { kind: "entityUpdate", entityType: "metric", fqn: '"shop.revenue"', set },
  ]);
});

test("a run of a part writes what it was asked for", async () => {
  const whole = files({ semantic_models: [sales()], metrics: [metric("revenue", bySales)] });
  const run = await new GraphWorld().run([whole], { selection: { only: [parseFqn('"shop.revenue"')] } });
  expect([...requests(run).keys()]).toEqual(["shop.revenue"]);
  expect(run.edges()).toEqual(['"shop.semantic_model.sales" -> "shop.revenue"']);
});

describe("what dbt does not write is borne", () => {
  const code = async (more: Readonly<Record<string, unknown>>): Promise<unknown> => {
    const run = await new GraphWorld().run([files({ semantic_models: [sales(more)] })]);
    expect(run.failures).toEqual([]);
    return requests(run).get("shop.semantic_model.sales");
  };

  test.each([
    ["nothing but a model", {}, "select *\nfrom {{ ref('orders') }}"],
    ["no model either", { model: null, node_relation: { alias: "orders" } }, "select *\nfrom orders"],
    ["no relation at all", { model: null }, "select *\nfrom sales"],
    [
      "measures, entities and dimensions of other forms",
      {
        measures: [{ name: "a" }, { agg: "sum" }, { name: 3, agg: "sum" }, { name: "b", agg: "newest", expr: true }, 7],
        entities: [{}, { name: "e", type: 4 }],
        dimensions: [{ name: "d", type: "time", type_params: [] }],
      },
      "select\n  newest(true) as b\nfrom {{ ref('orders') }}\n-- entities\n--   e (4)\n-- dimensions\n--   d (time)",
    ],
    [
      "line ends in names and texts",
      { measures: [{ name: "a", agg: "sum", expr: "x\n +\ty", description: " one\r\ntwo " }] },
      "select\n  sum(x + y) as a -- one two\nfrom {{ ref('orders') }}",
    ],
  ])("%s", async (_what, more, expected) => {
    expect(await code(more)).toMatchObject({ metricExpression: { language: "SQL", code: expected } });
  });

  test("a grain of the project's own is no granularity of the catalog", async () => {
    const own = {
      defaults: { agg_time_dimension: "d" },
      dimensions: [{ name: "d", type: "time", type_params: { time_granularity: "fiscal_week" } }],
    };
    expect(await code(own)).not.toHaveProperty("granularity");
    expect(await code({ ...own, defaults: { agg_time_dimension: 7 } })).not.toHaveProperty("granularity");
  });
});
