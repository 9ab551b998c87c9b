import { encodeName, parentFqn, splitFqn, unquoteName, type CreateTable, type FQN } from "@omd/schema";
import type { CatalogTable } from "../artifacts/shapes.ts";
import type { Relation } from "../project/view.ts";
import { foldOf } from "./identifier-case.ts";
import type { WantedTable } from "./table-index.ts";
import { relationParts } from "./constraints.ts";

type TableType = NonNullable<CreateTable["tableType"]>;

/** Where a table is made: as catalog.json says, else as the manifest does. `relationName` is asked for where the adapter changes the case of names. */
export function placeOf(
  relation: Relation,
  catalog: CatalogTable | undefined,
  adapter: { readonly type: string | undefined; readonly relationName: () => string | undefined },
): WantedTable {
  if (catalog?.name !== undefined)
    return {
      database: catalog.database ?? relation.database,
      schema: catalog.schema ?? relation.schema,
      identifier: catalog.name,
    };
  const fold = foldOf(adapter.type);
  const relationName = fold && adapter.relationName();
  if (fold === undefined || relationName === undefined) return relation;
  const parts = relationParts(relationName).map(({ name, isQuoted }) => (isQuoted ? name : fold(name)));
  const [database, schema, identifier] = parts;
  return parts.length === 3 && identifier !== undefined ? { database, schema, identifier } : relation;
}

const kinds: readonly (readonly [RegExp, TableType])[] = [
  [/materialized.?view|materializedview/iu, "MaterializedView"],
  [/dynamic/iu, "Dynamic"],
  [/iceberg/iu, "Iceberg"],
  [/external/iu, "External"],
  [/foreign/iu, "Foreign"],
  [/transient/iu, "Transient"],
  [/temporary/iu, "Local"],
  [/\bview\b/iu, "View"],
];

/** What the database says of the table, else what dbt makes it as. */
export function tableTypeOf(
  catalog: Pick<CatalogTable, "type"> | undefined,
  materialized: string | undefined,
): TableType {
  const text = catalog?.type ?? materialized ?? "";
  return kinds.find(([form]) => form.test(text))?.[1] ?? "Regular";
}

/** FQNs of schema and database that a table lies in. */
export function levelsAbove(table: FQN): { schema: FQN; database: FQN } | undefined {
  const schema = parentFqn(table);
  const database = schema === undefined ? undefined : parentFqn(schema);
  return schema === undefined || database === undefined ? undefined : { schema, database };
}

/** The last name of an FQN. */
export function lastName(fqn: FQN): string {
  return encodeName(unquoteName(splitFqn(fqn).at(-1) ?? ""));
}
