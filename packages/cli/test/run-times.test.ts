import { expect, test } from "@jest/globals";
import { runTimes } from "@omd/schema";
import { beganAt, lengthOf } from "../../ui/src/entity/run-figures.ts";

const times = [undefined, 500, 1_500];
const tasks = times.flatMap((startTime) => times.map((endTime) => ({ startTime, endTime })));

test("command line and page tell the same times of a run", () => {
  for (const executionStatus of ["Successful", "Pending"])
    for (const endTime of times)
      for (const first of tasks)
        for (const second of tasks) {
          const taskStatus = [first, second].map((task) => ({
            name: "t",
            executionStatus,
            ...(task.startTime === undefined ? {} : { startTime: task.startTime }),
            ...(task.endTime === undefined ? {} : { endTime: task.endTime }),
          }));
          const run = { timestamp: 1_000, executionStatus, taskStatus, ...(endTime === undefined ? {} : { endTime }) };
          expect(runTimes(run)).toEqual({ state: executionStatus, beganAt: beganAt(run), tookMs: lengthOf(run) });
        }
});
