import { expect, test } from "@jest/globals";
import { CatalogDatabase } from "./database.ts";
import { searchCatchUp } from "./search-migration.ts";

test.each(searchCatchUp)("what a transaction wrote is found without reading all entities: %s", (sql) => {
  const db = new CatalogDatabase({ file: ":memory:" });
  const steps = db.all(`EXPLAIN QUERY PLAN ${sql}`).map((row) => String(row.detail));
  db.close();
  expect(steps.filter((step) => /^SCAN (entity|e|d|search_doc)\b/u.test(step))).toEqual([]);
});
