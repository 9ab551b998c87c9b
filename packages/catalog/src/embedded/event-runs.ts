import type { ExecutionStatus, PipelineStatus, TaskStatus } from "@omd/schema";

/** The events of one type that one run of a job sent: first and last time, epoch ms. */
export interface RunEvents {
  /** Undefined for the pipeline itself. */
  readonly task: string | undefined;
  readonly runId: string;
  readonly type: string;
  readonly first: number;
  readonly last: number;
}

interface RunState {
  readonly status: ExecutionStatus;
  readonly started: number;
  readonly ended: number | undefined;
}

/** Final states, the one that wins at the same time last. ABORT is an abnormal stop in OpenLineage's words. */
const finalStates: readonly (readonly [type: string, status: ExecutionStatus])[] = [
  ["COMPLETE", "Successful"],
  ["ABORT", "Failed"],
  ["FAIL", "Failed"],
];

/**
 * The run of a pipeline as its events tell it, in whatever order they came. Undefined without any. Where the pipeline itself sends no
 * events the tasks tell: running until all have ended, failed when one has.
 */
export function runStatus(runId: string, events: readonly RunEvents[]): PipelineStatus | undefined {
  const own = events.filter((event) => event.task === undefined);
  const byTask = Map.groupBy(
    events.filter((event) => event.task !== undefined),
    (event) => event.task ?? "",
  );
  const tasks = [...byTask].map(([name, group]) => [name, newestRun(group)] as const);
  const state = own.length > 0 ? stateOf(own) : united(tasks.map(([, task]) => task));
  if (!state) return undefined;
  return {
    timestamp: state.started,
    executionStatus: state.status,
    executionId: runId,
    ...(state.ended === undefined ? {} : { endTime: state.ended }),
    ...(tasks.length > 0 ? { taskStatus: tasks.map(taskStatusOf) } : {}),
  };
}

function taskStatusOf([name, { status, started, ended }]: readonly [string, RunState]): TaskStatus {
  return { name, executionStatus: status, startTime: started, ...(ended === undefined ? {} : { endTime: ended }) };
}

/** A retried task has a run for each try: the last one counts. */
function newestRun(events: readonly RunEvents[]): RunState {
  const runs = [...Map.groupBy(events, (event) => event.runId).values()].map(stateOf);
  return runs.reduce((a, b) => (b.started >= a.started ? b : a));
}

function stateOf(events: readonly RunEvents[]): RunState {
  const started = Math.min(...events.map((event) => event.first));
  let state: RunState = { status: "Pending", started, ended: undefined };
  for (const [type, status] of finalStates) {
    const ended = events.find((event) => event.type === type)?.last;
    if (ended !== undefined && ended >= (state.ended ?? ended)) state = { status, started, ended };
  }
  return state;
}

function united(states: readonly RunState[]): RunState | undefined {
  if (states.length === 0) return undefined;
  const started = states.reduce((time, state) => Math.min(time, state.started), Infinity);
  if (states.some((state) => state.ended === undefined)) return { status: "Pending", started, ended: undefined };
  return {
    status: states.some((state) => state.status === "Failed") ? "Failed" : "Successful",
    started,
    ended: states.reduce((time, state) => Math.max(time, state.ended ?? 0), 0),
  };
}
