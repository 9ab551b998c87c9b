import {
  ingestionRunStatus,
  pipelineStatus,
  type FQN,
  type IngestionRunStatus,
  type PipelineStatus,
} from "@omd/schema";
import { badRequest } from "./columns.ts";
import type { CatalogDatabase } from "./database.ts";
import type { Body, EntityStore } from "./entity-store.ts";
import { masked } from "./mask.ts";

/** An ingestion run with the ingestion pipeline that it belongs to. */
export type IngestionRun = IngestionRunStatus & { readonly ingestionPipeline: FQN };

/** Runs of pipelines, keyed by (pipeline, timestamp), and runs of ingestions, keyed by run id. */
export class TimeSeries {
  readonly #db: CatalogDatabase;
  readonly #store: EntityStore;

  constructor(db: CatalogDatabase, store: EntityStore) {
    this.#db = db;
    this.#store = store;
  }

  /** Throws CatalogError: 404 without the pipeline, 400 when a task is none of it. */
  putStatuses(fqn: FQN, statuses: readonly PipelineStatus[]): void {
    const pipeline = this.#store.liveByFqn("pipeline", fqn);
    const tasks = new Set(((pipeline.body.tasks ?? []) as Body[]).map((task) => task.name));
    for (const status of statuses) {
      const parsed = pipelineStatus.safeParse(status);
      if (!parsed.success) throw badRequest(`Invalid status of ${fqn}: ${parsed.error.message}`);
      for (const { name } of parsed.data.taskStatus ?? []) {
        if (!tasks.has(name)) throw badRequest(`Invalid task name ${name}`, `It is no task of the pipeline ${fqn}.`);
      }
      const { parameters, error, ...rest } = parsed.data;
      const body = {
        ...rest,
        ...(parameters ? { parameters: masked(parameters) } : {}),
        ...(error ? { error: masked(error) } : {}),
      };
      this.#db.run(
        "INSERT OR REPLACE INTO pipeline_status (pipeline_id, timestamp, body) VALUES (?, ?, ?)",
        pipeline.id,
        parsed.data.timestamp,
        JSON.stringify(body),
      );
    }
  }

  /** Whether there was one. Throws CatalogError 404 without the pipeline. */
  deleteStatus(fqn: FQN, timestamp: number): boolean {
    const { id } = this.#store.liveByFqn("pipeline", fqn);
    return this.#db.run("DELETE FROM pipeline_status WHERE pipeline_id = ? AND timestamp = ?", id, timestamp) > 0;
  }

  /** Newest first. Throws CatalogError 404. */
  statuses(fqn: FQN, range: { startTs?: number; endTs?: number; limit?: number } = {}): PipelineStatus[] {
    const pipeline = this.#store.liveByFqn("pipeline", fqn);
    return this.#db
      .all(
        "SELECT body FROM pipeline_status WHERE pipeline_id = ? AND timestamp BETWEEN ? AND ? ORDER BY timestamp DESC LIMIT ?",
        pipeline.id,
        range.startTs ?? Number.MIN_SAFE_INTEGER,
        range.endTs ?? Number.MAX_SAFE_INTEGER,
        range.limit ?? -1,
      )
      .map((row) => JSON.parse(String(row.body)) as PipelineStatus);
  }

  /** Throws CatalogError 404 without the ingestion pipeline. */
  putRun(fqn: FQN, status: IngestionRunStatus): void {
    const parsed = ingestionRunStatus.safeParse(status);
    if (!parsed.success) throw badRequest(`Invalid run of ${fqn}: ${parsed.error.message}`);
    this.#db.run(
      "INSERT OR REPLACE INTO ingestion_run (ingestion_pipeline_id, run_id, timestamp, body) VALUES (?, ?, ?, ?)",
      this.#store.liveByFqn("ingestionPipeline", fqn).id,
      parsed.data.runId,
      parsed.data.timestamp,
      JSON.stringify(masked(parsed.data)),
    );
  }

  /** Newest first; of all ingestion pipelines, or of one. */
  runs(fqn?: FQN, { limit, runId }: { limit?: number | undefined; runId?: string | undefined } = {}): IngestionRun[] {
    return this.#db
      .all(
        `SELECT entity.fqn, ingestion_run.body FROM ingestion_run JOIN entity ON entity.id = ingestion_pipeline_id
          WHERE (?1 IS NULL OR entity.fqn = ?1) AND (?2 IS NULL OR ingestion_run.run_id = ?2)
          ORDER BY timestamp DESC, ingestion_run.run_id LIMIT ?3`,
        fqn ?? null,
        runId ?? null,
        limit ?? -1,
      )
      .map((row) => ({ ingestionPipeline: row.fqn as FQN, ...(JSON.parse(String(row.body)) as IngestionRunStatus) }));
  }
}
