import { columnNamed, sameName, type Column, type Rowset, type Value } from "./rowset.ts";

export interface Relation {
  readonly alias: string | undefined;
  /** Name of the table, outermost first; empty for what has none. */
  readonly path: readonly string[];
  readonly rowset: Rowset;
  /** The right side of a semi or anti join gives no columns. */
  readonly hidden?: boolean;
}

/** A column of `join … using`: one for both sides. */
export interface Merged extends Value {
  readonly name: string;
}

export type Found =
  | {
      readonly kind: "found";
      readonly value: Value;
      /** Another table may have it, if the one that it was found in has not: known with the columns of that. */
      readonly doubt?: boolean;
    }
  | { readonly kind: "ambiguous" | "absent" };

const absent: Found = { kind: "absent" };

/** The names that an expression of one SELECT can use, and those of the queries around it. */
export class Scope {
  readonly relations: Relation[] = [];
  readonly merged: Merged[] = [];
  /** Earlier columns of the same SELECT list, where the dialect lets later ones use them. */
  readonly siblings: Column[] = [];
  readonly windows = new Map<string, unknown>();
  /** Parameters of a lambda. */
  readonly bound: ReadonlySet<string>;
  readonly parent: Scope | undefined;
  readonly #ctes = new Map<string, Rowset>();

  constructor(parent: Scope | undefined, bound: Iterable<string> = []) {
    this.parent = parent;
    this.bound = new Set([...bound].map((name) => name.toLowerCase()));
  }

  /** `path` is a column with the names before it and the fields behind it: `orders.address.city`. */
  column(path: readonly string[]): Found {
    return this.#qualified(path) ?? fieldOf(this.#unqualified(path[0] ?? ""), path.slice(1));
  }

  /** The longest table name in the path counts, in the nearest query that has such a table. */
  #qualified(path: readonly string[]): Found | undefined {
    if (this.bound.has((path[0] ?? "").toLowerCase())) return absent;
    for (let at = path.length - 1; at > 0; at -= 1) {
      const relation = this.relation(path.slice(0, at));
      if (relation) return fieldOf(inRowset(relation.rowset, path[at] ?? ""), path.slice(at + 1));
    }
    const { parent } = this;
    return parent ? parent.#qualified(path) : undefined;
  }

  relation(path: readonly string[]): Relation | undefined {
    const named = this.relations.filter((relation) => answersTo(relation, path));
    return named.find((relation) => relation.alias === path[0]) ?? named[0];
  }

  /** As `relation`, in the nearest query that has it. */
  relationAround(path: readonly string[]): Relation | undefined {
    return this.relation(path) ?? this.parent?.relationAround(path);
  }

  define(cte: string, rowset: Rowset): void {
    this.#ctes.set(cte.toLowerCase(), rowset);
  }

  cte(name: string): Rowset | undefined {
    return this.#ctes.get(name.toLowerCase()) ?? this.parent?.cte(name);
  }

  window(name: string): unknown {
    return this.windows.get(name.toLowerCase());
  }

  #unqualified(name: string): Found {
    const merged = columnNamed(this.merged, name);
    if (merged) return { kind: "found", value: merged };
    const visible = this.relations.filter((relation) => !relation.hidden);
    const known = visible.flatMap(({ rowset }) => columnNamed(rowset.columns, name) ?? []);
    if (known.length > 0) return known.length === 1 ? found(known[0]) : { kind: "ambiguous" };
    const sibling = columnNamed([...this.siblings].reverse(), name);
    if (sibling && !readsItsOwnName(sibling, name)) return { kind: "found", value: sibling };
    // The alias of a table alone is the whole row.
    if (visible.some(({ alias, path }) => path.length > 0 && sameName(alias, name))) return absent;
    const rests = visible.flatMap(({ rowset }) => rowset.rests);
    for (const weak of [false, true]) {
      const values = rests.filter((rest) => (rest.weak ?? false) === weak).flatMap((rest) => rest.find(name) ?? []);
      if (values.length > 1) return { kind: "ambiguous" };
      const [value] = values;
      if (value) return { kind: "found", value, doubt: !weak && rests.some(({ more }) => more) };
    }
    return this.parent ? this.parent.column([name]) : absent;
  }
}

/** `upper(name) as name, name || '!'`: the table has the column, and a table's column goes before an alias. */
function readsItsOwnName(sibling: Column, name: string): boolean {
  return [...sibling.from.values()].some(({ column }) => sameName(column, name));
}

function answersTo(relation: Relation, path: readonly string[]): boolean {
  if (relation.alias !== undefined) return path.length === 1 && sameName(relation.alias, path[0] ?? "");
  const end = relation.path.slice(-path.length);
  return end.length === path.length && end.every((part, at) => sameName(part, path[at] ?? ""));
}

function inRowset(rowset: Rowset, name: string): Found {
  const known = columnNamed(rowset.columns, name);
  if (known) return found(known);
  const values = rowset.rests.flatMap((rest) => rest.find(name) ?? []);
  return values.length > 1 ? { kind: "ambiguous" } : found(values[0]);
}

/** What is known of a field; where nothing is, it comes from what the whole comes from. */
function fieldOf(whole: Found, fields: readonly string[]): Found {
  const [field, ...inner] = fields;
  if (field === undefined || whole.kind !== "found" || !whole.value.row) return whole;
  const answer = inRowset(whole.value.row, field);
  return answer.kind === "absent" ? whole : fieldOf(answer, inner);
}

function found(value: Value | undefined): Found {
  return value ? { kind: "found", value } : absent;
}
