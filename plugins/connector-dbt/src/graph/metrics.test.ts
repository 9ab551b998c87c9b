import { describe, expect, test } from "@jest/globals";
import type { CreateRequest } from "@omd/schema";
import { bakery, GraphWorld, manifest, model, named, type GraphOfRun } from "../../test/graph-world.ts";

/** Without semantic models, which are metrics of the catalog too. */
function metricsOf(run: GraphOfRun): CreateRequest<"metric">[] {
  const all = run.records.flatMap((record) =>
    record.kind === "entity" && record.entityType === "metric" ? [record.request] : [],
  );
  return all.filter(({ name }) => !name.includes(".semantic_model."));
}

const orders = model("orders", [], "select 1", { columns: named("id", "amount") });

const metric = (name: string, more: Record<string, unknown>) => ({
  unique_id: `metric.shop.${name}`,
  resource_type: "metric",
  name,
  package_name: "shop",
  label: name.toUpperCase(),
  description: "",
  ...more,
});

const sales = {
  unique_id: "semantic_model.shop.sales",
  resource_type: "semantic_model",
  name: "sales",
  defaults: { agg_time_dimension: "day" },
  dimensions: [
    { name: "day", type: "time", type_params: { time_granularity: "day" } },
    { name: "month", type: "time", type_params: { time_granularity: "month" } },
  ],
  measures: [
    { name: "revenue", agg: "sum", expr: "amount" },
    { name: "buyers", agg: "count_distinct", expr: "buyer_id", agg_time_dimension: "month" },
    { name: "visits", agg: "sum_boolean", expr: "is_visit" },
    { name: "p95", agg: "percentile", expr: "amount", agg_params: { percentile: 0.95, use_discrete_percentile: true } },
    { name: "orders", agg: "count" },
  ],
  depends_on: { nodes: ["model.shop.orders"] },
};

const bySales = { depends_on: { nodes: ["semantic_model.shop.sales"] } };
const simple = (name: string, measure: string, more: Record<string, unknown> = {}) =>
  metric(name, { type: "simple", type_params: { measure: { name: measure } }, ...bySales, ...more });
const from = (...names: string[]) => ({ depends_on: { nodes: names.map((name) => `metric.shop.${name}`) } });

test.each(["1.8.8", "1.11.16"] as const)("the metric of a real project of dbt %s", async (version) => {
  const world = new GraphWorld();
  const run = await world.run([bakery(version)]);
  expect(metricsOf(run)).toEqual([
    {
      name: "bakery.revenue",
      displayName: "Revenue",
      description: "Money in",
      metricType: "SUM",
      granularity: "DAY",
      metricExpression: { language: "SQL", code: "sum(revenue)" },
      relatedMetrics: ['"bakery.semantic_model.sales"'],
    },
  ]);
  expect(run.edges()).toContain('"bakery.semantic_model.sales" -> "bakery.revenue"');
  expect(run.edges()).toContain('"bakery.revenue" -> bakery_dbt_exposures.till_dashboard');
  const without: typeof run = await world.run([{ ...bakery(version), manifest: withoutMetrics(version) }]);
  expect(without.deleted).toEqual(['metric "bakery.revenue"']);
  expect(without.removals()).toEqual(
    [
      '"bakery.revenue" -> bakery_dbt_exposures.till_dashboard',
      '"bakery.semantic_model.sales" -> "bakery.revenue"',
    ].toSorted(),
  );
});

function withoutMetrics(version: "1.8.8" | "1.11.16"): string {
  const { manifest: bytes } = bakery(version);
  return JSON.stringify({ ...JSON.parse(String(bytes)), metrics: {} });
}

describe("metrics of semantic models", () => {
  async function one(...metrics: { unique_id: string }[]): Promise<GraphOfRun> {
    return new GraphWorld().run([{ manifest: manifest({ nodes: [orders], semantic_models: [sales], metrics }) }]);
  }

  test.each([
    ["revenue", "SUM", "sum(amount)", "DAY"],
    ["buyers", "COUNT", "count(distinct buyer_id)", "MONTH"],
    ["visits", "SUM", "sum(case when is_visit then 1 else 0 end)", "DAY"],
    ["p95", "OTHER", "percentile_disc(0.95) within group (order by amount)", "DAY"],
    ["orders", "COUNT", "count(orders)", "DAY"],
  ])("of the measure %s", async (measure, metricType, code, granularity) => {
    const run = await one(simple("m", measure));
    expect(metricsOf(run)).toMatchObject([{ metricType, granularity, metricExpression: { code } }]);
    expect(run.edges()).toEqual([
      '"shop.semantic_model.sales" -> "shop.m"',
      'main.orders -> "shop.semantic_model.sales"',
    ]);
  });

  test("filters and windows are told", async () => {
    const where = (sql: string) => ({ where_filters: [{ where_sql_template: sql }] });
    const big = simple("big", "revenue", { filter: where("{{ Dimension('order__size') }} = 'L' ") });
    const week = metric("week", {
      type: "cumulative",
      type_params: {
        measure: { name: "revenue", filter: where("amount > 0") },
        window: { count: 7, granularity: "day" },
      },
      time_granularity: "week",
      ...bySales,
    });
    const month = metric("month", {
      type: "cumulative",
      type_params: { measure: "revenue", cumulative_type_params: { grain_to_date: "month" } },
      ...bySales,
    });
    const codes = metricsOf(await one(big, week, month)).map(({ metricExpression }) => metricExpression?.["code"]);
    expect(codes).toEqual([
      "sum(amount)\nwhere {{ Dimension('order__size') }} = 'L'",
      "sum(amount)\nwhere amount > 0\n-- over a window of 7 days",
      "sum(amount)\n-- to date since the start of the month",
    ]);
  });

  test("that are worked out from others come after them, and are linked to them", async () => {
    const derived = metric("growth", {
      type: "derived",
      type_params: { expr: "share - 1", metrics: [{ name: "share" }] },
      ...from("share"),
    });
    const ratio = metric("share", {
      type: "ratio",
      type_params: { numerator: { name: "big" }, denominator: { name: "all" } },
      ...from("big", "all"),
    });
    const run = await one(derived, ratio, simple("big", "revenue"), simple("all", "revenue"));
    const metrics = metricsOf(run);
    expect(metrics.map(({ name }) => name)).toEqual(["shop.all", "shop.big", "shop.share", "shop.growth"]);
    expect(metrics[2]).toMatchObject({
      metricType: "RATIO",
      metricExpression: { code: "big / all" },
      relatedMetrics: ['"shop.all"', '"shop.big"'],
    });
    expect(metrics[3]).toMatchObject({ metricType: "OTHER", metricExpression: { code: "share - 1" } });
    expect(run.edges()).toEqual([
      '"shop.all" -> "shop.share"',
      '"shop.big" -> "shop.share"',
      '"shop.semantic_model.sales" -> "shop.all"',
      '"shop.semantic_model.sales" -> "shop.big"',
      '"shop.share" -> "shop.growth"',
      'main.orders -> "shop.semantic_model.sales"',
    ]);
  });

  test("inputs are told under the names that the metric gives them", async () => {
    const where = (sql: string) => ({ where_filters: [{ where_sql_template: sql }] });
    const growth = metric("growth", {
      type: "derived",
      type_params: {
        expr: "now - before - start",
        metrics: [
          { name: "big", alias: "now", filter: null, offset_window: null, offset_to_grain: null },
          { name: "big", alias: "before", offset_window: { count: 1, granularity: "month" } },
          { name: "big", alias: "start", offset_to_grain: "year" },
        ],
      },
      ...from("big"),
    });
    const share = metric("share", {
      type: "ratio",
      type_params: {
        numerator: { name: "big", alias: "small", filter: where("{{ Dimension('order__size') }} = 'S' ") },
        denominator: { name: "big", alias: null, filter: where("x") },
      },
      ...from("big"),
    });
    const codes = metricsOf(await one(simple("big", "revenue"), growth, share)).map((request) => [
      request.name,
      request.metricExpression?.["code"],
    ]);
    expect(Object.fromEntries(codes)).toEqual({
      "shop.big": "sum(amount)",
      "shop.growth": [
        "now - before - start",
        "-- now: big",
        "-- before: big, offset by 1 month",
        "-- start: big, offset to the start of the year",
      ].join("\n"),
      "shop.share": "small / big\n-- small: big where {{ Dimension('order__size') }} = 'S'\n-- big where x",
    });
  });

  test("conversions are a ratio of two measures", async () => {
    const rate = metric("rate", {
      type: "conversion",
      type_params: {
        conversion_type_params: {
          base_measure: { name: "visits" },
          conversion_measure: { name: "orders" },
          entity: "buyer",
          window: { count: 7, granularity: "day" },
        },
      },
      ...bySales,
    });
    expect(metricsOf(await one(rate))).toMatchObject([
      {
        metricType: "RATIO",
        metricExpression: {
          code: "count(orders) / sum(case when is_visit then 1 else 0 end)\n-- by buyer, within 7 days",
        },
      },
    ]);
  });

  test("metrics that say themselves what they aggregate need no measure", async () => {
    const own = metric("own", {
      type: "simple",
      type_params: { metric_aggregation_params: { semantic_model: "sales", agg: "max", expr: "amount" } },
      ...bySales,
    });
    expect(metricsOf(await one(own))).toMatchObject([{ metricType: "MAX", metricExpression: { code: "max(amount)" } }]);
  });
});

test("metrics before semantic models hang on their model", async () => {
  const metrics = [
    metric("paid", {
      calculation_method: "sum",
      expression: "amount",
      filters: [{ field: "state", operator: "=", value: "'paid'" }],
      depends_on: { nodes: ["model.shop.orders"] },
    }),
    metric("share", {
      calculation_method: "derived",
      expression: "{{metric('paid')}} / {{ metric(\"all\") }}",
      ...from("paid"),
    }),
    // dbt 1.0 to 1.2.
    metric("oldest", { type: "count_distinct", sql: "buyer_id", depends_on: { nodes: ["model.shop.orders"] } }),
  ];
  const run = await new GraphWorld().run([{ manifest: manifest({ nodes: [orders], metrics }, "postgres", 8) }]);
  expect(metricsOf(run).map(({ metricType, metricExpression }) => [metricType, metricExpression?.["code"]])).toEqual([
    ["SUM", "sum(amount)\nwhere state = 'paid'"],
    ["OTHER", "paid / all"],
    ["COUNT", "count(distinct buyer_id)"],
  ]);
  expect(run.edges()).toEqual([
    '"shop.paid" -> "shop.share"',
    'main.orders -> "shop.oldest"',
    'main.orders -> "shop.paid"',
  ]);
});

test("metrics have the tags of dbt and the owner of their group", async () => {
  const world = new GraphWorld();
  const dora = { id: "1", type: "user", name: "dora" };
  world.owners.set("dora@shop.example", dora);
  const groups = [
    { unique_id: "group.shop.finance", name: "finance", owner: { email: "dora@shop.example", name: "Dora" } },
  ];
  const metrics = [simple("m", "revenue", { tags: ["money"], group: "finance" })];
  const run = await world.run([{ manifest: manifest({ nodes: [orders], semantic_models: [sales], metrics, groups }) }]);
  expect(metricsOf(run)).toMatchObject([{ owners: [{ id: "1", type: "user" }], tags: [{ tagFQN: "dbtTags.money" }] }]);
  const tags = run.records.filter(({ kind }) => kind === "tag");
  expect(tags).toMatchObject([{ tag: { name: "semantic_model" } }, { tag: { name: "money" } }]);
});
