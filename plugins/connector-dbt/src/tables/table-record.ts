import {
  childFqn,
  computeSourceHash,
  encodeName,
  type Column,
  type CreateTable,
  type DataModel,
  type EntityRecord,
  type FQN,
  type Mark,
  type TagLabel,
} from "@omd/schema";
import type { OpenProject } from "../project/open-project.ts";
import type { Relation } from "../project/view.ts";
import { columnsOf, type ColumnFacts } from "./columns.ts";
import { constraintsOf, relationParts, type Constraints, type ReferredTable } from "./constraints.ts";
import type { RelationFacts } from "./relation-facts.ts";
import { tableMark } from "./service-tables.ts";
import { lastName, levelsAbove, tableTypeOf } from "./table-requests.ts";

export interface TableRequestParts {
  readonly view: OpenProject;
  readonly tags: readonly TagLabel[];
  readonly constraints: Constraints;
  readonly columns: readonly Column[];
  readonly dataModel: DataModel | undefined;
  /** Marks beside that of the table. */
  readonly marks: readonly Mark[];
  readonly isUnbuilt: boolean;
}

/** Constraints of a table as far as they can be told. */
export function tableConstraints(facts: RelationFacts, view: OpenProject): Constraints {
  const { columns, constraints } = facts;
  return constraintsOf({ columns, constraints, referred: (name) => referredTable(view, name) });
}

/** The columns of a table that dbt keeps. */
export function tableColumns(
  facts: RelationFacts,
  { ofColumns }: Constraints,
  labels: (facts: ColumnFacts) => TagLabel[],
): Column[] {
  return columnsOf(facts.columns, { labels }).map((column, at) => {
    const constraint = ofColumns.get(column.name);
    return { ...column, ordinalPosition: at + 1, ...(constraint && { constraint }) };
  });
}

/** The create request of a table that dbt keeps, with the mark by which a later run knows that it does. */
export function tableRecord(facts: RelationFacts, table: FQN, parts: TableRequestParts): EntityRecord {
  const { tags, constraints, dataModel } = parts;
  const request: CreateTable = Object.freeze({
    name: lastName(table),
    databaseSchema: levelsAbove(table)?.schema ?? "",
    tableType: tableTypeOf(facts.catalog, facts.relation.materialized),
    columns: [...parts.columns],
    ...(facts.description !== undefined && { description: facts.description }),
    ...(tags.length > 0 && { tags: [...tags] }),
    ...(facts.owners.length > 0 && { owners: [...facts.owners] }),
    ...(constraints.ofTable.length > 0 && { tableConstraints: constraints.ofTable }),
    ...(dataModel && { dataModel: { ...dataModel } }),
  });
  const hash = computeSourceHash("table", request);
  const memory = { hash, by: facts.relation.uniqueId, listed: facts.catalog !== undefined, unbuilt: parts.isUnbuilt };
  const marks = [tableMark(table, memory), ...parts.marks];
  return { kind: "entity", entityType: "table", request, marks };
}

/** Names of columns as the index of tables holds them: nested ones behind the others. */
export function columnNames(columns: readonly Column[]): string[] {
  const nested: string[] = [];
  const walk = (column: Column, path: FQN): void => {
    for (const child of column.children ?? []) {
      const below = childFqn(path, child.name);
      nested.push(below);
      walk(child, below);
    }
  };
  for (const column of columns) walk(column, column.name as FQN);
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
