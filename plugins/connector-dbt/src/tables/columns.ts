import { encodeName, quoteName, type Column, type TagLabel } from "@omd/schema";
import type { Raw } from "../artifacts/fields.ts";
import type { CatalogTable, ManifestColumn } from "../artifacts/shapes.ts";
import { columnType } from "./column-type.ts";

/** A column of a table or of a struct in it, from catalog.json and manifest together. */
export interface ColumnFacts {
  /** As the database has it where catalog.json tells; of a nested one `address.city`. */
  readonly name: string;
  readonly isNested: boolean;
  readonly type: string | undefined;
  readonly description: string | undefined;
  readonly tags: readonly string[];
  readonly meta: Raw;
  readonly constraints: readonly Raw[];
}

/** Columns in the order of the database, then those that only the manifest knows. Upper and lower case make no difference. */
export function columnFacts(
  manifest: readonly ManifestColumn[],
  catalog: Pick<CatalogTable, "columns"> | undefined,
): ColumnFacts[] {
  const written = new Map<string, ManifestColumn>();
  for (const column of manifest) written.set(column.name.toLowerCase(), column);
  const exact = new Map(manifest.map((column) => [column.name, column]));
  const listed = new Set(catalog?.columns.map(({ name }) => name));
  const names = [...(catalog?.columns ?? []), ...manifest].map(({ name }) => name.toLowerCase());
  const all = new Set(names);
  const seen = new Set<string>();
  const facts: ColumnFacts[] = [];
  for (const { name, type, comment } of catalog?.columns ?? []) {
    const other = written.get(name.toLowerCase());
    // Two columns of a database may differ in case only: what is said of one is not said of the other.
    const column = exact.get(name) ?? (other && listed.has(other.name) ? undefined : other);
    seen.add(column?.name ?? name);
    facts.push(factsOf(name, { type: type ?? column?.dataType, comment, column, all }));
  }
  const inDatabase = new Set(facts.map(({ name }) => name.toLowerCase()));
  for (const column of manifest)
    if (!seen.has(column.name) && !inDatabase.has(column.name.toLowerCase()))
      facts.push(factsOf(column.name, { type: column.dataType, comment: undefined, column, all }));
  return facts;
}

interface FactParts {
  readonly type: string | undefined;
  readonly comment: string | undefined;
  readonly column: ManifestColumn | undefined;
  /** Names of all columns in lower case. */
  readonly all: ReadonlySet<string>;
}

function factsOf(name: string, { type, comment, column, all }: FactParts): ColumnFacts {
  return {
    name,
    isNested: isBelowOther(name, all),
    type,
    description: filled(column?.description) ?? filled(comment),
    tags: column?.tags ?? [],
    meta: column?.meta ?? {},
    constraints: column?.constraints ?? [],
  };
}

/** BigQuery lists the members of a struct beside it, as `address.city`. */
function isBelowOther(name: string, all: ReadonlySet<string>): boolean {
  const lower = name.toLowerCase();
  for (let dot = lower.indexOf("."); dot >= 0; dot = lower.indexOf(".", dot + 1))
    if (all.has(lower.slice(0, dot))) return true;
  return false;
}

/** What follows the table in the column's FQN. */
export function columnPath({ name, isNested }: Pick<ColumnFacts, "name" | "isNested">): string {
  return isNested ? name : quoteName(encodeName(name));
}

export interface ColumnParts {
  readonly labels: (facts: ColumnFacts) => TagLabel[];
  /** The name that the catalog writes; undefined for a column that it does not have. */
  readonly nameOf?: ((name: string) => string | undefined) | undefined;
}

/** Columns for a request; those that repeat a name are left out, as no catalog takes them. */
export function columnsOf(facts: readonly ColumnFacts[], parts: ColumnParts): Column[] {
  const columns = new Map<string, Column>();
  for (const one of facts) {
    if (one.isNested) continue;
    const name = parts.nameOf?.(one.name) ?? encodeName(one.name);
    if (name === "" || columns.has(name)) continue;
    columns.set(name, { name, ...columnType(one.type), ...documentation(one, parts) });
  }
  for (const one of facts) {
    const child = one.isNested ? childOf([...columns.values()], one.name) : undefined;
    if (child) Object.assign(child, documentation(one, parts));
  }
  return [...columns.values()];
}

function documentation(facts: ColumnFacts, parts: ColumnParts): Pick<Column, "description" | "tags"> {
  const tags = parts.labels(facts);
  return {
    ...(facts.description !== undefined && { description: facts.description }),
    ...(tags.length > 0 && { tags }),
  };
}

function childOf(columns: readonly Column[], path: string): Column | undefined {
  const lower = path.toLowerCase();
  for (const column of columns) {
    const name = column.name.toLowerCase();
    if (lower === name) return column;
    if (lower.startsWith(`${name}.`)) return childOf(column.children ?? [], path.slice(name.length + 1));
  }
  return undefined;
}

/** Undefined for blank text. */
export function filled(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === "" ? undefined : text;
}
