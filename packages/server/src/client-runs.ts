import type { EmbeddedCatalog, IngestionRun } from "@omd/catalog";
import type { KeptReports, Report, RunSummary } from "@omd/core";
import { splitFqn, unquoteName } from "@omd/schema";

/** What the page shows of a run in a list; a client that is not ours does not tell everything. */
export interface ListedRun extends Omit<RunSummary, "outcome" | "writes" | "scopes"> {
  readonly outcome: RunSummary["outcome"] | "running";
  readonly writes?: RunSummary["writes"];
  readonly scopes?: RunSummary["scopes"];
}

/** Report of a run whose client told its state to an ingestion pipeline, as OpenMetadata's clients do. */
export interface ClientReport extends Pick<
  Report,
  "runId" | "workflow" | "sourceType" | "serviceName" | "startedAt" | "endedAt" | "failures" | "failureCount"
> {
  /** FQN of the ingestion pipeline. */
  readonly ingestionPipeline: string;
  readonly outcome: ListedRun["outcome"];
  readonly steps: readonly Omit<Report["steps"][number], "unchanged" | "successPercent" | "busyMs">[];
}

const outcomes = {
  success: "complete",
  partialSuccess: "incomplete",
  failed: "failed",
  stopped: "stopped",
  running: "running",
  queued: "running",
} as const satisfies Record<IngestionRun["pipelineState"], ListedRun["outcome"]>;

/** Runs of all clients, newest first: those with a report, and those that ingestion pipelines were told of. */
export async function listRuns(
  reports: KeptReports,
  catalog: EmbeddedCatalog,
  { service, limit }: { service?: string | undefined; limit: number },
): Promise<ListedRun[]> {
  const kept = reports.list({ service, limit });
  const known = new Set(kept.map(({ runId }) => runId));
  const told = catalog.runs(undefined, { limit }).filter((run) => !known.has(run.runId));
  const types = await pipelineTypes(catalog, told);
  const others = told.map((run): ListedRun => {
    const { steps: _steps, failures: _failures, ...report } = reportOf(run, types);
    return { ...report, catalogKind: "embedded", reasons: [], refusedDeletes: 0 };
  });
  return [...kept, ...others.filter((run) => service === undefined || run.serviceName === service)]
    .sort((a, b) => b.startedAt - a.startedAt)
    .slice(0, limit);
}

/** What a client that is not ours told of a run. */
export async function clientReport(catalog: EmbeddedCatalog, runId: string): Promise<ClientReport | undefined> {
  const [run] = catalog.runs(undefined, { runId, limit: 1 });
  return run && reportOf(run, await pipelineTypes(catalog, [run]));
}

async function pipelineTypes(
  catalog: EmbeddedCatalog,
  runs: readonly IngestionRun[],
): Promise<ReadonlyMap<string, string>> {
  const types = new Map<string, string>();
  for (const fqn of new Set(runs.map(({ ingestionPipeline }) => ingestionPipeline))) {
    const type = (await catalog.get("ingestionPipeline", fqn))?.["pipelineType"];
    if (typeof type === "string") types.set(fqn, type);
  }
  return types;
}

function reportOf(run: IngestionRun, types: ReadonlyMap<string, string>): ClientReport {
  const { runId, ingestionPipeline, startDate, timestamp, endDate, status = [] } = run;
  const outcome = outcomes[run.pipelineState];
  const type = types.get(ingestionPipeline) ?? "ingestion";
  return {
    runId,
    ingestionPipeline,
    serviceName: unquoteName(splitFqn(ingestionPipeline)[0] ?? ingestionPipeline),
    sourceType: type,
    workflow: type,
    startedAt: startDate,
    endedAt: endDate ?? (outcome === "running" ? Date.now() : timestamp),
    outcome,
    steps: status.map(({ name, records, updated_records: updated, warnings, filtered, errors }) => ({
      name,
      records,
      updated,
      warnings,
      filtered,
      errors,
    })),
    failures: status.flatMap((step) => step.failures.map((failure) => ({ from: step.name, ...failure }))),
    failureCount: status.reduce((sum, { errors }) => sum + errors, 0),
  };
}
