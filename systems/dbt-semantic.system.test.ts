import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { IngestedRun } from "./dbt-ingested.ts";
import { dbtDirectory, DbtPlace, dbtRuns, isSince } from "./dbt-place.ts";
import { ExportedCatalog } from "./exported-catalog.ts";
import { difference, same } from "./omd.ts";

const named = z.object({ name: z.string(), expr: z.string().nullish() });
const semanticManifest = z.object({
  semantic_models: z.array(
    z.object({
      name: z.string(),
      description: z.string().nullish(),
      node_relation: z.object({ relation_name: z.string() }),
      entities: z.array(named.extend({ type: z.string() })),
      dimensions: z.array(named.extend({ type: z.string() })),
      measures: z.array(named.extend({ agg: z.string() })),
    }),
  ),
});

/** What real dbt wrote for MetricFlow, and what the project's YAML says, in the catalog. Which edges there are is in dbt.system.test.ts. */
describe.each(dbtRuns.filter((run) => isSince(run, "1.8")))("the semantic layer of dbt $version on $target", (dbt) => {
  let run: IngestedRun;
  let told: z.infer<typeof semanticManifest>["semantic_models"];

  beforeAll(async () => {
    run = await IngestedRun.of(dbt);
    told = semanticManifest.parse(JSON.parse(run.place.artifact("semantic_manifest.json").toString())).semantic_models;
  }, 600_000);

  const model = (name: string): Readonly<Record<string, unknown>> =>
    run.catalog.entities("metric").get(`"market.semantic_model.${name}"`) ?? {};
  const names = (value: unknown): string[] =>
    ((value ?? []) as { fullyQualifiedName?: string; tagFQN?: string }[])
      .map(({ fullyQualifiedName, tagFQN }) => fullyQualifiedName ?? tagFQN ?? "")
      .toSorted();

  test("all semantic models are told, with each measure, entity and dimension and the relation", () => {
    expect(told.map(({ name }) => name).toSorted()).toEqual(["revenue_days", "sales"]);
    for (const { name, description, node_relation: relation, entities, dimensions, measures } of told) {
      const { code } = model(name)["metricExpression"] as { code: string };
      const lines = code.split("\n");
      expect({ name, description: model(name)["description"] }).toEqual({ name, description });
      expect(lines).toContain(`from ${relation.relation_name}`);
      for (const measure of measures)
        expect(code).toContain(`${measure.agg}(${measure.expr ?? measure.name}) as ${measure.name}`);
      for (const each of [...entities, ...dimensions])
        expect(lines.some((line) => line.startsWith(`--   ${each.name} (${each.type}`))).toBe(true);
      expect(measures.length * entities.length * dimensions.length).toBeGreaterThan(0);
    }
  });

  test("names, grain, owners, domain, terms and tags are those of the project", () => {
    expect(model("sales")).toMatchObject({ displayName: "sales (semantic model)", granularity: "DAY" });
    const days = model("revenue_days");
    expect(days).toMatchObject({ displayName: "Days of revenue (semantic model)", granularity: "DAY" });
    expect(names(days["owners"])).toEqual(["bob"]);
    expect(names(days["domains"])).toEqual(["Trade"]);
    expect(names(days["tags"])).toEqual(["Shop.Revenue", "dbtProperties.semantic_model"]);
  });

  test("a metric and a semantic model of one name are two", () => {
    expect(run.catalog.entities("metric").get('"market.revenue_days"')).toMatchObject({
      displayName: "Best day",
      metricType: "MAX",
      metricExpression: { language: "SQL", code: 'max("Total €")' },
    });
    const related = run.catalog.entities("metric").get('"market.revenue_days"')?.["relatedMetrics"];
    expect(names(related)).toEqual(['"market.semantic_model.revenue_days"']);
  });

  test("the table of time is known", () => {
    expect(names(run.named("metricflow_time_spine")?.["tags"])).toContain("dbtProperties.time_spine_day");
  });
});

test("a semantic model that dbt no longer has goes with its edges, and comes back", async () => {
  const place = new DbtPlace();
  const artifacts = join(dbtDirectory({ version: "1.11", target: "duckdb" }), "artifacts");
  place.lay(artifacts);
  place.configure();
  expect((await place.ingest()).code).toBe(0);
  const whole = await place.exportCatalog();
  const manifest = JSON.parse(place.artifact("manifest.json").toString()) as Record<string, Record<string, unknown>>;
  for (const [section, id] of [
    ["semantic_models", "semantic_model.market.revenue_days"],
    ["metrics", "metric.market.revenue_days"],
  ] as const)
    delete manifest[section]?.[id];
  place.spoil("manifest.json", JSON.stringify(manifest));
  const less = await place.ingest();
  expect(less.code).toBe(0);
  const catalog = new ExportedCatalog(await place.exportCatalog());
  expect([...catalog.entities("metric").keys()].filter((fqn) => fqn.includes("revenue_days"))).toEqual([]);
  const ends = catalog.edges.flatMap(({ from, to }) => [from.fullyQualifiedName, to.fullyQualifiedName]);
  expect(ends.filter((fqn) => fqn.includes("revenue_days"))).toEqual([]);
  // The semantic manifest that was left behind does not bring them back, and says so.
  expect(JSON.stringify(less.report)).toMatch(/semantic models that the manifest does not have are left out: 1/);
  place.lay(artifacts);
  expect((await place.ingest()).code).toBe(0);
  expect(difference(await place.exportCatalog(), whole)).toEqual(same);
}, 300_000);
