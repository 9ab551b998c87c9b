import { childFqn, computeSourceHash, encodeName, type Column, type CreateTable, type EntityRecord } from "@omd/schema";
import type { OpenProject } from "../project/open-project.ts";
import type { Relation } from "../project/view.ts";
import { columnsOf, type ColumnFacts } from "./columns.ts";
import { constraintsOf, relationParts, type ReferredTable } from "./constraints.ts";
import type { Labels } from "./labels.ts";
import type { RelationFacts } from "./relation-facts.ts";
import { tableMark } from "./service-tables.ts";
import type { KnownTable } from "./table-index.ts";
import { lastName, levelsAbove, tableTypeOf } from "./table-requests.ts";

/** The create request of a table that dbt keeps, with the mark by which a later run knows that it does. */
export function tableRecord(
  facts: RelationFacts,
  table: KnownTable,
  parts: {
    readonly labels: Labels;
    readonly view: OpenProject;
    readonly labelsOf: (facts: ColumnFacts) => ReturnType<Labels["of"]>;
  },
): EntityRecord {
  const { node, catalog, relation } = facts;
  const { ofColumns, ofTable } = constraintsOf({
    columns: facts.columns,
    constraints: facts.constraints,
    referred: (name) => referredTable(parts.view, name),
  });
  const columns = columnsOf(facts.columns, { labels: parts.labelsOf }).map((column, at): Column => {
    const constraint = ofColumns.get(column.name);
    return { ...column, ordinalPosition: at + 1, ...(constraint && { constraint }) };
  });
  const tags = [...parts.labels.of(facts.tags), ...(node ? parts.labels.properties(node) : [])];
  const request: CreateTable = {
    name: lastName(table.fqn),
    databaseSchema: levelsAbove(table.fqn)?.schema ?? "",
    tableType: tableTypeOf(catalog, relation.materialized),
    columns,
    ...(facts.description !== undefined && { description: facts.description }),
    ...(tags.length > 0 && { tags }),
    ...(facts.owners.length > 0 && { owners: [...facts.owners] }),
    ...(ofTable.length > 0 && { tableConstraints: ofTable }),
  };
  const marks = [{ key: tableMark(table.fqn), value: computeSourceHash("table", request) }];
  return { kind: "entity", entityType: "table", request, marks };
}

/** Names of columns as {@link KnownTable} holds them: nested ones behind the others. */
export function columnNames(columns: readonly Column[]): string[] {
  const nested: string[] = [];
  const walk = (column: Column, path: ReturnType<typeof childFqn>): void => {
    for (const child of column.children ?? []) {
      const below = childFqn(path, child.name);
      nested.push(below);
      walk(child, below);
    }
  };
  for (const column of columns) walk(column, column.name as ReturnType<typeof childFqn>);
  return [...columns.map(({ name }) => name), ...nested];
}

/** The table that a foreign key names, if it is one of the project's. */
function referredTable(view: OpenProject, relationName: string): ReferredTable | undefined {
  const names = relationParts(relationName).map(({ name }) => name.toLowerCase());
  const identifier = names.at(-1);
  for (const relation of identifier === undefined ? [] : view.relations.values()) {
    const table = view.table(relation.uniqueId);
    if (table && relation.identifier.toLowerCase() === identifier && isIn(relation, names.slice(0, -1)))
      return {
        fqn: table.fqn,
        columnOf: (name) => view.column(relation.uniqueId, name) ?? declared(view, relation, name),
      };
  }
  return undefined;
}

function isIn({ database, schema }: Relation, levels: readonly string[]): boolean {
  const own = [database, schema].map((level) => level?.toLowerCase());
  return levels.every((level, at) => [undefined, level].includes(own.at(at - levels.length)));
}

/** Its columns may not have been told yet. */
function declared(view: OpenProject, relation: Relation, name: string): string | undefined {
  const all = [
    ...(view.catalog(relation.uniqueId)?.columns ?? []),
    ...(view.load("node", relation.uniqueId)?.columns ?? []),
  ];
  const found = all.find((column) => column.name.toLowerCase() === name.toLowerCase());
  return found && encodeName(found.name);
}
