import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "@jest/globals";
import { olderEvents } from "../../test/older-events.ts";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "./embedded-catalog.ts";
import type { EventEnd } from "./event-ends.ts";
import { eventEndsMigration } from "./event-migration.ts";

const folder = mkdtempSync(join(tmpdir(), "omd-event-ends-"));
let catalog: EmbeddedCatalog;
afterEach(() => catalog.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const idOf = async (name: string): Promise<string> =>
  (await catalog.put("databaseService", { name, serviceType: "Postgres" })).entity.id;
const store = async (hash: string): Promise<void> => {
  const event = { hash, receivedAt: 1, eventTime: "2026-01-01T00:00:00Z", eventMs: 1, producer: "p" };
  await catalog.writeEvents("store", [[{ ...event, inputs: [], outputs: [], body: {} }]]);
};
const end = (near: string, more: Partial<EventEnd> = {}): EventEnd => ({
  near,
  side: "upstream",
  name: "s3://lake/in",
  reason: "no storage service",
  nearest: ["lake.in"],
  ...more,
});

test("ends are noted once with the newest reason, and forgotten when the catalog has the dataset or not the entity", async () => {
  catalog = openEmbeddedCatalog({ file: ":memory:" });
  const [a, b] = [await idOf("a"), await idOf("b")];
  await store("one");
  const settle = (more: object) => catalog.writeEvents("settle", [[{ id: 1, applied: false, ...more }]]);
  await settle({ ends: [end(a), end(b), end(b, { side: "downstream", name: "s3://lake/out" }), end("nobody")] });
  await settle({ ends: [end(a, { reason: "two have it", nearest: [] })] });
  expect(catalog.events.ends.at([b, a, "nobody"], 10)).toEqual([
    end(b),
    end(b, { side: "downstream", name: "s3://lake/out" }),
    end(a, { reason: "two have it", nearest: [] }),
  ]);
  expect(catalog.events.ends.at([b, a], 1)).toEqual([end(b)]);
  await settle({ found: ["s3://lake/in"] });
  expect(catalog.events.ends.at([a, b], 10)).toEqual([end(b, { side: "downstream", name: "s3://lake/out" })]);
  await catalog.delete("databaseService", b, { hard: true });
  expect(catalog.events.ends.at([a, b], 10)).toEqual([]);
});

test("an end leaves with the newest event that told of it", async () => {
  catalog = openEmbeddedCatalog({ file: ":memory:" });
  const near = await idOf("a");
  await store("one");
  await store("two");
  for (const id of [1, 2, 1]) await catalog.writeEvents("settle", [[{ id, applied: false, ends: [end(near)] }]]);
  const young = { hash: "three", receivedAt: 9, eventTime: "2026-01-01T00:00:00Z", eventMs: 1, producer: "p" };
  await catalog.writeEvents("store", [[{ ...young, inputs: [], outputs: [], body: {} }]]);
  await catalog.writeEvents("settle", [[{ id: 3, applied: false, ends: [end(near, { name: "s3://lake/other" })] }]]);
  await catalog.writeEvents("prune", [5]);
  expect(catalog.events.ends.at([near], 10)).toEqual([end(near, { name: "s3://lake/other" })]);
});

test("an end stays while one of its events does", async () => {
  catalog = openEmbeddedCatalog({ file: ":memory:" });
  const near = await idOf("a");
  await store("one");
  const young = { hash: "two", receivedAt: 9, eventTime: "2026-01-01T00:00:00Z", eventMs: 1, producer: "p" };
  await catalog.writeEvents("store", [[{ ...young, inputs: [], outputs: [], body: {} }]]);
  for (const id of [2, 1]) await catalog.writeEvents("settle", [[{ id, applied: false, ends: [end(near)] }]]);
  await catalog.writeEvents("prune", [5]);
  expect(catalog.events.list({ limit: 10 }).map(({ id }) => id)).toEqual([2]);
  expect(catalog.events.ends.at([near], 10)).toEqual([end(near)]);
});

test("in an older file, events whose datasets were not found are applied again, and no others", async () => {
  const file = join(folder, "catalog.db");
  olderEvents(file, eventEndsMigration, [
    ["found", 1, null],
    ["missing", 2, "not found: s3://lake/in: no storage service"],
    ["dataset", 2, "an event of a dataset alone: it is kept, there is nothing to apply"],
  ]);
  catalog = openEmbeddedCatalog({ file });
  expect(catalog.events.waiting(10, 1000).map(({ id }) => id)).toEqual([2]);
});
