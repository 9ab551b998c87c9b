import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { CatalogEntity } from "@omd/core";
import { addTestCase, noon, openShop, type Shop } from "../../../test/extras-fixture.ts";

let shop: Shop;
let testCase: CatalogEntity;
beforeEach(async () => {
  shop = await openShop();
  testCase = await addTestCase(shop);
});
afterEach(() => shop.catalog.close());

const result = (testCaseStatus: string, timestamp = noon) => ({ timestamp, testCaseStatus, testResultValue: [] });
const put = (status: string, timestamp = noon, id = testCase.id) =>
  shop.catalog.writeExtra("testResults.put", id, result(status, timestamp));
const whole = (fields = ["*"]) => shop.catalog.get("testCase", testCase.fullyQualifiedName, { fields });
const incident = (testCaseResolutionStatusType: string, testCaseResolutionStatusDetails?: object) =>
  shop.catalog.writeExtra("incidents.put", {
    testCaseResolutionStatusType,
    testCaseReference: testCase.fullyQualifiedName,
    ...(testCaseResolutionStatusDetails ? { testCaseResolutionStatusDetails } : {}),
  });
const resolve = () => incident("Resolved", { testCaseFailureReason: "Other", testCaseFailureComment: "fixed" });

describe("results", () => {
  test("are kept by time; the newest is shown when asked for", async () => {
    await put("Success", noon + 1);
    await put("Aborted");
    const again = await put("Queued");
    expect(again).toMatchObject({ testCaseFQN: testCase.fullyQualifiedName, testCaseStatus: "Queued" });
    expect(again).not.toHaveProperty("incidentId");
    const { data, total } = shop.catalog.extras.testResults.list(testCase.id, {});
    expect([total, ...data.map(({ testCaseStatus }) => testCaseStatus)]).toEqual([2, "Success", "Queued"]);
    expect(data[1]?.id).toBe(again.id);
    expect(await whole()).toMatchObject({ testCaseStatus: "Success", testCaseResult: { timestamp: noon + 1 } });
    expect(await whole([])).not.toHaveProperty("testCaseResult");
    await shop.catalog.writeExtra("testResults.delete", testCase.id, noon + 1);
    expect(await whole()).toMatchObject({ testCaseStatus: "Queued" });
  });

  test("come in the older form too", async () => {
    const kept = await shop.catalog.writeExtra(
      "testResults.put",
      testCase.id,
      { timestamp: noon, testCaseStatus: "Success", testCaseFQN: "whatever" },
      true,
    );
    expect(kept).toMatchObject({ testCaseFQN: testCase.fullyQualifiedName });
  });

  test("hold no password", async () => {
    const body = { ...result("Failed"), result: "can't reach pg://me:canary@h/db" };
    expect(JSON.stringify(await shop.catalog.writeExtra("testResults.put", testCase.id, body))).not.toContain("canary");
  });

  test("of unknown status or test case are refused", async () => {
    await expect(put("Fine")).rejects.toMatchObject({ status: 400 });
    await expect(put("Success", noon, "nobody")).rejects.toMatchObject({ status: 404 });
    await expect(shop.catalog.writeExtra("testResults.delete", testCase.id, 1)).rejects.toMatchObject({ status: 404 });
  });
});

describe("incidents", () => {
  test("are opened by a failure, and go on until they are resolved", async () => {
    const { incidentId } = await put("Failed");
    expect(incidentId).toEqual(expect.stringMatching(/^[0-9a-f-]{36}$/));
    expect(await put("Failed", noon + 1)).toMatchObject({ incidentId });
    expect(await incident("Ack")).toMatchObject({ stateId: incidentId, testCaseReference: { id: testCase.id } });
    expect(await whole()).toMatchObject({ incidentId });
    await resolve();
    expect(await whole()).not.toHaveProperty("incidentId");
    expect(await put("Failed", noon + 1)).toMatchObject({ incidentId });
    expect(await whole()).not.toHaveProperty("incidentId");
    const next = await put("Failed", noon + 2);
    expect(next.incidentId).not.toBe(incidentId);
    const { incidents } = shop.catalog.extras;
    expect(incidents.ofState(String(incidentId)).data.map((state) => state.testCaseResolutionStatusType)).toEqual([
      "Resolved",
      "Ack",
      "New",
    ]);
    expect(incidents.list({ limit: 2 })).toMatchObject({ total: 4, data: [{ stateId: next.incidentId }, {}] });
    expect(() => incidents.ofState("nobody")).toThrow(expect.objectContaining({ status: 404 }));
    expect(incidents.list({ testCaseFqn: testCase.fullyQualifiedName }).total).toBe(4);
  });

  test("need the details of their state and a test case", async () => {
    await expect(incident("Resolved")).rejects.toMatchObject({ status: 400 });
    await expect(incident("Ack", { more: 1 })).rejects.toMatchObject({ status: 400 });
    const nobody = { id: "3f2b8a30-5c1e-4a36-8a44-3b1c7f4b2a11", type: "user" };
    await expect(incident("Assigned", { assignee: nobody })).rejects.toMatchObject({ status: 404 });
    await expect(incident("Assigned", { assignee: { ...nobody, type: "table" } })).rejects.toMatchObject({
      status: 400,
    });
    expect(() => shop.catalog.extras.incidents.list({ testCaseFqn: "no.body" })).toThrow(
      expect.objectContaining({ status: 404 }),
    );
  });
});

describe("what a test case found", () => {
  test("rows are checked against the table unless told otherwise", async () => {
    const rows = { columns: ["id", "password"], rows: [[1, "canary"]] };
    expect(await shop.catalog.writeExtra("testResults.putFailedRows", testCase.id, rows)).toMatchObject({
      failedRowsSample: { columns: ["id", "password"], rows: [[1, "*********"]] },
    });
    const other = { columns: ["nope"], rows: [] };
    await expect(shop.catalog.writeExtra("testResults.putFailedRows", testCase.id, other)).rejects.toMatchObject({
      status: 400,
    });
    await shop.catalog.writeExtra("testResults.putFailedRows", testCase.id, other, false);
    expect(shop.catalog.extras.testResults.failedRows(testCase.id)).toEqual(other);
    await shop.catalog.writeExtra("testResults.deleteFailedRows", testCase.id);
    expect(() => shop.catalog.extras.testResults.failedRows(testCase.id)).toThrow(
      expect.objectContaining({ status: 404 }),
    );
  });

  test("a query shows it", async () => {
    await shop.catalog.writeExtra("testResults.putInspectionQuery", testCase.id, "select 1");
    expect(await whole()).toMatchObject({ inspectionQuery: "select 1" });
    await expect(shop.catalog.writeExtra("testResults.putInspectionQuery", testCase.id, "")).rejects.toMatchObject({
      status: 400,
    });
  });
});

describe("logical suites", () => {
  test("hold test cases beside their own suite, with a summary", async () => {
    const { entity: suite } = await shop.catalog.put("testSuite", { name: "nightly" });
    const other = await addTestCase(shop, "id_other");
    await put("Failed");
    await put("Success", noon, other.id);
    const body = { testSuiteId: suite.id, testCaseIds: [testCase.id, other.id] };
    await shop.catalog.writeExtra("testResults.addToSuite", body);
    expect(await shop.catalog.writeExtra("testResults.addToSuite", body)).toMatchObject({
      id: suite.id,
      tests: [{ id: other.id }, { id: testCase.id }],
    });
    expect(await whole()).toMatchObject({ testSuites: [{ id: suite.id, name: "nightly" }] });
    expect(await shop.catalog.get("testSuite", suite.fullyQualifiedName, { fields: ["summary"] })).toMatchObject({
      summary: { success: 1, failed: 1, aborted: 0, queued: 0, total: 2 },
    });
    const fields = { fields: ["testCaseResultSummary"] };
    expect(await shop.catalog.get("testSuite", suite.fullyQualifiedName, fields)).toMatchObject({
      testCaseResultSummary: [
        { testCaseName: other.fullyQualifiedName, status: "Success", timestamp: noon },
        { testCaseName: testCase.fullyQualifiedName, status: "Failed", timestamp: noon },
      ],
    });
    const listed = await shop.catalog.page("testCase", { filters: { testSuiteId: suite.id } });
    expect(listed.data.map(({ name }) => name)).toEqual(["id_other", "id_unique"]);
    expect(await shop.catalog.writeExtra("testResults.removeFromSuite", suite.id, other.id)).toMatchObject({
      tests: [{ id: testCase.id }],
    });
  });

  test("a basic one takes no further test cases", async () => {
    const { testSuite } = (await whole()) as unknown as { testSuite: { id: string } };
    const body = { testSuiteId: testSuite.id, testCaseIds: [testCase.id] };
    await expect(shop.catalog.writeExtra("testResults.addToSuite", body)).rejects.toMatchObject({ status: 400 });
  });
});
