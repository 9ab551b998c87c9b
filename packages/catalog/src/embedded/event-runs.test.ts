import { describe, expect, test } from "@jest/globals";
import { runStatus, type RunEvents } from "./event-runs.ts";

const event = (type: string, at: number, more: Partial<RunEvents> = {}): RunEvents => ({
  task: undefined,
  runId: "r",
  type,
  first: at,
  last: at,
  ...more,
});
const task = (name: string, type: string, at: number, runId = `${name}-1`): RunEvents =>
  event(type, at, { task: name, runId });

describe("runStatus", () => {
  test("nothing without events", () => {
    expect(runStatus("r", [])).toBeUndefined();
  });

  test.each([
    ["START", "Pending"],
    ["RUNNING", "Pending"],
    ["OTHER", "Pending"],
    ["COMPLETE", "Successful"],
    ["FAIL", "Failed"],
    ["ABORT", "Failed"],
  ])("%s makes %s", (type, executionStatus) => {
    expect(runStatus("r", [event(type, 5)])).toMatchObject({ timestamp: 5, executionId: "r", executionStatus });
  });

  test("a run begins with its earliest event and ends with its final one, in whatever order they are given", () => {
    const events = [event("COMPLETE", 9), event("OTHER", 12), event("START", 2), event("RUNNING", 4, { last: 8 })];
    const expected = { timestamp: 2, executionStatus: "Successful", executionId: "r", endTime: 9 };
    expect(runStatus("r", events)).toEqual(expected);
    expect(runStatus("r", events.toReversed())).toEqual(expected);
  });

  test("of two final states the later wins, at the same time the worse", () => {
    expect(runStatus("r", [event("FAIL", 3), event("COMPLETE", 4)])?.executionStatus).toBe("Successful");
    expect(runStatus("r", [event("FAIL", 4), event("COMPLETE", 4)])?.executionStatus).toBe("Failed");
  });

  test("the newest try of a task counts", () => {
    const events = [
      event("START", 1),
      task("a", "START", 2, "try1"),
      task("a", "FAIL", 3, "try1"),
      task("a", "START", 4, "try2"),
      task("a", "COMPLETE", 5, "try2"),
    ];
    expect(runStatus("r", events)).toEqual({
      timestamp: 1,
      executionStatus: "Pending",
      executionId: "r",
      taskStatus: [{ name: "a", executionStatus: "Successful", startTime: 4, endTime: 5 }],
    });
  });

  test("tasks tell the state of a pipeline that is silent", () => {
    const done = [task("a", "START", 2), task("a", "COMPLETE", 5), task("b", "START", 3), task("b", "FAIL", 4)];
    expect(runStatus("r", done)).toMatchObject({ timestamp: 2, executionStatus: "Failed", endTime: 5 });
    expect(runStatus("r", [...done, task("c", "START", 6)])).toMatchObject({ executionStatus: "Pending" });
    expect(runStatus("r", [task("a", "COMPLETE", 5)])).toMatchObject({ executionStatus: "Successful" });
  });
});
