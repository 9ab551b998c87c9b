import { afterEach, describe, expect, test } from "@jest/globals";
import { fqnOf, type PipelineStatus } from "@omd/schema";
import { mockServer, type MockedServer } from "../../test/openmetadata-face/mocked-server.ts";

let server: MockedServer;
const start = (...args: Parameters<typeof mockServer>): MockedServer => (server = mockServer(...args));
afterEach(async () => {
  expect(await server.close()).toEqual([]);
});
const pipeline = fqnOf("my.air", "a/b");
const base = "/pipelines/%22my.air%22.a%2Fb/status";
const run = (timestamp: number): PipelineStatus => ({ timestamp, executionStatus: "Successful" });
const runs = (count: number): PipelineStatus[] => Array.from({ length: count }, (_, at) => run(at + 1));
const length = (expected: number) => (body: unknown) => Array.isArray(body) && body.length === expected;

describe("putPipelineStatuses", () => {
  test("sends chunks of 1000, a last one alone singly", async () => {
    const { catalog, api } = start();
    api.put(`${base}/bulk`, length(1000)).times(2).reply(200, {});
    api.put(base, { timestamp: 2001, executionStatus: "Successful" }).reply(200, {});
    await catalog.putPipelineStatuses(pipeline, runs(2001));
  });

  test("nothing is no call", async () => {
    await start({}, { version: false }).catalog.putPipelineStatuses(pipeline, []);
  });

  test.each([404, 405])("a server without the bulk route (%d) gets them one by one from then on", async (status) => {
    const { catalog, api } = start();
    api.put(`${base}/bulk`).reply(status, { code: status, message: "HTTP Not Found" });
    api.put(base).times(4).reply(200, {});
    await catalog.putPipelineStatuses(pipeline, runs(2));
    await catalog.putPipelineStatuses(pipeline, runs(2));
  });

  test("a missing pipeline is an error, not a missing route", async () => {
    const { catalog, api } = start();
    api.put(`${base}/bulk`).reply(404, { code: 404, message: "pipeline instance for x not found" });
    await expect(catalog.putPipelineStatuses(pipeline, runs(2))).rejects.toMatchObject({
      code: "OMD_CATALOG_NOT_FOUND",
    });
    api.put(`${base}/bulk`).reply(404, { code: 404, message: "HTTP 404 Not Found" });
    api.put(base).reply(404, { code: 404, message: "pipeline instance for x not found" });
    await expect(catalog.putPipelineStatuses(pipeline, runs(2))).rejects.toMatchObject({ status: 404 });
    api.put(`${base}/bulk`).reply(200, {});
    await catalog.putPipelineStatuses(pipeline, runs(2));
  });

  test("an unknown task is an error", async () => {
    const { catalog, api } = start();
    api.put(`${base}/bulk`).reply(400, { code: 400, message: "Invalid task name t" });
    await expect(catalog.putPipelineStatuses(pipeline, runs(2))).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining("Invalid task name t"),
    });
  });
});

describe("pipelineStatuses", () => {
  test("come newest first, within the range, unknown fields dropped", async () => {
    const { catalog, api } = start();
    api
      .get(base)
      .query({ startTs: 2, endTs: 5, limit: 2 })
      .reply(200, { data: [run(2), { ...run(9), taskStatus: [] }, { ...run(5), metrics: {}, error: null }, run(3)] });
    expect(await catalog.pipelineStatuses(pipeline, { startTs: 2, endTs: 5, limit: 2 })).toEqual([run(5), run(3)]);
  });

  test("of all time need a range too, and are paged", async () => {
    const { catalog, api } = start();
    const all = (query: Record<string, unknown>) => query["startTs"] === "0" && Number(query["endTs"]) > Date.now();
    api
      .get(base)
      .query((query) => all(query) && query["after"] === undefined)
      .reply(200, { data: [run(1)], paging: { total: 2, after: "c" } });
    api
      .get(base)
      .query((query) => all(query) && query["after"] === "c")
      .reply(200, { data: [run(2)], paging: { total: 2 } });
    expect(await catalog.pipelineStatuses(pipeline)).toEqual([run(2), run(1)]);
  });

  test("a cursor that comes twice is an error", async () => {
    const { catalog, api } = start();
    api
      .get(base)
      .query(true)
      .times(2)
      .reply(200, { data: [run(1)], paging: { after: "c" } });
    await expect(catalog.pipelineStatuses(pipeline)).rejects.toThrow("cursor twice");
  });
});

describe("putIngestionRun", () => {
  const url = "/services/ingestionPipelines/s.meta/pipelineStatus";
  const status = { runId: "r/1", pipelineState: "success", startDate: 50, timestamp: 60, endDate: 70 } as const;

  test.each([
    [204, ""],
    [404, { code: 404, message: "ingestionPipeline instance for x not found" }],
    [200, ""],
  ])("%d says that the run is new", async (code, body) => {
    const { catalog, api } = start();
    api.get(`${url}/r%2F1`).reply(code, body);
    api.put(url, status).reply(200, {});
    await catalog.putIngestionRun(fqnOf("s", "meta"), status);
  });

  test("a known run keeps its beginning and what the server noted", async () => {
    const { catalog, api } = start();
    api.get(`${url}/r%2F1`).reply(200, { runId: "r/1", startDate: 40, config: { a: 1 }, metadata: null, newer: 1 });
    api.put(url, { ...status, startDate: 40, config: { a: 1 } }).reply(200, {});
    await catalog.putIngestionRun(fqnOf("s", "meta"), status);
  });

  test("a refusal is an error", async () => {
    const { catalog, api } = start();
    api.get(`${url}/r%2F1`).reply(204);
    api.put(url).reply(404, { code: 404, message: "ingestionPipeline instance for s.meta not found" });
    await expect(catalog.putIngestionRun(fqnOf("s", "meta"), status)).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining("the state of ingestion pipeline s.meta"),
    });
  });
});
