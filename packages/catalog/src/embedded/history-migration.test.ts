import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "@jest/globals";
import { fqnOf } from "@omd/schema";
import { openEmbeddedCatalog } from "./embedded-catalog.ts";
import { migrations } from "./migrations.ts";

const folder = mkdtempSync(join(tmpdir(), "omd-migration-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file of the first format with a table of two versions, a deleted one, and an edge between them. */
function oldFile(): string {
  const file = join(folder, "catalog.db");
  const db = new DatabaseSync(file);
  db.exec(migrations[0] ?? "");
  db.exec("PRAGMA user_version = 1; INSERT INTO meta VALUES ('uuid', 'old')");
  const entity = db.prepare(
    `INSERT INTO entity (id, type, name, fqn, parent_id, name_lower, fqn_lower, parts, deleted, version, updated_at, body)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const service = { id: "s", type: "databaseService" };
  const columns = [{ name: "mail", dataType: "INT", fullyQualifiedName: "lite.db.main.a.mail" }];
  entity.run(
    "s",
    "databaseService",
    "lite",
    "lite",
    null,
    "lite",
    "lite",
    null,
    0,
    0.1,
    10,
    JSON.stringify({ serviceType: "SQLite" }),
  );
  for (const [id, deleted] of [
    ["a", 0],
    ["b", 1],
  ] as const)
    entity.run(
      id,
      "table",
      id,
      `lite.db.main.${id}`,
      "s",
      id,
      `lite.db.main.${id}`,
      "\nmail\n",
      deleted,
      0.2,
      30,
      JSON.stringify({ service, columns, description: "new" }),
    );
  db.prepare("INSERT INTO version VALUES ('a', 0.1, 0, 20, NULL, ?)").run(JSON.stringify({ service, columns }));
  db.exec("INSERT INTO edge VALUES ('a', 'b', '', 'Manual', 25, 1, '{}')");
  db.close();
  return file;
}

test("a file of the first format is found through, and its versions are its history", async () => {
  const catalog = openEmbeddedCatalog({ file: oldFile() });
  try {
    expect((await catalog.connect()).version).toBe(String(migrations.length));
    expect(catalog.facets.search({ text: "mail" })).toMatchObject({
      total: 1,
      hits: [{ fqn: "lite.db.main.a", service: "lite" }],
    });
    expect(catalog.facets.search({ text: "", filters: { service: ["lite"] } }).total).toBe(2);
    const table = fqnOf("lite", "db", "main", "a");
    expect((await catalog.history.at(25).get("table", table))?.description).toBeUndefined();
    expect((await catalog.history.at(30).get("table", table))?.description).toBe("new");
    expect(await catalog.history.at(19).get("table", table)).toBeUndefined();
    expect(catalog.history.runIds("")).toEqual([]);
  } finally {
    await catalog.close();
  }
});
