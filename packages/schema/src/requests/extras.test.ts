import { describe, expect, test } from "@jest/globals";
import { customProperty } from "./custom-property.ts";
import { ingestionRunReport } from "./ingestion-run.ts";
import { withoutNulls } from "./nulls.ts";
import { createTableProfile } from "./profile.ts";
import { dataModel, tableData, tableJoins } from "./table-data.ts";
import { createIncidentStatus, createTestCaseResult } from "./test-result.ts";
import { createQueryCostRecord, usageRequest } from "./usage.ts";

test("nulls of members are left out at any depth; those in lists are values", () => {
  expect(withoutNulls({ a: null, b: [{ c: null, d: 1 }, null], e: 0 })).toEqual({ b: [{ d: 1 }, null], e: 0 });
  expect(withoutNulls(null)).toBeNull();
});

describe("what clients send is read", () => {
  test("a profile with nulls where nothing was measured", () => {
    const profile = { tableProfile: { timestamp: 1, rowCount: null }, columnProfile: null };
    expect(createTableProfile.parse(profile)).toEqual({ tableProfile: { timestamp: 1 } });
  });

  test("sample rows keep their nulls", () => {
    const sample = { columns: ["a"], rows: [[null]] };
    expect(tableData.parse(sample)).toEqual(sample);
  });

  test("columns of a data model lose what the catalog fills in", () => {
    const column = { name: "a", dataType: "STRUCT", fullyQualifiedName: "x", profile: { name: "a", timestamp: 1 } };
    const model = { modelType: "DBT", columns: [{ ...column, children: [{ ...column, children: null }] }] };
    const bare = { name: "a", dataType: "STRUCT" };
    expect(dataModel.parse(model)).toEqual({ modelType: "DBT", columns: [{ ...bare, children: [bare] }] });
  });

  test("a run of an ingestion gets the figures and times that it leaves out", () => {
    const run = { runId: "r", pipelineState: "running", timestamp: 5, status: [{ name: "s", progress: {} }] };
    const counts = { records: 0, updated_records: 0, warnings: 0, errors: 0, filtered: 0, failures: [] };
    expect(ingestionRunReport.parse(run)).toEqual({
      runId: "r",
      pipelineState: "running",
      startDate: 5,
      timestamp: 5,
      status: [{ name: "s", ...counts }],
    });
    expect(ingestionRunReport.parse({ pipelineState: "queued" }).runId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("a result without values has an empty list of them", () => {
    const result = { timestamp: 1, testCaseStatus: "Success", sampleData: null };
    expect(createTestCaseResult.parse(result)).toEqual({
      timestamp: 1,
      testCaseStatus: "Success",
      testResultValue: [],
    });
  });
});

test.each([
  ["profile", createTableProfile, { tableProfile: { timestamp: 1, rows: 2 } }],
  ["time of creation", createTableProfile, { tableProfile: { timestamp: 1, createDateTime: "yesterday" } }],
  ["sample", tableData, { columns: ["a"], rows: ["b"] }],
  ["joins", tableJoins, { startDate: "2026-13-01" }],
  ["data model", dataModel, { modelType: "SQL" }],
  ["usage", usageRequest, { date: "2026-04-01", count: 0.5 }],
  ["cost", createQueryCostRecord, { timestamp: 1, cost: 1, count: 1 }],
  ["result", createTestCaseResult, { timestamp: 1, testCaseStatus: "Great" }],
  [
    "incident",
    createIncidentStatus,
    { testCaseResolutionStatusType: "Assigned", testCaseReference: "a", testCaseResolutionStatusDetails: {} },
  ],
  ["property", customProperty, { name: "a", description: "d", propertyType: "string" }],
  ["run", ingestionRunReport, { pipelineState: "success", status: [{ name: "s", more: 1 }] }],
])("a wrong %s is refused", (_name, schema, body) => {
  expect(schema.safeParse(body).success).toBe(false);
});
