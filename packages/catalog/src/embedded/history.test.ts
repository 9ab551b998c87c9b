import { describe, expect, test } from "@jest/globals";
import type { CatalogEntity } from "@omd/core";
import { fqnOf, type FQN } from "@omd/schema";
import { addPipeline, addSchema, addTable, id, mail, ref } from "../../test/catalog-fixture.ts";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "./embedded-catalog.ts";

const service = fqnOf("d");

/** A catalog whose clock is 1 at first and moves by hand. */
async function setup() {
  const clock = { now: 1 };
  const catalog = openEmbeddedCatalog({ file: ":memory:", clock: () => clock.now });
  catalog.beginRun({ runId: "first" });
  const schema = await addSchema(catalog, "d");
  const [a, b] = [await addTable(catalog, schema, "a"), await addTable(catalog, schema, "b")];
  await catalog.putLineage({ from: ref("table", a), to: ref("table", b), details: {} });
  catalog.beginRun(undefined);
  const begin = (runId: string | undefined, now: number): void => {
    clock.now = now;
    catalog.beginRun(runId === undefined ? undefined : { runId });
  };
  return { catalog, schema, a, b, begin };
}

function describeTable(catalog: EmbeddedCatalog, table: CatalogEntity, value: string): Promise<CatalogEntity> {
  return catalog.patch("table", table.id, [{ op: "add", path: "/description", value }]);
}

function names(found: readonly { fqn: FQN; change?: string; action?: string }[]): string[] {
  return found.map(({ fqn, change, action }) => `${change ?? action} ${fqn}`);
}

describe("what a run changed", () => {
  test("the first makes everything", async () => {
    const { catalog } = await setup();
    const { entities, edges } = catalog.history.ofRun("first");
    expect(names(entities)).toEqual([
      "created d",
      "created d.shop",
      "created d.shop.main",
      "created d.shop.main.a",
      "created d.shop.main.b",
    ]);
    expect(edges).toEqual([{ change: "added", from: "d.shop.main.a", to: "d.shop.main.b", source: "Manual" }]);
    expect(catalog.history.counts("first", 2)).toMatchObject({ created: 5, updated: 0, entities: { length: 2 } });
  });

  test("updates with their fields, deletes, and what came back", async () => {
    const { catalog, a, b, begin, schema } = await setup();
    begin("second", 2);
    await describeTable(catalog, a, "about a");
    await catalog.delete("table", b.id);
    await catalog.deleteLineage(ref("table", a), ref("table", b));
    begin("third", 3);
    await catalog.put("table", { name: "b", databaseSchema: schema, columns: [] });
    const second = catalog.history.ofRun("second");
    expect(names(second.entities)).toEqual(["updated d.shop.main.a", "deleted d.shop.main.b"]);
    expect(second.entities[0]?.fields).toEqual([{ name: "description", after: "about a" }]);
    expect(second.edges).toEqual([{ change: "removed", from: "d.shop.main.a", to: "d.shop.main.b", source: "Manual" }]);
    expect(names(catalog.history.ofRun("third").entities)).toEqual(["restored d.shop.main.b"]);
    expect(catalog.history.counts("second", 50)).toMatchObject({ updated: 1, deleted: 1, created: 0 });
    expect(catalog.history.runIds("sec")).toEqual(["second"]);
  });

  test("a run that writes what is there leaves nothing, nor does one with a new hash only", async () => {
    const { catalog, a, b, begin, schema } = await setup();
    begin("same", 2);
    await addTable(catalog, schema, "a");
    await catalog.putLineage({ from: ref("table", a), to: ref("table", b), details: {} });
    await catalog.put("table", { name: "a", databaseSchema: schema, columns: [id, mail], sourceHash: "0".repeat(32) });
    expect((await catalog.get("table", a.fullyQualifiedName))?.sourceHash).toBe("0".repeat(32));
    expect(catalog.history.ofRun("same")).toEqual({ entities: [], edges: [] });
    expect(catalog.history.runIds("same")).toEqual([]);
    expect(names(catalog.history.ofRun("first").entities)).toContain("created d.shop.main.a");
  });

  test("nothing is said of a run that nobody knows, or of writes outside a run", async () => {
    const { catalog, a, begin } = await setup();
    begin(undefined, 2);
    await describeTable(catalog, a, "by hand");
    expect(catalog.history.ofRun("unknown")).toEqual({ entities: [], edges: [] });
    expect(catalog.history.counts("unknown", 5)).toEqual({
      created: 0,
      updated: 0,
      deleted: 0,
      restored: 0,
      entities: [],
    });
  });
});

describe("between two moments", () => {
  test("forwards and backwards", async () => {
    const { catalog, a, b, begin, schema } = await setup();
    begin("second", 5);
    await describeTable(catalog, a, "about a");
    const c = await addTable(catalog, schema, "c");
    await catalog.putLineage({ from: ref("table", b), to: ref("table", c), details: {} });
    const forth = catalog.history.between(1, 5);
    expect(names(forth.entities)).toEqual(["updated d.shop.main.a", "created d.shop.main.c"]);
    expect(forth.edges).toEqual([{ change: "added", from: "d.shop.main.b", to: "d.shop.main.c", source: "Manual" }]);
    const back = catalog.history.between(5, 1);
    expect(names(back.entities)).toEqual(["updated d.shop.main.a", "deleted d.shop.main.c"]);
    expect(back.entities[0]?.fields).toEqual([{ name: "description", before: "about a" }]);
    expect(back.edges[0]?.change).toBe("removed");
    expect(catalog.history.between(5, 9)).toEqual({ entities: [], edges: [] });
  });

  test("what was made and removed in between is nothing", async () => {
    const { catalog, a, b, begin } = await setup();
    begin("second", 5);
    await catalog.putLineage({ from: ref("table", b), to: ref("table", a), details: {} });
    begin("third", 6);
    await catalog.deleteLineage(ref("table", b), ref("table", a));
    expect(catalog.history.between(1, 9)).toEqual({ entities: [], edges: [] });
    expect(catalog.history.between(1, 5).edges).toHaveLength(1);
  });
});

describe("the catalog at a moment", () => {
  test("fields, deleted ones and edges are as they were", async () => {
    const { catalog, a, b, begin, schema } = await setup();
    begin("second", 5);
    await describeTable(catalog, a, "about a");
    await catalog.delete("table", b.id);
    await catalog.deleteLineage(ref("table", a), ref("table", b));
    await addTable(catalog, schema, "c");
    const [then, now] = [catalog.history.at(4), catalog.history.at(5)];
    expect((await then.get("table", a.fullyQualifiedName))?.description).toBeUndefined();
    expect((await now.get("table", a.fullyQualifiedName))?.description).toBe("about a");
    expect(await then.get("table", b.fullyQualifiedName)).toMatchObject({ deleted: false, version: 0.1 });
    expect(await now.get("table", b.fullyQualifiedName)).toBeUndefined();
    expect(await catalog.history.at(0).get("table", a.fullyQualifiedName)).toBeUndefined();
    const listed = async (at: typeof then): Promise<string[]> => {
      const found: string[] = [];
      for await (const { name } of at.list("table", { below: service })) found.push(name);
      return found;
    };
    expect(await listed(then)).toEqual(["a", "b"]);
    expect(await listed(now)).toEqual(["a", "c"]);
    const around = (at: typeof then) =>
      at.neighbourhood({ entityType: "table", fqn: a.fullyQualifiedName }, { upstream: 1, downstream: 1 });
    expect((await around(then))?.nodes.map(({ name }) => name)).toEqual(["b"]);
    expect((await around(then))?.edges).toHaveLength(1);
    expect(await around(now)).toMatchObject({ nodes: [], edges: [] });
    expect(await around(catalog.history.at(0))).toBeUndefined();
  });

  test("an edge that a pipeline took over is shown with the one before", async () => {
    const { catalog, a, b, begin } = await setup();
    const pipeline = await addPipeline(catalog, "p", "one");
    begin("second", 5);
    await catalog.deleteLineage(ref("table", a), ref("table", b));
    await catalog.putLineage({
      from: ref("table", a),
      to: ref("table", b),
      details: { pipeline: ref("pipeline", pipeline), source: "PipelineLineage" },
    });
    const sources = async (time: number): Promise<unknown> =>
      (
        await catalog.history
          .at(time)
          .neighbourhood({ entityType: "table", fqn: b.fullyQualifiedName }, { upstream: 1, downstream: 0 })
      )?.edges.map(({ details }) => [details.source, details.pipeline?.name]);
    expect(await sources(4)).toEqual([["Manual", undefined]]);
    expect(await sources(5)).toEqual([["PipelineLineage", "one"]]);
  });
});

describe("rolling back", () => {
  test("everything of a run is as before, and the identity is new", async () => {
    const { catalog, a, b, begin, schema } = await setup();
    begin("second", 5);
    await describeTable(catalog, a, "about a");
    await catalog.delete("table", b.id);
    await catalog.deleteLineage(ref("table", a), ref("table", b));
    const c = await addTable(catalog, schema, "c");
    await catalog.putLineage({ from: ref("table", a), to: ref("table", c), details: {} });
    begin(undefined, 9);
    const { identity } = catalog;
    const plan = catalog.history.rollbackPlan("second");
    expect(names(plan.steps)).toEqual(["revert d.shop.main.a", "restore d.shop.main.b", "delete d.shop.main.c"]);
    expect(plan.edges.map(({ action, to }) => `${action} ${to}`)).toEqual([
      "put back d.shop.main.b",
      "remove d.shop.main.c",
    ]);
    expect(await catalog.history.rollback("second")).toEqual(plan);
    expect(catalog.history.between(1, 9).entities).toEqual([]);
    expect(catalog.history.between(1, 9).edges).toEqual([]);
    expect(await catalog.get("table", a.fullyQualifiedName)).toMatchObject({ version: 0.3 });
    expect(catalog.identity).not.toBe(identity);
    expect(catalog.history.rollbackPlan("second")).toMatchObject({ steps: [], edges: [], refused: [] });
  });

  test("refuses what later runs changed and leaves it alone", async () => {
    const { catalog, a, b, begin, schema } = await setup();
    begin("second", 5);
    await describeTable(catalog, a, "about a");
    await describeTable(catalog, b, "about b");
    begin("third", 6);
    await catalog.put("table", { name: "a", databaseSchema: schema, columns: [{ name: "x", dataType: "INT" }] });
    const plan = await catalog.history.rollback("second");
    expect(names(plan.steps)).toEqual(["revert d.shop.main.b"]);
    expect(plan.refused).toEqual([
      { id: a.id, type: "table", fqn: "d.shop.main.a", reason: "changed since by the run third" },
    ]);
    expect(await catalog.get("table", a.fullyQualifiedName)).toMatchObject({ description: "about a" });
    expect((await catalog.get("table", b.fullyQualifiedName))?.description).toBeUndefined();
  });

  test("a parent stays when a later run put something below it, and so does its parent", async () => {
    const { catalog, begin, schema } = await setup();
    begin("third", 6);
    await addTable(catalog, schema, "late");
    const plan = catalog.history.rollbackPlan("first");
    expect(names(plan.steps)).toEqual(["delete d.shop.main.a", "delete d.shop.main.b"]);
    expect(plan.refused.map(({ fqn, reason }) => `${fqn}: ${reason}`)).toEqual([
      "d: d.shop lies below it and stays",
      "d.shop: d.shop.main lies below it and stays",
      "d.shop.main: d.shop.main.late lies below it and stays",
    ]);
  });

  test("a run that nobody knows changes nothing, not even the identity", async () => {
    const { catalog } = await setup();
    const { identity } = catalog;
    expect(await catalog.history.rollback("nobody")).toMatchObject({ steps: [], edges: [], refused: [] });
    expect(catalog.identity).toBe(identity);
  });

  test("an edge that was changed since is refused", async () => {
    const { catalog, a, b, begin } = await setup();
    begin("second", 5);
    await catalog.putLineage({ from: ref("table", a), to: ref("table", b), details: { sqlQuery: "select 1" } });
    begin("third", 6);
    await catalog.putLineage({ from: ref("table", a), to: ref("table", b), details: { sqlQuery: "select 2" } });
    const plan = catalog.history.rollbackPlan("second");
    expect(plan).toMatchObject({ edges: [], refusedEdges: [{ from: "d.shop.main.a", to: "d.shop.main.b" }] });
    await catalog.history.rollback("third");
    expect(catalog.history.rollbackPlan("third")).toMatchObject({ edges: [], refusedEdges: [] });
    expect((await catalog.lineageEdges(a.id))[0]?.details.sqlQuery).toBe("select 1");
  });
});

test("a hard delete takes the history with it", async () => {
  const { catalog, a, b, begin } = await setup();
  begin("second", 5);
  await catalog.deleteLineage(ref("table", a), ref("table", b));
  await catalog.delete("table", a.id, { hard: true });
  expect(catalog.history.ofRun("second")).toEqual({ entities: [], edges: [] });
  expect(await catalog.history.at(1).get("table", a.fullyQualifiedName)).toBeUndefined();
});

test("what a server brings with it is no change between two runs; what a run made of it is", async () => {
  const { catalog, begin } = await setup();
  begin(undefined, 3);
  await catalog.seed(["Airflow"]);
  const { id: tier = "" } = (await catalog.get("tag", fqnOf("Tier", "Tier5"))) ?? {};
  begin(undefined, 4);
  await catalog.put("user", { name: "ann", email: "ann@example.com" });
  expect(names(catalog.history.between(1, 4).entities)).toEqual(["created ann"]);
  expect(names(catalog.history.between(4, 1).entities)).toEqual(["deleted ann"]);
  expect(catalog.history.unstampedBetween(1, 4, 9)).toMatchObject({ created: 1, entities: [{ fqn: "ann" }] });
  begin("second", 5);
  await catalog.patch("tag", tier, [{ op: "replace", path: "/description", value: "ours" }]);
  expect(names(catalog.history.between(4, 5).entities)).toEqual(["updated Tier.Tier5"]);
});
