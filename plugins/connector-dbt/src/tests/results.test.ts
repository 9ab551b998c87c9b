import { describe, expect, test } from "@jest/globals";
import type { DatedResult } from "../artifacts/newest-results.ts";
import type { FreshnessResult, RunResult } from "../artifacts/shapes.ts";
import { freshnessResultOf, resultOf, statusOf } from "./results.ts";

function dated(result: Partial<RunResult>): DatedResult {
  const whole = { uniqueId: "test.a.b", status: "pass", ...result } as RunResult;
  return { result: whole, metadata: {} as DatedResult["metadata"], atMs: 1_700_000_000_123, file: "r" };
}

function fresh(result: Partial<FreshnessResult>): FreshnessResult {
  return {
    uniqueId: "source.a.b.c",
    status: "pass",
    snapshottedAt: "2026-01-02T00:00:00Z",
    ...result,
  } as FreshnessResult;
}

describe("the status", () => {
  test.each([
    ["pass", "Success"],
    ["success", "Success"],
    ["fail", "Failed"],
    ["error", "Failed"],
    ["Runtime Error", "Failed"],
    ["skipped", "none"],
    ["no-op", "none"],
    ["reused", undefined],
  ])("%s is %s, whatever warnings are", (status, expected) => {
    expect(statusOf(status, "Failed")).toBe(expected);
    expect(statusOf(status, "Success")).toBe(expected);
  });

  test("warn is what the config says", () => {
    expect([statusOf("warn", "Failed"), statusOf("warn", "Success")]).toEqual(["Failed", "Success"]);
  });
});

describe("the result of a test", () => {
  test("counts rows only where dbt counts rows", () => {
    expect(resultOf(dated({ status: "fail", failures: 7 }), true, "Failed")).toMatchObject({ failedRows: 7 });
    expect(resultOf(dated({ status: "fail", failures: 7 }), false, "Failed")).not.toHaveProperty("failedRows");
    expect(resultOf(dated({ status: "fail", failures: 0.5 }), true, "Failed")).toMatchObject({
      testResultValue: [{ name: "failures", value: "0.5" }],
    });
    expect(resultOf(dated({ status: "fail", failures: 0.5 }), true, "Failed")).not.toHaveProperty("failedRows");
  });

  test("that broke has a message and no number", () => {
    expect(resultOf(dated({ status: "error", message: "no such table" }), true, "Failed")).toEqual({
      timestamp: 1_700_000_000_123,
      testCaseStatus: "Failed",
      result: "error: no such table",
      testResultValue: [],
    });
  });

  test("is cut where a database wrote much", () => {
    const long = resultOf(dated({ status: "error", message: "x".repeat(100_000), failures: 3 }), true, "Failed");
    expect(long).toMatchObject({ result: expect.stringMatching(/^error: x{9993}… \(failures: 3\)$/) });
  });

  test("is none of what did not run, and says what it lacks", () => {
    expect(resultOf(dated({ status: "skipped" }), true, "Failed")).toBeUndefined();
    expect(resultOf({ ...dated({ status: "pass" }), atMs: undefined }, true, "Failed")).toBe("time");
    expect(resultOf(dated({ status: "reused" }), true, "Failed")).toBe("status");
  });
});

describe("freshness", () => {
  test.each([
    [59, "59 s"],
    [60, "1 min"],
    [3_725, "1 h 2 min"],
    [86_400, "1 d"],
    [100_000_000, "1157 d 9 h"],
    [0, "0 s"],
  ])("of %d seconds is %s", (ageSeconds, text) => {
    expect(freshnessResultOf(fresh({ maxLoadedAt: "2026-01-01", ageSeconds }), "Failed")).toMatchObject({
      timestamp: Date.UTC(2026, 0, 2),
      result: `pass: last loaded at 2026-01-01, ${text} before`,
      testResultValue: [{ name: "ageSeconds", value: String(ageSeconds) }],
    });
  });

  test("that could not be found out is failed, with the reason", () => {
    const broken = fresh({
      status: "runtime error",
      error: "no such column",
      errorAfter: { count: 2, period: "hour" },
    });
    expect(freshnessResultOf(broken, "Success")).toMatchObject({
      testCaseStatus: "Failed",
      result: "runtime error: no such column (fails after 2 hour)",
      testResultValue: [],
    });
  });

  test("without a time is none", () => {
    expect(freshnessResultOf({ ...fresh({}), snapshottedAt: undefined }, "Failed")).toBe("time");
    const ended = { ...fresh({ completedAt: "2026-01-03T00:00:00Z" }), snapshottedAt: undefined };
    expect(freshnessResultOf(ended, "Failed")).toMatchObject({ timestamp: Date.UTC(2026, 0, 3) });
  });
});
