import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Impact, LineageGraph } from "@omd/catalog";
import type { Report } from "@omd/core";
import { PageApp, reference } from "../../test/page-app.ts";

type Graph = LineageGraph & { readonly unresolved: readonly Record<string, unknown>[] };

let page: PageApp;
beforeEach(() => {
  page = new PageApp();
});
afterEach(() => page.close());

const fqn = (name: string): string => `lite.shop.main.${name}`;
const graphOf = (name: string, query = ""): Promise<Graph> =>
  page.json<Graph>(`lineage?type=table&fqn=${fqn(name)}${query}`);
const names = (graph: Pick<LineageGraph, "nodes">): string[] => graph.nodes.map((node) => node.name).sort();

/** a → b → c → d, b → e, x → b. */
async function chain(): Promise<Awaited<ReturnType<PageApp["tables"]>>> {
  const tables = await page.tables("a", "b", "c", "d", "e", "x");
  await page.link(tables, ["a", "b"], ["b", "c"], ["c", "d"], ["b", "e"], ["x", "b"]);
  return tables;
}

describe("GET /api/omd/lineage", () => {
  test("follows both directions as far as asked and counts what lies beyond", async () => {
    await chain();
    const graph = await graphOf("c", "&upstream=1&downstream=1");
    expect(names(graph)).toEqual(["b", "c", "d"]);
    expect(graph.truncated).toBe(false);
    expect(graph.nodes.find(({ name }) => name === "b")).toMatchObject({
      moreUpstream: 2,
      moreDownstream: 1,
      service: "lite",
      serviceType: "SQLite",
    });
    expect(graph.nodes.find(({ name }) => name === "d")).toMatchObject({ moreUpstream: 0, moreDownstream: 0 });
    expect(graph.edges).toHaveLength(2);
    expect(names(await graphOf("c", "&upstream=2&downstream=0"))).toEqual(["a", "b", "c", "x"]);
  });

  test("keeps within the limit and says so", async () => {
    const tables = await page.tables("hub", ...Array.from({ length: 9 }, (_, index) => `t${index}`));
    await page.link(tables, ...tables.slice(1).map(({ name }): [string, string] => ["hub", name]));
    const graph = await graphOf("hub", "&limit=4");
    expect(graph).toMatchObject({ nodes: { length: 4 }, edges: { length: 3 }, truncated: true });
    expect(graph.nodes[0]).toMatchObject({ name: "hub", moreDownstream: 6 });
    expect(await graphOf("hub", "&limit=10")).toMatchObject({ nodes: { length: 10 }, truncated: false });
  });

  test("ends in a cycle, and passes over what is deleted", async () => {
    const tables = await chain();
    await page.link(tables, ["d", "a"]);
    expect(names(await graphOf("a", "&upstream=10&downstream=10"))).toEqual(["a", "b", "c", "d", "e", "x"]);
    await page.catalog.delete("table", tables[1]?.id ?? "");
    expect(names(await graphOf("a", "&upstream=0&downstream=10"))).toEqual(["a"]);
    expect((await graphOf("a")).nodes[0]).toMatchObject({ moreDownstream: 0 });
  });

  test("labels an edge with all its pipelines and joins their columns; a pipeline has the ends of its edges around it", async () => {
    const tables = await page.tables("a", "b");
    const [a, b] = tables;
    await page.catalog.put("pipelineService", { name: "pipes", serviceType: "Airflow" });
    for (const [name, column] of [
      ["one", "id"],
      ["two", "mail"],
    ] as const) {
      const { entity } = await page.catalog.put("pipeline", { name, service: "pipes" });
      const columnsLineage = [{ fromColumns: [`${fqn("a")}.${column}`], toColumn: `${fqn("b")}.id` }];
      await page.catalog.putLineage({
        from: reference("table", a),
        to: reference("table", b),
        details: { pipeline: reference("pipeline", entity), source: "PipelineLineage", columnsLineage },
      });
    }
    const graph = await page.json<Graph>("lineage?type=pipeline&fqn=pipes.one");
    expect(names(graph)).toEqual(["a", "b", "one"]);
    expect(graph.edges).toMatchObject([
      {
        source: "PipelineLineage",
        pipelines: [{ name: "one", fqn: "pipes.one" }, { name: "two" }],
        columns: [{ from: [`${fqn("a")}.id`, `${fqn("a")}.mail`], to: `${fqn("b")}.id` }],
      },
    ]);
    expect(graph.nodes.find(({ name }) => name === "a")?.columns).toEqual([
      { name: "id", fqn: `${fqn("a")}.id`, dataType: "INT" },
      { name: "mail", fqn: `${fqn("a")}.mail`, dataType: "STRING" },
    ]);
  });

  test("draws unresolved ends of the newest report of each service at the nodes they hang on", async () => {
    const [a] = await page.tables("a");
    const edge = { from: fqn("a"), to: "s3://lake/out", reason: "no storage service", nearest: ["lake.out"] };
    page.keep("1.json", { runId: "old", unresolved: [{ ...edge, to: "s3://gone" }] });
    page.keep("2.json", {
      runId: "new",
      unresolved: [edge, edge, { ...edge, from: "s3://lake/in", to: fqn("a") }, { ...edge, from: "elsewhere" }],
    });
    expect((await graphOf("a")).unresolved).toEqual([
      {
        id: "unresolved:0",
        near: a?.id,
        side: "downstream",
        name: "s3://lake/out",
        reason: "no storage service",
        nearest: ["lake.out"],
      },
      {
        id: "unresolved:1",
        near: a?.id,
        side: "upstream",
        name: "s3://lake/in",
        reason: "no storage service",
        nearest: ["lake.out"],
      },
    ]);
  });

  test("a run that failed or was stopped hides nothing that one before it told; another source of the service neither", async () => {
    await page.tables("a");
    const told = async (): Promise<unknown> =>
      (await graphOf("a")).unresolved
        .map(({ name }) => name)
        .toSorted((one, other) => (String(one) < String(other) ? -1 : 1));
    const edge = (to: string): Report["unresolved"] => [{ from: fqn("a"), to, reason: "r", nearest: [] }];
    page.keep("1.json", { runId: "1", outcome: "failed", unresolved: edge("s3://first") });
    expect(await told()).toEqual(["s3://first"]);
    page.keep("2.json", { runId: "2", outcome: "incomplete", unresolved: edge("s3://second") });
    page.keep("3.json", { runId: "3", outcome: "failed", unresolved: [] });
    page.keep("4.json", { runId: "4", outcome: "stopped", unresolved: [] });
    expect(await told()).toEqual(["s3://second"]);
    page.keep("5.json", { runId: "5", sourceType: "other", unresolved: edge("s3://other") });
    expect(await told()).toEqual(["s3://other", "s3://second"]);
    page.keep("6.json", { runId: "6", unresolved: [] });
    expect(await told()).toEqual(["s3://other"]);
  });

  test("draws no more ends than there is room for, and says so", async () => {
    const [a] = await page.tables("a");
    const ends = Array.from({ length: 31 }, (_, index) => ({
      near: a?.id ?? "",
      side: "upstream" as const,
      name: `s3://lake/${index}`,
      reason: "r",
      nearest: [],
    }));
    const event = { hash: "h", receivedAt: 1, eventTime: "2026-01-01T00:00:00Z", eventMs: 1, producer: "p", body: {} };
    await page.catalog.writeEvents("store", [[{ ...event, inputs: [], outputs: [] }]]);
    await page.catalog.writeEvents("settle", [[{ id: 1, applied: false, ends }]]);
    expect(await graphOf("a")).toMatchObject({ truncated: false, unresolved: { length: 31 } });
    expect(await graphOf("a", "&limit=31")).toMatchObject({ truncated: true, unresolved: { length: 30 } });
    expect(await graphOf("a", "&limit=1")).toMatchObject({ truncated: true, unresolved: { length: 20 } });
  });

  test.each([
    ["lineage", 400],
    ["lineage?type=table", 400],
    ["lineage?type=thing&fqn=a", 404],
    ["lineage?type=table&fqn=lite.nothing", 404],
    ["lineage?id=nobody", 404],
    ["lineage?id=nobody&limit=301", 404],
    ["impact?type=table&fqn=a&direction=sideways", 400],
    ["path?from=a", 400],
    ["path?from=a&to=b", 404],
  ])("%s is answered %i with a message", async (path, status) => {
    const answer = await page.get(path);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual({ code: status, message: expect.any(String) });
  });

  test("a limit out of bounds is refused", async () => {
    await chain();
    for (const query of ["limit=301", "limit=0", "upstream=11", "downstream=-1", "upstream=x"])
      expect((await page.get(`lineage?type=table&fqn=${fqn("a")}&${query}`)).status).toBe(400);
  });
});

describe("GET /api/omd/path", () => {
  test("is the shortest, in either direction; empty when there is none", async () => {
    const tables = await chain();
    await page.link(tables, ["a", "c"]);
    const id = (name: string): string => tables.find((table) => table.name === name)?.id ?? "";
    const forth = await page.json<Graph>(`path?from=${id("a")}&to=${id("d")}`);
    expect(forth.nodes.map(({ name }) => name)).toEqual(["a", "c", "d"]);
    expect(forth.edges).toHaveLength(2);
    const back = await page.json<Graph>(`path?from=${id("d")}&to=${id("a")}`);
    expect(back.nodes.map(({ name }) => name)).toEqual(["d", "c", "a"]);
    expect(await page.json(`path?from=${id("a")}&to=${id("x")}`)).toEqual({ nodes: [], edges: [] });
    expect(await page.json(`path?from=${id("a")}&to=${id("a")}`)).toMatchObject({ nodes: [{ name: "a" }], edges: [] });
  });
});

describe("GET /api/omd/impact", () => {
  test("lists everything with its depth and what it comes through", async () => {
    const tables = await chain();
    const id = (name: string): string => tables.find((table) => table.name === name)?.id ?? "";
    const impact = await page.json<Impact>(`impact?type=table&fqn=${fqn("a")}`);
    expect(impact.items.map(({ name, depth, via }) => [name, depth, via])).toEqual([
      ["b", 1, [id("a")]],
      ["c", 2, [id("b")]],
      ["e", 2, [id("b")]],
      ["d", 3, [id("c")]],
    ]);
    expect(impact).toMatchObject({ total: 4, truncated: false });
    const up = await page.json<Impact>(`impact?id=${id("c")}&direction=upstream`);
    expect(up.items.map(({ name }) => name)).toEqual(["b", "a", "x"]);
  });

  test("as CSV, with nothing that a spreadsheet runs", async () => {
    const tables = await page.tables("a", "=cmd()", "b, c");
    await page.link(tables, ["a", "=cmd()"], ["a", "b, c"]);
    const { text, headers } = await page.get(`impact.csv?type=table&fqn=${fqn("a")}`);
    expect(text).toBe(
      `depth,type,name,fqn,service,via\r\n1,table,'=cmd(),lite.shop.main.=cmd(),lite,lite.shop.main.a\r\n` +
        `1,table,"b, c","lite.shop.main.b, c",lite,lite.shop.main.a\r\n`,
    );
    expect(headers["content-type"]).toBe("text/csv; charset=utf-8");
    expect(headers["content-disposition"]).toBe('attachment; filename="downstream-of-lite.shop.main.a.csv"');
  });
});
