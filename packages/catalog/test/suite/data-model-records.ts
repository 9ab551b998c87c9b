import { describe, expect } from "@jest/globals";
import { childFqn, type DataModel, type DataModelRecord, type FQN, type TagRecord } from "@omd/schema";
import { addSchema, addTable, freshNames, label } from "../catalog-fixture.ts";
import { runSink } from "../sink-fixture.ts";
import { catalogTest, type Setup } from "./setup.ts";

const model = (more: Partial<DataModel> = {}): DataModel => ({
  modelType: "DBT",
  resourceType: "model",
  dbtSourceProject: "jaffle",
  path: "models/t.sql",
  rawSql: "select * from {{ ref('s') }}",
  sql: "select * from s",
  upstream: ["a.b.c.s"],
  columns: [{ name: "id", dataType: "INT", description: "key" }],
  ...more,
});
const record = (table: FQN, dataModel: DataModel): DataModelRecord => ({ kind: "dataModel", table, dataModel });

/** The models of tables that another source owns. */
export function dataModelTests(setup: Setup): void {
  const test = catalogTest(setup);
  describe("data models", () => {
    test("are written, and not again while they say the same", async (catalog) => {
      const schema = await addSchema(catalog, freshNames().service);
      const { fullyQualifiedName: table } = await addTable(catalog, schema, "t");
      const first = await runSink(catalog, [record(table, model({ generatedAt: "2026-01-01T00:00:00Z" }))]);
      expect(first).toMatchObject({ outcomes: ["updated"], writes: ["putDataModel"] });
      const stored = await catalog.get("table", table, { fields: ["dataModel"] });
      expect(stored?.["dataModel"]).toMatchObject({ sql: "select * from s", columns: [{ name: "id" }] });
      const later = model({ generatedAt: "2026-01-02T00:00:00Z" });
      expect(await runSink(catalog, [record(table, later)])).toMatchObject({ outcomes: ["unchanged"], writes: [] });
      const changed = await runSink(catalog, [record(table, model({ sql: "select 1" }))]);
      expect(changed.outcomes).toEqual(["updated"]);
    });

    test("bring their tags, which are written before; tags that nobody knows are left out by name", async (catalog) => {
      const names = freshNames();
      const schema = await addSchema(catalog, names.service);
      const { fullyQualifiedName: table } = await addTable(catalog, schema, "t");
      const classification = `c_${names.pipelines}`;
      const tag: TagRecord = {
        kind: "tag",
        classification: { name: classification, description: "of dbt" },
        tag: { name: "hot", description: "of dbt" },
      };
      const labelled = model({ tags: [label(`${classification}.hot`), label("No.tag")] });
      const run = await runSink(catalog, [tag, record(table, labelled)]);
      expect(run.outcomes).toEqual(["created", "updated"]);
      expect(run.warnings).toEqual(["not in the catalog and left out: tag No.tag"]);
      const stored = await catalog.get("table", table, { fields: ["dataModel"] });
      expect(stored?.["dataModel"]).toMatchObject({ tags: [{ tagFQN: `${classification}.hot` }] });
      expect((await runSink(catalog, [tag, record(table, labelled)])).writes).toEqual([]);
    });

    test("of a table that is not there are counted, with the nearest names", async (catalog) => {
      const schema = await addSchema(catalog, freshNames().service);
      const { fullyQualifiedName: table } = await addTable(catalog, schema, "orders_all");
      const run = await runSink(catalog, [record(childFqn(schema, "orders"), model())]);
      expect(run).toMatchObject({ outcomes: ["missing"], writes: [] });
      expect(run.warnings).toEqual([`this table is not in the catalog; nearest: ${table}`]);
    });

    test("of many tables are read in one listing, and wait for tables of the same run", async (catalog) => {
      const schema = await addSchema(catalog, freshNames().service);
      const names = Array.from({ length: 8 }, (_, at) => `t${at}`);
      const tables = await Promise.all(names.map((name) => addTable(catalog, schema, name)));
      const records = tables.map(({ fullyQualifiedName }) => record(fullyQualifiedName, model()));
      const run = await runSink(catalog, records);
      expect(run.reads.filter((call) => call === "list")).toHaveLength(1);
      expect(run.reads.filter((call) => call === "get")).toHaveLength(3);
      const made = await runSink(catalog, [
        { kind: "entity", entityType: "table", request: { name: "new", databaseSchema: schema, columns: [] } },
        ...records,
        record(childFqn(schema, "new"), model()),
      ]);
      expect(made.outcomes).toEqual(["created", ...records.map(() => "unchanged"), "updated"]);
    });
  });
}
