import { describe, expect, test } from "@jest/globals";
import type { CatalogEntity } from "@omd/core";
import { fqnOf, type EntityType, type FQN, type LineageDetails } from "@omd/schema";
import { addPipeline, addSchema, addTable, ref } from "../../test/catalog-fixture.ts";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "./embedded-catalog.ts";

/** Services `a`, `b` and `c.1`, each with the tables `t0` to `t2`. */
async function setup() {
  const catalog = openEmbeddedCatalog({ file: ":memory:" });
  const tables = new Map<string, CatalogEntity>();
  for (const service of ["a", "b", "c.1"]) {
    const schema = await addSchema(catalog, service);
    for (const name of ["t0", "t1", "t2"]) tables.set(`${service} ${name}`, await addTable(catalog, schema, name));
  }
  const table = (name: string): CatalogEntity => {
    const found = tables.get(name);
    if (!found) throw new Error(`no table ${name}`);
    return found;
  };
  const link = (from: string, to: string, details: LineageDetails = {}) =>
    catalog.putLineage({ from: ref("table", table(from)), to: ref("table", table(to)), details });
  const unlink = (from: string, to: string, pipelineId?: string) =>
    catalog.deleteLineage(ref("table", table(from)), ref("table", table(to)), pipelineId);
  return { catalog, table, link, unlink };
}

async function entity(catalog: EmbeddedCatalog, type: EntityType, ...names: string[]): Promise<CatalogEntity> {
  const found = await catalog.get(type, fqnOf(...names), { include: "all" });
  if (!found) throw new Error(`no ${type} ${names.join(".")}`);
  return found;
}

/** The edges around a group as `from > to: source assets`, in order. */
async function around(catalog: EmbeddedCatalog, entityType: EntityType, name: string, depth = 1): Promise<string[]> {
  const found = await catalog.neighbourhood({ entityType, fqn: fqnOf(name) }, { upstream: depth, downstream: depth });
  return (found?.edges ?? [])
    .map(({ from, to, details }) => `${from.name} > ${to.name}: ${details.source} ${details.assetEdges ?? "-"}`)
    .sort();
}

describe("edges between services", () => {
  test("count the pairs of tables, each once, of different services only", async () => {
    const { catalog, link } = await setup();
    const one = await addPipeline(catalog, "p", "one");
    await link("a t0", "b t0");
    await link("a t0", "b t0", { source: "PipelineLineage", pipeline: ref("pipeline", one) });
    await link("a t0", "b t0", { source: "ViewLineage", sqlQuery: "select 1" });
    await link("a t0", "b t1");
    await link("a t0", "a t1");
    await link("b t0", "c.1 t0");
    expect(await around(catalog, "databaseService", "a")).toEqual(["a > b: ChildAssets 2"]);
    expect(await around(catalog, "databaseService", "c.1")).toEqual(["b > c.1: ChildAssets 1"]);
    expect(await around(catalog, "databaseService", "a", 2)).toEqual([
      "a > b: ChildAssets 2",
      "b > c.1: ChildAssets 1",
    ]);
    expect(await around(catalog, "pipelineService", "p")).toEqual([]);
  });

  test("lead between services of all kinds, and from what lies in directories", async () => {
    const { catalog, table } = await setup();
    await catalog.put("driveService", { name: "a", serviceType: "GoogleDrive" });
    await catalog.put("directory", { name: "d", service: "a" });
    const { entity: file } = await catalog.put("file", { name: "f", service: "a", directory: "a.d" });
    await catalog.putLineage({ from: ref("file", file), to: ref("table", table("a t0")), details: {} });
    const found = await catalog.neighbourhood(
      { entityType: "driveService", fqn: "a" as FQN },
      { upstream: 1, downstream: 1 },
    );
    expect(found?.nodes).toMatchObject([{ type: "databaseService", name: "a" }]);
    expect(found?.edges).toMatchObject([{ details: { source: "ChildAssets", assetEdges: 1 } }]);
  });

  test("go with the last edge of assets", async () => {
    const { catalog, link, unlink, table } = await setup();
    const one = await addPipeline(catalog, "p", "one");
    await link("a t0", "b t0");
    await link("a t0", "b t0", { source: "PipelineLineage", pipeline: ref("pipeline", one) });
    await link("a t1", "b t0");
    await unlink("a t0", "b t0", one.id);
    expect(await around(catalog, "databaseService", "b")).toEqual(["a > b: ChildAssets 2"]);
    await unlink("a t0", "b t0");
    expect(await around(catalog, "databaseService", "b")).toEqual(["a > b: ChildAssets 1"]);
    await unlink("a t0", "b t0");
    expect(await around(catalog, "databaseService", "b")).toEqual(["a > b: ChildAssets 1"]);
    await catalog.deleteLineageBySource("table", table("b t0").id, "Manual");
    expect(await around(catalog, "databaseService", "b")).toEqual([]);
    await link("a t1", "b t0");
    expect(await around(catalog, "databaseService", "b")).toEqual(["a > b: ChildAssets 1"]);
  });

  test("count what is replaced once", async () => {
    const { catalog, table, link } = await setup();
    await link("a t0", "b t0", { source: "ViewLineage" });
    const edge = { from: ref("table", table("a t0")), to: ref("table", table("b t0")), details: {} };
    await catalog.replaceLineage(edge);
    await catalog.replaceLineage(edge);
    await catalog.replaceLineage(edge, { alone: true });
    expect(await around(catalog, "databaseService", "a")).toEqual(["a > b: ChildAssets 1"]);
  });

  test("forget a table that is removed for good, and keep one that is deleted", async () => {
    const { catalog, table, link } = await setup();
    await link("a t0", "b t0");
    await link("a t1", "b t0");
    await catalog.delete("table", table("a t0").id);
    expect(await around(catalog, "databaseService", "a")).toEqual(["a > b: ChildAssets 2"]);
    await catalog.delete("table", table("a t0").id, { hard: true });
    expect(await around(catalog, "databaseService", "a")).toEqual(["a > b: ChildAssets 1"]);
    await catalog.delete("database", (await entity(catalog, "database", "b", "shop")).id, { hard: true });
    expect(await around(catalog, "databaseService", "a")).toEqual([]);
  });

  test("do not lead to a deleted service, and come back with it", async () => {
    const { catalog, link } = await setup();
    await link("a t0", "b t0");
    const { id } = await entity(catalog, "databaseService", "b");
    await catalog.delete("databaseService", id);
    expect(await around(catalog, "databaseService", "a")).toEqual([]);
    await catalog.restore("databaseService", id);
    expect(await around(catalog, "databaseService", "a")).toEqual(["a > b: ChildAssets 1"]);
    await catalog.delete("databaseService", id, { hard: true });
    expect(await around(catalog, "databaseService", "a")).toEqual([]);
    const { entity: again } = await catalog.put("databaseService", { name: "b", serviceType: "Mysql" });
    expect(again.id).not.toBe(id);
    expect(await around(catalog, "databaseService", "b")).toEqual([]);
  });

  test("stand beside what somebody says of the pair", async () => {
    const { catalog, link, unlink } = await setup();
    const [a, b] = [await entity(catalog, "databaseService", "a"), await entity(catalog, "databaseService", "b")];
    const said = { from: ref("databaseService", a), to: ref("databaseService", b) };
    await link("a t0", "b t0");
    await catalog.putLineage({ ...said, details: { source: "ChildAssets", description: "nightly", assetEdges: 99 } });
    expect((await catalog.lineageEdge(a.id, b.id))?.details).toEqual({
      source: "Manual",
      description: "nightly",
      assetEdges: 1,
    });
    await unlink("a t0", "b t0");
    expect((await catalog.lineageEdge(a.id, b.id))?.details).toEqual({ source: "Manual", description: "nightly" });
    await catalog.deleteLineage(said.from, said.to);
    expect(await catalog.lineageEdge(a.id, b.id)).toBeUndefined();
  });

  test("are no content: neither exported nor counted nor listed", async () => {
    const { catalog, link } = await setup();
    await link("a t0", "b t0");
    const lines = [...catalog.exportLines()];
    expect(lines.filter((line) => line.includes('"kind":"lineage"'))).toHaveLength(1);
    expect(lines.join("\n")).not.toContain("ChildAssets");
    expect(catalog.counts().lineageEdges).toBe(1);
    expect(await catalog.lineageEdges((await entity(catalog, "databaseService", "a")).id)).toEqual([]);
  });
});

describe("edges between domains and data products", () => {
  async function grouped() {
    const all = await setup();
    const { catalog } = all;
    for (const name of ["Sales", "Lab", "Web"])
      await catalog.put("domain", { name, description: "d", domainType: "Aggregate" });
    for (const name of ["Raw", "Gold"])
      await catalog.put("dataProduct", { name, description: "d", domains: [fqnOf("Sales")] });
    const own = (name: string, more: object) => {
      const [service = "", table = ""] = name.split(" ");
      const columns = [{ name: "id", dataType: "INT" }];
      return catalog.put("table", { name: table, databaseSchema: fqnOf(service, "shop", "main"), columns, ...more });
    };
    return { ...all, own };
  }

  test("count what domains hold, inherited or their own", async () => {
    const { catalog, link, own } = await grouped();
    await link("a t0", "b t0");
    await link("a t1", "b t1");
    await link("a t1", "b t1", { source: "ViewLineage" });
    await link("a t2", "b t2");
    await link("a t0", "a t1");
    expect(await around(catalog, "domain", "Sales")).toEqual([]);
    await catalog.put("databaseService", { name: "a", serviceType: "Mysql", domains: ["Sales"] });
    await catalog.put("database", { name: "shop", service: "b", domains: ["Lab"] });
    expect(await around(catalog, "domain", "Sales")).toEqual(["Sales > Lab: ChildAssets 3"]);
    expect(await around(catalog, "domain", "Lab")).toEqual(["Sales > Lab: ChildAssets 3"]);
    await own("b t1", { domains: ["Web"] });
    await own("a t1", { domains: ["Lab"] });
    expect(await around(catalog, "domain", "Sales", 2)).toEqual([
      "Lab > Web: ChildAssets 1",
      "Sales > Lab: ChildAssets 3",
    ]);
    const [lab, web] = [await entity(catalog, "domain", "Lab"), await entity(catalog, "domain", "Web")];
    expect((await catalog.lineageEdge(lab.id, web.id))?.details).toEqual({ source: "ChildAssets", assetEdges: 1 });
    expect(await catalog.lineageEdge(web.id, lab.id)).toBeUndefined();
  });

  test("follow a domain that is taken away or removed", async () => {
    const { catalog, link, own, table } = await grouped();
    await link("a t0", "b t0");
    await own("a t0", { domains: ["Sales"] });
    await own("b t0", { domains: ["Lab"] });
    expect(await around(catalog, "domain", "Lab")).toEqual(["Sales > Lab: ChildAssets 1"]);
    await catalog.patch("table", table("b t0").id, [{ op: "remove", path: "/domains" }]);
    expect(await around(catalog, "domain", "Sales")).toEqual([]);
    await own("b t0", { domains: ["Lab"] });
    await catalog.delete("domain", (await entity(catalog, "domain", "Lab")).id);
    expect(await around(catalog, "domain", "Sales")).toEqual([]);
  });

  test("count what data products name as theirs, not what lies below it", async () => {
    const { catalog, link, own } = await grouped();
    await link("a t0", "b t0");
    await link("a t0", "b t1");
    await link("a t1", "b t1");
    await link("a t1", "b t1", { source: "ViewLineage" });
    for (const name of ["a t0", "a t1"]) await own(name, { dataProducts: ["Raw"] });
    await own("b t1", { dataProducts: ["Gold", "Raw"] });
    expect(await around(catalog, "dataProduct", "Raw")).toEqual(["Raw > Gold: ChildAssets 2"]);
    expect(await around(catalog, "dataProduct", "Gold")).toEqual(["Raw > Gold: ChildAssets 2"]);
  });
});

describe("walks of the page", () => {
  test("lead along edges of assets from a service on, and name them", async () => {
    const { catalog, link } = await setup();
    await link("a t0", "b t0");
    await link("b t1", "c.1 t0");
    await link("b t2", "c.1 t1");
    const start = { type: "databaseService" as const, id: (await entity(catalog, "databaseService", "a")).id };
    const c = await entity(catalog, "databaseService", "c.1");
    const near = await catalog.graph.around(start, { upstream: 1, downstream: 1, limit: 10 });
    expect(near.nodes.map(({ name, moreUpstream, moreDownstream }) => [name, moreUpstream, moreDownstream])).toEqual([
      ["a", 0, 0],
      ["b", 0, 1],
    ]);
    expect(near.edges).toMatchObject([{ from: start.id, source: "ChildAssets", assetEdges: 1, pipelines: [] }]);
    const far = await catalog.graph.around(start, { upstream: 0, downstream: 2, limit: 10 });
    expect(far.edges.map((edge) => edge.assetEdges)).toEqual([1, 2]);
    expect((await catalog.graph.path(start.id, c.id)).nodes.map(({ name }) => name)).toEqual(["a", "b", "c.1"]);
    expect((await catalog.graph.path(c.id, start.id)).edges).toHaveLength(2);
    expect((await catalog.graph.impact(start, "downstream")).items).toMatchObject([
      { name: "b", depth: 1, via: [start.id] },
      { name: "c.1", depth: 2 },
    ]);
  });

  test("of tables do not see them", async () => {
    const { catalog, table, link } = await setup();
    await link("a t0", "b t0");
    const graph = await catalog.graph.around(
      { id: table("a t0").id, type: "table" },
      { upstream: 3, downstream: 3, limit: 50 },
    );
    expect(graph.nodes).toHaveLength(2);
    expect(Object.keys(graph.edges[0] ?? {})).toEqual(expect.not.arrayContaining(["assetEdges"]));
  });
});

test("whatever is written and removed, the count of a service is that of its edges", async () => {
  const { catalog, link, unlink, table } = await setup();
  const pipelines = [await addPipeline(catalog, "p", "one"), await addPipeline(catalog, "p", "two")];
  const services = ["a", "b", "c.1"];
  const pairs = services.flatMap((from) =>
    services.flatMap((to) => [0, 1].map((at) => [`${from} t${at}`, `${to} t${(at + 1) % 3}`] as const)),
  );
  let seed = 7;
  const pick = (length: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % length;
  };
  for (let step = 0; step < 300; step += 1) {
    const [from, to] = pairs[pick(pairs.length)] ?? ["a t0", "b t0"];
    const pipeline = pipelines[pick(2)];
    const by: LineageDetails = pipeline ? { source: "PipelineLineage", pipeline: ref("pipeline", pipeline) } : {};
    const action = pick(5);
    if (action === 0) await link(from, to);
    else if (action === 1) await link(from, to, by);
    else if (action === 2) await unlink(from, to, pipeline?.id);
    else if (action === 3) await unlink(from, to);
    else await catalog.deleteLineageBySource("table", table(to).id, "Manual");
  }
  const edges = await catalog.lineageEdges();
  expect(edges.length).toBeGreaterThan(3);
  const service = (fqn: string | undefined): string => services.find((name) => fqn?.startsWith(fqnOf(name))) ?? "";
  const expected = new Map<string, Set<string>>();
  for (const { from, to } of edges) {
    const key = `${service(from.fullyQualifiedName)} > ${service(to.fullyQualifiedName)}`;
    expected.set(key, (expected.get(key) ?? new Set()).add(`${from.id} ${to.id}`));
  }
  const wanted = [...expected]
    .filter(([key]) => new Set(key.split(" > ")).size === 2)
    .map(([key, found]) => `${key}: ChildAssets ${found.size}`)
    .sort();
  const shown = new Set<string>();
  for (const name of services) for (const line of await around(catalog, "databaseService", name)) shown.add(line);
  expect([...shown].sort()).toEqual(wanted);
});
