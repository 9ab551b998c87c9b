import type { LineageSource } from "@omd/schema";
import type { CatalogDatabase } from "./database.ts";

/** Several pipelines and sources may each have an edge between two entities; `pipelineId` is empty where none makes it. */
export type EdgeKey = readonly [fromId: string, toId: string, pipelineId: string, source: LineageSource];

/** Writes an edge over the one of the same key, as of now and by the run under way. `createdAt`: when it is not what the catalog knows of the edge. */
export function writeEdge(
  db: CatalogDatabase,
  key: EdgeKey,
  now: number,
  body: string,
  createdAt: number | null = null,
): void {
  db.run(
    `INSERT OR REPLACE INTO edge (from_id, to_id, pipeline_id, source, updated_at, valid_from, run_id, written, body, created_at)
      VALUES (?1, ?2, ?3, ?4, ?5, omd_now(), ?8, (SELECT coalesce(max(written), 0) + 1 FROM edge WHERE from_id = ?1 AND to_id = ?2), ?6,
        coalesce(?7, (SELECT coalesce(created_at, updated_at) FROM edge
          WHERE from_id = ?1 AND to_id = ?2 AND pipeline_id = ?3 AND source = ?4)))`,
    ...key,
    now,
    body,
    createdAt,
    db.currentRun ?? null,
  );
}
