import { childFqn, encodeName, type Column, type CreateTable, type FQN } from "@omd/schema";
import type { Raw } from "../artifacts/fields.ts";
import { texts } from "./catalog-meta.ts";
import type { ColumnFacts } from "./columns.ts";

type TableConstraint = NonNullable<CreateTable["tableConstraints"]>[number];

export interface ConstraintParts {
  readonly columns: readonly ColumnFacts[];
  /** Those of the model; those of columns are with the columns. */
  readonly constraints: readonly Raw[];
  /** The table that a foreign key names as `"db"."schema"."table"`, and its columns as the catalog writes them. */
  readonly referred: (relationName: string) => ReferredTable | undefined;
}

export interface ReferredTable {
  readonly fqn: FQN;
  readonly columnOf: (name: string) => string | undefined;
}

export interface Constraints {
  readonly ofColumns: ReadonlyMap<string, NonNullable<Column["constraint"]>>;
  readonly ofTable: TableConstraint[];
}

const tableKinds: Readonly<Record<string, TableConstraint["constraintType"]>> = {
  primary_key: "PRIMARY_KEY",
  unique: "UNIQUE",
  foreign_key: "FOREIGN_KEY",
};
/** A column has one constraint in OpenMetadata: the one that says most. */
const columnKinds = [
  ["primary_key", "PRIMARY_KEY"],
  ["unique", "UNIQUE"],
  ["not_null", "NOT_NULL"],
] as const;

/** Constraints of a dbt contract as OpenMetadata writes them; a key of several columns is one of the table. Column names are encoded. */
export function constraintsOf(parts: ConstraintParts): Constraints {
  const columns = parts.columns.filter(({ isNested }) => !isNested);
  const byName = new Map(columns.map(({ name }) => [name.toLowerCase(), encodeName(name)]));
  const primary = columns.filter((column) => kindsOf(column.constraints).has("primary_key"));
  const isTableKey = parts.constraints.some((one) => one["type"] === "primary_key");
  const keyInTable = isTableKey || primary.length > 1;
  const ofColumns = new Map<string, NonNullable<Column["constraint"]>>();
  const ofTable: TableConstraint[] = [];
  const add = (one: Raw, names: readonly string[]): void => {
    const constraint = tableConstraint(one, names, byName, parts);
    const isSecondKey = constraint?.constraintType === "PRIMARY_KEY" && ofTable.some(isPrimary);
    if (constraint && !isSecondKey) ofTable.push(constraint);
  };
  for (const one of parts.constraints) add(one, texts(one["columns"]));
  if (primary.length > 1)
    add(
      { type: "primary_key" },
      primary.map(({ name }) => name),
    );
  for (const { name, constraints } of columns) {
    const kinds = kindsOf(constraints);
    if (keyInTable) kinds.delete("primary_key");
    const kind = columnKinds.find(([dbt]) => kinds.has(dbt));
    if (kind) ofColumns.set(encodeName(name), kind[1]);
    for (const one of constraints) if (one["type"] === "foreign_key") add(one, [name]);
  }
  return { ofColumns, ofTable };
}

function isPrimary({ constraintType }: TableConstraint): boolean {
  return constraintType === "PRIMARY_KEY";
}

function kindsOf(constraints: readonly Raw[]): Set<unknown> {
  return new Set(constraints.map((one) => one["type"]));
}

/** Undefined for other kinds, and where a column or the other table is not known: a catalog refuses the whole table then. */
function tableConstraint(
  one: Raw,
  names: readonly string[],
  byName: ReadonlyMap<string, string>,
  { referred }: ConstraintParts,
): TableConstraint | undefined {
  const { type, to } = one;
  const constraintType = typeof type === "string" && Object.hasOwn(tableKinds, type) ? tableKinds[type] : undefined;
  const columns = names.flatMap((name) => byName.get(name.toLowerCase()) ?? []);
  if (constraintType === undefined || columns.length === 0 || columns.length < names.length) return undefined;
  if (constraintType !== "FOREIGN_KEY") return { constraintType, columns };
  const other = typeof to === "string" ? referred(to) : undefined;
  const there = texts(one["to_columns"]).map((name) => other?.columnOf(name));
  const known = there.filter((name) => name !== undefined);
  if (other === undefined || known.length === 0 || known.length < there.length) return undefined;
  return { constraintType, columns, referredColumns: known.map((name) => childFqn(other.fqn, name)) };
}

/** The parts of a name that an adapter has quoted: `"db"."a.b"`, `` `p`.`d`.`t` ``, `[db].[t]`, `DB.S.T`. */
export function relationParts(relationName: string): { name: string; isQuoted: boolean }[] {
  const found = relationName.matchAll(/"((?:[^"]|"")*)"|`((?:[^`]|``)*)`|\[([^\]]*)\]|([^.\s"`[\]]+)/gu);
  return [...found].flatMap(([whole, double, back, square, plain]) => {
    if (back !== undefined && back.includes(".") && whole === relationName.trim())
      return back.split(".").map((name) => ({ name, isQuoted: true }));
    const quoted = double?.replaceAll('""', '"') ?? back?.replaceAll("``", "`") ?? square;
    return [{ name: quoted ?? plain ?? "", isQuoted: quoted !== undefined }];
  });
}
