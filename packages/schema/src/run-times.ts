import { z } from "zod";
import { timestamp } from "./references.ts";

const time = timestamp.nullish();
const timedRun = z.looseObject({
  timestamp,
  executionStatus: z.string(),
  endTime: time,
  taskStatus: z.array(z.looseObject({ startTime: time, endTime: time })).nullish(),
});

/** When a run of a pipeline really began (epoch ms), and how long it took (ms; undefined while it runs or when its end is not known). */
export interface RunTimes {
  readonly state: string;
  readonly beganAt: number;
  readonly tookMs: number | undefined;
}

/**
 * Reads the times of a pipeline's status by its tasks: its timestamp is the logical date, which may lie far before or behind. The page has
 * the same rule. Undefined for what is no status.
 */
export function runTimes(status: unknown): RunTimes | undefined {
  const run = timedRun.safeParse(status).data;
  if (!run) return undefined;
  const tasks = run.taskStatus ?? [];
  const starts = tasks.flatMap(({ startTime }) => startTime ?? []);
  const ends = tasks.flatMap(({ endTime }) => endTime ?? []);
  const beganAt = starts.length > 0 ? starts.reduce((a, b) => Math.min(a, b)) : run.timestamp;
  const lastEnd =
    ends.length > 0 && run.executionStatus !== "Pending" ? ends.reduce((a, b) => Math.max(a, b)) : undefined;
  const end = run.endTime ?? lastEnd;
  const took = end === undefined ? undefined : end - beganAt;
  return { state: run.executionStatus, beganAt, tookMs: took === undefined || took < 0 ? undefined : took };
}
