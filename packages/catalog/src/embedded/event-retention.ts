import type { CatalogDatabase } from "./database.ts";

/** What one step deleted, and whether there may be more to delete. */
export interface Pruned {
  readonly events: number;
  readonly letters: number;
  readonly more: boolean;
}

/** Most events that are deleted in one transaction; and most bytes of them, but for the last. */
const most = { events: 200, bytes: 4 * 1024 * 1024 };

/**
 * Deletes the oldest events that came before that time (epoch ms): so many that others who write hardly wait. An event that is still to be
 * applied stays. Expects an open transaction.
 */
export function pruneEvents(db: CatalogDatabase, before: number): Omit<Pruned, "letters"> {
  const oldest = db.all(
    "SELECT id, state, received_at, octet_length(body) AS size FROM lineage_event ORDER BY id LIMIT ?",
    most.events,
  );
  // They came in the order of their ids.
  const young = oldest.findIndex((row) => Number(row.received_at) >= before);
  const old = young < 0 ? oldest : oldest.slice(0, young);
  let [bytes, events] = [0, 0];
  for (const { id, state, size } of old) {
    if (events > 0 && bytes > most.bytes) return { events, more: true };
    if (state === 0) continue;
    bytes += Number(size);
    events += db.run("DELETE FROM lineage_event WHERE id = ?", Number(id));
  }
  return { events, more: events > 0 && old.length === most.events };
}
