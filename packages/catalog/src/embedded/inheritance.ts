import type { CatalogDatabase } from "./database.ts";
import { inheritedFields } from "./reference-fields.ts";
import type { StoredReference } from "./references.ts";

type Inherited = Readonly<Partial<Record<(typeof inheritedFields)[number], readonly StoredReference[]>>>;

/** What entities inherit from each other: of one answer, so that siblings share the look-ups. */
export class Inheritance {
  readonly #db: CatalogDatabase;
  readonly #known = new Map<string, Inherited>();

  constructor(db: CatalogDatabase) {
    this.#db = db;
  }

  /** References that hold for everything below this entity: its own, else those of what it lies in. */
  below(id: string | undefined): Inherited {
    if (id === undefined) return {};
    const known = this.#known.get(id);
    if (known) return known;
    const row = this.#db.get(
      `SELECT parent_id, json_extract(body, '$.owners') AS owners, json_extract(body, '$.domains') AS domains
        FROM entity WHERE id = ?`,
      id,
    );
    const found: { -readonly [F in keyof Inherited]: Inherited[F] } = {};
    for (const field of inheritedFields) {
      const own = row?.[field];
      const list =
        typeof own === "string" ? (JSON.parse(own) as StoredReference[]) : this.below(parentOf(row?.parent_id))[field];
      if (list && list.length > 0) found[field] = list;
    }
    this.#known.set(id, found);
    return found;
  }
}

function parentOf(value: string | number | null | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
