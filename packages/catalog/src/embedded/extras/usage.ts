import { usageDate, usageRequest, type EntityReference } from "@omd/schema";
import type { CatalogDatabase, Row } from "../database.ts";
import type { StoredEntity } from "../entity-store.ts";
import { parsed, type ExtrasContext } from "./extras-context.ts";

interface UsageStats {
  readonly count: number;
  readonly percentileRank?: number;
}

/** Use of an entity on a day, and in the 7 and 30 days that end with it. */
export interface UsageDetails {
  readonly date: string;
  readonly dailyStats: UsageStats;
  readonly weeklyStats: UsageStats;
  readonly monthlyStats: UsageStats;
}

export interface EntityUsage {
  readonly entity: EntityReference;
  readonly usage: readonly UsageDetails[];
}

const sums = `count,
  (SELECT sum(w.count) FROM entity_usage w WHERE w.entity_id = u.entity_id AND w.date BETWEEN date(u.date, '-6 days') AND u.date) AS week,
  (SELECT sum(m.count) FROM entity_usage m WHERE m.entity_id = u.entity_id AND m.date BETWEEN date(u.date, '-29 days') AND u.date) AS month`;

/** How often entities are used, by day. Source: om-api §3.5. */
export class Usage {
  readonly #context: ExtrasContext;
  constructor(context: ExtrasContext) {
    this.#context = context;
  }

  /** The count of that day is the one given. Throws CatalogError 400 and 404. */
  set(type: string, id: string, body: unknown): EntityUsage {
    return this.#write(type, id, body, (count, before) => count - before);
  }

  /** The count given comes on top of that day's. Throws CatalogError 400 and 404. */
  add(type: string, id: string, body: unknown): EntityUsage {
    return this.#write(type, id, body, (count) => count);
  }

  /** The last `days` days up to `date`, newest first, those without use left out. Throws CatalogError 400 and 404. */
  get(type: string, id: string, options: { date?: string | undefined; days?: number | undefined } = {}): EntityUsage {
    const entity = this.#context.live(type, id);
    const date = parsed(usageDate, options.date ?? this.#today(), "date");
    const rows = this.#context.db.all(
      `SELECT date, rank_day, rank_week, rank_month, ${sums} FROM entity_usage u
        WHERE entity_id = ?1 AND date > date(?2, '-' || ?3 || ' days') AND date <= ?2 ORDER BY date DESC`,
      entity.id,
      date,
      options.days ?? 1,
    );
    return { entity: this.#reference(entity), usage: rows.map(details) };
  }

  /** Ranks all entities of the type by their use on that day and before; answers how many. Throws CatalogError 400. */
  computePercentiles(type: string, date: string): number {
    const rank = (column: string) => `round(percent_rank() OVER (ORDER BY ${column}) * 100, 2)`;
    return this.#context.db.run(
      `UPDATE entity_usage SET rank_day = ranked.day, rank_week = ranked.week, rank_month = ranked.month FROM (
          SELECT entity_id, ${rank("count")} AS day, ${rank("week")} AS week, ${rank("month")} AS month FROM (
            SELECT u.entity_id, ${sums} FROM entity_usage u
              JOIN entity ON entity.id = u.entity_id AND entity.type = ?1 AND entity.deleted = 0 WHERE u.date = ?2)
        ) AS ranked WHERE entity_usage.entity_id = ranked.entity_id AND entity_usage.date = ?2`,
      type,
      parsed(usageDate, date, "date"),
    );
  }

  #write(type: string, id: string, body: unknown, delta: (count: number, before: number) => number): EntityUsage {
    const entity = this.#context.live(type, id);
    const { date, count } = parsed(usageRequest, body, "usage");
    const row = this.#context.db.get("SELECT count FROM entity_usage WHERE entity_id = ? AND date = ?", id, date);
    const change = delta(count, Number(row?.count ?? 0));
    this.#bump(entity.id, date, change);
    if (type === "table") {
      for (const parent of this.#schemaAndDatabase(entity)) this.#bump(parent, date, change);
    }
    return this.get(type, id, { date });
  }

  #bump(id: string, date: string, change: number): void {
    this.#context.db.run(
      `INSERT INTO entity_usage (entity_id, date, count) VALUES (?1, ?2, max(0, ?3))
        ON CONFLICT DO UPDATE SET count = max(0, count + ?3)`,
      id,
      date,
      change,
    );
  }

  #schemaAndDatabase({ body }: StoredEntity): string[] {
    return [body.databaseSchema, body.database].flatMap((parent) => (parent as { id?: string } | undefined)?.id ?? []);
  }

  #reference({ id, type }: StoredEntity): EntityReference {
    return this.#context.store.reference(id) ?? { id, type };
  }

  #today(): string {
    return new Date(this.#context.clock()).toISOString().slice(0, 10);
  }
}

/** The newest day on which the entity was used. */
export function usageSummary(db: CatalogDatabase, entityId: string): UsageDetails | undefined {
  const row = db.get(
    `SELECT date, rank_day, rank_week, rank_month, ${sums} FROM entity_usage u WHERE entity_id = ? ORDER BY date DESC LIMIT 1`,
    entityId,
  );
  return row && details(row);
}

function details(row: Row): UsageDetails {
  const stats = (count: unknown, rank: unknown): UsageStats => ({
    count: Number(count),
    ...(rank === null ? {} : { percentileRank: Number(rank) }),
  });
  return {
    date: String(row.date),
    dailyStats: stats(row.count, row.rank_day),
    weeklyStats: stats(row.week, row.rank_week),
    monthlyStats: stats(row.month, row.rank_month),
  };
}
