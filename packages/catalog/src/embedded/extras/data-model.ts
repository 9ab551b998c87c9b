import type { DataModel } from "@omd/schema";
import type { Body } from "../entity-store.ts";
import { uniteTags } from "../merge.ts";
import type { References } from "../references.ts";

/**
 * The fields of a table that a data model changes: the model itself, whose statements stay when the new ones are blank; its tags and
 * those of its columns are added; its owners count when the table has none. Clients patch descriptions only, so this is how the tags of
 * dbt come to a table. Source: OpenMetadata's TableRepository. Throws CatalogError 404 for unknown tags and owners, 400 for tags that
 * shut each other out.
 */
export function modelledFields(table: Body, model: DataModel, references: References): Body {
  const known = (table.dataModel ?? {}) as Pick<DataModel, "sql" | "rawSql">;
  const sql = filled(model.sql) ?? filled(known.sql);
  const rawSql = filled(model.rawSql) ?? filled(known.rawSql);
  const tags = uniteTags(table.tags, references.tags(model.tags ?? []));
  const hasOwners = Array.isArray(table.owners) && table.owners.length > 0;
  const fields: Body = {
    dataModel: { ...model, ...(sql !== undefined && { sql }), ...(rawSql !== undefined && { rawSql }) },
    columns: withTags((table.columns ?? []) as Body[], references.partTags(model.columns ?? [])),
    ...(tags && { tags }),
    ...(!hasOwners && model.owners && model.owners.length > 0 && { owners: references.owners(model.owners) }),
  };
  references.checkAllExclusive({ ...table, ...fields });
  return fields;
}

const filled = (text: string | undefined): string | undefined => (text?.trim() === "" ? undefined : text);

/** Columns with the tags of the model's columns of the same name, whose letters may be of another case. */
function withTags(columns: readonly Body[], modelled: readonly { name: string; tags?: unknown }[]): Body[] {
  const byName = new Map(modelled.map((column) => [column.name.toLowerCase(), column]));
  return columns.map((column) => {
    const added = byName.get(String(column.name).toLowerCase())?.tags;
    return added === undefined ? column : { ...column, tags: uniteTags(column.tags, added) };
  });
}
