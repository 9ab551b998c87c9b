import { describe, expect } from "@jest/globals";
import type { Catalog, CatalogEntity } from "@omd/core";
import { childFqn, fqnOf, type LineageDetails } from "@omd/schema";
import { addPipeline, addSchema, addTable, freshNames, ref } from "../catalog-fixture.ts";
import { catalogTest, type Setup } from "./setup.ts";

interface Tables {
  a: CatalogEntity;
  b: CatalogEntity;
  c: CatalogEntity;
  pipeline: CatalogEntity;
}

async function tables(catalog: Catalog): Promise<Tables> {
  const names = freshNames();
  const schema = await addSchema(catalog, names.service);
  return {
    a: await addTable(catalog, schema, "a"),
    b: await addTable(catalog, schema, "b"),
    c: await addTable(catalog, schema, "c"),
    pipeline: await addPipeline(catalog, names.pipelines),
  };
}

function link(catalog: Catalog, from: CatalogEntity, to: CatalogEntity, details: LineageDetails = {}) {
  return catalog.putLineage({ from: ref("table", from), to: ref("table", to), details });
}

async function around(catalog: Catalog, of: CatalogEntity, upstream: number, downstream: number) {
  const key = { entityType: "table" as const, fqn: of.fullyQualifiedName };
  const found = await catalog.neighbourhood(key, { upstream, downstream });
  return {
    nodes: found?.nodes.map((node) => node.name).sort(),
    edges: found?.edges.map((edge) => edge.details) ?? [],
    pairs: found?.edges.map((edge) => [edge.from.id, edge.to.id]),
  };
}

/** Lineage edges. */
export function lineageTests(setup: Setup): void {
  const test = catalogTest(setup);
  describe("lineage", () => {
    edges(test);
  });
  describe("lineage deletes", () => {
    deletes(test);
  });
}

function edges(test: ReturnType<typeof catalogTest>): void {
  test("an edge is created, and unchanged the second time", async (catalog) => {
    const { a, b } = await tables(catalog);
    expect(await link(catalog, a, b, { source: "ViewLineage", sqlQuery: "select 1" })).toBe("created");
    expect(await link(catalog, a, b, { source: "ViewLineage", sqlQuery: "select 1" })).toBe("unchanged");
    const found = await around(catalog, a, 1, 1);
    expect(found.nodes).toEqual(["b"]);
    expect(found.pairs).toEqual([[a.id, b.id]]);
    expect(found.edges).toMatchObject([{ source: "ViewLineage", sqlQuery: "select 1" }]);
  });

  test("column lineage is united", async (catalog) => {
    const { a, b } = await tables(catalog);
    const column = (name: string) => ({
      fromColumns: [childFqn(a.fullyQualifiedName, name)],
      toColumn: childFqn(b.fullyQualifiedName, name),
    });
    await link(catalog, a, b, { source: "QueryLineage", columnsLineage: [column("id")] });
    expect(await link(catalog, a, b, { source: "QueryLineage", columnsLineage: [column("mail")] })).toBe("updated");
    const [details] = (await around(catalog, b, 1, 0)).edges;
    expect(details?.columnsLineage).toHaveLength(2);
    expect(details?.columnsLineage).toEqual(
      expect.arrayContaining([expect.objectContaining(column("id")), expect.objectContaining(column("mail"))]),
    );
  });

  test("the pipeline of an edge is answered as a reference", async (catalog) => {
    const { a, b, pipeline } = await tables(catalog);
    await link(catalog, a, b, { source: "PipelineLineage", pipeline: ref("pipeline", pipeline) });
    expect((await around(catalog, a, 0, 1)).edges).toMatchObject([
      { source: "PipelineLineage", pipeline: { id: pipeline.id, type: "pipeline" } },
    ]);
  });

  test("depth counts steps, in each direction", async (catalog) => {
    const { a, b, c } = await tables(catalog);
    await link(catalog, a, b);
    await link(catalog, b, c);
    expect((await around(catalog, a, 0, 1)).nodes).toEqual(["b"]);
    expect((await around(catalog, a, 0, 2)).nodes).toEqual(["b", "c"]);
    expect((await around(catalog, c, 3, 0)).nodes).toEqual(["a", "b"]);
    expect((await around(catalog, b, 1, 1)).nodes).toEqual(["a", "c"]);
    expect((await around(catalog, a, 3, 0)).nodes).toEqual([]);
  });

  test("soft-deleted nodes are left out", async (catalog) => {
    const { a, b, c } = await tables(catalog);
    await link(catalog, a, b);
    await link(catalog, a, c);
    await catalog.delete("table", b.id);
    expect((await around(catalog, a, 0, 1)).nodes).toEqual(["c"]);
  });

  test("an end or a pipeline that is missing answers 404", async (catalog) => {
    const { a, b } = await tables(catalog);
    const nobody = "00000000-0000-4000-8000-000000000000";
    const edge = { from: ref("table", a), to: { id: nobody, type: "table" }, details: {} };
    await expect(catalog.putLineage(edge)).rejects.toMatchObject({ status: 404 });
    const byNobody = link(catalog, a, b, { source: "PipelineLineage", pipeline: { id: nobody, type: "pipeline" } });
    await expect(byNobody).rejects.toMatchObject({ status: 404 });
  });

  test("a column of another table answers 400", async (catalog) => {
    const { a, b, c } = await tables(catalog);
    const columnsLineage = [
      { fromColumns: [childFqn(c.fullyQualifiedName, "id")], toColumn: childFqn(b.fullyQualifiedName, "id") },
    ];
    await expect(link(catalog, a, b, { columnsLineage })).rejects.toMatchObject({ status: 400 });
  });

  test("the neighbourhood of a stranger is undefined", async (catalog) => {
    const key = { entityType: "table" as const, fqn: fqnOf("no", "such", "table", "t") };
    expect(await catalog.neighbourhood(key, { upstream: 1, downstream: 1 })).toBeUndefined();
  });
}

function deletes(test: ReturnType<typeof catalogTest>): void {
  test("an edge is removed; removing none is no error", async (catalog) => {
    const { a, b } = await tables(catalog);
    await link(catalog, a, b);
    await catalog.deleteLineage(ref("table", a), ref("table", b));
    await catalog.deleteLineage(ref("table", a), ref("table", b));
    expect((await around(catalog, a, 1, 1)).edges).toEqual([]);
  });

  test("an edge is removed only when it is of the source that is named", async (catalog) => {
    const { a, b } = await tables(catalog);
    await link(catalog, a, b, { source: "ViewLineage" });
    await catalog.deleteLineage(ref("table", a), ref("table", b), undefined, "DbtLineage");
    expect((await around(catalog, a, 1, 1)).pairs).toEqual([[a.id, b.id]]);
    await catalog.deleteLineage(ref("table", a), ref("table", b), undefined, "ViewLineage");
    expect((await around(catalog, a, 1, 1)).edges).toEqual([]);
  });

  test("by source: only the edges that the pipeline made", async (catalog) => {
    const { a, b, c, pipeline } = await tables(catalog);
    await link(catalog, a, b, { source: "PipelineLineage", pipeline: ref("pipeline", pipeline) });
    await link(catalog, b, c, { source: "ViewLineage" });
    await catalog.deleteLineageBySource("pipeline", pipeline.id, "PipelineLineage");
    expect((await around(catalog, b, 1, 1)).pairs).toEqual([[b.id, c.id]]);
  });

  test("by source: only the edges into the entity", async (catalog) => {
    const { a, b, c } = await tables(catalog);
    await link(catalog, a, b, { source: "ViewLineage" });
    await link(catalog, b, c, { source: "ViewLineage" });
    await link(catalog, a, c, { source: "QueryLineage" });
    await catalog.deleteLineageBySource("table", c.id, "ViewLineage");
    expect((await around(catalog, c, 1, 1)).pairs).toEqual([[a.id, c.id]]);
    expect((await around(catalog, b, 1, 1)).pairs).toEqual([[a.id, b.id]]);
  });
}
