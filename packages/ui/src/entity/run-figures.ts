import type { PipelineRun, TaskRun } from "../api-types.ts";

/** When a run really began, epoch ms: its timestamp is the logical date, which may lie far before or behind. */
export function beganAt(run: PipelineRun): number {
  const starts = (run.taskStatus ?? []).flatMap(({ startTime }) => (startTime === undefined ? [] : [startTime]));
  return starts.length > 0 ? starts.reduce((a, b) => Math.min(a, b)) : run.timestamp;
}

/** How long a run took in ms; undefined while it runs or when its end is not known. */
export function lengthOf(run: PipelineRun): number | undefined {
  const ends = (run.taskStatus ?? []).flatMap(({ endTime }) => (endTime === undefined ? [] : [endTime]));
  const isOver = ends.length > 0 && run.executionStatus !== "Pending";
  const end = run.endTime ?? (isOver ? ends.reduce((a, b) => Math.max(a, b)) : undefined);
  if (end === undefined) return undefined;
  const length = end - beganAt(run);
  return length >= 0 ? length : undefined;
}

/** How long a task took in ms. */
export function taskLength({ startTime, endTime }: TaskRun): number | undefined {
  return startTime === undefined || endTime === undefined || endTime < startTime ? undefined : endTime - startTime;
}

/** States of the tasks of a run by task name; of a mapped task that is there several times, the worst. */
export function taskStates(run: PipelineRun | undefined): ReadonlyMap<string, TaskRun> {
  const worst = ["Failed", "Pending", "Skipped", "Successful"];
  const states = new Map<string, TaskRun>();
  for (const task of run?.taskStatus ?? []) {
    const before = states.get(task.name);
    if (!before || worst.indexOf(task.executionStatus) < worst.indexOf(before.executionStatus))
      states.set(task.name, task);
  }
  return states;
}

/** What a run failed by, in the words of its source: `dbt test: 1 of 9 failed: …`. */
export function failureOf(run: PipelineRun | undefined): string | undefined {
  const said = [run?.error?.errorType, run?.error?.errorMessage].filter((text) => text !== undefined && text !== "");
  return said.length === 0 ? undefined : said.join(": ");
}
