import { isDeepStrictEqual } from "node:util";
import type { CatalogDatabase } from "./database.ts";

interface Member {
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const fields = { domain: "domains", dataProduct: "dataProducts" } as const;

/** Which entities are themselves put into domains and data products: the table `group_member`. */
export class GroupMembers {
  readonly #db: CatalogDatabase;

  constructor(db: CatalogDatabase) {
    this.#db = db;
  }

  /** Brings the table up to an entity as it is now. A group that is gone has no members. */
  put({ id, body }: Member, before?: Member): void {
    for (const [kind, field] of Object.entries(fields)) {
      if (isDeepStrictEqual(before?.body[field], body[field])) continue;
      if (before) this.#db.run("DELETE FROM group_member WHERE entity_id = ? AND kind = ?", id, kind);
      for (const group of (body[field] ?? []) as readonly { id: string }[])
        this.#db.run("INSERT OR IGNORE INTO group_member SELECT id, ?, ? FROM entity WHERE id = ?", id, kind, group.id);
    }
  }
}
