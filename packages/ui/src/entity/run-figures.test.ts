import { expect, test } from "@jest/globals";
import { beganAt, failureOf, lengthOf, taskLength, taskStates } from "./run-figures.ts";

const run = {
  timestamp: 10_000_000,
  executionStatus: "Failed",
  endTime: 900,
  taskStatus: [
    { name: "b", executionStatus: "Successful", startTime: 300, endTime: 500 },
    { name: "a", executionStatus: "Successful", startTime: 100, endTime: 200 },
    { name: "b", executionStatus: "Failed", startTime: 300, endTime: 700 },
  ],
};

test("a run lasts from its first task to its end, whatever its logical date", () => {
  expect([beganAt(run), lengthOf(run)]).toEqual([100, 800]);
});

test("without tasks the timestamp stands for the start; an end before it is no length", () => {
  expect(beganAt({ timestamp: 5, executionStatus: "Pending" })).toBe(5);
  expect(lengthOf({ timestamp: 5, executionStatus: "Pending" })).toBeUndefined();
  expect(lengthOf({ timestamp: 1000, executionStatus: "Successful", endTime: 10 })).toBeUndefined();
});

test("a run that goes on has no length, although tasks have ended", () => {
  const { endTime: _end, ...open } = { ...run, executionStatus: "Pending" };
  expect(lengthOf(open)).toBeUndefined();
});

test("of a mapped task the worst state is shown", () => {
  expect([...taskStates(run)].map(([name, task]) => [name, task.executionStatus])).toEqual([
    ["b", "Failed"],
    ["a", "Successful"],
  ]);
  expect(taskStates(undefined).size).toBe(0);
  expect(taskLength({ name: "x", executionStatus: "Failed", startTime: 9, endTime: 3 })).toBeUndefined();
});

test("a run says what it failed by, where its source tells", () => {
  expect(failureOf({ ...run, error: { errorType: "dbt test", errorMessage: "1 of 9 failed: t" } })).toBe(
    "dbt test: 1 of 9 failed: t",
  );
  expect(failureOf({ ...run, error: { errorMessage: "no disk" } })).toBe("no disk");
  for (const none of [undefined, run, { ...run, error: {} }]) expect(failureOf(none)).toBeUndefined();
});
