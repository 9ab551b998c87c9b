/** A column of a base table that a value comes from. */
export interface Origin {
  readonly table: readonly string[];
  readonly column: string;
}

/** Where a value comes from, by a key of table and column. */
export type Origins = ReadonlyMap<string, Origin>;

export interface Value {
  readonly from: Origins;
  /** The expression that made it, when it is more than a column handed on. */
  readonly made?: unknown;
  /** The columns that are its fields, where it is a row of a table or query. */
  readonly row?: Rowset;
  /** A star hides which column it is: where it comes from is not known. */
  readonly hidden?: boolean;
}

export interface Column extends Value {
  readonly name: string | undefined;
}

/** Columns behind a star whose names are not known: each is asked for by name. */
export interface Rest {
  /** Undefined: it surely has no column of that name. */
  find(name: string): Value | undefined;
  /** Asked only when no other has the column: what an unnested value or a table function gives. */
  readonly weak?: boolean;
  /** A star does not hide it: the columns have names. */
  readonly named?: boolean;
  /** The names may not be all: it could have a column that was found in another. */
  readonly more?: boolean;
}

/** What a query, a table or a table function gives. */
export interface Rowset {
  readonly columns: readonly Column[];
  readonly rests: readonly Rest[];
}

export const nothing: Origins = new Map();
export const empty: Rowset = { columns: [], rests: [] };

export function originsOf(table: readonly string[], column: string): Origins {
  return new Map([[JSON.stringify([table, column]), { table, column }]]);
}

export function together(all: Iterable<Origins>): Origins {
  const result = new Map<string, Origin>();
  for (const origins of all) for (const [key, origin] of origins) result.set(key, origin);
  return result;
}

export function sameName(a: string | undefined, b: string): boolean {
  return a !== undefined && a.toLowerCase() === b.toLowerCase();
}

/** The exact spelling wins over another case. */
export function columnNamed<Named extends { readonly name: string | undefined }>(
  columns: readonly Named[],
  name: string,
): Named | undefined {
  return columns.find((column) => column.name === name) ?? columns.find((column) => sameName(column.name, name));
}

/** A base table; without its columns, any name may be one. */
export function tableRowset(table: readonly string[], columns: readonly string[] | undefined): Rowset {
  if (!columns) return { columns: [], rests: [{ find: (name) => ({ from: originsOf(table, name) }) }] };
  return { columns: columns.map((name) => ({ name, from: originsOf(table, name) })), rests: [] };
}

/** An unnested value or a table function: all it gives comes from its arguments. The names are all it has, or there may be more. */
export function virtualRowset(from: Origins, names: readonly string[], all: boolean): Rowset {
  const rest: Rest = { find: () => ({ from }), weak: true, named: names.length > 0, more: !all && from.size > 0 };
  return { columns: names.map((name) => ({ name, from })), rests: [rest] };
}

export const behindStar: Value = { from: nothing, hidden: true };

/** Gives new names by position, which a star hides, unless all behind it comes from the same. */
export function renamed(rowset: Rowset, names: readonly string[]): Rowset {
  if (names.length === 0) return rowset;
  const [rest, ...others] = rowset.rests;
  if (rest) {
    const alike = rest.weak && rowset.columns.length + others.length === 0;
    return { columns: names.map((name) => ({ ...((alike && rest.find(name)) || behindStar), name })), rests: [] };
  }
  return { ...rowset, columns: rowset.columns.map((column, at) => ({ ...column, name: names[at] ?? column.name })) };
}

/** Values of both: by position, or by name when a star hides the positions. */
export function united(left: Rowset, right: Rowset, byName: boolean): Rowset {
  const positional = !byName && left.rests.length === 0 && right.rests.length === 0;
  if (positional) {
    const columns = left.columns.map((column, at) => both(column.name, column, right.columns[at]));
    return { columns, rests: [] };
  }
  const columns = left.columns.map((column) => both(column.name, column, findIn(right, column.name)));
  const only = right.columns.filter((column) => column.name !== undefined && !columnNamed(left.columns, column.name));
  for (const column of only) columns.push(both(column.name, findIn(left, column.name), column));
  if (left.rests.length + right.rests.length === 0) return { columns, rests: [] };
  const find = (name: string): Value | undefined => {
    const [a, b] = [findIn(left, name), findIn(right, name)];
    return a || b ? both(name, a, b) : undefined;
  };
  return { columns, rests: [{ find }] };
}

function both(name: string | undefined, a: Value | undefined, b: Value | undefined): Column {
  const from = together([a?.from ?? nothing, b?.from ?? nothing]);
  const hidden = a?.hidden || b?.hidden ? { hidden: true } : {};
  return a?.made !== undefined && b === undefined ? { name, from, made: a.made, ...hidden } : { name, from, ...hidden };
}

/** A column by its name, where at most one star may hide it. */
export function findIn(rowset: Rowset, name: string | undefined): Value | undefined {
  if (name === undefined) return undefined;
  const known = columnNamed(rowset.columns, name);
  if (known) return known;
  const [rest, ...others] = rowset.rests;
  return others.length === 0 ? rest?.find(name) : undefined;
}
