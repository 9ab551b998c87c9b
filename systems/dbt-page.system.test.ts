import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser } from "playwright-core";
import { startChromium, Tab } from "./browser.ts";
import { Workplace } from "./omd.ts";
import { startOmdServe, type ServedOmd } from "./served-omd.ts";

const examples = join(import.meta.dirname, "..", "examples");
const schema = "warehouse.bakery.public";

interface Graph {
  readonly nodes: readonly { readonly id: string; readonly fqn: string }[];
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly pipelines: readonly { readonly fqn: string }[];
    readonly columns: readonly { readonly from: readonly string[]; readonly to: string }[];
  }[];
  readonly unresolved: readonly { readonly near: string; readonly side: string; readonly name: string }[];
}

describe("what npm start brings: dbt, and the Airflow that writes its sources", () => {
  const place = new Workplace();
  let omd: ServedOmd;
  let browser: Browser;
  let tab: Tab;
  beforeAll(async () => {
    const dbt = ["ingest", "-c", join(examples, "dbt", "dbt.yaml")];
    const ran = await place.omd(dbt, { env: { DBT_TARGET: join(examples, "dbt", "target") } });
    expect([ran.code, ran.stderr]).toEqual([0, expect.any(String)]);
    const airflow = join(examples, "airflow-recorded");
    const recorded = ["ingest", "-c", join(airflow, "airflow.yaml"), "--replay", join(airflow, "recording")];
    expect((await place.omd(recorded)).code).toBe(0);
    omd = await startOmdServe(place.home);
    browser = await startChromium();
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
    tab = new Tab(await context.newPage(), omd.url);
  });
  afterAll(async () => {
    await browser?.close();
    await omd?.stop();
  });

  async function graphOf(fqn: string): Promise<Graph> {
    const answer = await fetch(
      `${omd.url}/api/omd/lineage?type=table&fqn=${encodeURIComponent(fqn)}&upstream=3&downstream=4`,
    );
    return (await answer.json()) as Graph;
  }

  test("one graph goes from the DAG over the models to the dashboard", async () => {
    const { nodes, edges } = await graphOf(`${schema}.stg_loaves`);
    const names = new Map(nodes.map(({ id, fqn }) => [id, fqn.replace(`${schema}.`, "")]));
    const drawn = edges.map(({ from, to, pipelines }) =>
      [names.get(from), names.get(to), ...pipelines.map(({ fqn }) => fqn)].join(" > "),
    );
    // As models, exposure, semantic model and metrics say in the project, and the DAG in systems/dags/bakery.py.
    expect(drawn.sort()).toEqual(
      [
        "airflow.bakery_daily > ovens",
        "ovens > loaves > airflow.bakery_daily",
        "loaves > stg_loaves > warehouse_dbt.bakery",
        "ovens > crusty_loaves > warehouse_dbt.bakery",
        "stg_loaves > crusty_loaves > warehouse_dbt.bakery",
        "stg_loaves > sales_by_day > warehouse_dbt.bakery",
        "sales_by_day > best_day > warehouse_dbt.bakery",
        "sales_by_day > bakery_dbt_exposures.bread_of_the_week > warehouse_dbt.bakery",
        "best_day > bakery_dbt_exposures.bread_of_the_week > warehouse_dbt.bakery",
        'sales_by_day > "bakery.semantic_model.sales" > warehouse_dbt.bakery',
        '"bakery.semantic_model.sales" > "bakery.revenue" > warehouse_dbt.bakery',
        '"bakery.semantic_model.sales" > "bakery.loaves_sold" > warehouse_dbt.bakery',
        '"bakery.revenue" > "bakery.price_of_a_loaf" > warehouse_dbt.bakery',
        '"bakery.loaves_sold" > "bakery.price_of_a_loaf" > warehouse_dbt.bakery',
      ].sort(),
    );
  });

  test("what is not in the catalog is drawn at both its ends: the DAG that writes it, the table that is made of it", async () => {
    const { nodes, unresolved } = await graphOf(`${schema}.stg_loaves`);
    const names = new Map(nodes.map(({ id, fqn }) => [id, fqn]));
    const flour = unresolved.filter(({ name }) => name === "s3://mill/raw/flour.parquet");
    expect(flour.map(({ near, side }) => `${side} of ${String(names.get(near))}`).sort()).toEqual([
      "downstream of airflow.bakery_daily",
      `upstream of ${schema}.loaves`,
    ]);
  });

  test("columns are followed to where they come from, through ephemeral models too", async () => {
    const { edges } = await graphOf(`${schema}.crusty_loaves`);
    const sources = edges.flatMap(({ columns }) => columns.map(({ from, to }) => [to, from] as const));
    const of = (column: string) =>
      sources
        .filter(([to]) => to === `${schema}.${column}`)
        .map(([, from]) => from.map((one) => one.replace(`${schema}.`, "")));
    expect(of("crusty_loaves.oven")).toEqual([["ovens.name"]]);
    expect(of("crusty_loaves.price")).toEqual([["stg_loaves.price"]]);
    expect(of("stg_loaves.price")).toEqual([["loaves.price_cents"]]);
    expect(of("stg_loaves.has_card")).toEqual([["loaves.customer_email"]]);
  });

  test("the page draws it, tables and columns", async () => {
    const { page } = tab;
    await page.goto(`${omd.url}/lineage/table/${schema}.loaves`);
    // Six entities, and the flour that is not in the catalog.
    await tab.painted(7);
    const box = (name: string) => page.locator(`[aria-label^="${name}"]`);
    for (const name of ["pipeline bakery_daily", "table ovens", "table stg_loaves", "table crusty_loaves"])
      await box(name).waitFor();
    await page.getByRole("button", { name: "Columns" }).click();
    await box("table loaves").locator("button", { hasText: "price_cents" }).click();
    // What is made of it is marked with it.
    await box("table sales_by_day").locator('button[aria-pressed="true"]', { hasText: "revenue" }).waitFor();
    expect(await box("table stg_loaves").locator('button[aria-pressed="true"]').allInnerTexts()).toEqual([
      expect.stringMatching(/^price\s/),
    ]);
    expect(await tab.violations()).toEqual([]);
    expect(tab.bad()).toEqual([]);
  });

  test("a semantic model stands between its table and its metrics, and shows its measures", async () => {
    const { page } = tab;
    const fqn = encodeURIComponent('"bakery.semantic_model.sales"');
    await page.goto(`${omd.url}/lineage/metric/${fqn}`);
    const box = (name: string) => page.locator(`[aria-label^="${name}"]`);
    for (const name of ["table sales_by_day", "metric sales (semantic model)", "metric Revenue", "metric Loaves sold"])
      await box(name).waitFor();
    await page.goto(`${omd.url}/entity/metric/${fqn}`);
    await page.getByText("sum(loaves) as loaves").waitFor();
    expect(await tab.violations()).toEqual([]);
    expect(tab.bad()).toEqual([]);
  });

  test("a table shows its model, its tests and what they say", async () => {
    const { page } = tab;
    await page.goto(`${omd.url}/entity/table/${schema}.crusty_loaves`);
    await page.getByText("models/marts/crusty_loaves.sql").waitFor();
    await page.getByText('from "bakery"."public"."stg_loaves"').waitFor();
    await page.getByRole("button", { name: "As written" }).click();
    await page.getByText("from {{ ref('stg_loaves') }}").waitFor();
    const failed = page.getByRole("row", { name: /crust_is_not_cheap/ });
    await failed.getByText("failed").waitFor();
    await failed.getByText(/Got 26 results, configured to fail if != 0/).waitFor();
    expect(await tab.violations()).toEqual([]);
    expect(tab.bad()).toEqual([]);
  });

  test("the project is a pipeline, its run failed by its test", async () => {
    const { page } = tab;
    await page.goto(`${omd.url}/entity/pipeline/warehouse_dbt.bakery`);
    await page.getByText("Latest run of").getByText("failed").waitFor();
    await page
      .getByRole("row", { name: /sales_by_day/ })
      .getByText("successful")
      .waitFor();
    expect(tab.bad()).toEqual([]);
  });
});
