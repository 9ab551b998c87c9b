import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { fqnOf } from "@omd/schema";
import { olderEvents } from "../../test/older-events.ts";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "./embedded-catalog.ts";
import { eventWaitsMigration } from "./event-migration.ts";
import type { EventWait } from "./event-waits.ts";

const folder = mkdtempSync(join(tmpdir(), "omd-event-waits-"));
let catalog: EmbeddedCatalog;
beforeEach(() => {
  catalog = openEmbeddedCatalog({ file: ":memory:" });
});
afterEach(() => catalog.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Stores an event that waits for these names; answers its id. */
async function waitFor(...waits: EventWait[]): Promise<number> {
  const stored = { hash: String(Math.random()), receivedAt: 1, eventTime: "2026-01-01T00:00:00Z", eventMs: 1 };
  const [event] = await catalog.writeEvents("store", [
    [{ ...stored, producer: "p", job: { namespace: "n", name: "j" }, inputs: [], outputs: [], body: {} }],
  ]);
  const id = Number(event?.id);
  await catalog.writeEvents("settle", [[{ id, applied: false, note: "not found: x", waits }]]);
  return id;
}

const woken = (): number[] => catalog.events.waiting(100, 1_000_000).map(({ id }) => id);

async function putTable(name: string, service = "pg"): Promise<string> {
  await catalog.put("databaseService", { name: service, serviceType: "Postgres" });
  await catalog.put("database", { name: "db", service });
  await catalog.put("databaseSchema", { name: "s", database: fqnOf(service, "db") });
  const columns = [{ name: "x", dataType: "STRING" as const }];
  return (await catalog.put("table", { name, databaseSchema: fqnOf(service, "db", "s"), columns })).entity.id;
}

async function putContainer(name: string, fullPath?: string): Promise<void> {
  await catalog.put("storageService", { name: "lake", serviceType: "S3" });
  await catalog.put("container", { name, service: "lake", ...(fullPath === undefined ? {} : { fullPath }) });
}

describe("an event waits again", () => {
  test("when an entity of its type and name comes, and not before", async () => {
    const orders = await waitFor({ kind: "table", name: "orders" });
    await waitFor({ kind: "topic", name: "orders" });
    await waitFor();
    await putTable("other");
    await putContainer("orders");
    expect(woken()).toEqual([]);
    await putTable("Orders");
    expect(woken()).toEqual([orders]);
  });

  test("for whichever of its names comes first, and for those that still lack after that", async () => {
    const id = await waitFor({ kind: "table", name: "a" }, { kind: "table", name: "b" });
    await putTable("b");
    expect(woken()).toEqual([id]);
    await catalog.writeEvents("settle", [[{ id, applied: false, note: "x", waits: [{ kind: "table", name: "a" }] }]]);
    await putTable("b", "other");
    expect(woken()).toEqual([]);
    await putTable("a");
    expect(woken()).toEqual([id]);
  });

  test("when a container comes to the place, or moves there", async () => {
    const id = await waitFor({ kind: "place", name: "//lake/in" });
    await putContainer("elsewhere", "s3://lake/in/day");
    await putContainer("nowhere");
    expect(woken()).toEqual([]);
    await putContainer("nowhere", "S3://Lake/In/");
    expect(woken()).toEqual([id]);
  });

  test("when what was deleted comes back with what lies above it", async () => {
    await putTable("orders");
    await putContainer("in", "s3://lake/in");
    const service = String((await catalog.get("databaseService", fqnOf("pg")))?.id);
    const storage = String((await catalog.get("storageService", fqnOf("lake")))?.id);
    await catalog.delete("databaseService", service);
    await catalog.delete("storageService", storage);
    const [table, place] = [
      await waitFor({ kind: "table", name: "orders" }),
      await waitFor({ kind: "place", name: "//lake/in" }),
    ];
    await catalog.restore("databaseService", service);
    expect(woken()).toEqual([table]);
    await catalog.restore("storageService", storage);
    expect(woken()).toEqual([table, place]);
  });

  test.each([false, true])("when one of two of the same name goes (for good: %s)", async (hard) => {
    const rival = await putTable("orders");
    const id = await waitFor({ kind: "table", name: "orders" });
    await catalog.delete("table", rival, { hard });
    expect(woken()).toEqual([id]);
  });

  test("not when an entity that was there is written again", async () => {
    await putTable("orders");
    await waitFor({ kind: "table", name: "orders" });
    await catalog.put("table", {
      name: "orders",
      databaseSchema: fqnOf("pg", "db", "s"),
      description: "new",
      columns: [{ name: "x", dataType: "STRING" }],
    });
    expect(woken()).toEqual([]);
  });
});

test("an event that is applied waits for nothing", async () => {
  const id = await waitFor({ kind: "table", name: "orders" });
  await catalog.writeEvents("settle", [[{ id, applied: true }]]);
  await putTable("orders");
  expect(woken()).toEqual([]);
});

test("in an older file, events whose datasets were not found are applied again, and no others", async () => {
  const file = join(folder, "old.db");
  olderEvents(file, eventWaitsMigration, [
    ["found", 1, null],
    ["missing", 2, "not found: s3://lake/in: no storage service"],
    ["refused", 2, "could not be applied: no"],
  ]);
  await catalog.close();
  catalog = openEmbeddedCatalog({ file });
  expect(woken()).toEqual([2]);
});
