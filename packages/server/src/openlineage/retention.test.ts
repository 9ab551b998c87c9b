import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "@omd/catalog";
import { CatalogError } from "@omd/core";
import { startServer } from "../serve.ts";
import { EventRetention } from "./retention.ts";

const day = 86_400_000;
const now = 1_000 * day;
let catalog: EmbeddedCatalog;
const told: string[] = [];
beforeEach(() => {
  told.length = 0;
  catalog = openEmbeddedCatalog({ file: ":memory:" });
});
afterEach(() => catalog.close());

async function keepEvents(ages: readonly number[]): Promise<void> {
  const events = ages.map((age, at) => ({
    hash: String(at),
    receivedAt: now - age * day,
    eventTime: "2026-01-01T00:00:00Z",
    eventMs: 1,
    producer: "p",
    inputs: [],
    outputs: [],
    body: {},
  }));
  const stored = await catalog.writeEvents("store", [events]);
  await catalog.writeEvents("settle", [stored.map(({ id }) => ({ id, applied: true }))]);
}
const kept = (): number => catalog.events.list({ limit: 1_000 }).length;
const retention = (writer: Pick<EmbeddedCatalog, "writeEvents"> = catalog, days = 30): EventRetention =>
  new EventRetention(
    writer,
    days,
    (text) => told.push(text),
    () => now,
  );

test("what is older than so many days goes, in as many steps as that takes", async () => {
  await keepEvents([...Array.from({ length: 420 }, () => 31), 30, 29, 0]);
  await retention().prune();
  expect(kept()).toBe(3);
  expect(told).toEqual([]);
});

test("it begins at the start, and ends between two steps when it is closed", async () => {
  await keepEvents(Array.from({ length: 600 }, () => 31));
  const steps: unknown[] = [];
  const closed = Promise.withResolvers<undefined>();
  const one = retention({
    writeEvents: async (name, args) => {
      const step = await catalog.writeEvents(name, args);
      steps.push(step);
      void one.close().then(() => {
        closed.resolve(undefined);
      });
      return step;
    },
  });
  one.start();
  await closed.promise;
  expect(steps).toHaveLength(1);
  expect(kept()).toBe(400);
  expect(told).toEqual([]);
});

test("a catalog that can't be written is told and waited for", async () => {
  await keepEvents([31]);
  let locked = true;
  const one = retention({
    writeEvents: (name, args) =>
      locked ? Promise.reject(new CatalogError("the catalog is locked")) : catalog.writeEvents(name, args),
  });
  await one.prune();
  expect(told).toEqual([expect.stringContaining("the catalog is locked")]);
  expect(kept()).toBe(1);
  locked = false;
  await one.prune();
  expect(kept()).toBe(0);
});

test("a server deletes what is too old, unless all is kept", async () => {
  const omdHome = mkdtempSync(join(tmpdir(), "omd-retention-"));
  const inMemory = catalog;
  try {
    catalog = openEmbeddedCatalog({ file: join(omdHome, "catalog.db") });
    await keepEvents([0]);
    const all = await startServer({ omdHome, port: 0, keepEvents: "all" });
    await all.close();
    expect(kept()).toBe(1);
    const server = await startServer({ omdHome, port: 0 });
    while (kept() > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await server.close();
  } finally {
    await catalog.close();
    catalog = inMemory;
    rmSync(omdHome, { recursive: true });
  }
});
