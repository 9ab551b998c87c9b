import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { parseFqn } from "@omd/schema";
import { semanticFixture, semanticVersions } from "./bytes.ts";
import { DbtWorld, localFiles } from "./dbt-world.ts";

let world: DbtWorld;
let target: string;

beforeEach(async () => {
  world = await DbtWorld.open();
  target = mkdtempSync(join(tmpdir(), "omd-dbt-semantic-"));
});

afterEach(async () => {
  await world.close();
  rmSync(target, { recursive: true });
});

function lay(version: (typeof semanticVersions)[number], ...names: string[]): void {
  for (const name of names) writeFileSync(join(target, name), semanticFixture(version, name));
}

const metric = (name: string) => world.catalog.get("metric", parseFqn(`"${name}"`), { fields: ["*"] });
const names = (references: unknown): string[] =>
  ((references ?? []) as { fullyQualifiedName?: string; tagFQN?: string }[])
    .map(({ fullyQualifiedName, tagFQN }) => fullyQualifiedName ?? tagFQN ?? "")
    .toSorted();
const nothing = { created: 0, updated: 0, deleted: 0, restored: 0 };

describe.each(semanticVersions)("the semantic layer of a project of dbt %s", (version) => {
  test("is in the catalog, and is written once", async () => {
    await world.catalog.put("domain", { name: "Trade", domainType: "Aggregate", description: "" });
    await world.catalog.put("user", { name: "dora", email: "dora@shop.example" });
    lay(version, "manifest.json", "semantic_manifest.json");
    const report = await world.run(localFiles(target));
    expect([report.outcome, report.failures]).toEqual(["complete", []]);
    const orders = await metric("shop.semantic_model.orders");
    expect(orders).toMatchObject({ displayName: "All orders (semantic model)", granularity: "DAY" });
    expect(names(orders?.["domains"])).toEqual(["Trade"]);
    expect(names(orders?.["owners"])).toEqual(["dora"]);
    expect(names(orders?.["tags"])).toEqual(["dbtProperties.semantic_model"]);
    expect(names((await metric("shop.visits"))?.["relatedMetrics"])).toEqual(['"shop.semantic_model.visits"']);
    const spine = await world.catalog.get("table", parseFqn("wh.shop.main.metricflow_time_spine"), { fields: ["*"] });
    expect(names(spine?.["tags"])).toContain("dbtProperties.time_spine_day");
    const again = await world.run(localFiles(target));
    expect([again.outcome, again.writes]).toEqual(["complete", expect.objectContaining(nothing)]);
  });
});

test("a semantic manifest that is cut makes the run partial, names file and place, and takes nothing back", async () => {
  lay("1.11.16", "manifest.json", "semantic_manifest.json");
  await world.run(localFiles(target));
  const manifest = JSON.parse(semanticFixture("1.11.16", "manifest.json").toString()) as Record<string, unknown>;
  writeFileSync(join(target, "manifest.json"), JSON.stringify({ ...manifest, semantic_models: {}, metrics: {} }));
  writeFileSync(
    join(target, "semantic_manifest.json"),
    semanticFixture("1.11.16", "semantic_manifest.json").subarray(0, 900),
  );
  const report = await world.run(localFiles(target));
  expect(report.outcome).toBe("incomplete");
  expect(JSON.stringify(report.scopes)).toMatch(/semantic_manifest\.json: it is cut: .+ at byte 900/u);
  expect(report.writes).toMatchObject({ deleted: 0 });
  expect(await metric("shop.revenue")).toBeDefined();
});

test("metrics of an earlier version get their edges and relations, once", async () => {
  // As they were before semantic models were entities: on the table itself.
  const manifest = JSON.parse(semanticFixture("1.11.16", "manifest.json").toString()) as {
    metrics: Record<string, { depends_on: { nodes: string[] } }>;
    semantic_models: object;
  };
  const visits = manifest.metrics["metric.shop.visits"];
  if (visits) visits.depends_on.nodes = ["model.shop.visits"];
  writeFileSync(join(target, "manifest.json"), JSON.stringify({ ...manifest, semantic_models: {} }));
  await world.run(localFiles(target));
  expect(names((await metric("shop.visits"))?.["relatedMetrics"])).toEqual([]);
  lay("1.11.16", "manifest.json", "semantic_manifest.json");
  const report = await world.run(localFiles(target));
  expect([report.outcome, report.failures]).toEqual(["complete", []]);
  expect(names((await metric("shop.visits"))?.["relatedMetrics"])).toEqual(['"shop.semantic_model.visits"']);
  const key = { entityType: "metric", fqn: parseFqn('"shop.visits"') } as const;
  const found = await world.catalog.neighbourhood(key, { upstream: 1, downstream: 0 });
  expect(found?.edges.map(({ from }) => from.fullyQualifiedName)).toEqual(['"shop.semantic_model.visits"']);
  expect((await world.run(localFiles(target))).writes).toMatchObject(nothing);
});

test("without the semantic manifest nothing is written again, and the table of time keeps its tag", async () => {
  lay("1.8.8", "manifest.json", "semantic_manifest.json");
  await world.run(localFiles(target));
  rmSync(join(target, "semantic_manifest.json"));
  const report = await world.run(localFiles(target));
  expect([report.outcome, report.writes]).toEqual(["complete", expect.objectContaining(nothing)]);
  const spine = await world.catalog.get("table", parseFqn("wh.shop.main.metricflow_time_spine"), { fields: ["*"] });
  expect(names(spine?.["tags"])).toContain("dbtProperties.time_spine_day");
});

test("the manifest alone is enough", async () => {
  lay("1.11.16", "manifest.json");
  const report = await world.run(localFiles(target));
  expect(report.outcome).toBe("complete");
  expect(await metric("shop.semantic_model.orders")).toBeDefined();
});

test("without tags there are none at semantic models and tables of time", async () => {
  lay("1.11.16", "manifest.json", "semantic_manifest.json");
  await world.run(localFiles(target, { includeTags: false }));
  const spine = await world.catalog.get("table", parseFqn("wh.shop.main.metricflow_time_spine"), { fields: ["*"] });
  expect(names(spine?.["tags"])).toEqual([]);
  expect(names((await metric("shop.semantic_model.orders"))?.["tags"])).toEqual([]);
});
