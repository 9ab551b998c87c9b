const edgeKey = "from_id, to_id, pipeline_id, source";
const past = `INSERT INTO past_edge (${edgeKey}, valid_from, valid_to, run_id, end_run_id, body)`;
const old = `VALUES (old.from_id, old.to_id, old.pipeline_id, old.source, old.valid_from, omd_now(), old.run_id, omd_run(), old.body)`;

/** What is no more so of an edge goes to `past_edge`. */
export const pastEdgeTriggers = `
  CREATE TRIGGER edge_replaced BEFORE INSERT ON edge BEGIN
    ${past} SELECT ${edgeKey}, valid_from, omd_now(), run_id, omd_run(), body FROM edge
      WHERE from_id = new.from_id AND to_id = new.to_id AND pipeline_id = new.pipeline_id AND source = new.source;
  END;
  CREATE TRIGGER edge_changed BEFORE UPDATE OF ${edgeKey}, body ON edge BEGIN ${past} ${old}; END;
  CREATE TRIGGER edge_removed BEFORE DELETE ON edge BEGIN ${past} ${old}; END;`;

/**
 * When and by which run each state came to be: of entities in `entity` and `version`, of edges in `edge` and `past_edge`.
 * The functions `omd_now` and `omd_run` are of the connection: see `database.ts`.
 */
export const historyMigration = `
  ALTER TABLE entity ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE entity ADD COLUMN version_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE entity ADD COLUMN run_id TEXT;
  ALTER TABLE version ADD COLUMN version_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE version ADD COLUMN run_id TEXT;
  ALTER TABLE edge ADD COLUMN valid_from INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE edge ADD COLUMN run_id TEXT;
  UPDATE version SET version_at = updated_at;
  UPDATE entity SET version_at = updated_at,
    created_at = coalesce((SELECT min(updated_at) FROM version WHERE entity_id = entity.id), updated_at);
  UPDATE edge SET valid_from = updated_at;
  CREATE INDEX entity_run ON entity (run_id, id, version, deleted) WHERE run_id IS NOT NULL;
  CREATE INDEX version_run ON version (run_id, entity_id, version, deleted) WHERE run_id IS NOT NULL;
  CREATE INDEX entity_version_at ON entity (version_at);
  CREATE INDEX version_version_at ON version (version_at);
  CREATE INDEX edge_run ON edge (run_id) WHERE run_id IS NOT NULL;
  CREATE TABLE past_edge (
    from_id TEXT NOT NULL,
    to_id TEXT NOT NULL,
    pipeline_id TEXT NOT NULL,
    source TEXT NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to INTEGER NOT NULL,
    run_id TEXT,
    end_run_id TEXT,
    body TEXT NOT NULL
  );
  CREATE INDEX past_edge_from ON past_edge (from_id);
  CREATE INDEX past_edge_to ON past_edge (to_id);
  CREATE INDEX past_edge_run ON past_edge (run_id) WHERE run_id IS NOT NULL;
  CREATE INDEX past_edge_end_run ON past_edge (end_run_id) WHERE end_run_id IS NOT NULL;
  ${pastEdgeTriggers}
  CREATE TRIGGER edge_begun AFTER INSERT ON edge BEGIN
    UPDATE edge SET valid_from = omd_now(), run_id = omd_run()
      WHERE from_id = new.from_id AND to_id = new.to_id AND pipeline_id = new.pipeline_id AND source = new.source;
  END;
  CREATE TRIGGER past_edge_removed AFTER DELETE ON entity BEGIN
    DELETE FROM past_edge WHERE from_id = old.id OR to_id = old.id;
  END;
`;
