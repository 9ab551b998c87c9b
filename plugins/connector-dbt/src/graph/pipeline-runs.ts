import { right, type Either, type SourceContext } from "@omd/core";
import type { FQN, MetadataRecord, PipelineStatus } from "@omd/schema";
import { hasRun, parseTime } from "../artifacts/newest-results.ts";
import type { ProjectRun, ProjectView } from "../project/view.ts";
import { hashOf } from "./edge-memory.ts";
import { errorOfRun, tasksOfRun, worstOf, type NodeResult } from "./run-tasks.ts";

/** Marks of a project's runs start with this. */
export const runsPrefix = (project: string): string => `graph/run/${encodeURIComponent(project)}/`;

export interface RunParts {
  readonly context: Pick<SourceContext, "marks" | "warn" | "fingerprint">;
  readonly view: ProjectView;
  readonly pipeline: FQN;
  /** The catalog had it before this run: without it, the runs that an earlier run wrote are gone. */
  readonly hadPipeline: boolean;
  /** Keys of marks of the project's runs that this run has met, in other artifacts of the project too; added to. */
  readonly met: Set<string>;
}

/** Every command of dbt that ran something, as a run of the pipeline; those that the catalog has are left out. */
export function* runRecords({
  context,
  view,
  pipeline,
  hadPipeline,
  met,
}: RunParts): Generator<Either<MetadataRecord>> {
  const prefix = runsPrefix(view.home);
  const stamps = new Map<string, number>();
  const written = new Map<string, string>();
  for (const { key, value } of context.marks.withPrefix(prefix)) {
    const [stamp = "", content = ""] = value.split(" ");
    stamps.set(key, Number(stamp));
    written.set(key, content);
  }
  const taken = new Set(stamps.values());
  for (const run of view.runs) {
    const results = run.results().filter((result) => hasRun(run.which, result));
    if (results.length === 0) continue;
    const startedAt = startOf(run, results);
    if (startedAt === undefined) {
      context.warn(run.file, "the run has no date, so it has no place in time");
      continue;
    }
    const key = `${prefix}${run.metadata.invocationId ?? startedAt}`;
    // The same file may lie in two places.
    if (met.has(key)) continue;
    met.add(key);
    let timestamp = stamps.get(key) ?? startedAt;
    // The catalog knows runs by their time.
    if (!stamps.has(key)) while (taken.has(timestamp)) timestamp += 1;
    taken.add(timestamp);
    const status = statusOf(run, results, timestamp, view);
    const content = hashOf([status, context.fingerprint]);
    if (hadPipeline && written.get(key) === content) continue;
    const marks = [{ key, value: `${timestamp} ${content}` }];
    yield right({ kind: "pipelineStatus", pipeline, statuses: [status], marks });
  }
}

function statusOf(
  run: ProjectRun,
  results: readonly NodeResult[],
  timestamp: number,
  view: ProjectView,
): PipelineStatus {
  const endTime = endOf(run, results, timestamp);
  const { invocationId } = run.metadata;
  const error = errorOfRun(results, run.which, view);
  return {
    timestamp,
    executionStatus: worstOf(results),
    ...(invocationId !== undefined && { executionId: invocationId }),
    ...(endTime !== undefined && { endTime }),
    ...(error !== undefined && { error }),
    taskStatus: tasksOfRun(results, view),
  };
}

/** Epoch ms. dbt before 1.9 says only when the file was written and how long the nodes took. */
function startOf({ metadata, elapsedSeconds }: ProjectRun, results: readonly NodeResult[]): number | undefined {
  const begun = parseTime(metadata.invocationStartedAt);
  if (begun !== undefined) return begun;
  const written = parseTime(metadata.generatedAt);
  if (written !== undefined && elapsedSeconds !== undefined) return Math.round(written - elapsedSeconds * 1000);
  const starts = results.flatMap((result) => parseTime(result.startedAt) ?? []);
  return starts.length > 0 ? starts.reduce((one, two) => Math.min(one, two)) : written;
}

function endOf(
  { metadata, elapsedSeconds }: ProjectRun,
  results: readonly NodeResult[],
  start: number,
): number | undefined {
  const written = parseTime(metadata.generatedAt);
  if (written !== undefined) return written;
  if (elapsedSeconds !== undefined) return Math.round(start + elapsedSeconds * 1000);
  const ends = results.flatMap((result) => parseTime(result.completedAt) ?? []);
  return ends.length > 0 ? ends.reduce((one, two) => Math.max(one, two)) : undefined;
}
