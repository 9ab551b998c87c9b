import { DatabaseSync } from "node:sqlite";
import { migrations } from "../src/embedded/migrations.ts";

/** Makes a catalog file as it was before `migration`, with OpenLineage events: hash, state (1 applied, 2 not), note. */
export function olderEvents(
  file: string,
  migration: string,
  events: readonly (readonly [hash: string, state: number, note: string | null])[],
): void {
  const db = new DatabaseSync(file);
  const before = migrations.slice(0, migrations.indexOf(migration));
  for (const one of before) db.exec(one);
  db.exec(`PRAGMA user_version = ${before.length}; INSERT INTO meta VALUES ('uuid', 'old')`);
  const insert = db.prepare(
    `INSERT INTO lineage_event (hash, state, note, received_at, event_time, event_ms, producer, inputs, outputs, body)
      VALUES (?, ?, ?, 1, '2026-01-01T00:00:00Z', 1, 'p', '[]', '[]', '{}')`,
  );
  for (const event of events) insert.run(...event);
  db.close();
}
