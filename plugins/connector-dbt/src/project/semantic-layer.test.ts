import { describe, expect, test } from "@jest/globals";
import { semanticFixture, semanticVersions, stream } from "../../test/bytes.ts";
import { projectOf, type Artifact } from "../places/project.ts";
import type { OpenProject } from "./open-project.ts";
import { readProject } from "./read-project.ts";

interface Read {
  readonly view: OpenProject;
  readonly warnings: readonly string[];
  readonly gaps: readonly string[];
}

/** Reads a manifest with semantic manifests beside it, and looks at the project before its files are gone. */
async function reading<T>(
  main: string | Uint8Array,
  others: readonly (string | Uint8Array)[],
  look: (read: Read) => T,
): Promise<T> {
  const [warnings, gaps]: [string[], string[]] = [[], []];
  const artifact = (kind: Artifact["kind"], file: string, content: string | Uint8Array): Artifact => {
    return { kind, file, bytes: undefined, modifiedAtMs: undefined, open: () => stream(content) };
  };
  const artifacts = [
    artifact("manifest", "manifest.json", main),
    ...others.map((content) => artifact("semanticManifest", "semantic_manifest.json", content)),
  ];
  const context = {
    warn: (name: string, reason: string) => void warnings.push(`${name}: ${reason}`),
    filtered: () => undefined,
    signal: new AbortController().signal,
  };
  const view = await readProject(projectOf("place", artifacts), { context, gap: (reason) => void gaps.push(reason) });
  try {
    return look({ view, warnings, gaps });
  } finally {
    view.close();
  }
}

const orders = {
  unique_id: "model.shop.orders",
  resource_type: "model",
  name: "orders",
  alias: "Orders",
  package_name: "shop",
  database: "db",
  schema: "main",
  config: { materialized: "table" },
  depends_on: { nodes: [] },
};
const onOrders = { alias: "orders", schema_name: "MAIN", database: "db", relation_name: '"db"."main"."Orders"' };
const spine = { ...orders, unique_id: "model.shop.days", name: "days", alias: "days" };

function manifest(parts: Readonly<Record<string, unknown>> = {}, version = 12): string {
  const metadata = {
    dbt_schema_version: `https://schemas.getdbt.com/dbt/manifest/v${version}.json`,
    project_name: "shop",
  };
  return JSON.stringify({ metadata, nodes: { "model.shop.orders": orders, "model.shop.days": spine }, ...parts });
}

function semantic(parts: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ semantic_models: [], metrics: [], project_configuration: {}, saved_queries: [], ...parts });
}

const told = {
  semantic_models: [
    {
      name: "sales",
      description: "What was sold",
      node_relation: onOrders,
      defaults: { agg_time_dimension: "day" },
      entities: [{ name: "order" }],
      dimensions: [{ name: "day", type: "time", type_params: { time_granularity: "day" } }],
      measures: [
        { name: "revenue", agg: "sum" },
        { name: "visits", agg: "count" },
      ],
    },
  ],
  metrics: [
    { name: "revenue", label: "Revenue", type: "simple", type_params: { measure: { name: "revenue" } } },
    { name: "share", type: "ratio", type_params: { numerator: { name: "revenue" }, denominator: "all" } },
    {
      name: "all",
      type: "simple",
      type_params: { metric_aggregation_params: { semantic_model: "sales", agg: "sum" } },
    },
    {
      name: "rate",
      type: "conversion",
      type_params: {
        input_measures: [{ name: "visits" }],
        conversion_type_params: { base_measure: { name: "visits" }, conversion_measure: { name: "revenue" } },
      },
    },
    { name: "total", type: "cumulative", type_params: { cumulative_type_params: { metric: { name: "revenue" } } } },
    {
      name: "growth",
      type: "derived",
      type_params: { expr: "a", metrics: [{ name: "share" }], input_measures: [{ name: "revenue" }] },
    },
  ],
  saved_queries: [{ name: "monthly", query_params: { metrics: ["revenue", "share", "gone"] } }],
};

describe.each(semanticVersions)("the files of dbt %s", (version) => {
  test("belong together: nothing is said, and the manifest's own words stay", async () => {
    const file = semanticFixture(version, "manifest.json");
    const look = ({ view, warnings, gaps }: Read) => ({
      told: [warnings, gaps],
      things: (["semanticModel", "metric", "savedQuery"] as const).map((kind) =>
        view
          .ids(kind)
          .map((id) => ({ id, dependsOn: view.load(kind, id)?.dependsOn, label: view.load(kind, id)?.label })),
      ),
      spines: [...view.timeSpines],
    });
    const alone = await reading(file, [], look);
    const both = await reading(file, [semanticFixture(version, "semantic_manifest.json")], look);
    expect(both.told).toEqual([[], []]);
    expect(both.things).toEqual(alone.things);
    // What only the semantic manifest says.
    expect([alone.spines, both.spines]).toEqual([[], [["model.shop.metricflow_time_spine", "day"]]]);
  });

  test("of another project are told apart", async () => {
    await reading(manifest(), [semanticFixture(version, "semantic_manifest.json")], ({ view, warnings, gaps }) => {
      // Its table `orders` is in another database.
      expect(warnings).toEqual([
        expect.stringMatching(/^semantic_manifest\.json: it is of another project, .*left out$/u),
      ]);
      expect([gaps, view.ids("semanticModel"), view.isComplete]).toEqual([[], [], true]);
    });
  });
});

describe("a manifest from before semantic models", () => {
  test("gets what the semantic manifest has, with what it hangs on", async () => {
    await reading(manifest({}, 9), [semantic(told)], ({ view, warnings }) => {
      expect(warnings).toEqual([]);
      expect(view.load("semanticModel", "semantic_model.shop.sales")).toMatchObject({
        name: "sales",
        resourceType: "semantic_model",
        description: "What was sold",
        dependsOn: ["model.shop.orders"],
      });
      const above = view.ids("metric").map((id) => [id, view.load("metric", id)?.dependsOn]);
      expect(Object.fromEntries(above)).toEqual({
        "metric.shop.revenue": ["semantic_model.shop.sales"],
        "metric.shop.share": ["metric.shop.revenue", "metric.shop.all"],
        "metric.shop.all": ["semantic_model.shop.sales"],
        "metric.shop.rate": ["semantic_model.shop.sales"],
        "metric.shop.total": ["metric.shop.revenue"],
        "metric.shop.growth": ["metric.shop.share"],
      });
      expect(view.load("savedQuery", "saved_query.shop.monthly")?.dependsOn).toEqual([
        "metric.shop.revenue",
        "metric.shop.share",
      ]);
    });
  });

  test("keeps a metric of its own under its id", async () => {
    const own = { unique_id: "metric.other.revenue", name: "revenue", label: "Money", package_name: "other" };
    const metrics = { "metric.other.revenue": { ...own, calculation_method: "sum", expression: "amount" } };
    await reading(manifest({ metrics }, 9), [semantic(told)], ({ view }) => {
      expect(view.load("metric", "metric.other.revenue")).toMatchObject({
        label: "Money",
        type: "simple",
        calculationMethod: "sum",
        dependsOn: ["semantic_model.shop.sales"],
      });
      expect(view.ids("metric")).not.toContain("metric.shop.revenue");
      expect(view.load("metric", "metric.shop.total")?.dependsOn).toEqual(["metric.other.revenue"]);
    });
  });
});

test("what a manifest leaves open is filled, what it says stays", async () => {
  const known = {
    unique_id: "semantic_model.shop.sales",
    name: "sales",
    package_name: "shop",
    description: "Said here",
    depends_on: { nodes: ["model.shop.days"] },
    measures: [{ name: "other", agg: "max" }],
    defaults: null,
  };
  const revenue = {
    unique_id: "metric.shop.revenue",
    name: "revenue",
    type: "simple",
    type_params: { measure: null, expr: "x" },
  };
  const parts = {
    semantic_models: { "semantic_model.shop.sales": known },
    metrics: { "metric.shop.revenue": revenue },
  };
  await reading(manifest(parts), [semantic(told)], ({ view, warnings }) => {
    expect(view.load("semanticModel", "semantic_model.shop.sales")).toMatchObject({
      description: "Said here",
      dependsOn: ["model.shop.days"],
      measures: [{ name: "other", agg: "max" }],
      defaults: { agg_time_dimension: "day" },
      dimensions: [{ name: "day" }],
      nodeRelation: onOrders,
    });
    expect(view.load("metric", "metric.shop.revenue")).toMatchObject({
      label: "Revenue",
      typeParams: { measure: { name: "revenue" }, expr: "x" },
    });
    // dbt has taken them out since: a file that was left behind does not bring them back.
    expect(view.ids("metric")).toEqual(["metric.shop.revenue"]);
    expect(view.ids("savedQuery")).toEqual([]);
    expect(warnings).toEqual([
      "semantic_manifest.json: metrics that the manifest does not have are left out: 5 (share, all, rate, total, growth)",
      "semantic_manifest.json: saved queries that the manifest does not have are left out: 1 (monthly)",
    ]);
  });
});

test("metrics alone tell by their names whose they are", async () => {
  const { metrics } = told;
  const isForeign = (content: string): Promise<boolean> =>
    reading(manifest({ metrics: { "metric.shop.rate": { name: "rate", type_params: {} } } }), [content], (read) =>
      read.warnings.some((warning) => warning.includes("another project")),
    );
  expect(await isForeign(semantic({ metrics }))).toBe(false);
  expect(await isForeign(semantic({ metrics: metrics.slice(0, 3) }))).toBe(true);
  expect(await isForeign(semantic())).toBe(false);
});

test("a file that is cut says nothing and leaves a gap", async () => {
  const whole = semantic(told);
  await reading(manifest({}, 9), [whole.slice(0, -30)], ({ view, gaps, warnings }) => {
    expect(gaps).toEqual([expect.stringMatching(/^semantic_manifest\.json: it is cut: .+ at byte \d+; expected/u)]);
    expect([view.isComplete, view.ids("semanticModel"), view.ids("metric"), warnings]).toEqual([false, [], [], []]);
  });
});

test("names that come twice, and things of other forms, are told", async () => {
  const twice = { ...told.metrics[0], label: "Second" };
  const parts = { semantic_models: [...told.semantic_models, {}, 7], metrics: [told.metrics[0], twice], pastries: [] };
  await reading(manifest({}, 9), [semantic(parts)], ({ view, warnings }) => {
    expect(view.load("metric", "metric.shop.revenue")?.label).toBe("Revenue");
    expect(warnings.toSorted()).toEqual([
      "semantic_manifest.json: entries of semantic_models that are no objects are left out",
      "semantic_manifest.json: metrics of the same name: the first counts (revenue)",
      "semantic_manifest.json: pastries: not known to this connector, left out",
      "semantic_manifest.json: semantic_models without a name are left out",
    ]);
  });
});

describe("tables of time", () => {
  const spines = (configuration: unknown): Promise<unknown> =>
    reading(manifest(), [semantic({ project_configuration: configuration })], ({ view, gaps }) => [
      [...view.timeSpines],
      gaps,
    ]);
  const days = { node_relation: { alias: "days", schema_name: "main", database: "db" } };

  test.each([
    [
      "by their column",
      { time_spines: [{ ...days, primary_column: { name: "d", time_granularity: "HOUR" } }] },
      "hour",
    ],
    [
      "by their name",
      { time_spine_table_configurations: [{ location: '"db"."main"."days"', grain: "month" }] },
      "month",
    ],
    ["by less of a name", { time_spine_table_configurations: [{ location: "main.days" }] }, "day"],
    ["by no grain", { time_spines: [days] }, "day"],
  ])("are known %s", async (_how, configuration, grain) => {
    expect(await spines(configuration)).toEqual([[["model.shop.days", grain]], []]);
  });

  test.each([
    ["in another schema", { time_spines: [{ node_relation: { alias: "days", schema_name: "dev", database: "db" } }] }],
    ["of no relation", { time_spines: [{ node_relation: null }, {}, 7], time_spine_table_configurations: [{}] }],
    ["of another form", { time_spines: {}, time_spine_table_configurations: "days" }],
    ["nowhere", null],
  ])("%s are none", async (_what, configuration) => {
    expect(await spines(configuration)).toEqual([[], []]);
  });

  test("are told by an object", async () => {
    const [, gaps] = (await spines([])) as [unknown, string[]];
    expect(gaps).toEqual([expect.stringContaining('"project_configuration" is a list […]')]);
  });
});
