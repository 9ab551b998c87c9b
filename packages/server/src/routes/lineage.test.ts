import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { addTables, openTestApp, type TestApp } from "../../test/test-app.ts";

let server: TestApp;
let ids: Readonly<Record<string, string>>;
beforeEach(async () => {
  server = openTestApp();
  ids = await addTables(server, ["a", "b", "c", "d", "e"]);
});
afterEach(() => server.close());

const id = (name: string): string => ids[name] ?? name;
const fqn = (name: string): string => `"lite.db".shop.main.${name}`;
const column = (name: string): string => `${fqn(name)}.id`;
const nobody = "00000000-0000-4000-8000-000000000000";

async function link(from: string, to: string, lineageDetails?: object): Promise<number> {
  const edge = { fromEntity: { id: id(from), type: "table" }, toEntity: { id: id(to), type: "table" }, lineageDetails };
  return (await server.call("PUT", "/lineage", { edge })).status;
}

async function addPipeline(name: string): Promise<string> {
  await server.call("PUT", "/services/pipelineServices", { name: "pipes", serviceType: "Airflow" });
  return String((await server.call("PUT", "/pipelines", { name, service: "pipes" })).body["id"]);
}

const edgePath = (from: string, to: string): string => `/lineage/table/${id(from)}/table/${id(to)}`;
const shownEdge = async (from: string, to: string) =>
  (await server.call("GET", `/lineage/getLineageEdge/${id(from)}/${id(to)}`)).body["edge"] as Record<string, unknown>;
const noted = new Set(["createdAt", "createdBy", "updatedAt", "updatedBy"]);
const told = (shown: object) => Object.fromEntries(Object.entries(shown).filter(([name]) => !noted.has(name)));
/** What somebody told of an edge; undefined without one. */
const details = async (from: string, to: string) => {
  const shown = (await shownEdge(from, to)) as object | undefined;
  return shown && told(shown);
};

test("an edge is put with an empty answer and read as its details", async () => {
  const edge = { fromEntity: { id: id("a"), type: "table" }, toEntity: { id: id("b"), type: "table" } };
  const put = await server.call("PUT", "/lineage", { edge });
  expect([put.status, put.body]).toEqual([200, undefined]);
  expect(await details("a", "b")).toEqual({ source: "Manual" });
  // A client may send back what the server noted of the edge.
  expect(await link("a", "b", { source: "ViewLineage", sqlQuery: "select 1", createdAt: 1, updatedBy: "bot" })).toBe(
    200,
  );
  expect(await details("a", "b")).toEqual({ source: "ViewLineage", sqlQuery: "select 1" });
  expect(await server.call("GET", `/lineage/getLineageEdge/${id("b")}/${id("a")}`)).toMatchObject({
    status: 404,
    body: { code: 404 },
  });
});

test("an edge says when it was made and changed, and by whom; what a client says of that counts nothing", async () => {
  const before = Date.now();
  await link("a", "b", { source: "ViewLineage", createdAt: 1, createdBy: "me", updatedAt: 2, updatedBy: "me" });
  const made = await shownEdge("a", "b");
  const bot = { createdBy: "ingestion-bot", updatedBy: "ingestion-bot" };
  expect(made).toEqual({ source: "ViewLineage", createdAt: expect.any(Number), updatedAt: made["createdAt"], ...bot });
  expect(made["createdAt"]).toBeGreaterThanOrEqual(before);
  while (Date.now() <= Number(made["createdAt"])) await new Promise((resolve) => setTimeout(resolve, 1));
  await link("a", "b", { source: "ViewLineage", sqlQuery: "select 1" });
  const changed = await shownEdge("a", "b");
  expect(changed).toMatchObject({ createdAt: made["createdAt"], sqlQuery: "select 1", ...bot });
  expect(changed["updatedAt"]).toBeGreaterThan(Number(made["updatedAt"]));
  const operations = [
    { op: "remove", path: "/sqlQuery" },
    { op: "replace", path: "/createdAt", value: 1 },
  ];
  const { body } = await server.call("PATCH", edgePath("a", "b"), operations);
  expect(body).toMatchObject({ source: "ViewLineage", createdAt: made["createdAt"] });
  const around = (await server.call("GET", `/lineage/table/${id("a")}`)).body["downstreamEdges"];
  expect(around).toEqual([{ fromEntity: id("a"), toEntity: id("b"), lineageDetails: body }]);
  const layered = await server.call("GET", `/lineage/getLineage?type=table&fqn=${encodeURIComponent(fqn("a"))}`);
  expect(Object.values(layered.body["downstreamEdges"] as object)).toMatchObject([{ createdAt: made["createdAt"] }]);
  expect([...server.catalog.exportLines()].filter((line) => line.includes("createdAt"))).toEqual([]);
});

test("a PUT replaces the details of the same pipeline and source", async () => {
  await link("a", "b", {
    source: "ViewLineage",
    sqlQuery: "select 1",
    columnsLineage: [{ fromColumns: [column("a")], toColumn: column("b") }],
  });
  await link("a", "b", { source: "ViewLineage", sqlQuery: "select 2" });
  expect(await details("a", "b")).toEqual({ source: "ViewLineage", sqlQuery: "select 2" });
});

test("ends, pipelines and columns must be there", async () => {
  expect(await link("a", nobody)).toBe(404);
  expect(await link("a", "b", { pipeline: { id: nobody, type: "pipeline" } })).toBe(404);
  expect(
    await link("a", "b", { columnsLineage: [{ fromColumns: [`${fqn("a")}.nothing`], toColumn: column("b") }] }),
  ).toBe(400);
  expect(await link("a", "b", { guess: 1 })).toBe(400);
  expect((await server.call("PUT", "/lineage", { edge: {} })).status).toBe(400);
  expect((await server.call("PUT", "/lineage")).status).toBe(400);
});

test("a patch adds columns to a list that is missing and changes the pipeline; other pipelines keep their own", async () => {
  const [first, second] = [await addPipeline("first"), await addPipeline("second")];
  await link("a", "b", { source: "PipelineLineage", pipeline: { id: first, type: "pipeline" } });
  const value = { fromColumns: [column("a")], toColumn: column("b") };
  const patched = await server.call("PATCH", edgePath("a", "b"), [
    { op: "add", path: "/columnsLineage/0", value },
    { op: "replace", path: "/pipeline/id", value: second },
  ]);
  expect(patched).toMatchObject({
    status: 200,
    body: { columnsLineage: [value], pipeline: { id: second, name: "second" } },
  });
  expect(await details("a", "b")).toMatchObject({ columnsLineage: [value], pipeline: { id: second, name: "second" } });
  await server.call("DELETE", `/lineage/pipeline/${second}/type/PipelineLineage`);
  expect(await details("a", "b")).toMatchObject({ pipeline: { id: first } });
});

test("what a patch takes away is gone, and a wrong one changes nothing", async () => {
  await link("a", "b", { source: "ViewLineage", sqlQuery: "select 1" });
  await link("a", "b", { source: "QueryLineage", sqlQuery: "select 2" });
  const taken = await server.call("PATCH", edgePath("a", "b"), [{ op: "remove", path: "/sqlQuery" }]);
  expect(told(taken.body)).toEqual({ source: "QueryLineage" });
  expect(await details("a", "b")).toEqual({ source: "QueryLineage" });
  for (const wrong of [
    [{ op: "replace", path: "/nothing", value: 1 }],
    [{ op: "add", path: "/source", value: "Guess" }],
    [{ op: "replace", path: "", value: null }],
    {},
  ])
    expect((await server.call("PATCH", edgePath("a", "b"), wrong)).status).toBe(400);
  expect(
    (await server.call("PATCH", edgePath("b", "a"), [{ op: "add", path: "/description", value: "x" }])).status,
  ).toBe(404);
  expect(await details("a", "b")).toEqual({ source: "QueryLineage" });
});

test("the neighbourhood goes by depth, by id and by name", async () => {
  for (const [from, to] of [
    ["a", "b"],
    ["b", "c"],
    ["c", "d"],
    ["d", "e"],
  ] as const)
    await link(from, to);
  const { body } = await server.call("GET", `/lineage/table/${id("c")}`);
  expect(body).toMatchObject({
    entity: { id: id("c"), type: "table", fullyQualifiedName: fqn("c") },
    upstreamEdges: [{ fromEntity: id("b"), toEntity: id("c") }],
    downstreamEdges: [{ fromEntity: id("c"), toEntity: id("d") }],
  });
  const path = `/lineage/table/name/${encodeURIComponent(fqn("c"))}`;
  const names = async (query: string) =>
    ((await server.call("GET", `${path}?${query}`)).body["nodes"] as { name: string }[]).map(({ name }) => name);
  expect(new Set(await names("upstreamDepth=2&downstreamDepth=2"))).toEqual(new Set(["a", "b", "d", "e"]));
  expect(await names("upstreamDepth=0&downstreamDepth=1")).toEqual(["d"]);
  expect((await server.call("GET", `${path}?upstreamDepth=4`)).status).toBe(400);
  expect((await server.call("GET", `/lineage/table/${nobody}`)).status).toBe(404);
  expect((await server.call("GET", "/lineage/nonsense/name/x")).status).toBe(404);
});

test("a cycle has its edges once each way, and deleted nodes are left out", async () => {
  await link("a", "b");
  await link("b", "a");
  await link("a", "c");
  await server.call("DELETE", `/tables/${id("c")}`);
  const { body } = await server.call("GET", `/lineage/table/${id("a")}?upstreamDepth=3&downstreamDepth=3`);
  expect(body["upstreamEdges"]).toHaveLength(2);
  expect(body["downstreamEdges"]).toHaveLength(2);
  expect(body["nodes"]).toHaveLength(1);
});

test("getLineage tells the distance of each node", async () => {
  await link("a", "b");
  await link("b", "c", {
    source: "ViewLineage",
    columnsLineage: [{ fromColumns: [column("b")], toColumn: column("c") }],
  });
  const { body } = await server.call("GET", `/lineage/getLineage?type=table&fqn=${encodeURIComponent(fqn("b"))}`);
  expect(body["nodes"]).toMatchObject({
    [fqn("a")]: { nodeDepth: -1, entity: { name: "a", entityType: "table" } },
    [fqn("b")]: { nodeDepth: 0 },
    [fqn("c")]: { nodeDepth: 1 },
  });
  expect(body["downstreamEdges"]).toMatchObject({
    [`${id("b")}--->${id("c")}`]: {
      fromEntity: { id: id("b"), type: "table" },
      columns: [{ toColumn: column("c") }],
      source: "ViewLineage",
    },
  });
  expect(Object.keys(body["upstreamEdges"] as object)).toEqual([`${id("a")}--->${id("b")}`]);
  expect((await server.call("GET", "/lineage/getLineage?type=table")).status).toBe(400);
});

test("edges are deleted by ids, by names and by source", async () => {
  await link("a", "b");
  await link("b", "c");
  await link("a", "d", { source: "ViewLineage" });
  await link("b", "d", { source: "QueryLineage" });
  expect((await server.call("DELETE", edgePath("a", "b"))).status).toBe(200);
  expect(await server.call("DELETE", edgePath("a", "b"))).toMatchObject({ status: 404, body: { code: 404 } });
  const named = `/lineage/table/name/${encodeURIComponent(fqn("b"))}/table/name/${encodeURIComponent(fqn("c"))}`;
  expect((await server.call("DELETE", named)).status).toBe(200);
  expect((await server.call("DELETE", named)).status).toBe(404);
  expect((await server.call("DELETE", `/lineage/table/${id("d")}/type/ViewLineage`)).status).toBe(200);
  expect(await details("a", "d")).toBeUndefined();
  expect(await details("b", "d")).toEqual({ source: "QueryLineage" });
  const bySource = `/lineage/source/name/table/${encodeURIComponent(fqn("d"))}/type/QueryLineage`;
  expect((await server.call("DELETE", bySource)).status).toBe(200);
  expect(await details("b", "d")).toBeUndefined();
});

test("services have an edge while what they hold has one", async () => {
  await server.call("PUT", "/services/messagingServices", { name: "kafka", serviceType: "Kafka" });
  const { body: topic } = await server.call("PUT", "/topics", { name: "t", service: "kafka", partitions: 1 });
  const end = { id: topic["id"], type: "topic" };
  for (const name of ["a", "b"])
    await server.call("PUT", "/lineage", { edge: { fromEntity: { id: id(name), type: "table" }, toEntity: end } });
  const service = async (path: string) => String((await server.call("GET", `/services/${path}`)).body["id"]);
  const from = await service("databaseServices/name/lite.db");
  const to = await service("messagingServices/name/kafka");
  const counted = { source: "ChildAssets", assetEdges: 2 };
  expect(await details(from, to)).toEqual(counted);
  const near = await server.call("GET", "/lineage/messagingService/name/kafka?upstreamDepth=1&downstreamDepth=0");
  expect(near.body).toMatchObject({
    nodes: [{ id: from, type: "databaseService" }],
    upstreamEdges: [{ fromEntity: from, toEntity: to, lineageDetails: counted }],
    downstreamEdges: [],
  });
  expect((await server.call("GET", `/lineage/getLineage?fqn=kafka&type=messagingService`)).body).toMatchObject({
    upstreamEdges: { [`${from}--->${to}`]: counted },
  });
  const pair = `/lineage/databaseService/${from}/messagingService/${to}`;
  expect(await server.call("DELETE", pair)).toMatchObject({
    status: 400,
    body: { message: expect.stringContaining("lite.db to kafka follows from 2 edges of assets") as unknown },
  });
  // What somebody says of the pair is an edge of its own.
  const patch = await server.call("PATCH", pair, [{ op: "add", path: "/description", value: "nightly" }]);
  expect(patch).toMatchObject({ status: 200, body: { source: "Manual", description: "nightly", assetEdges: 2 } });
  expect((await server.call("DELETE", pair)).status).toBe(200);
  expect(await details(from, to)).toEqual(counted);
  for (const name of ["a", "b"])
    expect((await server.call("DELETE", `/lineage/table/${id(name)}/topic/${String(end.id)}`)).status).toBe(200);
  expect((await server.call("GET", `/lineage/getLineageEdge/${from}/${to}`)).status).toBe(404);
});

test("in a cycle an edge leads to the entity and away from it", async () => {
  await link("a", "b");
  await link("b", "a");
  const edge = (from: string, to: string) => ({
    fromEntity: id(from),
    toEntity: id(to),
    lineageDetails: { source: "Manual" },
  });
  const near = await server.call("GET", `/lineage/table/${id("a")}?upstreamDepth=1&downstreamDepth=1`);
  expect(near.body).toMatchObject({
    nodes: [{ id: id("b") }],
    upstreamEdges: [edge("b", "a")],
    downstreamEdges: [edge("a", "b")],
  });
  const far = await server.call("GET", `/lineage/table/${id("a")}?upstreamDepth=0&downstreamDepth=3`);
  expect(far.body).toMatchObject({ upstreamEdges: [], downstreamEdges: [edge("a", "b"), edge("b", "a")] });
  const none = await server.call("GET", `/lineage/table/${id("a")}?upstreamDepth=0&downstreamDepth=0`);
  expect(none.body).toMatchObject({ nodes: [], upstreamEdges: [], downstreamEdges: [] });
});

test.each([[[{}]], [[null]], [[{ op: "add" }]], [[{ op: "add", path: "/description", value: 5 }]]])(
  "a patch of an edge such as %j is refused",
  async (operations) => {
    await link("a", "b");
    expect(await server.call("PATCH", edgePath("a", "b"), operations)).toMatchObject({
      status: 400,
      body: { code: 400 },
    });
  },
);
