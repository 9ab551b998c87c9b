import { z } from "zod";
import type { FQN } from "../fqn.ts";
import { base, fqn, type RecordBase } from "../record-parts.ts";
import { createTestCaseResult, type CreateTestCaseResult } from "../requests/test-result.ts";

/** Outcomes of one test case; one for each timestamp. */
export interface TestResultRecord extends RecordBase {
  kind: "testResult";
  testCase: FQN;
  results: CreateTestCaseResult[];
  /** SQL that finds the rows which fail; kept at the test case. */
  inspectionQuery?: string | undefined;
}

export const testResultRecord = z.strictObject({
  ...base,
  kind: z.literal("testResult"),
  testCase: fqn,
  results: z.array(createTestCaseResult),
  inspectionQuery: z.string().min(1).optional(),
});
