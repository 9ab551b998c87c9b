import type { CatalogEntity } from "@omd/core";
import { tableJoins, type TableJoins } from "@omd/schema";
import type { Body } from "../entity-store.ts";
import { ColumnNames } from "./column-names.ts";
import { parsed, type ExtrasContext } from "./extras-context.ts";
import type { Series } from "./series.ts";

const extension = "table.joins";
const dayMs = 86_400_000;
/** OpenMetadata answers the joins of 30 days. */
const windowDays = 30;

/** How often tables and columns were joined, by day. Source: om-api §3.5. */
export class Joins {
  readonly #context: ExtrasContext;
  constructor(context: ExtrasContext) {
    this.#context = context;
  }

  /** Sets the counts of a day; other pairs of that day stay. Throws CatalogError: 404 without the table, 400 for an unknown column. */
  put(tableId: string, body: unknown): CatalogEntity {
    const table = this.#context.live("table", tableId);
    const joins = parsed(tableJoins, body, "joins");
    const timestamp = Date.parse(joins.startDate);
    new ColumnNames(table).check((joins.columnJoins ?? []).map(({ columnName }) => columnName));
    const set = (
      column: string,
      { fullyQualifiedName, joinCount }: { fullyQualifiedName: string; joinCount: number },
    ) =>
      this.#context.series.put(table.id, extension, {
        key: JSON.stringify([column, fullyQualifiedName]),
        timestamp,
        body: { joinCount },
      });
    for (const joined of joins.directTableJoins ?? []) set("", joined);
    for (const { columnName, joinedWith = [] } of joins.columnJoins ?? [])
      for (const joined of joinedWith) set(columnName, joined);
    return this.#context.show(table, "joins");
  }
}

/** The sums of the 30 days that end with the newest join. */
export function joinsOf(series: Series, tableId: string): TableJoins | undefined {
  const newest = series.points(tableId, extension, { limit: 1 })[0]?.timestamp;
  if (newest === undefined) return undefined;
  const first = newest - (windowDays - 1) * dayMs;
  const counts = new Map<string, Map<string, number>>();
  for (const { key, body } of series.points(tableId, extension, { startTs: first, endTs: newest })) {
    const [column = "", fqn = ""] = JSON.parse(key) as string[];
    const known = counts.get(column) ?? new Map<string, number>();
    counts.set(column, known.set(fqn, (known.get(fqn) ?? 0) + count(body)));
  }
  const joinedWith = (column: string) =>
    [...(counts.get(column) ?? [])]
      .map(([fullyQualifiedName, joinCount]) => ({ fullyQualifiedName, joinCount }))
      .sort((a, b) => b.joinCount - a.joinCount || (a.fullyQualifiedName < b.fullyQualifiedName ? -1 : 1));
  return {
    startDate: new Date(first).toISOString().slice(0, 10),
    dayCount: windowDays,
    columnJoins: [...counts.keys()]
      .filter((column) => column !== "")
      .sort()
      .map((columnName) => ({ columnName, joinedWith: joinedWith(columnName) })),
    directTableJoins: joinedWith(""),
  };
}

function count(body: Body): number {
  return Number(body.joinCount);
}
