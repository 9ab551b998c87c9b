import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import { chromium, type Browser, type Page } from "playwright-core";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A real Chromium; see chromium.sh. */
export async function startChromium(): Promise<Browser> {
  const path = execFileSync("bash", [join(import.meta.dirname, "chromium.sh")], { encoding: "utf8" }).trim();
  // Containers lack what Chromium's own sandbox needs, and it shows only our page.
  return chromium.launch({ executablePath: path, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/** A tab that notes what must not happen: errors, broken security rules, calls to other hosts. */
export class Tab {
  readonly page: Page;
  readonly #bad: string[] = [];

  constructor(page: Page, home: string) {
    this.page = page;
    page.setDefaultTimeout(20_000);
    page.on("pageerror", (error) => this.#bad.push(`error: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.#bad.push(message.text());
    });
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(home) && !url.startsWith("blob:")) this.#bad.push(`call to ${url}`);
    });
  }

  /** Since the last time it was asked. */
  bad(): readonly string[] {
    return this.#bad.splice(0);
  }

  /** What axe calls serious or critical on the page as it stands. */
  async violations(): Promise<readonly string[]> {
    await this.page.evaluate(axeSource);
    const results = await this.page.evaluate(() =>
      (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    );
    return results.violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
  }

  /** Waits until a graph of so many boxes is painted: entities, and ends that are not in the catalog. */
  async painted(boxes: number): Promise<void> {
    await this.page.locator(`[data-painted="${String(boxes)}"]`).waitFor();
  }
}
