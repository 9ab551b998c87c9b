import { describe, expect, test } from "@jest/globals";
import type { CatalogEntity } from "@omd/core";
import { childFqn, type LineageDetails } from "@omd/schema";
import { addPipeline, addSchema, addTable, ref } from "../../test/catalog-fixture.ts";
import { openEmbeddedCatalog } from "./embedded-catalog.ts";

async function setup() {
  const catalog = openEmbeddedCatalog({ file: ":memory:" });
  const schema = await addSchema(catalog, "d");
  const tables: CatalogEntity[] = [];
  for (let index = 0; index < 12; index += 1) tables.push(await addTable(catalog, schema, `t${index}`));
  const at = (index: number): CatalogEntity => tables[index] ?? tables[0] ?? Object.create(null);
  const link = (from: number, to: number, details: LineageDetails = {}) =>
    catalog.putLineage({ from: ref("table", at(from)), to: ref("table", at(to)), details });
  const around = (of: number, upstream: number, downstream: number) =>
    catalog.neighbourhood({ entityType: "table", fqn: at(of).fullyQualifiedName }, { upstream, downstream });
  return {
    catalog,
    at,
    link,
    around,
    one: await addPipeline(catalog, "p", "one"),
    two: await addPipeline(catalog, "p", "two"),
  };
}

describe("several pipelines between one pair", () => {
  test("are kept apart, and shown as one edge with the last pipeline", async () => {
    const { catalog, at, link, around, one, two } = await setup();
    const column = (name: string) => ({
      fromColumns: [childFqn(at(0).fullyQualifiedName, name)],
      toColumn: childFqn(at(1).fullyQualifiedName, name),
    });
    const by = (pipeline: CatalogEntity, name: string): LineageDetails => ({
      source: "PipelineLineage",
      pipeline: ref("pipeline", pipeline),
      columnsLineage: [column(name)],
    });
    expect(await link(0, 1, by(one, "id"))).toBe("created");
    expect(await link(0, 1, by(two, "mail"))).toBe("updated");
    expect(await link(0, 1, by(one, "id"))).toBe("unchanged");
    expect((await catalog.lineageEdges(at(0).id)).map((edge) => edge.details)).toMatchObject([
      { pipeline: { name: "one" }, columnsLineage: [column("id")] },
      { pipeline: { name: "two" }, columnsLineage: [column("mail")] },
    ]);
    const merged = await around(0, 0, 1);
    expect(merged?.edges).toHaveLength(1);
    expect(merged?.edges[0]?.details).toEqual({
      source: "PipelineLineage",
      pipeline: expect.objectContaining({ id: two.id, fullyQualifiedName: "p.two" }),
      columnsLineage: [column("id"), column("mail")],
    });
  });

  test("are removed one by one", async () => {
    const { catalog, at, link, one, two } = await setup();
    await link(0, 1, { source: "PipelineLineage", pipeline: ref("pipeline", one) });
    await link(0, 1, { source: "PipelineLineage", pipeline: ref("pipeline", two) });
    await link(0, 1, { source: "ViewLineage" });
    const left = async () =>
      (await catalog.lineageEdges())
        .map((edge) => edge.details.pipeline?.name ?? edge.details.source)
        .sort((a = "", b = "") => (a < b ? -1 : 1));
    await catalog.deleteLineage(ref("table", at(0)), ref("table", at(1)), one.id);
    expect(await left()).toEqual(["ViewLineage", "two"]);
    await catalog.deleteLineageBySource("pipeline", two.id, "PipelineLineage");
    expect(await left()).toEqual(["ViewLineage"]);
    await catalog.deleteLineage(ref("table", at(0)), ref("table", at(1)));
    expect(await left()).toEqual([]);
  });

  test("a pipeline that is removed for good leaves its edges", async () => {
    const { catalog, link, one, two } = await setup();
    await link(0, 1, { source: "PipelineLineage", pipeline: ref("pipeline", one) });
    await link(0, 1, { source: "PipelineLineage", pipeline: ref("pipeline", two) });
    await catalog.delete("pipeline", one.id, { hard: true });
    await catalog.delete("pipeline", two.id, { hard: true });
    expect((await catalog.lineageEdges()).map((edge) => edge.details)).toEqual([{ source: "PipelineLineage" }]);
  });
});

describe("neighbourhood", () => {
  test("goes any depth and ends at a cycle", async () => {
    const { link, around } = await setup();
    for (let index = 0; index < 11; index += 1) await link(index, index + 1);
    await link(11, 0);
    expect((await around(0, 0, 4))?.nodes).toHaveLength(4);
    expect((await around(0, 0, Number.POSITIVE_INFINITY))?.nodes).toHaveLength(11);
    expect((await around(0, 100, 100))?.edges).toHaveLength(12);
    expect((await around(0, 0, 0))?.nodes).toEqual([]);
  });

  test("does not pass through what is soft-deleted", async () => {
    const { catalog, at, link, around } = await setup();
    await link(0, 1);
    await link(1, 2);
    await catalog.delete("table", at(1).id);
    expect(await around(0, 0, 5)).toMatchObject({ entity: { name: "t0" }, nodes: [], edges: [] });
    expect(await around(1, 5, 5)).toBeUndefined();
    await catalog.restore("table", at(1).id);
    expect((await around(0, 0, 5))?.nodes.map((node) => node.name)).toEqual(["t1", "t2"]);
  });

  test("an edge of an entity with itself is shown once", async () => {
    const { link, around } = await setup();
    await link(0, 0);
    const found = await around(0, 3, 3);
    expect([found?.nodes, found?.edges.length]).toEqual([[], 1]);
  });
});

describe("putLineage", () => {
  test("refuses details that OpenMetadata does not know", async () => {
    const { link } = await setup();
    await expect(link(0, 1, { source: "Gossip" } as unknown as LineageDetails)).rejects.toMatchObject({ status: 400 });
  });

  test("unites the source columns of one target, and keeps functions apart", async () => {
    const { at, link, around } = await setup();
    const [from, to] = [at(0).fullyQualifiedName, at(1).fullyQualifiedName];
    const put = (name: string, fn?: string) =>
      link(0, 1, { columnsLineage: [{ fromColumns: [`${from}.${name}`], toColumn: `${to}.id`, function: fn }] });
    await put("id");
    await put("mail");
    await put("mail", "lower");
    expect((await around(0, 0, 1))?.edges[0]?.details.columnsLineage).toEqual([
      { fromColumns: [`${from}.id`, `${from}.mail`], toColumn: `${to}.id` },
      { fromColumns: [`${from}.mail`], toColumn: `${to}.id`, function: "lower" },
    ]);
  });

  test("names the column that is wrong", async () => {
    const { at, link } = await setup();
    const [from, to] = [at(0).fullyQualifiedName, at(1).fullyQualifiedName];
    const put = link(0, 1, { columnsLineage: [{ fromColumns: [`${from}.id`], toColumn: `${to}.nope` }] });
    await expect(put).rejects.toThrow("Invalid column name d.shop.main.t1.nope");
  });
});
