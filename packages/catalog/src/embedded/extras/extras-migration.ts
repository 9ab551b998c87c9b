/** What hangs on entities beside their bodies: single values, values by time, usage by day, members of logical suites. */
export const extrasMigration = `
  CREATE TABLE attachment (
    entity_id TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (entity_id, name, key)
  ) WITHOUT ROWID;
  CREATE TABLE series (
    entity_id TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    extension TEXT NOT NULL,
    key TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (entity_id, extension, key, timestamp)
  ) WITHOUT ROWID;
  CREATE INDEX series_by_time ON series (extension, timestamp);
  CREATE TABLE entity_usage (
    entity_id TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    date TEXT NOT NULL,
    count INTEGER NOT NULL,
    rank_day REAL,
    rank_week REAL,
    rank_month REAL,
    PRIMARY KEY (entity_id, date)
  ) WITHOUT ROWID;
  CREATE INDEX entity_usage_by_date ON entity_usage (date);
  CREATE TABLE suite_case (
    suite_id TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    case_id TEXT NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    PRIMARY KEY (suite_id, case_id)
  ) WITHOUT ROWID;
  CREATE INDEX suite_case_by_case ON suite_case (case_id);
  CREATE TABLE custom_property (
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (type, name)
  ) WITHOUT ROWID;
  CREATE TABLE automation (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
  ) WITHOUT ROWID;
`;

/** Tables of {@link extrasMigration}, children first. */
export const extrasTables = [
  "attachment",
  "series",
  "entity_usage",
  "suite_case",
  "custom_property",
  "automation",
] as const;
