import type { CatalogEntity } from "@omd/core";
import type { EntityType, FQN } from "@omd/schema";
import type { CatalogDatabase } from "./database.ts";
import { stored, type Body, type StoredEntity } from "./entity-store.ts";
import { isView } from "./views-migration.ts";

/** Entities that answer a query are looked for among these. */
export interface ScanOptions {
  /** Only what lies below this FQN. */
  readonly below?: FQN | undefined;
  /** By FQN; default ascending. */
  readonly descending?: boolean | undefined;
  /** Only what comes after this FQN in that order. */
  readonly after?: string | undefined;
  /** With that of `after` itself. Default false. */
  readonly inclusive?: boolean | undefined;
  /** Default false. */
  readonly deleted?: boolean | undefined;
  /** Only tables that are views of some kind: these have an index. */
  readonly views?: boolean | undefined;
}

/** An entity as it is stored; `show` expands its references. */
export interface Scanned {
  readonly id: string;
  readonly name: string;
  readonly fqn: FQN;
  readonly deleted: boolean;
  readonly version: number;
  /** Epoch ms. */
  readonly updatedAt: number;
  readonly body: Readonly<Body>;
  show(): CatalogEntity;
}

const batch = 200;

/** Walks through entities of a type by FQN, batch by batch, so that a caller may stop at any time. */
export function* scanEntities(
  db: CatalogDatabase,
  type: EntityType,
  options: ScanOptions,
  show: (entity: StoredEntity) => CatalogEntity,
): Generator<Scanned> {
  const { below, descending = false, deleted = false, views = false } = options;
  // `/` follows `.`: between the two lie exactly the FQNs that begin with `below.`.
  let [from, to] = below === undefined ? ["", "\u{10FFFF}"] : [`${below}.`, `${below}/`];
  const move = (fqn: string): void => {
    if (descending && fqn < to) to = fqn;
    else if (!descending && fqn > from) from = fqn;
  };
  if (options.after !== undefined) move(options.after);
  // Written out and not bound: only so SQLite sees that the index of views holds all that is asked for.
  const source = views
    ? `entity INDEXED BY entity_views WHERE type = 'table' AND ${isView} AND type = ?`
    : "entity WHERE type = ?";
  let equal = options.inclusive === true ? "=" : "";
  for (;;) {
    const bounds = descending ? `fqn > ? AND fqn <${equal} ?` : `fqn >${equal} ? AND fqn < ?`;
    const rows = db.all(
      `SELECT * FROM ${source} AND ${bounds} AND +deleted = ? ORDER BY fqn ${descending ? "DESC" : "ASC"} LIMIT ?`,
      type,
      from,
      to,
      deleted ? 1 : 0,
      batch,
    );
    for (const row of rows) {
      const entity = stored(row);
      if (entity) yield { ...entity, fqn: entity.fqn as FQN, show: () => show(entity) };
    }
    if (rows.length < batch) return;
    move(String(rows.at(-1)?.fqn));
    equal = "";
  }
}
