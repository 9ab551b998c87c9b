import type { DataModel, DataModelRecord, FQN, Mark, TagLabel } from "@omd/schema";
import { parseTime } from "../artifacts/newest-results.ts";
import type { OpenProject } from "../project/open-project.ts";
import { columnsOf, filled, type ColumnFacts } from "./columns.ts";
import type { RelationFacts } from "./relation-facts.ts";

/** Key of the mark of a table whose data model is that of a node: a source of the same table leaves it alone. */
export function modelMark(fqn: FQN): string {
  return `model/${fqn}`;
}

export interface ModelParts {
  readonly view: OpenProject;
  readonly tags: TagLabel[];
  readonly labelsOf: (facts: ColumnFacts) => TagLabel[];
}

/** How dbt makes a table: statements, columns, what it is made of. */
export function dataModelOf(facts: RelationFacts, table: FQN, { view, tags, labelsOf }: ModelParts): DataModel {
  const { relation, node } = facts;
  const { uniqueId } = relation;
  const upstream = view.upstreamTables(uniqueId).flatMap((id) => view.table(id)?.fqn ?? []);
  const path = pathOf(facts);
  const sql = filled(node?.compiledCode) ?? filled(view.results.get(uniqueId)?.result.compiledCode);
  const rawSql = filled(node?.rawCode);
  const project = view.metadata.projectName ?? relation.packageName;
  return {
    modelType: "DBT",
    resourceType: relation.resourceType,
    ...(project !== undefined && { dbtSourceProject: project }),
    ...(facts.description !== undefined && { description: facts.description }),
    ...(path !== undefined && { path }),
    ...(rawSql !== undefined && { rawSql }),
    ...(sql !== undefined && { sql }),
    upstream: [...new Set(upstream)].filter((fqn) => fqn !== table),
    ...(facts.owners.length > 0 && { owners: [...facts.owners] }),
    ...(tags.length > 0 && { tags }),
    columns: columnsOf(facts.columns, { labels: labelsOf, nameOf: (name) => view.column(uniqueId, name) }),
  };
}

/** The record that brings a data model to a table which is there; with the time of the manifest, which does not count as a change. */
export function modelRecord(
  table: FQN,
  model: DataModel,
  generatedAt: string | undefined,
  marks: Mark[],
): DataModelRecord {
  const time = parseTime(generatedAt);
  const dataModel = time === undefined ? model : { ...model, generatedAt: new Date(time).toISOString() };
  return { kind: "dataModel", table, dataModel, ...(marks.length > 0 && { marks }) };
}

/** Marks of a table whose data model is given out. */
export function modelMarks({ node, relation }: RelationFacts, table: FQN): Mark[] {
  return node === undefined ? [] : [{ key: modelMark(table), value: relation.uniqueId }];
}

function pathOf({ node, source }: RelationFacts): string | undefined {
  const file = (node ?? source)?.originalFilePath;
  return file === undefined || node?.rootPath === undefined ? file : `${node.rootPath.replace(/\/$/u, "")}/${file}`;
}
