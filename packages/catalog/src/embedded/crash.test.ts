import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import type { FQN } from "@omd/schema";
import { openEmbeddedCatalog } from "./embedded-catalog.ts";

const writer = fileURLToPath(new URL("../../test/crash-writer.ts", import.meta.url));

/** Lets a child write until it has acknowledged so many, then kills it; answers what it acknowledged. */
async function writeAndKill(file: string, enough: number): Promise<FQN[]> {
  const child = spawn(process.execPath, ["--conditions=@omd/source", writer, file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    if (text.split("\n").length > enough) child.kill("SIGKILL");
  });
  const signal = await new Promise((resolve) => {
    child.on("close", (_code, by) => resolve(by));
  });
  expect(signal).toBe("SIGKILL");
  return text.split("\n").slice(0, -1) as FQN[];
}

test("a kill at any moment loses nothing that was acknowledged", async () => {
  const directory = mkdtempSync(join(tmpdir(), "omd-crash-"));
  for (const enough of [1, 40, 333]) {
    const file = join(directory, `c${enough}.db`);
    const acknowledged = await writeAndKill(file, enough);
    expect(acknowledged.length).toBeGreaterThanOrEqual(enough);
    const catalog = openEmbeddedCatalog({ file });
    for (const fqn of acknowledged)
      expect(await catalog.get("pipeline", fqn)).toMatchObject({ fullyQualifiedName: fqn });
    expect((await catalog.put("pipeline", { name: "after", service: "s" })).outcome).toBe("created");
    await catalog.close();
    const raw = new DatabaseSync(file);
    expect(raw.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    raw.close();
  }
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

test("processes that make and write one file at the same time wait for each other", async () => {
  const directory = mkdtempSync(join(tmpdir(), "omd-shared-"));
  const file = join(directory, "c.db");
  const acknowledged = await Promise.all([1, 2, 3].map(() => writeAndKill(file, 60)));
  const catalog = openEmbeddedCatalog({ file });
  for (const fqn of acknowledged.flat()) expect(await catalog.get("pipeline", fqn)).toBeDefined();
  expect(catalog.counts().entities.pipelineService).toBe(1);
  await catalog.close();
  rmSync(directory, { recursive: true, force: true });
}, 60_000);
