import type { ColumnOrigin, SqlFailure } from "@omd/lineage";
import type { ColumnLineage } from "@omd/schema";
import type { ProjectView, Relation } from "../project/view.ts";
import { columnFqn } from "./column-names.ts";
import type { FindRelation, ProjectSql } from "./project-sql.ts";

/** What the SQL of one relation says about the relations that it reads. */
export interface SqlReading {
  /** By unique id; relations that the SQL names, with the columns that come from them. */
  readonly inputs: ReadonlyMap<string, readonly ColumnLineage[]>;
  /** What is in `inputs` is right even so. */
  readonly failure: SqlFailure | undefined;
}

/** Reads the compiled SQL of a relation. Columns that the catalog does not have, of either table, are left out. */
export async function readSql(
  relation: Relation,
  sql: string,
  { view, project }: { readonly view: ProjectView; readonly project: ProjectSql },
): Promise<SqlReading> {
  const { uniqueId } = relation;
  const find = project.finder(relation);
  const answer = await project.answer(relation, sql);
  const inputs = new Map<string, ColumnLineage[]>();
  for (const table of answer.tables.inputs) {
    const id = find(table);
    if (id !== undefined && !inputs.has(id)) inputs.set(id, []);
  }
  for (const { from, to, function: made } of answer.columns) {
    const toColumn = columnFqn(view, uniqueId, to);
    if (toColumn === undefined) continue;
    for (const [id, fromColumns] of columnsByRelation(view, from, find))
      inputs.get(id)?.push({ fromColumns, toColumn, ...(made === undefined ? {} : { function: made }) });
  }
  return { inputs, failure: answer.failure };
}

function columnsByRelation(
  view: ProjectView,
  origins: readonly ColumnOrigin[],
  find: FindRelation,
): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { table, column } of origins) {
    const id = find(table);
    const fqn = id === undefined ? undefined : columnFqn(view, id, column);
    if (id === undefined || fqn === undefined) continue;
    const known = found.get(id);
    if (known === undefined) found.set(id, [fqn]);
    else if (!known.includes(fqn)) known.push(fqn);
  }
  return found;
}
