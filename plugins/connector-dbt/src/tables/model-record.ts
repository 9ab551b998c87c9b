import type { DataModel, DataModelRecord, FQN, TagLabel } from "@omd/schema";
import { parseTime } from "../artifacts/newest-results.ts";
import type { OpenProject } from "../project/open-project.ts";
import { columnsOf, type ColumnFacts } from "./columns.ts";
import { filled } from "./columns.ts";
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
export function modelRecord(facts: RelationFacts, table: FQN, { view, tags, labelsOf }: ModelParts): DataModelRecord {
  const { relation, node } = facts;
  const { uniqueId } = relation;
  const upstream = view.upstreamTables(uniqueId).flatMap((id) => view.table(id)?.fqn ?? []);
  const path = pathOf(facts);
  const sql = filled(node?.compiledCode) ?? filled(view.results.get(uniqueId)?.result.compiledCode);
  const rawSql = filled(node?.rawCode);
  const generatedAt = parseTime(view.metadata.generatedAt);
  const project = view.metadata.projectName ?? relation.packageName;
  const dataModel: DataModel = {
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
    ...(generatedAt !== undefined && { generatedAt: new Date(generatedAt).toISOString() }),
  };
  const marks = node === undefined ? undefined : [{ key: modelMark(table), value: uniqueId }];
  return { kind: "dataModel", table, dataModel, ...(marks && { marks }) };
}

function pathOf({ node, source }: RelationFacts): string | undefined {
  const file = (node ?? source)?.originalFilePath;
  return file === undefined || node?.rootPath === undefined ? file : `${node.rootPath.replace(/\/$/u, "")}/${file}`;
}
