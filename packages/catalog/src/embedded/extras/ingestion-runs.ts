import type { FQN, IngestionRunStatus } from "@omd/schema";
import type { Row } from "../database.ts";
import type { ExtrasContext } from "./extras-context.ts";
import type { TimeRange } from "./series.ts";

/** Runs of one ingestion pipeline; they are written by `putIngestionRun`. Throws CatalogError 404 without the pipeline. */
export class IngestionRuns {
  readonly #context: ExtrasContext;
  constructor(context: ExtrasContext) {
    this.#context = context;
  }

  get(ingestionPipeline: FQN, runId: string): IngestionRunStatus | undefined {
    const row = this.#context.db.get(
      "SELECT body FROM ingestion_run WHERE ingestion_pipeline_id = ? AND run_id = ?",
      this.#id(ingestionPipeline),
      runId,
    );
    return row && run(row);
  }

  /** Newest first. */
  list(ingestionPipeline: FQN, range: TimeRange = {}): { data: IngestionRunStatus[]; total: number } {
    const where = "FROM ingestion_run WHERE ingestion_pipeline_id = ? AND timestamp BETWEEN ? AND ?";
    const values = [this.#id(ingestionPipeline), range.startTs ?? 0, range.endTs ?? Number.MAX_SAFE_INTEGER];
    const total = this.#context.db.get(`SELECT count(*) AS n ${where}`, ...values);
    const rows = this.#context.db.all(
      `SELECT body ${where} ORDER BY timestamp DESC, run_id LIMIT ?`,
      ...values,
      range.limit ?? -1,
    );
    return { data: rows.map(run), total: Number(total?.n ?? 0) };
  }

  #id(fqn: FQN): string {
    return this.#context.store.liveByFqn("ingestionPipeline", fqn).id;
  }
}

function run(row: Row): IngestionRunStatus {
  return JSON.parse(String(row.body)) as IngestionRunStatus;
}
