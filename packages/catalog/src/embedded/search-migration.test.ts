import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, jest, test } from "@jest/globals";
import { CatalogDatabase } from "./database.ts";
import { EntityStore } from "./entity-store.ts";
import { searchCatchUp } from "./search-migration.ts";

test.each(searchCatchUp)("what a transaction wrote is found without reading all entities: %s", (sql) => {
  const db = new CatalogDatabase({ file: ":memory:" });
  const steps = db.all(`EXPLAIN QUERY PLAN ${sql}`).map((row) => String(row.detail));
  db.close();
  expect(steps.filter((step) => /^SCAN (entity|e|d|search_doc)\b/u.test(step))).toEqual([]);
});

const folder = mkdtempSync(join(tmpdir(), "omd-search-"));
afterEach(() => void jest.useRealTimers());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(db: CatalogDatabase, name: string): void {
  const rest = { parentId: undefined, deleted: false, version: 0.1, updatedAt: 1, change: undefined, body: {} };
  db.transaction(() => new EntityStore(db).insert({ id: name, type: "table", name, fqn: name, ...rest }));
}

const found = (db: CatalogDatabase): unknown[] =>
  db.all("SELECT rowid FROM search_text WHERE search_text MATCH 'live'").map(({ rowid }) => rowid);

test("the search follows a run within a second, and has all when the run ends", () => {
  jest.useFakeTimers();
  const db = new CatalogDatabase({ file: ":memory:" });
  put(db, "before");
  expect(found(db)).toHaveLength(1);
  db.beginRun("run");
  put(db, "a");
  put(db, "b");
  expect(found(db)).toHaveLength(1);
  jest.advanceTimersByTime(1000);
  expect(found(db)).toHaveLength(3);
  // A run that waits for its source writes nothing.
  expect(jest.getTimerCount()).toBe(0);
  put(db, "c");
  expect(found(db)).toHaveLength(3);
  db.beginRun(undefined);
  expect(found(db)).toHaveLength(4);
  expect(jest.getTimerCount()).toBe(0);
  db.close();
});

test("what a run wrote that was broken off is found by who opens the catalog next, and so is what one wrote that was closed", () => {
  const file = join(folder, "catalog.db");
  const killed = new CatalogDatabase({ file });
  killed.beginRun("run");
  put(killed, "a");
  const next = new CatalogDatabase({ file });
  expect(found(next)).toHaveLength(1);
  next.beginRun("another");
  put(next, "b");
  next.close();
  const reader = new CatalogDatabase({ file, readOnly: true });
  expect(found(reader)).toHaveLength(2);
  reader.close();
  killed.close();
});
