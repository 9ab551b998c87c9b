import type { CatalogDatabase, Row } from "../database.ts";
import type { Body } from "../entity-store.ts";

/** Both ends inclusive, epoch ms. */
export interface TimeRange {
  readonly startTs?: number | undefined;
  readonly endTs?: number | undefined;
  readonly limit?: number | undefined;
}

/** One value of a series. */
export interface Point {
  readonly key: string;
  readonly timestamp: number;
  readonly body: Body;
}

/** The values asked for, newest first, and how many there are without the limit. */
export interface Points {
  readonly data: readonly Body[];
  readonly total: number;
}

/** Values of one entity and extension, of all keys or one, in a range. The plus keeps SQLite from the index by time, which leads through those of all entities. */
export const ofEntity = `FROM series WHERE entity_id = ?1 AND extension = ?2 AND (?3 IS NULL OR key = ?3)
  AND +timestamp BETWEEN ?4 AND ?5`;

/** Values of an entity by time: one for each extension, key and timestamp. Source: om-api §9.4. */
export class Series {
  readonly #db: CatalogDatabase;
  constructor(db: CatalogDatabase) {
    this.#db = db;
  }

  /** Replaces what has the same key and time. */
  put(entityId: string, extension: string, value: { key?: string; timestamp: number; body: object }): void {
    this.#db.run(
      "INSERT OR REPLACE INTO series (entity_id, extension, key, timestamp, body) VALUES (?, ?, ?, ?, ?)",
      entityId,
      extension,
      value.key ?? "",
      value.timestamp,
      JSON.stringify(value.body),
    );
  }

  at(entityId: string, extension: string, timestamp: number, key = ""): Body | undefined {
    const row = this.#db.get(
      "SELECT body FROM series WHERE entity_id = ? AND extension = ? AND key = ? AND timestamp = ?",
      entityId,
      extension,
      key,
      timestamp,
    );
    return row && (JSON.parse(String(row.body)) as Body);
  }

  /** The newest of one key. */
  latest(entityId: string, extension: string, key = ""): Point | undefined {
    const row = this.#db.get(
      `SELECT key, timestamp, body FROM series WHERE entity_id = ? AND extension = ? AND key = ?
        ORDER BY timestamp DESC LIMIT 1`,
      entityId,
      extension,
      key,
    );
    return row && point(row);
  }

  /** Newest first; of all keys, or of one. */
  points(entityId: string, extension: string, range: TimeRange = {}, key?: string): Point[] {
    return this.#db
      .all(
        `SELECT key, timestamp, body ${ofEntity} ORDER BY timestamp DESC, key LIMIT ?6`,
        entityId,
        extension,
        key ?? null,
        ...bounds(range),
        range.limit ?? -1,
      )
      .map(point);
  }

  /** As {@link points}, with the number of all in the range. */
  range(entityId: string, extension: string, range: TimeRange, key?: string): Points {
    const row = this.#db.get(`SELECT count(*) AS n ${ofEntity}`, entityId, extension, key ?? null, ...bounds(range));
    return {
      data: this.points(entityId, extension, range, key).map(({ body }) => body),
      total: Number(row?.n ?? 0),
    };
  }

  delete(entityId: string, extension: string, timestamp: number, key = ""): boolean {
    const gone = this.#db.run(
      "DELETE FROM series WHERE entity_id = ? AND extension = ? AND key = ? AND timestamp = ?",
      entityId,
      extension,
      key,
      timestamp,
    );
    return gone > 0;
  }
}

function bounds({ startTs, endTs }: TimeRange): [number, number] {
  return [startTs ?? Number.MIN_SAFE_INTEGER, endTs ?? Number.MAX_SAFE_INTEGER];
}

function point(row: Row): Point {
  return { key: String(row.key), timestamp: Number(row.timestamp), body: JSON.parse(String(row.body)) as Body };
}
