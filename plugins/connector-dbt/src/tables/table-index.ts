import { didYouMean, type CatalogEntity } from "@omd/core";
import { childFqn, encodeName, quoteName, splitFqn, unquoteName, type FQN } from "@omd/schema";
import { isRaw } from "../artifacts/fields.ts";
import type { MatchedTable } from "../project/view.ts";

/** A table of the catalog, as far as it is held. */
export interface KnownTable extends MatchedTable {
  /** Undefined for one that this run makes. */
  readonly sourceHash: string | undefined;
  /** Set anew for tables that dbt itself keeps up to date. */
  columns: readonly string[];
  /** Types of the first columns, as the catalog shows them, empty where nobody told one; those of structs have none. */
  readonly types: readonly string[];
}

/** Names as dbt says them; undefined is any. */
export interface WantedTable {
  readonly database: string | undefined;
  readonly schema: string | undefined;
  readonly identifier: string;
}

export type Found =
  | {
      readonly kind: "found";
      readonly table: KnownTable;
      /** Table and schema are written letter by letter as they were asked for. */
      readonly isExact: boolean;
    }
  /** Several fit, none of them better than the others. */
  | { readonly kind: "ambiguous"; readonly fqns: readonly FQN[] }
  | { readonly kind: "none" };

interface Entry {
  readonly table: KnownTable;
  readonly database: string;
  readonly schema: string;
  readonly name: string;
}

/** What OpenMetadata calls the level that databases without it lack. */
export const defaultLevel = "default";

const nearestShown = 3;
/** So many names are compared letter by letter with all others; more would take longer than they are worth. */
const comparedNames = 50;

/** Tables of the catalog by name, from one listing. Upper and lower case make no difference unless two tables differ in nothing else. */
export class TableIndex {
  readonly #byName = new Map<string, Entry[]>();
  readonly #words = new Map<string, string>();
  #compared = 0;

  /** Takes all of a listing, or only tables of these names (lower case). Throws what the listing throws. */
  static async read(listing: AsyncIterable<CatalogEntity>, names?: ReadonlySet<string>): Promise<TableIndex> {
    const index = new TableIndex();
    for await (const table of listing)
      if (names === undefined || names.has(table.name.toLowerCase()))
        index.#add({
          fqn: table.fullyQualifiedName,
          sourceHash: table.sourceHash,
          isCreated: false,
          ...index.#columns(table["columns"]),
        });
    return index;
  }

  find({ database, schema, identifier }: WantedTable): Found {
    const named = this.#byName.get(key(identifier)) ?? [];
    const inSchema = named.filter((entry) => schema === undefined || key(schema) === entry.schema.toLowerCase());
    const inDatabase = inSchema.filter(
      (entry) => database === undefined || key(database) === entry.database.toLowerCase(),
    );
    // Some connectors have no level of databases where dbt has one.
    const fitting = inDatabase.length > 0 ? inDatabase : inSchema.filter((entry) => entry.database === defaultLevel);
    const best = sharpest(fitting, { database, schema, identifier });
    const [only, second] = best;
    if (only === undefined) return { kind: "none" };
    return second === undefined
      ? { kind: "found", table: only.table, isExact: isExact(only, { schema, identifier }) }
      : { kind: "ambiguous", fqns: best.map(({ table }) => table.fqn).toSorted() };
  }

  /** FQNs of tables with the same or a similar name, at most three. */
  nearest({ schema, identifier }: WantedTable): FQN[] {
    const same = this.#byName.get(key(identifier));
    if (same !== undefined) {
      const inSchema = (entry: Entry): number =>
        Number(schema !== undefined && key(schema) === entry.schema.toLowerCase());
      return fqnsOf(same.toSorted((a, b) => inSchema(b) - inSchema(a)));
    }
    if (this.#compared >= comparedNames) return [];
    this.#compared += 1;
    const similar = didYouMean(key(identifier), this.#byName.keys());
    return fqnsOf((similar === undefined ? undefined : this.#byName.get(similar)) ?? []);
  }

  /** A table that this run makes. */
  learn(fqn: FQN): KnownTable {
    const name = unquoteName(splitFqn(fqn).at(-1) ?? "");
    const known = this.#byName.get(name.toLowerCase())?.find((entry) => entry.table.fqn === fqn);
    // A seed and the source that reads it are one table.
    if (known !== undefined) return known.table;
    const table: KnownTable = { fqn, sourceHash: undefined, isCreated: true, columns: [], types: [] };
    this.#add(table);
    return table;
  }

  #add(table: KnownTable): void {
    const [, database, schema, name] = splitFqn(table.fqn).map(unquoteName);
    if (database === undefined || schema === undefined || name === undefined) return;
    const entry: Entry = { table, database: this.#word(database), schema: this.#word(schema), name };
    const known = this.#byName.get(name.toLowerCase());
    if (known === undefined) this.#byName.set(name.toLowerCase(), [entry]);
    else known.push(entry);
  }

  #columns(given: unknown): { columns: string[]; types: string[] } {
    const columns: string[] = [];
    const types: string[] = [];
    const nested: string[] = [];
    for (const column of shownColumns(given)) {
      columns.push(this.#word(column.name));
      types.push(this.#word(column.type));
      this.#below(column.children, quoteName(column.name) as FQN, nested);
    }
    return { columns: [...columns, ...nested], types };
  }

  #below(given: unknown, above: FQN, nested: string[]): void {
    for (const column of shownColumns(given)) {
      const path = childFqn(above, column.name);
      nested.push(this.#word(path));
      this.#below(column.children, path, nested);
    }
  }

  /** The same names come again and again: each is held once. */
  #word(word: string): string {
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    this.#words.set(word, word);
    return word;
  }
}

function shownColumns(columns: unknown): { name: string; type: string; children: unknown }[] {
  if (!Array.isArray(columns)) return [];
  return (columns as unknown[]).flatMap((column) => {
    if (!isRaw(column) || typeof column["name"] !== "string") return [];
    const { name, dataTypeDisplay, dataType, children } = column;
    const shown = [dataTypeDisplay, dataType].find((text) => typeof text === "string") ?? "";
    // What the catalog shows for a column whose type nobody told.
    return { name, type: shown.toLowerCase() === "unknown" ? "" : shown, children };
  });
}

function key(name: string): string {
  return encodeName(name).toLowerCase();
}

function isExact(entry: Entry, { schema, identifier }: Omit<WantedTable, "database">): boolean {
  return entry.name === encodeName(identifier) && (schema === undefined || entry.schema === encodeName(schema));
}

/** Those that fit letter by letter in most levels, the table's name before the schema's and that before the database's. */
function sharpest(entries: readonly Entry[], wanted: WantedTable): readonly Entry[] {
  const levels = [
    (entry: Entry) => entry.name === encodeName(wanted.identifier),
    (entry: Entry) => wanted.schema === undefined || entry.schema === encodeName(wanted.schema),
    (entry: Entry) => wanted.database === undefined || entry.database === encodeName(wanted.database),
  ];
  return levels.reduce<readonly Entry[]>((left, fits) => {
    const exact = left.filter(fits);
    return exact.length > 0 ? exact : left;
  }, entries);
}

function fqnsOf(entries: readonly Entry[]): FQN[] {
  return entries.slice(0, nearestShown).map(({ table }) => table.fqn);
}
