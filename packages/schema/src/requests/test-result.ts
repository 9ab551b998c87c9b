import { z } from "zod";
import { entityReference, fqnText, keptReference, timestamp } from "../references.ts";
import { withoutNulls } from "./nulls.ts";

const testCaseStatus = z.enum(["Success", "Failed", "Aborted", "Queued"]);
const testResultValue = z.strictObject({
  name: z.string().optional(),
  value: z.string().optional(),
  predictedValue: z.string().optional(),
});
const rowCounts = {
  passedRows: z.int().optional(),
  failedRows: z.int().optional(),
  passedRowsPercentage: z.number().optional(),
  failedRowsPercentage: z.number().optional(),
};

/** OpenMetadata: tests/basic.json, definition `testCaseDimensionResult`. */
const dimensionResult = z.strictObject({
  id: z.uuid(),
  testCaseResultId: z.uuid(),
  testCase: keptReference.optional(),
  timestamp,
  dimensionValues: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  dimensionKey: z.string(),
  testCaseStatus,
  result: z.string().optional(),
  testResultValue: z.array(testResultValue).optional(),
  ...rowCounts,
  impactScore: z.number().min(0).max(1).optional(),
});

const outcome = {
  timestamp,
  result: z.string().optional(),
  sampleData: z.string().optional(),
  ...rowCounts,
  incidentId: z.uuid().optional(),
  maxBound: z.number().optional(),
  minBound: z.number().optional(),
  dimensionResults: z.array(dimensionResult).optional(),
};

/** Outcome of one run of a test case. OpenMetadata: api/tests/createTestCaseResult.json. */
export const createTestCaseResult = z.preprocess(
  withoutNulls,
  z.strictObject({
    ...outcome,
    fqn: fqnText.optional(),
    testCaseStatus,
    testResultValue: z.array(testResultValue).default([]),
  }),
);
export type CreateTestCaseResult = z.infer<typeof createTestCaseResult>;

/** The same as older clients send it. OpenMetadata: tests/basic.json, definition `testCaseResult`. */
export const testCaseResult = z.preprocess(
  withoutNulls,
  z.strictObject({
    ...outcome,
    id: z.uuid().optional(),
    testCaseFQN: fqnText.optional(),
    testCase: keptReference.optional(),
    testDefinition: entityReference.optional(),
    testCaseStatus,
    testResultValue: z.array(testResultValue).optional(),
  }),
);
export type TestCaseResult = z.infer<typeof testCaseResult>;

/** Test cases that are to be in a logical suite. OpenMetadata: api/tests/createLogicalTestCases.json. */
export const createLogicalTestCases = z.strictObject({ testSuiteId: z.uuid(), testCaseIds: z.array(z.uuid()) });
export type CreateLogicalTestCases = z.infer<typeof createLogicalTestCases>;

const severity = z.enum(["Severity1", "Severity2", "Severity3", "Severity4", "Severity5"]).optional();
const resolution = z.strictObject({
  testCaseFailureReason: z.enum(["FalsePositive", "MissingData", "Duplicates", "OutOfBounds", "Other"]),
  testCaseFailureComment: z.string(),
  resolvedBy: entityReference.optional(),
});

/** A step in the life of an incident. OpenMetadata: api/tests/createTestCaseResolutionStatus.json. */
export const createIncidentStatus = z.preprocess(
  withoutNulls,
  z.discriminatedUnion("testCaseResolutionStatusType", [
    z.strictObject({
      testCaseResolutionStatusType: z.enum(["New", "Ack"]),
      testCaseReference: fqnText,
      severity,
    }),
    z.strictObject({
      testCaseResolutionStatusType: z.literal("Assigned"),
      testCaseResolutionStatusDetails: z.strictObject({ assignee: entityReference }),
      testCaseReference: fqnText,
      severity,
    }),
    z.strictObject({
      testCaseResolutionStatusType: z.literal("Resolved"),
      testCaseResolutionStatusDetails: resolution,
      testCaseReference: fqnText,
      severity,
    }),
  ]),
);
export type CreateIncidentStatus = z.infer<typeof createIncidentStatus>;
