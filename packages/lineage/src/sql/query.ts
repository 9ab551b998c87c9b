import { columnPath, isBody, listOf, nameOf, namesOf, nodeOf, tableParts, type Body } from "./ast.ts";
import { readOrigins, readValue } from "./expression.ts";
import { addFrom, addJoins, addLateralViews } from "./relations.ts";
import { withoutProblems, type Reading } from "./reading.ts";
import { empty, nothing, renamed, sameName, united, type Column, type Rest, type Rowset } from "./rowset.ts";
import { Scope } from "./scope.ts";
import { readSeveral } from "./star.ts";

/** Parts of a SELECT that choose, group or order rows: they name tables, not values. */
const choosing = ["where_clause", "group_by", "having", "qualify", "order_by", "distinct_on", "prewhere", "connect"];
/** A recursive query has settled long before; each round carries origins one step further. */
const maxRounds = 8;

/** The columns that a query gives. */
export function readQuery(query: unknown, outer: Scope | undefined, reading: Reading): Rowset {
  const node = nodeOf(query);
  if (!node) return empty;
  const { kind, body } = node;
  const scope = new Scope(outer);
  readWith(body["with"], scope, reading);
  if (kind === "select") return readSelect(body, scope, reading);
  if (kind === "subquery" || kind === "paren") {
    return renamed(readQuery(body["this"], scope, reading), namesOf(body["column_aliases"]));
  }
  if (kind === "values") return readValues(body, scope, reading);
  if (kind !== "union" && kind !== "intersect" && kind !== "except") {
    reading.problems.push({ reason: "unsupported-clause", message: `${kind} inside a query is not read` });
    return { columns: [], rests: [{ find: () => ({ from: nothing }), named: true }] };
  }
  const left = readQuery(body["left"], scope, reading);
  const right = readQuery(body["right"], scope, reading);
  return kind === "union" ? united(left, right, body["by_name"] === true) : left;
}

/** Defines the queries of a WITH in the scope. */
export function readWith(clause: unknown, scope: Scope, reading: Reading): void {
  if (!isBody(clause)) return;
  for (const cte of listOf(clause["ctes"]).filter(isBody)) {
    const name = nameOf(cte["alias"]);
    if (name === undefined) continue;
    const read = (): Rowset => renamed(readQuery(cte["this"], scope, reading), namesOf(cte["columns"]));
    if (clause["recursive"] === true || recursesUnsaid(name, cte["this"], reading))
      readRecursive(name, cte, scope, { reading, read });
    else scope.define(name, read());
  }
}

/** A union whose first query does not name it, and a later one does: where the first does too, a table is meant. */
function recursesUnsaid(name: string, query: unknown, { rules }: Reading): boolean {
  if (!rules.recursesUnsaid || nodeOf(query)?.kind !== "union") return false;
  let first = query;
  for (let node = nodeOf(first); node?.kind === "union"; node = nodeOf(first)) first = node.body["left"];
  return namesTable(query, name) && !namesTable(first, name);
}

/** Does it read a table of that name alone? */
function namesTable(part: unknown, name: string): boolean {
  if (Array.isArray(part)) return part.some((each) => namesTable(each, name));
  if (!isBody(part)) return false;
  const table = nodeOf(part);
  if (table?.kind !== "table") return Object.values(part).some((each) => namesTable(each, name));
  const parts = tableParts(table.body, false);
  return parts.length === 1 && sameName(parts[0], name);
}

/** First the query that starts it, then all of it until no new origin comes in. */
function readRecursive(
  name: string,
  cte: Body,
  scope: Scope,
  { reading, read }: { reading: Reading; read: () => Rowset },
): void {
  const node = nodeOf(cte["this"]);
  const start = new Scope(scope);
  start.define(name, empty);
  const first = node?.kind === "union" ? readQuery(node.body["left"], start, reading) : empty;
  scope.define(name, renamed(first, namesOf(cte["columns"])));
  let size = -1;
  for (let round = 0; round < maxRounds; round += 1) {
    const rowset = read();
    scope.define(name, rowset);
    const now = rowset.columns.reduce((sum, { from }) => sum + from.size, 0);
    if (now === size) return;
    size = now;
  }
}

function readValues(body: Body, scope: Scope, reading: Reading): Rowset {
  const rows = listOf(body["expressions"]).map((row) => (isBody(row) ? listOf(row["expressions"]) : []));
  const columns = (rows[0] ?? []).map((_, at): Column => {
    return {
      name: `col${String(at + 1)}`,
      from: readOrigins(
        rows.map((row) => row[at]),
        scope,
        reading,
      ),
    };
  });
  return { columns, rests: [] };
}

function readSelect(select: Body, scope: Scope, reading: Reading): Rowset {
  addFrom(select["from"], scope, reading);
  addJoins(select["joins"], scope, reading);
  addLateralViews(select["lateral_views"], scope, reading);
  for (const window of listOf(select["windows"]).filter(isBody)) {
    scope.windows.set((nameOf(window["name"]) ?? "").toLowerCase(), window["spec"]);
  }
  const columns: Column[] = [];
  const rests: Rest[] = [];
  for (const expression of listOf(select["expressions"])) {
    const rowset = readSeveral(expression, scope, reading);
    if (rowset) {
      columns.push(...rowset.columns);
      rests.push(...rowset.rests);
      continue;
    }
    for (const column of readColumns(expression, scope, reading)) {
      columns.push(column);
      if (reading.rules.siblings && column.name !== undefined) scope.siblings.push(column);
    }
  }
  withoutProblems(reading, () => {
    for (const part of choosing) readOrigins(select[part], scope, reading);
  });
  return { columns, rests };
}

/** `y = x + 1` names a column in T-SQL. */
function assigned(expression: unknown, reading: Reading): Body | undefined {
  const node = nodeOf(expression);
  if (node?.kind !== "eq" || !reading.rules.equalsNames) return undefined;
  return columnPath(node.body["left"])?.length === 1 ? node.body : undefined;
}

function readColumns(expression: unknown, scope: Scope, reading: Reading): readonly Column[] {
  const node = nodeOf(expression);
  if (node?.kind === "aliases" || node?.kind === "multi_alias") {
    const value = readValue(node.body["this"], scope, reading);
    return namesOf(node.body["expressions"] ?? node.body["aliases"]).map((name) => ({ ...value, name }));
  }
  const pair = assigned(expression, reading);
  if (pair) return [{ ...readValue(pair["right"], scope, reading), name: nameOf(pair["left"]) }];
  if (node?.kind !== "alias") return [{ ...readValue(expression, scope, reading), name: ownName(expression) }];
  const value = readValue(node.body["this"], scope, reading);
  const names = namesOf(node.body["column_aliases"]);
  return (names.length > 0 ? names : [nameOf(node.body["alias"])]).map((name) => ({ ...value, name }));
}

/** The name of a column that has no alias, where dialects agree. */
function ownName(expression: unknown): string | undefined {
  const node = nodeOf(expression);
  if (node?.kind === "column") return nameOf(node.body["name"]);
  if (node?.kind === "dot") return nameOf(node.body["field"]);
  return node?.kind === "cast" || node?.kind === "paren" ? ownName(node.body["this"]) : undefined;
}
