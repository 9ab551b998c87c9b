import { encodeName, type ExecutionStatus, type PipelineStatus, type TaskStatus } from "@omd/schema";
import type { Links, LogLink } from "./links.ts";
import type { RunRow } from "./shapes.ts";

/** What is kept of a row: hundreds of thousands of them pass, many at the same time. Times in epoch ms. */
export interface TaskInstance {
  readonly taskId: string;
  /** -1 for a task that is not mapped. */
  readonly mapIndex: number;
  readonly tryNumber: number;
  readonly state: string | null | undefined;
  readonly start: number | undefined;
  readonly end: number | undefined;
}

const worstFirst: readonly ExecutionStatus[] = ["Failed", "Pending", "Successful", "Skipped"];

/** Airflow's states of runs and task instances; whatever is not named here is not over yet. */
const outcomes: Readonly<Record<string, ExecutionStatus>> = {
  success: "Successful",
  failed: "Failed",
  upstream_failed: "Failed",
  skipped: "Skipped",
};

export function statusOf(state: string | null | undefined): ExecutionStatus {
  return (state === null || state === undefined ? undefined : outcomes[state]) ?? "Pending";
}

/** Whether a run is over: it will not change any more unless somebody clears it. */
export function isFinished(run: Pick<RunRow, "state">): boolean {
  return run.state === "success" || run.state === "failed";
}

/** Epoch ms, or undefined. */
export function msOf(date: string | null | undefined): number | undefined {
  if (date === null || date === undefined) return undefined;
  const ms = Date.parse(date);
  return Number.isNaN(ms) ? undefined : ms;
}

/** What a run is ordered and keyed by, in ms: its logical date, or for one without (asset-triggered) when it was to run or did start. */
export function runTime(run: RunRow): number | undefined {
  return msOf(run.logical_date) ?? msOf(run.execution_date) ?? msOf(run.run_after) ?? msOf(run.start_date);
}

/** Newest first by the time a run was due. */
export function newestFirst(one: RunRow, two: RunRow): number {
  const due = (run: RunRow): number => msOf(run.run_after) ?? runTime(run) ?? 0;
  return due(two) - due(one) || (one.dag_run_id < two.dag_run_id ? 1 : -1);
}

/**
 * Gives each run of one DAG a timestamp of its own, since the catalog keys runs by it: later ids at the same ms are shifted by 1 ms each.
 * `given` are timestamps that runs have in the catalog already. Runs without any date are left out.
 */
export function timestampsOf(runs: readonly RunRow[], given: ReadonlyMap<string, number>): Map<string, number> {
  const taken = new Set<number>(given.values());
  const stamps = new Map<string, number>();
  for (const run of runs.toSorted((one, two) => (one.dag_run_id < two.dag_run_id ? -1 : 1))) {
    let stamp = given.get(run.dag_run_id) ?? runTime(run);
    if (stamp === undefined) continue;
    if (!given.has(run.dag_run_id)) while (taken.has(stamp)) stamp += 1;
    taken.add(stamp);
    stamps.set(run.dag_run_id, stamp);
  }
  return stamps;
}

/** One run with its tasks. Pure. */
export function pipelineStatusOf(
  run: RunRow,
  timestamp: number,
  instances: readonly TaskInstance[],
  links: Links,
): PipelineStatus {
  const end = isFinished(run) ? msOf(run.end_date) : undefined;
  return {
    timestamp,
    executionStatus: statusOf(run.state),
    executionId: run.dag_run_id,
    ...(end === undefined ? {} : { endTime: end }),
    taskStatus: taskStatusesOf(run, instances, links),
  };
}

/** One status per task, by name: the instances of a mapped task are taken together, removed ones left out. */
function taskStatusesOf(run: RunRow, instances: readonly TaskInstance[], links: Links): TaskStatus[] {
  const logOf = links.logs(run.dag_id, run.dag_run_id);
  const byTask = instances.filter((one) => one.state !== "removed").sort(byTaskId);
  const statuses: TaskStatus[] = [];
  for (let from = 0, to = 0; from < byTask.length; from = to) {
    const taskId = byTask[from]?.taskId ?? "";
    while (byTask[to]?.taskId === taskId) to += 1;
    statuses.push(taskStatusOf(taskId, byTask.slice(from, to), logOf));
  }
  return statuses;
}

function byTaskId(one: TaskInstance, two: TaskInstance): number {
  if (one.taskId === two.taskId) return 0;
  return one.taskId < two.taskId ? -1 : 1;
}

function taskStatusOf(taskId: string, instances: readonly TaskInstance[], logOf: LogLink): TaskStatus {
  let start: number | undefined;
  let end: number | undefined = -Infinity;
  let mapped = false;
  for (const instance of instances) {
    if (instance.start !== undefined && !(instance.start >= (start ?? Infinity))) start = instance.start;
    // An end is known once every instance has one.
    end = end === undefined || instance.end === undefined ? undefined : Math.max(end, instance.end);
    mapped ||= instance.mapIndex >= 0;
  }
  return {
    name: encodeName(taskId),
    executionStatus: together(instances),
    ...(start === undefined ? {} : { startTime: start }),
    ...(end === undefined ? {} : { endTime: end }),
    logLink: logOf(taskId, mapped),
  };
}

/** The worst tells, and nothing is over before all is. */
function together(instances: readonly TaskInstance[]): ExecutionStatus {
  let worst = worstFirst.length;
  for (const { state } of instances) {
    const rank = worstFirst.indexOf(statusOf(state));
    if (rank < worst) worst = rank;
  }
  return worstFirst[worst] ?? "Skipped";
}
