import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "@jest/globals";
import { CatalogDatabase } from "./database.ts";
import { edgeRowsMigration } from "./edge-rows-migration.ts";
import { migrations } from "./migrations.ts";

const folder = mkdtempSync(join(tmpdir(), "omd-edge-rows-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const columns =
  "from_id, to_id, pipeline_id, source, updated_at, written, valid_from, run_id, created_at, length(body) AS size";
const longBody = JSON.stringify({ sqlQuery: "x".repeat(3000) });

/** A file of the format before, with tables in two services and edges between them. */
function oldFile(): string {
  const file = join(folder, "catalog.db");
  const db = new DatabaseSync(file);
  db.function("omd_now", () => 5);
  db.function("omd_run", () => "old");
  db.function("omd_service", (_type) => "databaseService");
  db.function("omd_root", (fqn) => String(fqn).split(".")[0] ?? "");
  for (const migration of migrations.slice(0, migrations.indexOf(edgeRowsMigration))) db.exec(migration);
  db.exec(`PRAGMA user_version = ${migrations.indexOf(edgeRowsMigration)}; INSERT INTO meta VALUES ('uuid', 'old')`);
  const entity =
    db.prepare(`INSERT INTO entity (id, type, name, fqn, parent_id, name_lower, fqn_lower, version, updated_at, body)
    VALUES (?1, ?2, ?1, ?3, ?4, ?1, ?3, 0.1, 1, '{}')`);
  for (const service of ["one", "two"]) {
    entity.run(service, "databaseService", service, null);
    entity.run(`${service}-t`, "table", `${service}.t`, service);
  }
  const edge =
    db.prepare(`INSERT INTO edge (from_id, to_id, pipeline_id, source, updated_at, written, body, valid_from, run_id, created_at)
    VALUES ('one-t', 'two-t', ?, ?, 7, ?, ?, 6, ?, ?)`);
  edge.run("", "Manual", 1, longBody, null, null);
  edge.run("p", "PipelineLineage", 2, "{}", "old", 3);
  db.close();
  return file;
}

test("edges of an older format are kept as they were, and what is no more so is still noted", () => {
  const db = new CatalogDatabase({ file: oldFile(), clock: () => 9 });
  const pair = { from_id: "one-t", to_id: "two-t", updated_at: 7, valid_from: 6 };
  const manual = { ...pair, pipeline_id: "", source: "Manual", written: 1, run_id: null, created_at: null };
  const made = { ...pair, pipeline_id: "p", source: "PipelineLineage", written: 2, run_id: "old", created_at: 3 };
  expect(db.all(`SELECT ${columns} FROM edge ORDER BY written`)).toEqual([
    { ...manual, size: longBody.length },
    { ...made, size: 2 },
  ]);
  const assets = (): unknown => db.get("SELECT from_id, to_id, assets FROM service_edge");
  expect(assets()).toEqual({ from_id: "one", to_id: "two", assets: 1 });
  db.transaction(() => db.run("DELETE FROM edge WHERE pipeline_id = 'p'"));
  expect(assets()).toMatchObject({ assets: 1 });
  expect(db.all("SELECT source, valid_from, valid_to, run_id FROM past_edge")).toEqual([
    { source: "PipelineLineage", valid_from: 6, valid_to: 9, run_id: "old" },
  ]);
  db.transaction(() => db.run("DELETE FROM edge WHERE to_id = 'two-t'"));
  expect(assets()).toMatchObject({ assets: 0 });
  db.close();
});

test.each([
  ["from_id", "sqlite_autoindex_edge_1"],
  ["to_id", "edge_to"],
])("both ends of an edge are in the index by %s", (end, index) => {
  const db = new CatalogDatabase({ file: ":memory:" });
  const plan = db.all(`EXPLAIN QUERY PLAN SELECT from_id, to_id, pipeline_id, source FROM edge WHERE ${end} = 'a'`);
  expect(plan.map(({ detail }) => detail)).toEqual([`SEARCH edge USING COVERING INDEX ${index} (${end}=?)`]);
  db.close();
});
