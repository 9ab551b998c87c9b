import { CatalogError } from "@omd/core";
import { childFqn, type Column, type FQN } from "@omd/schema";
import type { Body } from "./entity-store.ts";

const lengthTypes = new Set(["CHAR", "VARCHAR", "BINARY", "VARBINARY"]);
const partitionColumns = new Set(["_PARTITIONDATE", "_PARTITIONTIME"]);

/** A 400 of the server's wording. */
export function badRequest(message: string, hint?: string): CatalogError {
  return new CatalogError(message, { status: 400, hint });
}

/** Characters that an FQN may have. OpenMetadata: type/basic.json, `fullyQualifiedEntityName`. */
const longestFqn = 3072;

/** Throws CatalogError 400 for an FQN that no client could read. */
export function checkLength(fqn: FQN): void {
  if (fqn.length > longestFqn)
    throw badRequest(`The FQN ${fqn.slice(0, 100)}… has ${fqn.length} characters, ${longestFqn} at most are allowed`);
}

/**
 * Columns as they are stored: checked, with FQN and a lower-case `dataTypeDisplay`. Throws CatalogError 400.
 * Source of the rules: om-api §7.3 (OpenMetadata's DatabaseUtil).
 */
export function storedColumns(parent: FQN, columns: readonly Column[]): Column[] {
  const seen = new Set<string>();
  return columns.map((column) => {
    if (seen.has(column.name)) throw badRequest(`Column name ${column.name} is repeated`);
    seen.add(column.name);
    checkType(column);
    const fullyQualifiedName = childFqn(parent, column.name);
    checkLength(fullyQualifiedName);
    // Profiles and metrics are no part of the table: they have calls of their own.
    const { arrayDataType, children, profile: _, customMetrics: __, ...rest } = column;
    return {
      ...rest,
      ...(column.dataType === "ARRAY" ? { arrayDataType } : {}),
      dataTypeDisplay: (column.dataTypeDisplay || column.dataType).toLowerCase(),
      fullyQualifiedName,
      ...(children ? { children: storedColumns(fullyQualifiedName, children) } : {}),
    };
  });
}

function checkType(column: Column): void {
  const { name, dataType, precision, scale } = column;
  if (lengthTypes.has(dataType) && column.dataLength === undefined) {
    throw badRequest("For column data types char, varchar, binary, varbinary dataLength must not be null");
  }
  if (dataType === "ARRAY" && column.arrayDataType === undefined) {
    throw badRequest(`Column ${name}: for column data type array, arrayDataType must not be null`);
  }
  if (dataType === "STRUCT" && !column.children?.length) {
    throw badRequest(`Column ${name}: for column data type struct, children must not be null`);
  }
  if (scale !== undefined && precision === undefined) {
    throw badRequest(`Column ${name}: scale is set but precision is not`);
  }
  if (scale !== undefined && precision !== undefined && scale > precision) {
    throw badRequest(`Column ${name}: scale ${scale} is greater than the precision ${precision}`);
  }
}

/** Checks of a table that look at several columns. Throws CatalogError 400. */
export function checkConstraints(table: Body): void {
  const columns = (table.columns ?? []) as Column[];
  const names = new Set(columns.map((column) => column.name));
  const primary = columns.filter((column) => column.constraint === "PRIMARY_KEY");
  if (primary.length > 1) throw badRequest("Multiple columns tagged with primary key constraints");
  for (const constraint of (table.tableConstraints ?? []) as { constraintType: string; columns: string[] }[]) {
    if (constraint.constraintType === "PRIMARY_KEY" && primary.length > 0) {
      throw badRequest("A column already tagged as a primary key and table constraint also including primary key");
    }
    for (const name of constraint.columns) {
      if (!names.has(name)) throw badRequest(`Invalid column name found in table constraint: ${name}`);
    }
  }
  const partition = table.tablePartition as { columns?: { columnName?: string }[] } | undefined;
  for (const { columnName = "" } of partition?.columns ?? []) {
    if (!names.has(columnName) && !partitionColumns.has(columnName))
      throw badRequest(`Invalid column name ${columnName}`);
  }
}

/** Tasks of a pipeline with their FQNs. Throws CatalogError 400 when a name is repeated. */
export function storedTasks(pipeline: FQN, tasks: readonly Body[]): Body[] {
  const seen = new Set<unknown>();
  return tasks.map((task) => {
    if (seen.has(task.name)) throw badRequest(`Task name ${String(task.name)} is repeated`);
    seen.add(task.name);
    return { ...task, fullyQualifiedName: childFqn(pipeline, String(task.name)) };
  });
}

/** Fields of a topic's schema with their FQNs; anything else in it is kept as it is. Throws CatalogError 400. */
export function storedFields(parent: FQN, fields: unknown): unknown {
  if (fields === undefined) return undefined;
  if (!Array.isArray(fields)) throw badRequest("messageSchema.schemaFields must be a list");
  return fields.map((field: Body | null) => {
    if (typeof field?.name !== "string" || field.name === "") throw badRequest("A schema field has no name");
    const fullyQualifiedName = childFqn(parent, field.name);
    checkLength(fullyQualifiedName);
    return {
      ...field,
      fullyQualifiedName,
      ...(field.children ? { children: storedFields(fullyQualifiedName, field.children) } : {}),
    };
  });
}

/** FQNs of columns at all levels. */
export function columnFqns(columns: unknown): Set<string> {
  const fqns = new Set<string>();
  const collect = (list: unknown): void => {
    if (!Array.isArray(list)) return;
    for (const column of list as Body[]) {
      fqns.add(String(column.fullyQualifiedName));
      collect(column.children);
    }
  };
  collect(columns);
  return fqns;
}
