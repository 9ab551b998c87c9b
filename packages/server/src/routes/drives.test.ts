import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { fileFqn, playDrives } from "../../test/drive-scenario.ts";
import type { Exchange } from "../../test/extras-scenario.ts";
import { openTestApp, type TestApp } from "../../test/test-app.ts";

let server: TestApp;
let exchanges: readonly Exchange[];
beforeAll(async () => {
  server = openTestApp();
  exchanges = await playDrives(server);
});
afterAll(() => server.close());

function answer(method: string, path: RegExp): Record<string, unknown> {
  const found = exchanges.find((exchange) => exchange.method === method && path.test(exchange.path));
  if (!found) throw new Error(`no ${method} ${String(path)} in the scenario`);
  return found.body;
}

test("every call is answered with its status", () => {
  const other = exchanges
    .filter(({ status }) => status !== 200)
    .map(({ method, path, status }) => `${method} ${path.replaceAll(/[0-9a-f-]{36}/g, "…")} ${String(status)}`);
  expect(other).toEqual([
    "PUT /services/driveServices 201",
    "PUT /drives/files 201",
    "PUT /drives/spreadsheets 201",
    "PUT /drives/worksheets 201",
    "POST /usage/file/… 201",
  ]);
  expect(server.logged).toEqual([]);
});

test("a bulk of directories takes those whose parents are there or come before them", () => {
  expect(answer("PUT", /directories\/bulk/)).toMatchObject({
    status: "partialSuccess",
    numberOfRowsPassed: 2,
    successRequest: [{ request: '"my.drive".team a/b' }, { request: '"my.drive".team a/b.2026' }],
    failedRequest: [{ request: '"my.drive".nowhere.lost', status: 404 }],
  });
});

test("samples of files and worksheets are kept beside them, with their use", () => {
  expect(answer("GET", /sampleData/)).toMatchObject({
    fullyQualifiedName: fileFqn,
    sampleData: { columns: ["id"], rows: [[1], [null]] },
  });
  expect(answer("DELETE", /sampleData/)["sampleData"]).toBeUndefined();
  expect(answer("GET", /files\/name/)).toMatchObject({
    description: "d",
    sampleData: { rows: [[1], [null]] },
    usageSummary: { dailyStats: { count: 5 } },
    version: 0.2,
  });
});

test("lists name what lies in a directory, and a spreadsheet its worksheets", () => {
  expect(answer("GET", /files\?directory/)).toMatchObject({ data: [{ name: "data.csv" }], paging: { total: 1 } });
  expect(answer("GET", /spreadsheets\//)).toMatchObject({ worksheets: [{ type: "worksheet", name: "Q1" }] });
});

test("lineage leads from a file to a worksheet", () => {
  expect(answer("GET", /^\/lineage\/file/)).toMatchObject({
    entity: { type: "file" },
    nodes: [{ type: "worksheet", name: "Q1" }],
    downstreamEdges: [{ lineageDetails: { source: "Manual" } }],
  });
});

test("services and domains have the edge of what they hold", () => {
  const edge = { source: "ChildAssets", assetEdges: 1 };
  expect(answer("GET", /getLineageEdge/)).toEqual({ edge });
  expect(answer("GET", /lineage\/driveService/)).toMatchObject({
    nodes: [{ type: "messagingService", name: "kafka" }],
    downstreamEdges: [{ lineageDetails: edge }],
  });
  expect(answer("GET", /lineage\/domain/)).toMatchObject({
    entity: { name: "Web" },
    nodes: [{ type: "domain", name: "Sales" }],
    upstreamEdges: [{ lineageDetails: edge }],
  });
});

test("a deleted service takes all with it and brings it back; what is removed for good is gone", async () => {
  expect(answer("GET", /worksheets\/[^/]+\?fields=\*/)).toMatchObject({ name: "Q1", deleted: false });
  const left = await server.call("GET", "/drives/files?service=my.drive&include=all");
  expect(left.body).toMatchObject({ data: [{ name: "readme" }], paging: { total: 1 } });
  for (const path of ["directories", "spreadsheets", "worksheets"])
    expect((await server.call("GET", `/drives/${path}?include=all&limit=0`)).body).toMatchObject({
      paging: { total: 0 },
    });
});

test("searches find files by their index", async () => {
  const { body } = await server.call("GET", "/search/query?q=readme&index=file_search_index");
  expect(body).toMatchObject({ hits: { total: { value: 1 }, hits: [{ _index: "file_search_index" }] } });
  const pattern = "fieldName=fullyQualifiedName&fieldValue=*read*&index=spreadsheet_search_index";
  expect((await server.call("GET", `/search/fieldQuery?${pattern}`)).body).toMatchObject({ hits: { hits: [] } });
});
