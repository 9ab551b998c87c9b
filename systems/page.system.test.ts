import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openEmbeddedCatalog } from "@omd/catalog";
import type { Browser } from "playwright-core";
import { startChromium, Tab } from "./browser.ts";
import { fillLargeCatalog, hub } from "./large-catalog.ts";
import { Workplace } from "./omd.ts";
import { hostileDescription, profileHub, send } from "./page-content.ts";
import { startOmdServe, type ServedOmd } from "./served-omd.ts";

const example = join(import.meta.dirname, "..", "examples", "airflow-recorded");
/** Bytes after gzip. */
const firstLoadLimit = 300_000;

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
});

async function tabOf(omd: ServedOmd, colorScheme: "light" | "dark" = "light"): Promise<Tab> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme,
    reducedMotion: "reduce",
  });
  return new Tab(await context.newPage(), omd.url);
}

describe("a catalog filled from the recorded Airflow", () => {
  const place = new Workplace();
  let omd: ServedOmd;
  beforeAll(async () => {
    const run = ["ingest", "-c", join(example, "airflow.yaml"), "--replay", join(example, "recording")];
    expect((await place.omd(run)).code).toBe(0);
    expect((await place.omd(run)).code).toBe(0);
    omd = await startOmdServe(place.home);
  });
  afterAll(async () => omd?.stop());

  test("search, entity, lineage, expand, impact, run report", async () => {
    const tab = await tabOf(omd);
    const { page } = tab;
    await page.goto(omd.url);
    await page.getByRole("heading", { name: "Catalog" }).waitFor();

    await page.keyboard.press("/");
    await page.keyboard.type("chain_2");
    await page.getByRole("option", { name: /chain_2_clean/ }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/entity/pipeline/airflow.chain_2_clean");
    await page.getByRole("heading", { name: "chain_2_clean" }).waitFor();
    await page.getByRole("region", { name: "Tasks", exact: true }).getByRole("rowheader").first().waitFor();
    await page.getByRole("img", { name: /tasks; their order/ }).waitFor();

    await page.getByRole("link", { name: "Open lineage" }).click();
    await tab.painted(6);
    await page.getByRole("button", { name: "Show 1 more downstream of chain_1_producer" }).click();
    await tab.painted(8);
    await page.getByText("1 entity added downstream of chain_1_producer").waitFor();
    await page.getByText("not in the catalog", { exact: true }).first().click();
    await page
      .getByText(/no (storage|database) service has/)
      .first()
      .waitFor();

    await page.getByRole("button", { name: "Impact" }).click();
    await page.getByRole("rowheader", { name: /airflow\.chain_4_consumer/ }).waitFor();
    const [csv] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save CSV" }).click(),
    ]);
    expect(readFileSync(await csv.path(), "utf8")).toContain("airflow.chain_4_consumer");

    await page.getByRole("link", { name: "Runs", exact: true }).click();
    await page.getByRole("heading", { name: "Ingestion runs" }).waitFor();
    const boxes = page.getByRole("checkbox");
    await boxes.nth(0).check();
    await boxes.nth(1).check();
    await page.getByRole("button", { name: "Compare the two" }).click();
    await page.getByRole("rowheader", { name: "Created" }).waitFor();
    await page.goBack();
    await page.getByRole("rowheader").last().getByRole("link").click();
    await page.getByRole("rowheader", { name: "airflow/dags" }).waitFor();
    await page.getByText("All read completely").waitFor();
    expect(tab.bad()).toEqual([]);
  });

  test("the graph is walked with the keyboard", async () => {
    const tab = await tabOf(omd);
    const { page } = tab;
    await page.goto(`${omd.url}/lineage/pipeline/airflow.chain_2_clean`);
    await tab.painted(6);
    await page.getByRole("group", { name: "pipeline chain_2_clean" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.locator('[aria-label^="pipeline chain_3_mart"]:focus').waitFor();
    // From the entity on to its edges: walked, told about, left at an end.
    const edge = page.locator('[role="button"][aria-label^="Edge from "]:focus');
    for (let stops = 0; stops < 6 && (await edge.count()) === 0; stops += 1) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    // A straight line has no height, so for the driver it is hidden.
    await page.locator('[aria-label^="Edge from "][aria-pressed="true"]:focus').waitFor({ state: "attached" });
    await page.getByText("Made by").waitFor();
    expect(await tab.violations()).toEqual([]);
    await page.keyboard.press("ArrowLeft");
    await page.locator('[aria-label^="pipeline chain_2_clean"]:focus').waitFor();
    await page.keyboard.press("ArrowRight");
    await page.locator('[aria-label^="pipeline chain_3_mart"]:focus').waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/entity/pipeline/airflow.chain_3_mart");
    expect(tab.bad()).toEqual([]);
  });

  test.each(["light", "dark"] as const)("axe finds nothing serious on any page, %s", async (scheme) => {
    const tab = await tabOf(omd, scheme);
    const answer = await fetch(`${omd.url}/api/omd/runs`);
    const { runs } = (await answer.json()) as { runs: { runId: string }[] };
    const [b = "", a = ""] = runs.map(({ runId }) => runId);
    const paths = [
      "/",
      "/search?q=bak",
      "/search?q=nothing-has-this-name",
      "/entity/pipeline/airflow.bakery_daily",
      "/entity/pipeline/airflow.bakery_daily?tab=lineage",
      "/entity/pipeline/airflow.bakery_daily?tab=versions",
      "/entity/pipeline/airflow.bakery_daily?tab=json",
      "/entity/user/bakers",
      "/lineage/pipeline/airflow.chain_2_clean",
      "/lineage/pipeline/airflow.chain_2_clean?view=table",
      "/lineage/pipeline/airflow.chain_2_clean?view=impact",
      "/runs",
      `/runs/${a}`,
      `/compare?a=${a}&b=${b}`,
      "/events",
      "/no-such-page",
    ];
    const found: string[] = [];
    for (const path of paths) {
      await tab.page.goto(omd.url + path);
      await tab.page.waitForLoadState("networkidle");
      found.push(...(await tab.violations()).map((violation) => `${path} ${violation}`));
    }
    expect(found).toEqual([]);
    expect(tab.bad()).toEqual([]);
  });

  test("a description is Markdown, and runs nothing", async () => {
    const id = String((await omd.get("/pipelines/name/airflow.chain_3_mart"))["id"]);
    await send(omd, "PATCH", `/pipelines/${id}`, [{ op: "add", path: "/description", value: hostileDescription }]);
    const tab = await tabOf(omd);
    const { page } = tab;
    page.on("dialog", (dialog) => {
      throw new Error(`a description opened a dialog: ${dialog.message()}`);
    });
    await page.goto(`${omd.url}/entity/pipeline/airflow.chain_3_mart`);
    const words = page.locator(".markdown");
    await words.getByRole("heading", { name: "Mart" }).waitFor();
    expect(await words.getByRole("listitem").allInnerTexts()).toEqual(["one", "two"]);
    await words.getByRole("columnheader", { name: "column" }).waitFor();
    const links = words.getByRole("link");
    expect(await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")))).toEqual([
      "https://wiki.example.org/mart",
      "mailto:mart@example.org",
    ]);
    await words.getByText("<img src=/none.png onerror=alert(1)>").waitFor();
    expect(await words.locator("img, script, iframe, [onerror], [onclick]").count()).toBe(0);
    expect(await tab.violations()).toEqual([]);
    await page.goto(`${omd.url}/search?q=mart&type=pipeline`);
    await page.getByRole("list", { name: "Results" }).locator("strong", { hasText: "each order" }).waitFor();
    expect(await tab.violations()).toEqual([]);
    expect(tab.bad()).toEqual([]);
  });

  test("the address of a run leads to it", async () => {
    const tab = await tabOf(omd);
    const { page } = tab;
    await page.goto(`${omd.url}/entity/pipeline/airflow.bakery_daily`);
    const bars = page.getByRole("group", { name: "Runs, oldest first" }).getByRole("button");
    await bars.first().click();
    await page.waitForURL(/\?run=\d+$/);
    await page.reload();
    await bars.first().and(page.locator('[aria-pressed="true"]')).waitFor();
    await bars.first().press("End");
    await page.waitForURL("**/entity/pipeline/airflow.bakery_daily");
    expect(tab.bad()).toEqual([]);
  });

  test("an entity that is not there is told in words", async () => {
    const { page } = await tabOf(omd);
    await page.goto(`${omd.url}/entity/table/no.such.table`);
    await page.getByRole("alert").getByText("Not found.").waitFor();
  });

  test("the first load is small, and comes from this server alone", async () => {
    const tab = await tabOf(omd);
    const sizes: Promise<number>[] = [];
    tab.page.on("response", (response) => {
      if (!new URL(response.url()).pathname.startsWith("/api/"))
        sizes.push(response.body().then((body) => gzipSync(body).length));
    });
    await tab.page.goto(omd.url);
    await tab.page.waitForLoadState("networkidle");
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(sizes.length).toBeGreaterThan(2);
    expect(total).toBeLessThan(firstLoadLimit);
    expect(tab.bad()).toEqual([]);
  });
});

describe("a catalog of more than 10,000 entities", () => {
  const place = new Workplace();
  let omd: ServedOmd;
  beforeAll(async () => {
    mkdirSync(place.home, { recursive: true });
    const catalog = openEmbeddedCatalog({ file: join(place.home, "catalog.db") });
    await fillLargeCatalog(catalog);
    expect(Object.values(catalog.counts().entities).reduce((sum, n) => sum + n, 0)).toBeGreaterThan(10_000);
    await catalog.close();
    omd = await startOmdServe(place.home);
  });
  afterAll(async () => omd?.stop());

  test("filters, table, lineage of 300, column level, pictures, path", async () => {
    const tab = await tabOf(omd);
    const { page } = tab;
    await page.goto(`${omd.url}/search?q=t000`);
    await page.getByRole("checkbox", { name: /^table/ }).check();
    await page.waitForURL("**/search?q=t000&type=table");
    await page.getByRole("list", { name: "Results" }).getByRole("link", { name: "t000", exact: true }).first().click();
    await page.getByRole("rowheader", { name: "customer_name" }).first().waitFor();

    await profileHub(omd);
    await page.goto(`${omd.url}/entity/table/${hub}`);
    const profiled = page.getByRole("region", { name: "Column profiles" }).getByRole("row", { name: /^amount/ });
    await profiled.waitFor();
    expect(await profiled.getByRole("cell").allInnerTexts()).toEqual([
      "1,200",
      "0.0 %",
      "800",
      "0.5",
      "99.95",
      "12.25",
    ]);
    await page.getByText("percentile 100").first().waitFor();
    expect(await tab.violations()).toEqual([]);

    await page.goto(`${omd.url}/lineage/table/${hub}`);
    await tab.painted(300);
    await page.getByText("There is more: at most 300 are drawn at a time.").waitFor();
    expect(await tab.violations()).toEqual([]);

    await page.goto(`${omd.url}/lineage/table/warehouse.shop.s02.t004?level=column`);
    await tab.painted(5);
    await page
      .getByRole("button", { name: /^amount/ })
      .first()
      .click();
    expect(await page.getByRole("button", { name: /^amount/, pressed: true }).count()).toBe(5);
    await page.getByRole("button", { name: "Show 1 more downstream of t006" }).click();
    await tab.painted(6);
    for (const [name, start] of [
      ["Save SVG", "<svg"],
      ["Save PNG", "\u0089PNG"],
    ] as const) {
      const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
      const path = await file.path();
      expect(statSync(path).size).toBeGreaterThan(1000);
      expect(readFileSync(path, "latin1").slice(0, 4)).toBe(start);
    }
    await page.getByRole("searchbox", { name: /other end of the path/ }).fill("warehouse.shop.s02.t009");
    await page.getByRole("list", { name: "Entities that fit" }).getByRole("button").first().click();
    await page.getByText("5 steps, in the direction of the data").waitFor();
    expect(await tab.violations()).toEqual([]);
    expect(tab.bad()).toEqual([]);
  });
});
