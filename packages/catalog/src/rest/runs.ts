import type { FQN, IngestionRunStatus, PipelineStatus } from "@omd/schema";
import { ingestionRunAnswer, statusPage } from "./answers.ts";
import { CatalogError } from "@omd/core";
import { catalogFailure, saysEntityMissing, statusOf } from "./failure.ts";
import type { Transport } from "./transport.ts";

/** OpenMetadata takes this many statuses in one call. */
const chunkSize = 1000;
/** End of the year 9999 in ms: later than any run. */
const farFuture = 253_402_300_799_999;

/** Whether the server has the bulk route for statuses; unknown until the first use. */
export interface StatusSupport {
  withoutBulk: boolean;
}

/** Upserts runs by (pipeline, timestamp): 1000 a call, or one by one on servers without the bulk route. Throws CatalogError. */
export async function putRuns(
  transport: Transport,
  pipeline: FQN,
  statuses: readonly PipelineStatus[],
  support: StatusSupport,
): Promise<void> {
  for (let at = 0; at < statuses.length; at += chunkSize) {
    const chunk = statuses.slice(at, at + chunkSize);
    if (chunk.length > 1 && !support.withoutBulk && (await putChunk(transport, pipeline, chunk))) continue;
    for (const status of chunk) await putRun(transport, pipeline, status);
    // Only now is it sure that the route was missing and not the pipeline.
    if (chunk.length > 1) support.withoutBulk = true;
  }
}

const statusPath = (pipeline: FQN): string => `/pipelines/${encodeURIComponent(pipeline)}/status`;

async function putRun(transport: Transport, pipeline: FQN, json: PipelineStatus): Promise<void> {
  const request = { method: "PUT", path: statusPath(pipeline), json } as const;
  await transport.raw(`write a run of pipeline ${pipeline}`, request);
}

async function putChunk(transport: Transport, pipeline: FQN, json: readonly PipelineStatus[]): Promise<boolean> {
  try {
    await transport.attempt({ method: "PUT", path: `${statusPath(pipeline)}/bulk`, json });
    return true;
  } catch (error) {
    const status = statusOf(error);
    if ((status === 404 || status === 405) && !saysEntityMissing(error)) return false;
    throw catalogFailure(`write ${String(json.length)} runs of pipeline ${pipeline}`, error);
  }
}

/** Newest first, both ends of the range inclusive. Throws CatalogError. */
export async function readRuns(
  transport: Transport,
  pipeline: FQN,
  range: { startTs?: number; endTs?: number; limit?: number },
): Promise<PipelineStatus[]> {
  const { startTs = 0, endTs = farFuture, limit } = range;
  const wanted = limit ?? Number.POSITIVE_INFINITY;
  const what = `read the runs of pipeline ${pipeline}`;
  const runs = new Map<number, PipelineStatus>();
  const cursors = new Set<string>();
  let after: string | undefined;
  do {
    const query = { startTs, endTs, limit, after };
    const { value } = await transport.json(what, { path: statusPath(pipeline), query }, statusPage);
    for (const run of value.data) if (run.timestamp >= startTs && run.timestamp <= endTs) runs.set(run.timestamp, run);
    after = value.paging.after;
    if (after !== undefined && cursors.has(after))
      throw new CatalogError(`Could not ${what} completely: the server gave a page's cursor twice`);
    if (after !== undefined) cursors.add(after);
  } while (after !== undefined && runs.size < wanted);
  return [...runs.values()].sort((a, b) => b.timestamp - a.timestamp).slice(0, limit);
}

/** Upserts the state of one ingestion run by its runId; when it began, and what the server noted of it, stays. Throws CatalogError. */
export async function putIngestionRunStatus(
  transport: Transport,
  ingestionPipeline: FQN,
  status: IngestionRunStatus,
): Promise<void> {
  const path = `/services/ingestionPipelines/${encodeURIComponent(ingestionPipeline)}/pipelineStatus`;
  const what = `the state of ingestion pipeline ${ingestionPipeline}`;
  const runPath = `${path}/${encodeURIComponent(status.runId)}`;
  const known = await transport.find(`read ${what}`, { path: runPath }, ingestionRunAnswer);
  const startDate = Math.min(status.startDate, known?.startDate ?? status.startDate);
  const json = { config: known?.config, metadata: known?.metadata, ...status, startDate };
  await transport.raw(`write ${what}`, { method: "PUT", path, json });
}
