import { countingTriggers } from "./asset-edges-migration.ts";
import { pastEdgeTriggers } from "./history-migration.ts";

const key = "from_id, to_id, pipeline_id, source";
const columns = `${key}, updated_at, written, valid_from, run_id, created_at, body`;

/**
 * Edges with row ids. In a table without, a row of more than a quarter of a page, as column lineage makes it, takes a page for its rest alone: three times
 * the size, and twice the time to write. The indexes name the key that they had at their ends, so that walks find both ends in them.
 */
export const edgeRowsMigration = `
  CREATE TABLE edge_row (
    from_id TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    to_id TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    pipeline_id TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    written INTEGER NOT NULL,
    valid_from INTEGER NOT NULL,
    run_id TEXT,
    created_at INTEGER,
    body TEXT NOT NULL,
    PRIMARY KEY (${key})
  );
  INSERT INTO edge_row (${columns}) SELECT ${columns} FROM edge ORDER BY ${key};
  DROP TABLE edge;
  ALTER TABLE edge_row RENAME TO edge;
  CREATE INDEX edge_to ON edge (to_id, from_id, pipeline_id, source);
  CREATE INDEX edge_pipeline ON edge (pipeline_id, from_id, to_id, source) WHERE pipeline_id <> '';
  CREATE INDEX edge_run ON edge (run_id) WHERE run_id IS NOT NULL;
  ${pastEdgeTriggers}
  ${countingTriggers}
`;
