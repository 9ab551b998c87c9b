import type { CatalogDatabase } from "./database.ts";

/** A dataset of an OpenLineage event that is not in the catalog, at an entity that its edge would have led from or to. */
export interface EventEnd {
  /** Id of the entity. */
  readonly near: string;
  readonly side: "upstream" | "downstream";
  /** How the event names the dataset. */
  readonly name: string;
  readonly reason: string;
  /** FQNs of entities with a like name. */
  readonly nearest: readonly string[];
}

/** Ends of edges that events told of and the catalog could not be given. Methods that write expect an open transaction. */
export class EventEnds {
  readonly #db: CatalogDatabase;

  constructor(db: CatalogDatabase) {
    this.#db = db;
  }

  /** The ends at these entities, in the order of the entities, then by name; `limit` at most. */
  at(entityIds: readonly string[], limit: number): EventEnd[] {
    return this.#db
      .all(
        `SELECT e.near_id, e.side, e.name, e.reason, e.nearest FROM json_each(?) m JOIN lineage_event_end e ON e.near_id = m.value
          ORDER BY m.key, e.name, e.side LIMIT ?`,
        JSON.stringify(entityIds),
        limit,
      )
      .map((row) => ({
        near: String(row.near_id),
        side: row.side === "upstream" ? "upstream" : "downstream",
        name: String(row.name),
        reason: String(row.reason),
        nearest: JSON.parse(String(row.nearest)) as string[],
      }));
  }

  /** Notes ends of an event; one that was noted before has the newest reason. An entity that is gone has none. They leave with the event. */
  note(eventId: number, ends: readonly EventEnd[]): void {
    for (const { near, side, name, reason, nearest } of ends)
      this.#db.run(
        `INSERT INTO lineage_event_end
          SELECT e.id, ?, ?, ?, ?, v.id FROM entity e JOIN lineage_event v ON v.id = ? WHERE e.id = ?
          ON CONFLICT DO UPDATE SET reason = excluded.reason, nearest = excluded.nearest, event_id = max(event_id, excluded.event_id)`,
        side,
        name,
        reason,
        JSON.stringify(nearest),
        eventId,
        near,
      );
  }

  /** Forgets the ends of these names: the catalog has them now. */
  resolve(names: readonly string[]): void {
    for (const name of names) this.#db.run("DELETE FROM lineage_event_end WHERE name = ?", name);
  }
}
