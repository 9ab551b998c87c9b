import type { FQN, LineageSource } from "@omd/schema";
import type { CatalogDatabase, Row } from "./database.ts";
import { writeEdge, type EdgeKey } from "./edge-row.ts";

export interface EdgeStep {
  readonly action: "remove" | "put back" | "revert";
  readonly from: FQN;
  readonly to: FQN;
  readonly source: string;
}

interface EdgeUndo {
  readonly row: Row;
  readonly action: EdgeStep["action"] | "refuse";
}

const key = "from_id = ? AND to_id = ? AND pipeline_id = ? AND source = ?";

/** Brings back the edges that were before a run. */
export class EdgeRollback {
  readonly #db: CatalogDatabase;
  readonly #clock: () => number;

  constructor(db: CatalogDatabase, clock: () => number) {
    this.#db = db;
    this.#clock = clock;
  }

  plan(runId: string): { steps: EdgeStep[]; refused: Omit<EdgeStep, "action">[] } {
    const steps: EdgeStep[] = [];
    const refused: Omit<EdgeStep, "action">[] = [];
    for (const { row, action } of this.#undo(runId)) {
      const edge = { from: row.from_fqn as FQN, to: row.to_fqn as FQN, source: String(row.source) };
      if (action === "refuse") refused.push(edge);
      else steps.push({ action, ...edge });
    }
    return { steps, refused };
  }

  /** Expects an open transaction. */
  apply(runId: string): void {
    for (const { row, action } of this.#undo(runId)) {
      const ids: EdgeKey = [
        String(row.from_id),
        String(row.to_id),
        String(row.pipeline_id),
        row.source as LineageSource,
      ];
      if (action === "remove") this.#db.run(`DELETE FROM edge WHERE ${key}`, ...ids);
      if (action === "put back" || action === "revert")
        writeEdge(this.#db, ids, this.#clock(), String(row.old_body ?? "{}"));
    }
  }

  /** By edge: what is now (`now_run`, null without an edge), and what was before the run (`old_body`). */
  #undo(runId: string): EdgeUndo[] {
    const rows = this.#db.all(
      `WITH touched AS (SELECT from_id, to_id, pipeline_id, source FROM edge WHERE run_id = ?1
          UNION SELECT from_id, to_id, pipeline_id, source FROM past_edge WHERE run_id = ?1
          UNION SELECT from_id, to_id, pipeline_id, source FROM past_edge WHERE end_run_id = ?1)
        SELECT touched.*, f.fqn AS from_fqn, t.fqn AS to_fqn, now.body AS now_body, now.run_id AS now_run,
          (SELECT max(valid_to) FROM past_edge p WHERE p.from_id = touched.from_id AND p.to_id = touched.to_id
            AND p.pipeline_id = touched.pipeline_id AND p.source = touched.source AND p.run_id = ?1 AND p.end_run_id IS NOT ?1) AS ended_since,
          (SELECT p.body FROM past_edge p WHERE p.from_id = touched.from_id AND p.to_id = touched.to_id
            AND p.pipeline_id = touched.pipeline_id AND p.source = touched.source AND p.end_run_id = ?1 AND p.run_id IS NOT ?1
            ORDER BY p.valid_from LIMIT 1) AS old_body
        FROM touched JOIN entity f ON f.id = touched.from_id JOIN entity t ON t.id = touched.to_id
        LEFT JOIN edge now ON now.from_id = touched.from_id AND now.to_id = touched.to_id
          AND now.pipeline_id = touched.pipeline_id AND now.source = touched.source
        WHERE touched.pipeline_id = '' OR EXISTS (SELECT 1 FROM entity p WHERE p.id = touched.pipeline_id)
        ORDER BY f.fqn, t.fqn, touched.source`,
      runId,
    );
    return rows.flatMap((row) => {
      const action = edgeAction(row, runId);
      return action === undefined ? [] : [{ row, action }];
    });
  }
}

function edgeAction(row: Row, runId: string): EdgeUndo["action"] | undefined {
  const isNow = row.now_body !== null;
  const was = row.old_body !== null;
  if (isNow && row.now_run !== runId) return row.now_body === row.old_body ? undefined : "refuse";
  if (isNow) return was ? (row.now_body === row.old_body ? undefined : "revert") : "remove";
  if (row.ended_since !== null) return was ? "refuse" : undefined;
  return was ? "put back" : undefined;
}
