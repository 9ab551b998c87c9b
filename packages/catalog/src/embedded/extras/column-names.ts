import { unquoteName, splitFqn } from "@omd/schema";
import { badRequest } from "../columns.ts";
import type { Body, StoredEntity } from "../entity-store.ts";

/** FQNs of a table's columns by every name that clients use: the name, and for nested ones the path with dots. */
export class ColumnNames {
  readonly #fqns = new Map<string, string>();

  constructor({ body }: StoredEntity) {
    this.#add(body.columns, "");
  }

  /** Throws CatalogError 400. */
  fqn(name: string): string {
    const found = this.#fqns.get(name);
    if (found === undefined) throw badRequest(`Invalid column name ${name}`);
    return found;
  }

  /** Throws CatalogError 400. */
  check(names: Iterable<string>): void {
    for (const name of names) this.fqn(name);
  }

  #add(columns: unknown, prefix: string): void {
    if (!Array.isArray(columns)) return;
    // All of one level first: a column whose own name holds a dot wins against a path.
    for (const { name, fullyQualifiedName } of columns as Body[]) {
      const fqn = String(fullyQualifiedName);
      for (const known of [`${prefix}${String(name)}`, `${prefix}${splitFqn(fqn).at(-1) ?? ""}`, fqn])
        if (!this.#fqns.has(known)) this.#fqns.set(known, fqn);
    }
    for (const { name, children } of columns as Body[]) this.#add(children, `${prefix}${unquoteName(String(name))}.`);
  }
}

/** The columns with what `of` adds to each, by its FQN. */
export function withEach(columns: unknown, of: (fqn: string) => Body): Body[] {
  return (Array.isArray(columns) ? (columns as Body[]) : []).map((column) => ({
    ...column,
    ...of(String(column.fullyQualifiedName)),
    ...(Array.isArray(column.children) ? { children: withEach(column.children, of) } : {}),
  }));
}
