import { afterEach, describe, expect, test } from "@jest/globals";
import { fqnOf, type CreateTestCaseResult } from "@omd/schema";
import { mockServer, type MockedServer } from "../../test/openmetadata-face/mocked-server.ts";

let server: MockedServer;
const start = (...args: Parameters<typeof mockServer>): MockedServer => (server = mockServer(...args));
afterEach(async () => {
  expect(await server.close()).toEqual([]);
});
const testCase = fqnOf("s.v", "d", "x", "t", "a/b");
const base = "/dataQuality/testCases/testCaseResults/%22s.v%22.d.x.t.a%2Fb";
const result = (timestamp: number): CreateTestCaseResult => ({
  timestamp,
  testCaseStatus: "Failed",
  result: "2 rows",
  testResultValue: [],
});

describe("putTestResults", () => {
  test("sends one call a result; what is there at that time is no error", async () => {
    const { catalog, api } = start();
    api.post(base, { ...result(1) }).reply(201, {});
    api.post(base, { ...result(2) }).reply(409, { code: 409, message: "Entity already exists" });
    await catalog.putTestResults(testCase, [result(1), result(2)]);
  });

  test("nothing is no call", async () => {
    await start({}, { version: false }).catalog.putTestResults(testCase, []);
  });

  test("is sent again when the server is busy", async () => {
    const { catalog, api } = start();
    api.post(base).reply(503, "", { "retry-after": "0" });
    api.post(base).reply(201, {});
    await catalog.putTestResults(testCase, [result(1)]);
  });

  test("a missing test case is an error", async () => {
    const { catalog, api } = start();
    api.post(base).reply(404, { code: 404, message: "testCase instance for x not found" });
    await expect(catalog.putTestResults(testCase, [result(1)])).rejects.toMatchObject({
      code: "OMD_CATALOG_NOT_FOUND",
      message: expect.stringContaining("testCase instance for x not found"),
    });
  });
});

test("an inspection query is sent bare", async () => {
  const { catalog, api } = start();
  const reqheaders = { "content-type": "application/json" };
  api.put("/dataQuality/testCases/7/inspectionQuery", 'select "a" from t', { reqheaders }).reply(200, {});
  await catalog.putInspectionQuery("7", 'select "a" from t');
});

describe("testResults", () => {
  const range = { startTs: 1, endTs: 5 };

  test("come newest first, page by page, within the range", async () => {
    const { catalog, api } = start();
    api
      .get(base)
      .query(range)
      .reply(200, { data: [result(2), result(9)], paging: { total: 3, after: "n" } });
    api
      .get(base)
      .query({ ...range, after: "n" })
      .reply(200, { data: [{ ...result(5), incidentId: null }] });
    expect(await catalog.testResults(testCase, range)).toEqual([result(5), result(2)]);
  });

  test("a cursor that comes twice is an error", async () => {
    const { catalog, api } = start();
    api
      .get(base)
      .query(true)
      .times(2)
      .reply(200, { data: [], paging: { after: "n" } });
    await expect(catalog.testResults(testCase, range)).rejects.toThrow(/cursor twice/);
  });
});

describe("the suite of a table", () => {
  const request = { name: "s.d.x.t.testSuite", basicEntityReference: "s.d.x.t" };
  const suite = { id: "1", name: "s.d.x.t.testSuite", fullyQualifiedName: "s.d.x.t.testSuite" };

  test("goes to its own route, by the newer name where the older is gone", async () => {
    const { catalog, api } = start();
    api.put("/dataQuality/testSuites/executable").reply(404, { code: 404, message: "HTTP 404 Not Found" });
    api.put("/dataQuality/testSuites/basic", request).reply(201, suite);
    expect((await catalog.put("testSuite", request)).outcome).toBe("created");
  });

  test("of a table that is missing is an error at once", async () => {
    const { catalog, api } = start();
    const answer = { code: 404, message: "table instance for s.d.x.t not found" };
    api.put("/dataQuality/testSuites/executable").reply(404, answer);
    await expect(catalog.put("testSuite", request)).rejects.toMatchObject({ status: 404 });
  });
});

test("a data model is put to its table", async () => {
  const { catalog, api } = start();
  const model = { modelType: "DBT" as const, sql: "select 1" };
  api.put("/tables/id-1/dataModel", model).reply(200, {});
  await catalog.putDataModel("id-1", model);
});

test("test cases are listed by their table", async () => {
  const { catalog, api } = start();
  const found = { id: "1", name: "c", fullyQualifiedName: "s.d.x.t.c" };
  api
    .get("/dataQuality/testCases")
    .query({ limit: 1000, entityLink: "<#E::table::s.d.x.t>", includeAllTests: "true" })
    .reply(200, { data: [found], paging: { total: 1 } });
  const names: string[] = [];
  for await (const one of catalog.list("testCase", { below: fqnOf("s", "d", "x", "t") })) names.push(one.name);
  expect(names).toEqual(["c"]);
});
