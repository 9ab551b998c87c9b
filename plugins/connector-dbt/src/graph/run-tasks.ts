import type { ExecutionStatus, PipelineStatus, TaskStatus } from "@omd/schema";
import { parseTime } from "../artifacts/newest-results.ts";
import type { RunResult } from "../artifacts/shapes.ts";
import type { ProjectView } from "../project/view.ts";
import { basesOf, modelOfUnitTest, ownerOf } from "../tests/owner.ts";
import { isTask, taskName } from "./pipeline.ts";

export type NodeResult = Omit<RunResult, "compiledCode">;

/** dbt's statuses of nodes and tests; what is not named here is not known to be over. */
const outcomes: Readonly<Record<string, ExecutionStatus>> = {
  success: "Successful",
  pass: "Successful",
  warn: "Successful",
  error: "Failed",
  fail: "Failed",
  "runtime error": "Failed",
  "partial success": "Failed",
  skipped: "Skipped",
  "no-op": "Skipped",
};

/** Most failed nodes and tests that a run names, and most characters of what dbt says of one. */
const most = { failures: 10, message: 200 };

export function outcomeOf({ status }: NodeResult): ExecutionStatus {
  return outcomes[status.toLowerCase()] ?? "Pending";
}

/** What failed counts most, then what is not known to be over; what was skipped only when nothing ran. */
export function worstOf(results: readonly NodeResult[]): ExecutionStatus {
  const met = new Set(results.map(outcomeOf));
  return (["Failed", "Pending", "Successful"] as const).find((status) => met.has(status)) ?? "Skipped";
}

/**
 * The tasks of a run: each node that dbt ran or tested, once, since the catalog knows the tasks of a run by their names. A node is as bad as
 * the worst of itself and its tests; its times are its own, else those of its tests. Tests of sources have no task.
 */
export function tasksOfRun(results: readonly NodeResult[], view: ProjectView): TaskStatus[] {
  const nodes = new Map<string, { own: NodeResult[]; tests: NodeResult[] }>();
  for (const result of results) {
    const task = taskOf(result.uniqueId, view);
    if (task === undefined) continue;
    const known = nodes.get(task) ?? { own: [], tests: [] };
    (task === result.uniqueId ? known.own : known.tests).push(result);
    nodes.set(task, known);
  }
  return [...nodes].map(([uniqueId, { own, tests }]) => ({
    name: taskName(uniqueId),
    executionStatus: worstOf([...own, ...tests]),
    ...timesOf(own.length > 0 ? own : tests),
  }));
}

/** What a failed run failed by, in dbt's words; undefined of other runs. */
export function errorOfRun(
  results: readonly NodeResult[],
  command: string | undefined,
  view: ProjectView,
): PipelineStatus["error"] {
  const failed = results.filter((result) => outcomeOf(result) === "Failed");
  const [first] = failed;
  if (first === undefined) return undefined;
  const named = failed.slice(0, most.failures).map(({ uniqueId, status, message = "" }) => {
    const said = message.replaceAll(/\s+/gu, " ").trim();
    const words = said.length > most.message ? `${said.slice(0, most.message)}…` : said;
    return `${uniqueId} (${words === "" ? status : `${status}: ${words}`})`;
  });
  const more = failed.length > named.length ? ` and ${failed.length - named.length} more` : "";
  const task = failed.flatMap(({ uniqueId }) => taskOf(uniqueId, view) ?? [])[0];
  return {
    errorType: command === undefined ? "dbt" : `dbt ${command}`,
    errorMessage: `${failed.length} of ${results.length} failed: ${named.join(", ")}${more}`,
    ...(task !== undefined && { failedTask: taskName(task) }),
  };
}

/** The unique id of the node behind the task that a result belongs to: itself, or what it tests. */
function taskOf(uniqueId: string, view: ProjectView): string | undefined {
  const entry = view.tests.get(uniqueId);
  const tested = entry === undefined ? modelOfUnitTest(view, uniqueId) : ownerOf(view, entry);
  const node = tested === undefined ? uniqueId : basesOf(view, tested)[0];
  return node !== undefined && isTask(view.relations.get(node)) ? node : undefined;
}

function timesOf(results: readonly NodeResult[]): Pick<TaskStatus, "startTime" | "endTime"> {
  const starts = results.flatMap(({ startedAt }) => parseTime(startedAt) ?? []);
  const ends = results.flatMap(({ completedAt }) => parseTime(completedAt) ?? []);
  return {
    ...(starts.length > 0 && { startTime: starts.reduce((one, two) => Math.min(one, two)) }),
    ...(ends.length > 0 && { endTime: ends.reduce((one, two) => Math.max(one, two)) }),
  };
}
