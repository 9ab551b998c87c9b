import type { DialectRules } from "./dialect.ts";
import { isBody, listOf, nameOf, namesOf, nodeOf, tableParts, type AstNode, type Body } from "./ast.ts";
import { readValue } from "./expression.ts";
import { readMerge } from "./merge.ts";
import { readQuery, readWith } from "./query.ts";
import { hiddenByStar, isOpen, withoutProblems, type Problem, type Reading } from "./reading.ts";
import { addFrom, addJoins, readRelation } from "./relations.ts";
import { renamed, tableRowset, type Column, type Rowset } from "./rowset.ts";
import { Scope } from "./scope.ts";

export interface Surroundings {
  readonly rules: DialectRules;
  readonly columnsOf: Reading["columnsOf"];
  readonly complete: Reading["complete"];
}

export interface StatementLineage {
  readonly inputs: readonly (readonly string[])[];
  readonly output?: readonly string[] | undefined;
  readonly columns: readonly Column[];
  readonly problems: readonly Problem[];
  /** The columns of the tables could say more. */
  readonly wantsSchema: boolean;
}

/** Lineage of one parsed statement; undefined for one that neither reads nor writes tables. */
export function readStatement(ast: unknown, surroundings: Surroundings): StatementLineage | undefined {
  const node = nodeOf(ast);
  if (!node) return undefined;
  const reading: Reading = {
    ...surroundings,
    inputs: new Map(),
    problems: [],
    doubts: false,
    query: readQuery,
    relation: readRelation,
  };
  const written = readWrite(node, ast, reading);
  if (!written) return undefined;
  const { rowset, output } = written;
  const columns = rowset.columns.filter(({ name }) => name !== undefined);
  for (const { from } of columns)
    for (const { table } of from.values()) reading.inputs.set(JSON.stringify(table), table);
  if (isOpen(rowset) || columns.some(({ hidden }) => hidden)) reading.problems.push(hiddenByStar);
  const { problems, doubts } = reading;
  const inputs = [...reading.inputs.values()];
  const wantsSchema = problems.length > 0 || doubts || written.wantsSchema === true;
  return { inputs, output, columns, problems, wantsSchema };
}

interface Written {
  readonly output?: readonly string[] | undefined;
  readonly rowset: Rowset;
  readonly wantsSchema?: boolean;
}

function readWrite({ kind, body }: AstNode, ast: unknown, reading: Reading): Written | undefined {
  switch (kind) {
    case "select":
      return { rowset: readQuery(ast, undefined, reading), output: targetOf(body["into"], reading) };
    case "union":
    case "intersect":
    case "except":
    case "subquery":
      return { rowset: readQuery(ast, undefined, reading) };
    case "create_table":
      return body["as_select"] ? created(body, body["as_select"], reading) : undefined;
    case "create_view":
      return created(body, body["query"], reading);
    case "insert":
      return readInsert(body, reading);
    case "update":
      return readUpdate(body, reading);
    case "delete":
      return readDelete(body, reading);
    case "merge":
      return readMerge(body, reading);
    default:
      return undefined;
  }
}

function targetOf(table: unknown, reading: Reading): readonly string[] | undefined {
  if (!isBody(table)) return undefined;
  const node = nodeOf(table);
  if (node?.kind === "table") return targetOf(node.body, reading);
  const nested =
    table["this"] ?? (isBody(table["name"]) && nodeOf(table["name"])?.kind === "table" ? table["name"] : undefined);
  if (nested !== undefined && nested !== null) return targetOf(nested, reading);
  const parts = tableParts(table, reading.rules.pathsInQuotes);
  return parts.length > 0 ? reading.complete(parts) : undefined;
}

function created(body: Body, query: unknown, reading: Reading): Written {
  const scope = new Scope(undefined);
  readWith(body["with"] ?? body["with_cte"], scope, reading);
  const names = listOf(body["columns"]).flatMap((column) => nameOf(isBody(column) ? column["name"] : column) ?? []);
  return { output: targetOf(body["name"], reading), rowset: renamed(readQuery(query, scope, reading), names) };
}

/** Without a list of columns, values go to the target's columns by position, or else keep their names. */
function readInsert(body: Body, reading: Reading): Written {
  const scope = new Scope(undefined);
  readWith(body["with"], scope, reading);
  const output = targetOf(body["table"], reading);
  const rowset = readQuery(body["query"], scope, reading);
  const listed = namesOf(body["columns"]);
  if (listed.length > 0) return { output, rowset: renamed(rowset, listed) };
  const known = output && body["by_name"] !== true ? reading.columnsOf(output) : undefined;
  const fits = known?.length === rowset.columns.length && rowset.rests.length === 0;
  return { output, rowset: fits ? renamed(rowset, known) : rowset, wantsSchema: true };
}

function readUpdate(body: Body, reading: Reading): Written {
  const scope = new Scope(undefined);
  readWith(body["with"], scope, reading);
  const target = isBody(body["table"]) ? body["table"] : {};
  const parts = tableParts(target, reading.rules.pathsInQuotes);
  const before = new Scope(scope);
  addFrom(body["from_clause"], before, reading);
  addJoins(body["from_joins"], before, reading);
  // In T-SQL the target may be an alias of the FROM.
  const aliased = parts.length === 1 ? before.relation(parts) : undefined;
  const output = aliased ? aliased.path : reading.complete(parts);
  const rowset = tableRowset(output, reading.columnsOf(output));
  if (!aliased) scope.relations.push({ alias: nameOf(target["alias"]), path: output, rowset });
  addFrom(body["from_clause"], scope, reading);
  addFrom({ expressions: listOf(body["extra_tables"]).map((table) => ({ table })) }, scope, reading);
  addJoins(body["table_joins"], scope, reading);
  addJoins(body["from_joins"], scope, reading);
  const prefixes: string[][] = [];
  const columns = listOf(body["set"]).map((pair): Column => {
    const [column, value] = listOf(pair);
    const path = nameOf(column)?.split(".") ?? [];
    prefixes.push(path.slice(0, -1));
    return { ...readValue(value, scope, reading), name: path.at(-1) };
  });
  withoutProblems(reading, () => readValue(body["where_clause"], scope, reading));
  // `update a, b set b.x = …` writes the second.
  const [prefix = []] = prefixes;
  const named = prefix.length === 0 ? undefined : scope.relation(prefix)?.path;
  if (named && named.length > 0 && named !== output) reading.inputs.delete(JSON.stringify(named));
  return { output: named && named.length > 0 ? named : output, rowset: { columns, rests: [] } };
}

function readDelete(body: Body, reading: Reading): Written {
  const scope = new Scope(undefined);
  readWith(body["with"], scope, reading);
  for (const table of listOf(body["using"])) {
    scope.relations.push(readRelation(nodeOf(table) ? table : { table }, scope, reading));
  }
  withoutProblems(reading, () => readValue(body["where_clause"], scope, reading));
  return { output: targetOf(body["table"], reading), rowset: { columns: [], rests: [] } };
}
