import type { CatalogEntity, GetOptions, Include } from "@omd/core";
import type { EntityType } from "@omd/schema";
import { badRequest } from "./columns.ts";
import type { CatalogDatabase, Row } from "./database.ts";
import { selectionOf, type PageFilters, type Selection } from "./entity-filters.ts";
import { stored, type StoredEntity } from "./entity-store.ts";

export interface PageOptions extends GetOptions {
  readonly filters?: PageFilters | undefined;
  /** 0 to 1,000,000; default 10; 0 answers the total alone. */
  readonly limit?: number | undefined;
  /** A cursor of an earlier page; not both. */
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

/** One page of a listing by (name, id). */
export interface Page<T = CatalogEntity> {
  readonly data: readonly T[];
  readonly total: number;
  /** URL-safe cursor of the next page, when there is one. */
  readonly after?: string | undefined;
  /** URL-safe cursor of the page before, when there is one. */
  readonly before?: string | undefined;
}

interface Cursor {
  readonly name: string;
  readonly id: string;
  /** Counted once for a listing: counting a million takes longer than a page. */
  readonly total: number;
}

/** Up to so many matching rows are sorted; more are read in the order of the index by name and picked from. */
const sortedRows = 5_000;
const maxLimit = 1_000_000;

/** Pages of entities. Throws CatalogError 400 for a bad limit, cursor or filter. */
export class EntityPages {
  readonly #db: CatalogDatabase;
  constructor(db: CatalogDatabase) {
    this.#db = db;
  }

  page(type: EntityType, options: PageOptions): Page<StoredEntity> {
    const { limit = 10, include = "non-deleted" } = options;
    if (!Number.isInteger(limit) || limit < 0 || limit > maxLimit)
      throw badRequest(`query param limit must be between 0 and ${maxLimit}`);
    if (options.after !== undefined && options.before !== undefined)
      throw badRequest("Only one of before or after query parameter allowed");
    const selection = selectionOf(this.#db, type, options.filters ?? {});
    const given = options.after ?? options.before;
    const cursor = given === undefined ? undefined : readCursor(given);
    const total = cursor?.total ?? this.#total(type, include, selection);
    if (limit === 0) return { data: [], total };
    const backwards = options.before !== undefined;
    const rows = this.#rows(type, include, selection, { cursor, backwards, limit: limit + 1, total });
    const more = rows.length > limit;
    const shown = rows.slice(0, limit);
    if (backwards) shown.reverse();
    const data = shown.flatMap((row) => stored(row) ?? []);
    const earlier = backwards ? more : options.after !== undefined;
    const later = backwards || more;
    return {
      data,
      total,
      ...(later ? edge("after", data.at(-1), total) : {}),
      ...(earlier ? edge("before", data[0], total) : {}),
    };
  }

  #total(type: EntityType, include: Include, { range, conditions, values }: Selection): number {
    const where = ["type = ?", ...(range ? ["fqn > ?", "fqn < ?"] : []), ...conditions];
    const count = (condition?: string): number =>
      Number(
        this.#db.get(
          `SELECT count(*) AS n FROM entity WHERE ${[...where, ...(condition ? [condition] : [])].join(" AND ")}`,
          type,
          ...(range ?? []),
          ...values,
        )?.n,
      );
    if (conditions.length > 0)
      return count(include === "all" ? undefined : `deleted = ${include === "deleted" ? 1 : 0}`);
    // All minus the deleted ones: both are counted in an index, without a look at the rows.
    if (include === "all") return count();
    const deleted = count("deleted = 1");
    return include === "deleted" ? deleted : count() - deleted;
  }

  #rows(
    type: EntityType,
    include: Include,
    { range, conditions, values }: Selection,
    at: { cursor: Cursor | undefined; backwards: boolean; limit: number; total: number },
  ): Row[] {
    const narrow = range !== undefined || conditions.length > 0 || include === "deleted";
    const few = narrow && at.total <= sortedRows;
    const [name, id, fqn] = few ? ["+name", "+id", "fqn"] : ["name", "id", "+fqn"];
    const [compare, order] = at.backwards ? ["<", "DESC"] : [">", "ASC"];
    const where = ["type = ?", ...conditions];
    const bound: (string | number)[] = [type, ...values];
    // Few deleted ones have an index of their own.
    if (include === "deleted") where.push(few ? "deleted = 1" : "+deleted = 1");
    if (include === "non-deleted") where.push("+deleted = 0");
    if (range) {
      where.push(`${fqn} > ?`, `${fqn} < ?`);
      bound.push(...range);
    }
    if (at.cursor) {
      where.push(`(${name}, ${id}) ${compare} (?, ?)`);
      bound.push(at.cursor.name, at.cursor.id);
    }
    // The inner query keeps the bodies out of the sorting.
    return this.#db.all(
      `SELECT * FROM entity WHERE id IN (SELECT id FROM entity WHERE ${where.join(" AND ")}
        ORDER BY ${name} ${order}, ${id} ${order} LIMIT ?) ORDER BY +name ${order}, +id ${order}`,
      ...bound,
      at.limit,
    );
  }
}

function edge(side: "after" | "before", entity: StoredEntity | undefined, total: number): Partial<Page<never>> {
  if (!entity) return {};
  return { [side]: Buffer.from(JSON.stringify([entity.name, entity.id, total])).toString("base64url") };
}

function readCursor(text: string): Cursor {
  try {
    const [name, id, total] = JSON.parse(Buffer.from(text, "base64url").toString()) as unknown[];
    if (typeof name === "string" && typeof id === "string" && Number.isSafeInteger(total))
      return { name, id, total: Number(total) };
  } catch {
    // Falls through to the one error for all that is no cursor.
  }
  throw badRequest(`Invalid cursor ${text}`);
}
