import { describe, expect, test } from "@jest/globals";
import { fqnOf, type EntityType } from "@omd/schema";
import { addPipeline, addSchema, addTable } from "../../test/catalog-fixture.ts";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "./embedded-catalog.ts";
import type { PageOptions } from "./entity-page.ts";

const memory = (): EmbeddedCatalog => openEmbeddedCatalog({ file: ":memory:" });
const names = async (catalog: EmbeddedCatalog, type: EntityType, options: PageOptions = {}): Promise<string[]> =>
  (await catalog.page(type, options)).data.map(({ name }) => name);
const refused = (status: number, message: unknown) => expect.objectContaining({ status, message });

describe("pages", () => {
  test("come by name and id, forwards and backwards, with cursors that need no escaping", async () => {
    const catalog = memory();
    const other = await addSchema(catalog, "b");
    const schema = await addSchema(catalog, "a");
    for (const name of ["t>2", "t1", "t3"]) await addTable(catalog, schema, name);
    await addTable(catalog, other, "t1");
    const first = await catalog.page("table", { limit: 2 });
    expect([first.data.map(({ name }) => name), first.total, first.before]).toEqual([["t1", "t1"], 4, undefined]);
    expect(first.data.map(({ id }) => id)).toEqual(first.data.map(({ id }) => id).toSorted());
    expect(first.after).toMatch(/^[\w-]+$/);
    const second = await catalog.page("table", { limit: 2, after: first.after });
    expect([second.data.map(({ name }) => name), second.total, second.after]).toEqual([["t3", "t>2"], 4, undefined]);
    const back = await catalog.page("table", { limit: 2, before: second.before });
    expect([back.data, back.before, back.after]).toEqual([first.data, undefined, first.after]);
    expect(await catalog.page("table", { limit: 0 })).toEqual({ data: [], total: 4 });
    expect(await names(catalog, "table")).toHaveLength(4);
  });

  test("tell deleted ones apart, in the list and in the total", async () => {
    const catalog = memory();
    const schema = await addSchema(catalog, "a");
    const gone = await addTable(catalog, schema, "gone");
    await addTable(catalog, schema, "kept");
    await catalog.delete("table", gone.id);
    for (const filters of [{}, { databaseSchema: schema }]) {
      const page = async (include?: PageOptions["include"]): Promise<unknown> => {
        const { data, total } = await catalog.page("table", { include, filters });
        return [data.map(({ name }) => name), total];
      };
      expect(await page()).toEqual([["kept"], 1]);
      expect(await page("deleted")).toEqual([["gone"], 1]);
      expect(await page("all")).toEqual([["gone", "kept"], 2]);
    }
  });

  test("below any FQN on the way, at the boundary of a name only", async () => {
    const catalog = memory();
    const schema = await addSchema(catalog, "my.db");
    await catalog.put("databaseSchema", { name: "main2", database: fqnOf("my.db", "shop") });
    await addTable(catalog, schema, "t");
    await addTable(catalog, fqnOf("my.db", "shop", "main2"), "u");
    const listed = (filters: PageOptions["filters"]) => names(catalog, "table", { filters });
    expect(await listed({ service: "my.db" })).toEqual(["t", "u"]);
    expect(await listed({ service: '"my.db"' })).toEqual(["t", "u"]);
    expect(await listed({ service: "my" })).toEqual([]);
    expect(await listed({ database: '"my.db".shop' })).toEqual(["t", "u"]);
    expect(await listed({ database: '"my.db".shop.main' })).toEqual(["t"]);
    expect(await listed({ service: "my.db", databaseSchema: schema, unknown: "x" })).toEqual(["t"]);
    expect(await listed({ service: "other", databaseSchema: schema })).toEqual([]);
    await expect(listed({ database: 'a."b' })).rejects.toEqual(refused(400, expect.stringContaining("not closed")));
  });

  test("a raw service name with dots is a name only when there is such a service", async () => {
    const catalog = memory();
    await addPipeline(catalog, "my.pipes");
    await addSchema(catalog, "my");
    expect(await names(catalog, "pipeline", { filters: { service: "my.pipes" } })).toEqual(["daily"]);
    expect(await names(catalog, "databaseSchema", { filters: { service: "my.shop" } })).toEqual(["main"]);
  });

  test.each<[PageOptions, string]>([
    [{ limit: -1 }, "query param limit"],
    [{ limit: 1_000_001 }, "query param limit"],
    [{ limit: 1.5 }, "query param limit"],
    [{ after: "bm8" }, "Invalid cursor"],
    [{ before: "WzEsMiwzXQ" }, "Invalid cursor"],
    [{ after: "a", before: "b" }, "Only one of"],
    [{ fields: ["nope"] }, "Invalid field name nope"],
  ])("%j is refused", async (options, message) => {
    await expect(memory().page("table", options)).rejects.toEqual(refused(400, expect.stringContaining(message)));
  });
});

describe("by id, creating and deleting", () => {
  test("an entity by id, with the fields that are asked for", async () => {
    const catalog = memory();
    const { id } = await addPipeline(catalog, "p");
    expect((await catalog.getById("pipeline", id))?.tasks).toBeUndefined();
    expect((await catalog.getById("pipeline", id, { fields: ["tasks"] }))?.tasks).toHaveLength(2);
    expect(await catalog.getById("table", id)).toBeUndefined();
    await catalog.delete("pipeline", id);
    expect(await catalog.getById("pipeline", id)).toBeUndefined();
    expect((await catalog.getById("pipeline", id, { include: "all" }))?.deleted).toBe(true);
    await expect(catalog.getById("pipeline", id, { fields: ["x"] })).rejects.toEqual(
      refused(400, "Invalid field name x"),
    );
  });

  test("what exists can't be created", async () => {
    const catalog = memory();
    const request = { name: "s", serviceType: "Mysql" };
    const { entity, outcome } = await catalog.put("databaseService", request, { create: true });
    expect(outcome).toBe("created");
    const exists = refused(409, "Entity already exists");
    await expect(catalog.put("databaseService", request, { create: true })).rejects.toEqual(exists);
    await catalog.delete("databaseService", entity.id);
    await expect(catalog.put("databaseService", request, { create: true })).rejects.toEqual(exists);
  });

  test("what has children is deleted with them or not at all", async () => {
    const catalog = memory();
    const schema = await addSchema(catalog, "s");
    const table = await addTable(catalog, schema, "t");
    const { id = "" } = (await catalog.get("databaseSchema", schema)) ?? {};
    const full = refused(400, "databaseSchema main is not empty");
    await expect(catalog.delete("databaseSchema", id, { recursive: false })).rejects.toEqual(full);
    await catalog.delete("table", table.id, { recursive: false });
    await expect(catalog.delete("databaseSchema", id, { recursive: false, hard: true })).rejects.toEqual(full);
    await catalog.delete("databaseSchema", id, { recursive: false });
    expect(await catalog.get("databaseSchema", schema)).toBeUndefined();
  });
});
