/** OpenLineage events as received, the ones that could not be read, and the time under which each of their runs is stored. */
export const eventMigration = `
  CREATE TABLE lineage_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash TEXT NOT NULL UNIQUE,
    state INTEGER NOT NULL DEFAULT 0,
    received_at INTEGER NOT NULL,
    event_time TEXT NOT NULL,
    event_ms INTEGER NOT NULL,
    event_type TEXT,
    job_namespace TEXT,
    job_name TEXT,
    run_id TEXT,
    producer TEXT NOT NULL,
    maker TEXT,
    maker_run TEXT,
    task TEXT,
    inputs TEXT NOT NULL,
    outputs TEXT NOT NULL,
    note TEXT,
    body TEXT NOT NULL
  );
  CREATE INDEX lineage_event_waiting ON lineage_event (id) WHERE state = 0;
  CREATE INDEX lineage_event_run ON lineage_event (maker, maker_run, task, run_id, event_type, event_ms)
    WHERE maker_run IS NOT NULL;
  CREATE TABLE lineage_run (
    pipeline_id TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    run_id TEXT NOT NULL,
    started INTEGER NOT NULL,
    timestamp INTEGER NOT NULL,
    PRIMARY KEY (pipeline_id, run_id)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX lineage_run_time ON lineage_run (pipeline_id, timestamp);
  CREATE TABLE dead_letter (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    body TEXT NOT NULL
  );
`;

/** Events whose datasets were not found before there was this table are applied again, which notes their ends. */
export const eventEndsMigration = `
  CREATE TABLE lineage_event_end (
    near_id TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    side TEXT NOT NULL,
    name TEXT NOT NULL,
    reason TEXT NOT NULL,
    nearest TEXT NOT NULL,
    PRIMARY KEY (near_id, side, name)
  ) WITHOUT ROWID;
  CREATE INDEX lineage_event_end_name ON lineage_event_end (name);
  UPDATE lineage_event SET state = 0 WHERE state = 2 AND note LIKE 'not found: %';
`;

/** Events whose datasets were not found before there was this table are applied again, which notes the names that they wait for. */
export const eventWaitsMigration = `
  CREATE TABLE lineage_event_wait (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    event_id INTEGER NOT NULL REFERENCES lineage_event (id) ON DELETE CASCADE,
    PRIMARY KEY (kind, name, event_id)
  ) WITHOUT ROWID;
  CREATE INDEX lineage_event_wait_event ON lineage_event_wait (event_id);
  UPDATE lineage_event SET state = 0 WHERE state = 2 AND note LIKE 'not found: %';
`;

/** An end leaves with the newest event that told of it. The events of those that were noted before tell them again. */
export const eventRetentionMigration = `
  DROP TABLE lineage_event_end;
  CREATE TABLE lineage_event_end (
    near_id TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    side TEXT NOT NULL,
    name TEXT NOT NULL,
    reason TEXT NOT NULL,
    nearest TEXT NOT NULL,
    event_id INTEGER NOT NULL REFERENCES lineage_event (id) ON DELETE CASCADE,
    PRIMARY KEY (near_id, side, name)
  ) WITHOUT ROWID;
  CREATE INDEX lineage_event_end_name ON lineage_event_end (name);
  CREATE INDEX lineage_event_end_event ON lineage_event_end (event_id);
  UPDATE lineage_event SET state = 0 WHERE state = 2 AND note LIKE 'not found: %';
`;

/** What a reset of the catalog empties. */
export const eventTables = [
  "lineage_event_wait",
  "lineage_event_end",
  "lineage_run",
  "lineage_event",
  "dead_letter",
] as const;
