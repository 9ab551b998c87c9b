import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { isOmdError } from "@omd/core";
import { fqnOf } from "@omd/schema";
import { catalogSuite } from "../../test/catalog-suite.ts";
import { openEmbeddedCatalog } from "../embedded/embedded-catalog.ts";
import { ThreadedCatalog } from "./threaded-catalog.ts";

const folder = mkdtempSync(join(tmpdir(), "omd-threaded-"));
const shared = new ThreadedCatalog(join(folder, "shared.db"));
afterAll(async () => {
  await shared.close();
  rmSync(folder, { recursive: true });
});

// A thread for each test would take a minute; the names of each are its own.
catalogSuite("embedded catalog with a thread for writes", () =>
  Promise.resolve({ catalog: shared, close: () => Promise.resolve() }),
);

test("what is written during a run belongs to it, and is found when the run has ended", async () => {
  const file = join(folder, "run.db");
  const catalog = new ThreadedCatalog(file);
  catalog.beginRun({ runId: "run-1" });
  await catalog.put("databaseService", { name: "lake", serviceType: "Mysql" });
  catalog.beginRun(undefined);
  await catalog.close();
  const after = openEmbeddedCatalog({ file });
  expect(after.searchByName("lake").map(({ name }) => name)).toEqual(["lake"]);
  expect(after.history.ofRun("run-1")).toMatchObject({ entities: [{ fqn: "lake" }] });
  await after.close();
});

test("a catalog that nobody writes to needs no thread", async () => {
  const script = new URL("../../test/crashing-thread.ts", import.meta.url);
  const catalog = new ThreadedCatalog(join(folder, "quiet.db"), script);
  expect(await catalog.get("databaseService", fqnOf("lake"))).toBeUndefined();
  catalog.flush();
  await catalog.close();
});

test("when the thread ends by itself each write fails, and reads go on", async () => {
  const script = new URL("../../test/crashing-thread.ts", import.meta.url);
  const catalog = new ThreadedCatalog(join(folder, "crash.db"), script);
  const write = (): Promise<unknown> => catalog.put("databaseService", { name: "lake", serviceType: "Mysql" });
  const results = await Promise.allSettled([write(), write()]);
  for (const result of results)
    expect(result).toMatchObject({ reason: { message: expect.stringContaining("ended unexpectedly: exit code 3") } });
  const error: unknown = await write().catch((caught: unknown) => caught);
  expect(isOmdError(error) && error.hint).toContain("safe to repeat");
  expect(await catalog.get("databaseService", fqnOf("lake"))).toBeUndefined();
  await catalog.close();
});

test("a request that can't be cloned fails alone", async () => {
  const bad = { name: "bad", serviceType: "Mysql", extension: { call: () => undefined } };
  const results = await Promise.allSettled([
    shared.put("databaseService", { name: "good", serviceType: "Mysql" }),
    shared.put("databaseService", bad as never),
  ]);
  expect(results).toMatchObject([
    { status: "fulfilled" },
    { status: "rejected", reason: { message: expect.stringContaining("could not be cloned") } },
  ]);
});
