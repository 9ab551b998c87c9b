import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { LineageDetails } from "@omd/schema";
import { addPipeline, addSchema, addTable, ref } from "../../test/catalog-fixture.ts";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "./embedded-catalog.ts";
import { edgeTimesMigration, migrations } from "./migrations.ts";

let folder: string;
let now: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "omd-edge-times-"));
  now = 1_000;
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (): EmbeddedCatalog => openEmbeddedCatalog({ file: join(folder, "catalog.db"), clock: () => now });

async function setup() {
  const catalog = open();
  const schema = await addSchema(catalog, "d");
  const [from, to] = [await addTable(catalog, schema, "a"), await addTable(catalog, schema, "b")];
  const pipeline = ref("pipeline", await addPipeline(catalog, "p", "one"));
  const edge = (details: LineageDetails) => ({ from: ref("table", from), to: ref("table", to), details });
  const times = async (of = catalog) => {
    const noted = (await of.lineageEdge(from.id, to.id))?.noted;
    return [noted?.createdAt, noted?.updatedAt];
  };
  return { catalog, pipeline, edge, times };
}

test("an edge keeps the time it was made at; its last change moves the other", async () => {
  const { catalog, pipeline, edge, times } = await setup();
  await catalog.putLineage(edge({ source: "ViewLineage" }));
  expect(await times()).toEqual([1_000, 1_000]);
  now = 2_000;
  expect(await catalog.putLineage(edge({ source: "ViewLineage" }))).toBe("unchanged");
  expect(await times()).toEqual([1_000, 1_000]);
  await catalog.putLineage(edge({ source: "ViewLineage", sqlQuery: "select 1" }));
  expect(await times()).toEqual([1_000, 2_000]);
  now = 3_000;
  await catalog.replaceLineage(edge({ source: "ViewLineage", sqlQuery: "select 2" }));
  expect(await times()).toEqual([1_000, 3_000]);
  now = 4_000;
  // Shown as one edge: the first time of all, and the last one.
  await catalog.putLineage(edge({ source: "PipelineLineage", pipeline }));
  expect(await times()).toEqual([1_000, 4_000]);
  now = 5_000;
  await catalog.replaceLineage(edge({ source: "QueryLineage" }), { alone: true });
  expect(await times()).toEqual([1_000, 5_000]);
  now = 6_000;
  const { from, to } = edge({});
  await catalog.deleteLineage(from, to);
  await catalog.putLineage(edge({}));
  expect(await times()).toEqual([6_000, 6_000]);
  await catalog.close();
});

test("edges of a file of an older format were made when they were last changed", async () => {
  const { catalog, edge, times } = await setup();
  await catalog.putLineage(edge({ source: "ViewLineage" }));
  await catalog.close();
  const db = new DatabaseSync(join(folder, "catalog.db"));
  db.exec("ALTER TABLE edge DROP COLUMN created_at");
  db.exec(`PRAGMA user_version = ${migrations.indexOf(edgeTimesMigration)}`);
  db.close();
  const after = open();
  expect(await times(after)).toEqual([1_000, 1_000]);
  now = 2_000;
  await after.putLineage(edge({ source: "ViewLineage", sqlQuery: "select 1" }));
  expect(await times(after)).toEqual([1_000, 2_000]);
  await after.close();
});
