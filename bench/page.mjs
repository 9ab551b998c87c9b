/**
 * How long a lineage of 300 entities takes until it is painted, in a real Chromium on a catalog of 10,000 entities. Prints figures; asserts nothing.
 * node --conditions=@omd/source bench/page.mjs [--rounds 5]; needs a build.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { openEmbeddedCatalog } from "@omd/catalog";
import { chromium } from "playwright-core";
import { fillLargeCatalog, hub } from "../systems/large-catalog.ts";

const root = dirname(import.meta.dirname);
const { values: flags } = parseArgs({ options: { rounds: { type: "string", default: "5" } } });

/** Starts `omd serve`; answers its address. */
async function serve(home) {
  const child = spawn(process.execPath, [join(root, "packages/cli/bin/run.js"), "serve", "--port", "0", "--json"], {
    env: { ...process.env, OMD_HOME: home, NODE_OPTIONS: "" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let text = "";
  for await (const line of createInterface({ input: child.stdout })) {
    text += line;
    const url = /"url": *"([^"]+)"/.exec(text)?.[1];
    if (url !== undefined) return { url, stop: () => child.kill("SIGTERM") };
  }
  throw new Error("omd serve ended before it served");
}

/** Milliseconds from the start to the paint, and from the server's answer to the paint. */
async function measure(page, ask) {
  await ask();
  await page.locator('[data-painted="300"]').waitFor();
  return page.evaluate(() => {
    const painted = performance.getEntriesByName("omd-lineage-painted").at(-1).startTime;
    const calls = performance.getEntriesByType("resource").filter(({ name }) => name.includes("/api/omd/lineage"));
    const call = calls.at(-1);
    return { fromAsked: painted - call.startTime, fromAnswer: painted - call.responseEnd, fromStart: painted };
  });
}

const middle = (values) => Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]);

const home = mkdtempSync(join(tmpdir(), "omd-bench-page-"));
const catalog = openEmbeddedCatalog({ file: join(home, "catalog.db") });
await fillLargeCatalog(catalog);
await catalog.close();
const omd = await serve(home);
const executablePath = execFileSync("bash", [join(root, "systems/chromium.sh")], { encoding: "utf8" }).trim();
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
try {
  const cold = [];
  const warm = [];
  for (let round = 0; round < Number(flags.rounds); round += 1) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    cold.push(await measure(page, () => page.goto(`${omd.url}/lineage/table/${hub}`)));
    // Another lineage first, so that code and worker are there; then the large one again.
    await page.getByRole("combobox", { name: "Upstream" }).selectOption("0");
    await page.locator('[data-painted="300"]').waitFor({ state: "detached" });
    warm.push(await measure(page, () => page.getByRole("combobox", { name: "Upstream" }).selectOption("2")));
    await context.close();
  }
  const row = (name, figures) =>
    process.stdout.write(
      `${name}: ${["fromAsked", "fromAnswer", "fromStart"].map((key) => `${key} ${middle(figures.map((one) => one[key]))} ms`).join(", ")}\n`,
    );
  process.stdout.write(`300 entities painted, middle of ${flags.rounds}\n`);
  row("first load of the page", cold);
  row("page already open     ", warm);
} finally {
  await browser.close();
  omd.stop();
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
