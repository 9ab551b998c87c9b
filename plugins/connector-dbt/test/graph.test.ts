import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { parseFqn, type EntityType } from "@omd/schema";
import { fixturePath } from "./bytes.ts";
import { DbtWorld, localFiles } from "./dbt-world.ts";

let world: DbtWorld;
let target: string;

beforeEach(async () => {
  world = await DbtWorld.open();
  target = mkdtempSync(join(tmpdir(), "omd-dbt-target-"));
  for (const name of ["manifest", "catalog", "run_results.run", "run_results.test"])
    cpSync(fixturePath("1.11.16", `${name}.json`), join(target, `${name}.json`));
});

afterEach(async () => {
  await world.close();
  rmSync(target, { recursive: true });
});

/** Changes the manifest as a later dbt would write it. */
function rewrite(change: (manifest: Record<string, Record<string, unknown>>) => void): void {
  const file = join(target, "manifest.json");
  const manifest = JSON.parse(readFileSync(file, "utf8")) as Record<string, Record<string, unknown>>;
  change(manifest);
  writeFileSync(file, JSON.stringify(manifest));
}

/** `from -> to` of all edges around an entity, and who made them. */
async function around(entityType: EntityType, fqn: string): Promise<string[]> {
  const found = await world.catalog.neighbourhood({ entityType, fqn: parseFqn(fqn) }, { upstream: 1, downstream: 1 });
  const names = (found?.edges ?? []).map(({ from, to, details }) => {
    return `${from.fullyQualifiedName} -> ${to.fullyQualifiedName} by ${details.pipeline?.fullyQualifiedName} (${details.source})`;
  });
  return names.toSorted();
}

const sales = "wh.bakery.main.sales_by_day";
const by = "by wh_dbt.bakery (DbtLineage)";

describe("a project in the embedded catalog", () => {
  test("is a graph of tables, metric and dashboard, drawn by its pipeline", async () => {
    const report = await world.run(localFiles(target));
    expect(report.failures).toEqual([]);
    expect(await around("table", sales)).toEqual([
      `${sales} -> "bakery.semantic_model.sales" ${by}`,
      `${sales} -> bakery_dbt_exposures.till_dashboard ${by}`,
      // It failed when dbt ran, and is declared all the same.
      `${sales} -> wh.bakery.main.burnt ${by}`,
      `wh.bakery.main_staging.stg_sales -> ${sales} ${by}`,
    ]);
    expect(await around("metric", '"bakery.semantic_model.sales"')).toEqual([
      `"bakery.semantic_model.sales" -> "bakery.revenue" ${by}`,
      `${sales} -> "bakery.semantic_model.sales" ${by}`,
    ]);
    const found = await world.catalog.neighbourhood(
      { entityType: "table", fqn: parseFqn(sales) },
      { upstream: 1, downstream: 0 },
    );
    expect(found?.edges[0]?.details.columnsLineage).toEqual([
      {
        fromColumns: ["wh.bakery.main_staging.stg_sales.baked_at"],
        toColumn: `${sales}.day`,
        function: expect.stringMatching(/cast/iu),
      },
      {
        fromColumns: ["wh.bakery.main_staging.stg_sales.amount"],
        toColumn: `${sales}.revenue`,
        function: expect.stringMatching(/sum\(amount\)/iu),
      },
    ]);
    const pipeline = await world.catalog.get("pipeline", parseFqn("wh_dbt.bakery"), { fields: ["*"] });
    expect(pipeline?.["tasks"]).toHaveLength(11);
    const runs = await world.catalog.pipelineStatuses(parseFqn("wh_dbt.bakery"));
    expect(runs.map(({ executionStatus }) => executionStatus)).toEqual(["Failed", "Failed"]);
  });

  test("is written once: a second run writes nothing", async () => {
    await world.run(localFiles(target));
    const report = await world.run(localFiles(target));
    expect(report.failures).toEqual([]);
    expect(report.writes).toMatchObject({ created: 0, updated: 0, deleted: 0, restored: 0 });
  });

  test("of a manifest alone is written once, too", async () => {
    const alone = localFiles(join(target, "manifest.json"));
    await world.run(alone);
    const report = await world.run(alone);
    expect(report.writes).toMatchObject({ created: 0, updated: 0, deleted: 0, restored: 0 });
  });

  test("loses what dbt no longer has, and comes back whole", async () => {
    // With it, what failed in dbt is no table.
    rmSync(join(target, "catalog.json"));
    await world.run(localFiles(target));
    const manifest = readFileSync(join(target, "manifest.json"), "utf8");
    rewrite(({ nodes, metrics, exposures, semantic_models: models }) => {
      delete models?.["semantic_model.bakery.sales"];
      delete nodes?.["model.bakery.burnt"];
      delete nodes?.["model.bakery.after_burnt"];
      delete metrics?.["metric.bakery.revenue"];
      delete exposures?.["exposure.bakery.till_dashboard"];
    });
    const report = await world.run(localFiles(target));
    expect(report.failures).toEqual([]);
    expect(report.deletes).toMatchObject({ refused: [] });
    expect(await around("table", sales)).toEqual([`wh.bakery.main_staging.stg_sales -> ${sales} ${by}`]);
    for (const metric of ['"bakery.revenue"', '"bakery.semantic_model.sales"'])
      expect(await world.catalog.get("metric", parseFqn(metric))).toBeUndefined();
    expect(await world.catalog.get("dashboard", parseFqn("bakery_dbt_exposures.till_dashboard"))).toBeUndefined();
    expect(await world.catalog.get("table", parseFqn("wh.bakery.main.burnt"))).toBeDefined();
    writeFileSync(join(target, "manifest.json"), manifest);
    await world.run(localFiles(target));
    expect(await around("table", sales)).toHaveLength(4);
  });

  test("has an API endpoint in place of the dashboard once the exposure is an application, written once", async () => {
    await world.run(localFiles(target));
    rewrite(({ exposures }) => {
      const till = exposures?.["exposure.bakery.till_dashboard"] as Record<string, unknown>;
      Object.assign(till, { type: "application", maturity: "medium", url: "https://till.bakery.example/api" });
    });
    const report = await world.run(localFiles(target));
    expect(report.failures).toEqual([]);
    const fqn = parseFqn("bakery_dbt_exposures.bakery.till_dashboard");
    expect(await world.catalog.get("apiEndpoint", fqn, { fields: ["tags"] })).toMatchObject({
      endpointURL: "https://till.bakery.example/api",
      tags: expect.arrayContaining([expect.objectContaining({ tagFQN: "dbtProperties.maturity_medium" })]),
    });
    expect(await around("apiEndpoint", fqn)).toEqual([`"bakery.revenue" -> ${fqn} ${by}`, `${sales} -> ${fqn} ${by}`]);
    expect(await world.catalog.get("dashboard", parseFqn("bakery_dbt_exposures.till_dashboard"))).toBeUndefined();
    const again = await world.run(localFiles(target));
    expect(again.writes).toMatchObject({ created: 0, updated: 0, deleted: 0, restored: 0 });
  });

  test("has no pipeline where none is wanted", async () => {
    const report = await world.run(localFiles(target, { includeProjectPipeline: false }));
    expect(report.failures).toEqual([]);
    expect(await world.catalog.get("pipeline", parseFqn("wh_dbt.bakery"))).toBeUndefined();
    expect(await around("table", sales)).toContain(
      `wh.bakery.main_staging.stg_sales -> ${sales} by undefined (DbtLineage)`,
    );
  });

  test("loses columns that an edge no longer has, and with overrideLineage all that dbt did not say", async () => {
    await world.run(localFiles(target));
    rewrite(({ nodes }) => {
      const model = nodes?.["model.bakery.stg_buyers"] as { compiled_code: string };
      model.compiled_code = 'select id, \'\' as "Full Name" from "bakery"."main_raw"."raw_buyers"';
    });
    await world.run(localFiles(target));
    const [raw, staged] = ["wh.bakery.main_raw.raw_buyers", "wh.bakery.main_staging.stg_buyers"];
    const columns = async (): Promise<unknown> => {
      const key = { entityType: "table", fqn: parseFqn(staged) } as const;
      const found = await world.catalog.neighbourhood(key, { upstream: 1, downstream: 0 });
      return found?.edges.map(({ details }) => details.columnsLineage);
    };
    const once = [[{ fromColumns: [`${raw}.id`], toColumn: `${staged}.id` }]];
    expect(await columns()).toEqual(once);
    const [one, two] = await Promise.all([raw, staged].map((fqn) => world.catalog.get("table", parseFqn(fqn))));
    const stray = { fromColumns: [`${raw}.name`], toColumn: `${staged}.joined` };
    await world.catalog.putLineage({
      from: { id: one?.id ?? "", type: "table" },
      to: { id: two?.id ?? "", type: "table" },
      details: { source: "DbtLineage", columnsLineage: [stray] },
    });
    await world.run(localFiles(target, { overrideLineage: true }));
    expect(await columns()).toEqual(once);
  });
});
