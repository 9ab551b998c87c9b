import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "@jest/globals";
import { fqnOf, type EntityType } from "@omd/schema";
import { addSchema, addTable, ref } from "../../test/catalog-fixture.ts";
import { assetEdgesMigration } from "./asset-edges-migration.ts";
import { openEmbeddedCatalog } from "./embedded-catalog.ts";
import { migrations } from "./migrations.ts";

const folder = mkdtempSync(join(tmpdir(), "omd-asset-edges-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a file of an older format gets the edges that follow from those in it", async () => {
  const file = join(folder, "catalog.db");
  const before = openEmbeddedCatalog({ file });
  await before.put("domain", { name: "Sales", description: "d", domainType: "Aggregate" });
  await before.put("domain", { name: "Lab", description: "d", domainType: "Aggregate" });
  const tables = [];
  for (const [service, domain] of [
    ["a", "Sales"],
    ["b.1", "Lab"],
  ] as const) {
    const schema = await addSchema(before, service);
    await before.put("databaseService", { name: service, serviceType: "Mysql", domains: [domain] });
    for (const name of ["x", "y"]) tables.push(await addTable(before, schema, name));
  }
  for (const [from, to, source] of [
    [0, 2, "Manual"],
    [0, 2, "ViewLineage"],
    [1, 3, "Manual"],
    [0, 1, "Manual"],
  ] as const) {
    const [one, other] = [tables[from], tables[to]];
    if (one && other)
      await before.putLineage({ from: ref("table", one), to: ref("table", other), details: { source } });
  }
  await before.close();
  const db = new DatabaseSync(file);
  db.exec("DROP TRIGGER edge_counted; DROP TRIGGER edge_uncounted; DROP TABLE service_edge; DROP TABLE group_member");
  db.exec("ALTER TABLE edge DROP COLUMN created_at");
  db.exec(`PRAGMA user_version = ${migrations.indexOf(assetEdgesMigration)}`);
  db.close();

  const catalog = openEmbeddedCatalog({ file });
  const details = async (type: EntityType, from: string, to: string) => {
    const ids = await Promise.all([from, to].map(async (name) => (await catalog.get(type, fqnOf(name)))?.id ?? ""));
    return (await catalog.lineageEdge(ids[0] ?? "", ids[1] ?? ""))?.details;
  };
  const two = { source: "ChildAssets", assetEdges: 2 };
  expect(await details("databaseService", "a", "b.1")).toEqual(two);
  expect(await details("databaseService", "b.1", "a")).toBeUndefined();
  expect(await details("domain", "Sales", "Lab")).toEqual(two);
  await catalog.close();
});
