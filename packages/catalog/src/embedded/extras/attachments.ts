import type { CatalogDatabase } from "../database.ts";
import type { Body } from "../entity-store.ts";

export interface Attachment {
  readonly key: string;
  readonly body: Body;
}

/** Values beside an entity's body, by name and key; they have no versions. */
export class Attachments {
  readonly #db: CatalogDatabase;
  constructor(db: CatalogDatabase) {
    this.#db = db;
  }

  put(entityId: string, name: string, key: string, body: object): void {
    this.#db.run(
      "INSERT OR REPLACE INTO attachment (entity_id, name, key, body) VALUES (?, ?, ?, ?)",
      entityId,
      name,
      key,
      JSON.stringify(body),
    );
  }

  get(entityId: string, name: string, key = ""): Body | undefined {
    const row = this.#db.get(
      "SELECT body FROM attachment WHERE entity_id = ? AND name = ? AND key = ?",
      entityId,
      name,
      key,
    );
    return row && (JSON.parse(String(row.body)) as Body);
  }

  /** By key. */
  all(entityId: string, name: string): Attachment[] {
    return this.#db
      .all("SELECT key, body FROM attachment WHERE entity_id = ? AND name = ? ORDER BY key", entityId, name)
      .map((row) => ({ key: String(row.key), body: JSON.parse(String(row.body)) as Body }));
  }

  /** Whether there was one. */
  delete(entityId: string, name: string, key = ""): boolean {
    const gone = this.#db.run(
      "DELETE FROM attachment WHERE entity_id = ? AND name = ? AND key = ?",
      entityId,
      name,
      key,
    );
    return gone > 0;
  }
}
