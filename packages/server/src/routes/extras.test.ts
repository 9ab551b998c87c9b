import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEmbeddedCatalog, startCatalogWriter } from "@omd/catalog";
import { createApp } from "../app.ts";
import { playExtras, tableFqn, when, type Exchange } from "../../test/extras-scenario.ts";
import { openTestApp, type TestApp } from "../../test/test-app.ts";

let server: TestApp;
let exchanges: readonly Exchange[];
beforeAll(async () => {
  server = openTestApp();
  exchanges = await playExtras(server);
});
afterAll(() => server.close());

/** The answers to calls whose path has this form. */
function answers(method: string, path: RegExp): Record<string, unknown>[] {
  const found = exchanges.filter((exchange) => exchange.method === method && path.test(exchange.path));
  expect(found).not.toEqual([]);
  return found.map(({ body }) => body);
}

test("every call of the scenario is answered with its status", () => {
  const other = exchanges
    .filter(({ status }) => status !== 200)
    .map(({ method, path, status }) => `${method} ${path.replaceAll(/[0-9a-f-]{36}|%.*/g, "…")} ${String(status)}`);
  expect(other).toEqual([
    "POST /usage/table/… 201",
    "PUT /usage/table/… 201",
    "PUT /usage/table/name/… 201",
    "POST /usage/compute.percentile/table/2026-04-01 201",
    "POST /queryCostRecord 201",
    "POST /queryCostRecord 409",
    "POST /dataQuality/testCases/testCaseResults/… 201",
    "POST /dataQuality/testCases/testCaseIncidentStatus 201",
    "GET /system/settings/profilerConfiguration 204",
    "POST /automations/workflows 201",
    "GET /services/ingestionPipelines/pipes.in/pipelineStatus/… 204",
  ]);
  expect(server.logged).toEqual([]);
});

test("profiles are listed with their number, columns by their FQN", () => {
  const [table] = answers("GET", /\/tableProfile\?/);
  expect(table).toEqual({
    data: [{ timestamp: when, rowCount: 3, createDateTime: "2026-04-01T10:00:00Z" }],
    paging: { total: 1 },
  });
  const [column] = answers("GET", /\/columnProfile\?/);
  expect(column).toMatchObject({ data: [{ name: "more.city", nullCount: 1 }], paging: { total: 1 } });
  const [latest] = answers("GET", /\/latest$/);
  expect(latest).toMatchObject({ fullyQualifiedName: tableFqn, columns: [{ profile: { mean: 1.5 } }, {}] });
  const [all, none] = answers("GET", /entity\/profiles/);
  expect(all).toMatchObject({ paging: { total: 4, before: null, after: expect.any(String) as unknown } });
  expect(all?.["data"]).toHaveLength(2);
  expect(none).toEqual({ data: [], paging: { total: 0, after: null, before: null } });
});

test("what came of testing a connection hangs on its service, whose version stays", async () => {
  const [put] = answers("PUT", /\/testConnectionResult$/);
  const [read] = answers("GET", /fields=testConnectionResult$/);
  const testConnectionResult = {
    status: "Failed",
    lastUpdatedAt: when,
    steps: [
      { name: "CheckAccess", mandatory: true, passed: true },
      { name: "GetTables", mandatory: true, passed: false, errorLog: "mysql://me:*********@db refused" },
    ],
  };
  for (const answer of [put, read])
    expect(answer).toMatchObject({ name: "my.svc", version: 0.1, testConnectionResult });
  const plain = await server.call("GET", "/services/databaseServices/name/my.svc");
  expect(plain.body).not.toHaveProperty("testConnectionResult");
  const path = (id: unknown) => `/services/databaseServices/${String(id)}/testConnectionResult`;
  expect((await server.call("PUT", path(read?.["id"]), { status: "Guess", steps: [] })).status).toBe(400);
  expect((await server.call("PUT", path("none"), { steps: [] })).status).toBe(404);
});

test("the cursor of all profiles leads to the rest", async () => {
  const [first] = answers("GET", /entity\/profiles\/table/) as { paging: { after: string } }[];
  const { body } = await server.call(
    "GET",
    `/entity/profiles/table?startTs=0&endTs=${when * 2}&limit=2&after=${String(first?.paging.after)}`,
  );
  expect(body).toMatchObject({ paging: { total: 4, after: null } });
  expect(body["data"]).toHaveLength(2);
});

test("all that hangs on a table is in the table when everything is asked for", () => {
  const [table] = answers("GET", /^\/tables\/[^/]+\?fields=\*$/);
  expect(table).toMatchObject({
    version: 0.1,
    sampleData: { columns: ["id"], rows: [[1], [null]] },
    profile: { rowCount: 3 },
    dataModel: { modelType: "DBT" },
    joins: { dayCount: 30, columnJoins: [{ columnName: "id" }] },
    customMetrics: [{ name: "m", expression: "select 1" }],
    pipelineObservability: [{ pipeline: { name: "a/b" }, lastRunStatus: "Successful" }],
    usageSummary: {
      date: "2026-04-01",
      dailyStats: { count: 7, percentileRank: 0 },
      weeklyStats: { count: 8, percentileRank: 0 },
    },
    columns: [{ name: "id" }, { children: [{ customMetrics: [{ expression: "1" }] }] }],
  });
  expect(answers("GET", /\/columns\?limit/)[0]).toMatchObject({
    data: [{ name: "more" }],
    paging: { total: 2, offset: 1, limit: 1 },
  });
});

test("results, incidents and findings hang together", () => {
  const [first] = answers("POST", /testCaseResults/);
  const [second] = answers("PUT", /testCaseResult$/);
  const [state] = answers("POST", /testCaseIncidentStatus/);
  expect(second).toMatchObject({ incidentId: first?.["incidentId"], passedRows: 1 });
  expect(state).toMatchObject({ stateId: first?.["incidentId"], severity: "Severity2" });
  expect(answers("GET", /stateId/)[0]).toMatchObject({ paging: { total: 2 } });
  expect(answers("GET", /testCases\/[^/]+\?fields/)[0]).toMatchObject({
    testCaseStatus: "Failed",
    incidentId: first?.["incidentId"],
    inspectionQuery: "select 'x' from t",
    failedRowsSample: { rows: [[1]] },
  });
  expect(answers("GET", /testSuiteId=/)[0]).toMatchObject({ data: [{ name: "unique" }], paging: { total: 1 } });
});

test("a run of an ingestion is answered as it was reported", () => {
  const [run] = answers("GET", /pipelineStatus\/5d7c/).slice(1);
  expect(run).toMatchObject({ pipelineState: "success", startDate: when, config: {}, status: [{ records: 6 }] });
  expect(answers("GET", /pipelineStatus\?/)[0]).toMatchObject({ data: [run], paging: { total: 1 } });
  expect(answers("GET", /name\/pipes\.in/)[0]).toMatchObject({ pipelineStatuses: run });
});

test("writes that come from another thread are the same", async () => {
  const directory = await mkdtemp(join(tmpdir(), "omd-extras-"));
  const file = join(directory, "catalog.db");
  const writer = await startCatalogWriter({ file });
  const catalog = openEmbeddedCatalog({ file });
  const app = createApp({ catalog, writer, version: "1.12.8", omdHome: directory });
  const call = async (method: "PUT" | "POST", url: string, payload: object) =>
    (await app.inject({ method, url: `/api/v1${url}`, payload })).json<Record<string, unknown>>();
  const { id } = await call("PUT", "/services/messagingServices", { name: "k", serviceType: "Kafka" });
  const topic = await call("PUT", "/topics", { name: "t", service: "k", partitions: 1 });
  expect(await call("PUT", `/topics/${String(topic["id"])}/sampleData`, { messages: ["m"] })).toMatchObject({
    service: { id },
    sampleData: { messages: ["m"] },
  });
  expect(await call("PUT", `/topics/${String(topic["id"])}/sampleData`, {})).toMatchObject({ code: 400 });
  expect(await call("POST", "/queryCostRecord", {})).toMatchObject({ code: 400 });
  await app.close();
  await catalog.close();
  await writer.close();
  await rm(directory, { recursive: true });
});

const path = encodeURIComponent(tableFqn);
test.each([
  ["GET", `/tables/${path}/tableProfile?startTs=1`, undefined, 400],
  ["GET", `/tables/${path}/tableProfile?startTs=1&endTs=x`, undefined, 400],
  ["GET", "/tables/no.body/tableProfile/latest", undefined, 404],
  ["GET", "/tables/no.body/columnProfile?startTs=1&endTs=2", undefined, 404],
  ["GET", "/entity/profiles/table?startTs=1&endTs=2&profileType=row", undefined, 400],
  ["GET", "/entity/profiles/table?startTs=1&endTs=2&after=!", undefined, 400],
  ["GET", "/entity/profiles/nothing?startTs=1&endTs=2", undefined, 404],
  ["PUT", "/tables/nobody/sampleData", { columns: [], rows: [] }, 404],
  ["PUT", "/tables/nobody/pipelineObservability/no/pipe", {}, 404],
  ["DELETE", "/tables/nobody/customMetric/m", undefined, 404],
  ["POST", "/usage/nothing/id", { date: "2026-04-01", count: 1 }, 404],
  ["POST", "/usage/compute.percentile/table/never", undefined, 400],
  ["GET", "/usage/table/nobody?days=31", undefined, 400],
  ["PUT", "/queries/nobody/usage", [], 404],
  ["POST", "/dataQuality/testCases/testCaseResults/no.body", {}, 404],
  ["DELETE", "/dataQuality/testCases/testCaseResults/no.body/then", undefined, 400],
  ["PUT", "/dataQuality/testSuites/basic", { name: "s" }, 400],
  ["DELETE", "/dataQuality/testSuites/basic/nobody", undefined, 404],
  ["GET", "/metadata/types/name/nothing", undefined, 404],
  ["GET", "/metadata/types?category=all", undefined, 400],
  ["PATCH", "/automations/workflows/nobody", [], 404],
  ["PATCH", "/automations/workflows/nobody", {}, 400],
  ["PUT", "/services/ingestionPipelines/pipes.in/pipelineStatus", { pipelineState: "great" }, 400],
  ["PUT", "/services/ingestionPipelines/no.body/pipelineStatus", { pipelineState: "success" }, 404],
] as const)("%s %s is refused", async (method, url, body, code) => {
  expect(await server.call(method, url, body)).toMatchObject({
    status: code,
    body: { code, message: expect.any(String) as unknown },
  });
  expect(server.logged).toEqual([]);
});
