import { expect, test } from "@jest/globals";
import { runTimes } from "./run-times.ts";

const run = { timestamp: 1_000, executionStatus: "Successful" };

test.each<[string, object, object]>([
  [
    "its tasks' first start and its end",
    { endTime: 9_000, taskStatus: [{ startTime: 8_500 }, { startTime: 8_000 }] },
    { beganAt: 8_000, tookMs: 1_000 },
  ],
  [
    "its tasks alone",
    {
      taskStatus: [
        { startTime: 8_000, endTime: 8_100 },
        { startTime: 8_050, endTime: 8_300 },
      ],
    },
    { beganAt: 8_000, tookMs: 300 },
  ],
  ["itself when no task has times", { endTime: 4_000, taskStatus: [{}] }, { beganAt: 1_000, tookMs: 3_000 }],
  ["nulls of a server as nothing", { endTime: null, taskStatus: null }, { beganAt: 1_000, tookMs: undefined }],
  [
    "no end while it runs",
    { executionStatus: "Pending", taskStatus: [{ startTime: 8_000, endTime: 8_100 }] },
    { beganAt: 8_000, tookMs: undefined },
  ],
  [
    "no length below zero",
    { endTime: 7_000, taskStatus: [{ startTime: 8_000 }] },
    { beganAt: 8_000, tookMs: undefined },
  ],
])("the times of a run come from %s", (_, more, expected) => {
  const status = { ...run, ...more };
  expect(runTimes(status)).toEqual({ state: status.executionStatus, ...expected });
});

test("a run of very many mapped tasks has its times", () => {
  const taskStatus = Array.from({ length: 300_000 }, (_, at) => ({ startTime: 5_000 + at, endTime: 6_000 + at }));
  expect(runTimes({ ...run, taskStatus })).toMatchObject({ beganAt: 5_000, tookMs: 300_999 });
});

test("what is no run has no times", () => {
  for (const value of [undefined, null, 7, {}, { executionStatus: "Failed" }, { timestamp: 1, executionStatus: 2 }])
    expect(runTimes(value)).toBeUndefined();
});
