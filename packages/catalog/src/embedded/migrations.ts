import { scanMigration } from "./views-migration.ts";
import { historyMigration } from "./history-migration.ts";
import { searchMigration } from "./search-migration.ts";
import {
  eventEndsMigration,
  eventMigration,
  eventRetentionMigration,
  eventTables,
  eventWaitsMigration,
} from "./event-migration.ts";
import { assetEdgesMigration } from "./asset-edges-migration.ts";
import { edgeRowsMigration } from "./edge-rows-migration.ts";
import { extrasMigration, extrasTables } from "./extras/extras-migration.ts";

/** When an edge was made; null while nobody changed it since, so that millions of edges cost nothing. */
export const edgeTimesMigration = "ALTER TABLE edge ADD COLUMN created_at INTEGER;";

/** Each entry lifts the file by one `user_version`. Never change one that was released: append. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE entity (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    fqn TEXT NOT NULL,
    parent_id TEXT REFERENCES entity (id) ON DELETE CASCADE,
    name_lower TEXT NOT NULL,
    fqn_lower TEXT NOT NULL,
    full_path_lower TEXT,
    display_name TEXT,
    parts TEXT,
    source_hash TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    version REAL NOT NULL,
    updated_at INTEGER NOT NULL,
    change TEXT,
    body TEXT NOT NULL,
    UNIQUE (type, fqn)
  );
  CREATE INDEX entity_by_fqn ON entity (fqn, type);
  CREATE INDEX entity_fqn_lower ON entity (type, fqn_lower);
  CREATE INDEX entity_name_lower ON entity (type, name_lower);
  CREATE INDEX entity_full_path ON entity (type, full_path_lower) WHERE full_path_lower IS NOT NULL;
  CREATE INDEX entity_parent ON entity (parent_id) WHERE parent_id IS NOT NULL;
  CREATE TABLE version (
    entity_id TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    version REAL NOT NULL,
    deleted INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    change TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (entity_id, version)
  ) WITHOUT ROWID;
  CREATE TABLE pipeline_status (
    pipeline_id TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    timestamp INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (pipeline_id, timestamp)
  ) WITHOUT ROWID;
  CREATE TABLE edge (
    from_id TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    to_id TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    pipeline_id TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    written INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (from_id, to_id, pipeline_id, source)
  ) WITHOUT ROWID;
  CREATE INDEX edge_to ON edge (to_id, source);
  CREATE INDEX edge_pipeline ON edge (pipeline_id) WHERE pipeline_id <> '';
  CREATE TABLE ingestion_run (
    ingestion_pipeline_id TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    run_id TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (ingestion_pipeline_id, run_id)
  ) WITHOUT ROWID;
  `,
  // Listings in pages: by name, and the number of deleted ones below a name.
  `
  CREATE INDEX entity_by_name ON entity (type, name, id);
  CREATE INDEX entity_deleted ON entity (type, fqn) WHERE deleted = 1;
  `,
  searchMigration,
  historyMigration,
  eventMigration,
  extrasMigration,
  scanMigration,
  eventEndsMigration,
  // Runs of ingestions of all clients are listed by time, and found by their id.
  `
  CREATE INDEX ingestion_run_time ON ingestion_run (timestamp);
  CREATE INDEX ingestion_run_id ON ingestion_run (run_id);
  `,
  // The store of entities itself tells the search what it wrote.
  `
  DROP TRIGGER search_entity_added;
  DROP TRIGGER search_entity_changed;
  `,
  eventWaitsMigration,
  eventRetentionMigration,
  assetEdgesMigration,
  edgeTimesMigration,
  // What writes an edge says itself since when it is and by which run: a second write of each edge took half as long as the first.
  "DROP TRIGGER IF EXISTS edge_begun;",
  edgeRowsMigration,
  // Labels are read where the search is brought up.
  "DROP VIEW IF EXISTS search_label_of;",
];

/** What {@link CatalogDatabase.reset} empties, children first. */
export const contentTables = [
  ...extrasTables,
  ...eventTables,
  "ingestion_run",
  "service_edge",
  "group_member",
  "edge",
  "pipeline_status",
  "version",
  "entity",
] as const;
