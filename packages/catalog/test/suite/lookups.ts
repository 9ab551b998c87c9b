import { describe, expect } from "@jest/globals";
import { childFqn, fqnOf } from "@omd/schema";
import { addPipeline, addSchema, addTable, collect, freshNames, id, ref } from "../catalog-fixture.ts";
import { catalogTest, type Setup } from "./setup.ts";

/** get, list, search and findOwner. */
export function lookupTests(setup: Setup): void {
  const test = catalogTest(setup);
  describe("get", () => {
    getting(test);
  });
  describe("list", () => {
    listing(test);
  });
  describe("search", () => {
    searching(test);
  });
  describe("findOwner", () => {
    owners(test);
  });
}

type CatalogTest = ReturnType<typeof catalogTest>;

function getting(test: CatalogTest): void {
  test("answers undefined for what is not there", async (catalog) => {
    expect(await catalog.get("table", fqnOf("no", "such", "thing", "t"))).toBeUndefined();
  });

  test("leaves out tasks and owners unless asked, keeps parent references and columns", async (catalog) => {
    const names = freshNames();
    const pipeline = await addPipeline(catalog, names.pipelines);
    const bare = await catalog.get("pipeline", pipeline.fullyQualifiedName);
    expect(bare).toMatchObject({ id: pipeline.id, service: { name: names.pipelines }, serviceType: "Airflow" });
    expect(bare?.tasks).toBeUndefined();
    const all = await catalog.get("pipeline", pipeline.fullyQualifiedName, { fields: ["*"] });
    expect(all?.tasks).toHaveLength(2);
    const schema = await addSchema(catalog, names.service);
    const table = await addTable(catalog, schema, "t");
    expect((await catalog.get("table", table.fullyQualifiedName))?.columns).toHaveLength(2);
  });

  test("refuses an unknown field name", async (catalog) => {
    const { pipelines } = freshNames();
    const pipeline = await addPipeline(catalog, pipelines);
    await expect(catalog.get("pipeline", pipeline.fullyQualifiedName, { fields: ["nonsense"] })).rejects.toMatchObject({
      status: 400,
    });
  });

  test("FQNs are case-sensitive and may hold slashes and spaces", async (catalog) => {
    const { pipelines } = freshNames();
    await addPipeline(catalog, pipelines, "etl/My dag");
    expect(await catalog.get("pipeline", fqnOf(pipelines, "etl/My dag"))).toBeDefined();
    expect(await catalog.get("pipeline", fqnOf(pipelines, "etl/my dag"))).toBeUndefined();
  });
}

function listing(test: CatalogTest): void {
  test("lists only what lies below, with hashes", async (catalog) => {
    const names = freshNames();
    await addPipeline(catalog, names.pipelines);
    await catalog.put("pipeline", { name: "hashed", service: names.pipelines, sourceHash: "abc" });
    await addPipeline(catalog, `${names.pipelines}2`, "other");
    const found = await collect(catalog.list("pipeline", { below: fqnOf(names.pipelines), fields: ["sourceHash"] }));
    const rows = found.map((entity) => [entity.name, entity.sourceHash] as const).sort(([a], [b]) => (a < b ? -1 : 1));
    expect(rows).toEqual([
      ["daily", undefined],
      ["hashed", "abc"],
    ]);
  });

  test("pages through more than one page", async (catalog) => {
    const schema = await addSchema(catalog, freshNames().service);
    const names = Array.from({ length: 120 }, (_, index) => `t${String(index).padStart(4, "0")}`);
    await catalog.putMany(
      "table",
      names.map((name) => ({ name, databaseSchema: schema, columns: [id] })),
    );
    const found = await collect(catalog.list("table", { below: schema }));
    expect(found.map((entity) => entity.name).sort()).toEqual(names);
  });

  test("include chooses live, deleted or all", async (catalog) => {
    const { pipelines } = freshNames();
    const gone = await addPipeline(catalog, pipelines, "gone");
    await addPipeline(catalog, pipelines, "here");
    await catalog.delete("pipeline", gone.id);
    const names = async (include?: "all" | "deleted" | "non-deleted") =>
      (await collect(catalog.list("pipeline", { below: fqnOf(pipelines), include })))
        .map((entity) => entity.name)
        .sort();
    expect(await names()).toEqual(["here"]);
    expect(await names("deleted")).toEqual(["gone"]);
    expect(await names("all")).toEqual(["gone", "here"]);
  });
}

function searching(test: CatalogTest): void {
  test("matches the whole FQN with wildcards, ignoring case", async (catalog) => {
    const { service } = freshNames();
    const schema = await addSchema(catalog, service);
    await addTable(catalog, schema, "Orders");
    await addTable(catalog, schema, "orders_old");
    const find = async (pattern: string) =>
      (await catalog.search("table", { pattern })).map((entity) => entity.name).sort();
    expect(await find(`"${service}".*.*.ORDERS`)).toEqual(["Orders"]);
    expect(await find(`"${service}".*.orders*`)).toEqual(["Orders", "orders_old"]);
    expect(await find(`"${service}".shop.main.order?`)).toEqual(["Orders"]);
    expect(await find(`"${service}".shop.main.order`)).toEqual([]);
  });

  test("finds containers by their full path", async (catalog) => {
    const { service } = freshNames();
    await catalog.put("storageService", { name: service, serviceType: "S3" });
    await catalog.put("container", { name: "raw", service, fullPath: `s3://${service}/raw` });
    const found = await catalog.search("container", { field: "fullPath", pattern: `s3://${service}/*` });
    expect(found.map((entity) => entity.fullyQualifiedName)).toEqual([`"${service}".raw`]);
  });

  test("does not find what is deleted", async (catalog) => {
    const { pipelines } = freshNames();
    const pipeline = await addPipeline(catalog, pipelines);
    await catalog.delete("pipeline", pipeline.id);
    expect(await catalog.search("pipeline", { pattern: `${pipelines}.*` })).toEqual([]);
  });
}

function owners(test: CatalogTest): void {
  test("finds a user by name and by e-mail", async (catalog) => {
    const name = `user${freshNames().pipelines}`.toLowerCase();
    const user = (await catalog.put("user", { name, email: `${name}@example.com` })).entity;
    expect(await catalog.findOwner(name)).toMatchObject({ id: user.id, type: "user" });
    expect(await catalog.findOwner(`${name}@example.com`)).toMatchObject({ id: user.id });
  });

  test("finds a team of type Group by name", async (catalog) => {
    const name = `team${freshNames().pipelines}`;
    const team = (await catalog.put("team", { name, teamType: "Group" })).entity;
    expect(await catalog.findOwner(name)).toMatchObject({ id: team.id, type: "team" });
    const schema = await addPipeline(catalog, freshNames().pipelines);
    const service = (schema.service as { name: string }).name;
    await catalog.put("pipeline", { name: "owned", service, owners: [ref("team", team)] });
    const shown = await catalog.get("pipeline", fqnOf(service, "owned"), { fields: ["owners"] });
    expect(shown?.owners).toMatchObject([{ id: team.id, type: "team" }]);
  });

  test("answers undefined for a stranger", async (catalog) => {
    expect(await catalog.findOwner("nobody-knows-him", { fuzzy: true })).toBeUndefined();
    expect(await catalog.get("user", childFqn(fqnOf("nobody"), "x"))).toBeUndefined();
  });
}
