import type { CatalogDatabase } from "./database.ts";
import { fullPathPlace } from "./full-path-place.ts";

/** What an entity must be called for the dataset of an event to be found in it; in lower case. */
export interface EventWait {
  /** The entity's type; `place`: a container that lies there. */
  readonly kind: string;
  /** The last name of its FQN, or the place of its `fullPath`. */
  readonly name: string;
}

interface Named {
  readonly type: string;
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Most names that one event waits for. */
const mostNames = 10_000;
const tree = `WITH RECURSIVE tree (id) AS (VALUES (?) UNION SELECT child.id FROM entity child JOIN tree ON child.parent_id = tree.id)`;

/**
 * Which OpenLineage events wait for which names: entities that are written under one let those events, and no others, be applied again.
 * While no event waits a transaction pays for one look into an empty index. Methods that write expect an open transaction.
 */
export class EventWaits {
  readonly #db: CatalogDatabase;
  #epoch = 0;
  #any = false;

  constructor(db: CatalogDatabase) {
    this.#db = db;
  }

  /** The event waits for these names, and for no others any more. */
  note(eventId: number, waits: readonly EventWait[]): void {
    this.#db.run("DELETE FROM lineage_event_wait WHERE event_id = ?", eventId);
    for (const { kind, name } of waits.slice(0, mostNames)) {
      this.#db.run(
        "INSERT OR IGNORE INTO lineage_event_wait SELECT ?, ?, id FROM lineage_event WHERE id = ?",
        kind,
        name,
        eventId,
      );
      this.#any = true;
    }
  }

  /** Told of an entity that came, came back, went or moved. */
  met({ type, name, body }: Named): void {
    if (!this.#isAwaited()) return;
    this.#again(type, name.toLowerCase());
    const place = fullPathPlace(body["fullPath"]);
    if (place !== undefined) this.#again("place", place);
  }

  /** As {@link met} for an entity and all that lies below it, as they are stored. */
  metBelow(id: string): void {
    if (!this.#isAwaited()) return;
    this.#db.run(
      `${tree} UPDATE lineage_event SET state = 0 WHERE state = 2 AND id IN (
        SELECT w.event_id FROM tree CROSS JOIN entity e ON e.id = tree.id
          CROSS JOIN lineage_event_wait w ON w.kind = e.type AND w.name = e.name_lower
        UNION SELECT w.event_id FROM tree CROSS JOIN entity e ON e.id = tree.id
          CROSS JOIN lineage_event_wait w ON w.kind = 'place' AND w.name = omd_place(e.full_path_lower)
          WHERE e.full_path_lower IS NOT NULL)`,
      id,
    );
  }

  #again(kind: string, name: string): void {
    this.#db.run(
      `UPDATE lineage_event SET state = 0 WHERE state = 2
        AND id IN (SELECT event_id FROM lineage_event_wait WHERE kind = ? AND name = ?)`,
      kind,
      name,
    );
  }

  /** Asked once in a transaction. */
  #isAwaited(): boolean {
    const { epoch } = this.#db;
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#any = this.#db.get("SELECT 1 FROM lineage_event_wait LIMIT 1") !== undefined;
    }
    return this.#any;
  }
}
