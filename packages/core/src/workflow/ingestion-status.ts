import { parseFqn, splitFqn, unquoteName, type FQN, type IngestionRunStatus, type ServiceType } from "@omd/schema";
import type { Catalog } from "../contracts/index.ts";
import type { Report } from "../report/report.ts";

export interface IngestionRun {
  readonly pipelineFqn: string;
  readonly runId: string;
  readonly startedAt: number;
  readonly service: { readonly type: ServiceType; readonly fqn: FQN };
  /** Without secrets: some sources have theirs in it. */
  readonly sourceOptions: Readonly<Record<string, unknown>>;
}

/** Tells the catalog how the run goes, when the YAML names an ingestion pipeline. Makes the ingestion pipeline when it is not there. */
export async function postIngestionStatus(
  catalog: Catalog,
  run: IngestionRun,
  report: Report | undefined,
): Promise<void> {
  const fqn = parseFqn(run.pipelineFqn);
  if (!(await catalog.get("ingestionPipeline", fqn))) {
    const service = await catalog.get(run.service.type, run.service.fqn);
    // Before the first record of a first run there is no service to hang it on; the final status makes it.
    if (!service) return;
    await catalog.put("ingestionPipeline", {
      name: unquoteName(splitFqn(fqn).at(-1) ?? fqn),
      pipelineType: run.sourceOptions["type"] === "DBT" ? "dbt" : "metadata",
      sourceConfig: { config: { ...run.sourceOptions } },
      airflowConfig: {},
      service: { id: service.id, type: run.service.type, fullyQualifiedName: service.fullyQualifiedName },
    });
  }
  await catalog.putIngestionRun(fqn, statusOf(run, report));
}

function statusOf(run: IngestionRun, report: Report | undefined): IngestionRunStatus {
  const base = { runId: run.runId, startDate: run.startedAt, timestamp: run.startedAt };
  if (!report) return { ...base, pipelineState: "running" };
  const states = { complete: "success", incomplete: "partialSuccess", failed: "failed", stopped: "stopped" } as const;
  return {
    ...base,
    endDate: report.endedAt,
    pipelineState: states[report.outcome],
    status: report.steps.map((step) => ({
      name: step.name,
      records: step.records,
      updated_records: step.updated,
      warnings: step.warnings,
      errors: step.errors,
      filtered: step.filtered,
      failures: report.failures
        .filter((failure) => failure.from === step.name)
        .slice(0, 10)
        .map(({ name, error, stackTrace }) => ({ name, error, ...(stackTrace !== undefined && { stackTrace }) })),
    })),
  };
}
