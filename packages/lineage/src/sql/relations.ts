import { isBody, listOf, nameOf, namesOf, nodeOf, tableParts, type AstNode, type Body } from "./ast.ts";
import { declaredColumns } from "./declared.ts";
import { readOrigins } from "./expression.ts";
import { readPivot, readUnpivot } from "./pivot.ts";
import { withoutProblems, type Reading } from "./reading.ts";
import { columnNamed, nothing, renamed, tableRowset, together, virtualRowset, type Rowset } from "./rowset.ts";
import { Scope, type Merged, type Relation } from "./scope.ts";

const relationKinds = new Set(["table", "subquery", "pivot", "unpivot", "joined_table"]);

/** Adds the tables of a FROM, in order: later ones may use earlier ones. */
export function addFrom(from: unknown, scope: Scope, reading: Reading): void {
  if (!isBody(from)) return;
  for (const item of listOf(from["expressions"])) scope.relations.push(readRelation(item, scope, reading));
}

export function addJoins(joins: unknown, scope: Scope, reading: Reading): void {
  for (const join of listOf(joins).filter(isBody)) {
    const kind = typeof join["kind"] === "string" ? join["kind"] : "";
    // `array join items` gives rows for the elements of a column, under its name.
    if (kind === "Array" || kind === "LeftArray") continue;
    const relation = readRelation(join["this"], scope, reading);
    const before = [...scope.relations];
    scope.relations.push(/semi|anti/i.test(kind) ? { ...relation, hidden: true } : relation);
    const common = /natural/i.test(kind) ? shared(before, relation) : namesOf(join["using"]);
    for (const name of common) merge(name, { before, relation, kind, scope });
    withoutProblems(reading, () => readOrigins(join["on"], scope, reading));
  }
}

/** A natural join names no columns: those that both sides are known to have. */
function shared(before: readonly Relation[], { rowset }: Relation): readonly string[] {
  const left = before.flatMap((relation) => relation.rowset.columns);
  return rowset.columns.flatMap(({ name }) => (name !== undefined && columnNamed(left, name) ? [name] : []));
}

interface Using {
  readonly before: readonly Relation[];
  readonly relation: Relation;
  readonly kind: string;
  readonly scope: Scope;
}

/** The left value is the column's; of a full join either may be it, of a right join the right. */
function merge(name: string, { before, relation, kind, scope }: Using): void {
  const earlier = columnNamed(scope.merged, name);
  const left = earlier ?? valueOf(before.length === 1 ? before : owners(before, name), name);
  const right = valueOf([relation], name);
  const from = /full/i.test(kind)
    ? together([left?.from ?? nothing, right?.from ?? nothing])
    : ((/right/i.test(kind) ? right?.from : left?.from) ?? nothing);
  const merged: Merged = { name, from };
  if (earlier) scope.merged.splice(scope.merged.indexOf(earlier), 1, merged);
  else scope.merged.push(merged);
}

/** Of several tables before, the one that surely has it, else the first that may. */
function owners(before: readonly Relation[], name: string): readonly Relation[] {
  const visible = before.filter((relation) => !relation.hidden);
  const sure = visible.filter(({ rowset }) => columnNamed(rowset.columns, name));
  return (sure.length > 0 ? sure : visible.filter(({ rowset }) => rowset.rests.length > 0)).slice(0, 1);
}

function valueOf(relations: readonly Relation[], name: string): Merged | undefined {
  const found = new Scope(undefined);
  found.relations.push(...relations.map((relation) => ({ ...relation, hidden: false })));
  const answer = found.column([name]);
  return answer.kind === "found" ? { ...answer.value, name } : undefined;
}

/** `lateral view explode(items) t as item` */
export function addLateralViews(views: unknown, scope: Scope, reading: Reading): void {
  for (const view of listOf(views).filter(isBody)) {
    const names = namesOf(view["column_aliases"]);
    const rowset = virtualRowset(readOrigins(view["this"], scope, reading), names, names.length > 0);
    scope.relations.push({ alias: nameOf(view["table_alias"]), path: [], rowset });
  }
}

/** One item of a FROM or a JOIN. */
export function readRelation(item: unknown, scope: Scope, reading: Reading): Relation {
  const node = nodeOf(item);
  if (!node) return { alias: undefined, path: [], rowset: virtualRowset(nothing, [], true) };
  const { kind, body } = node;
  if (kind === "table") return readTable(body, scope, reading);
  const alias = nameOf(body["alias"]);
  const names = [...namesOf(body["column_aliases"]), ...namesOf(body["alias_columns"])];
  if (kind === "alias" && relationKinds.has(nodeOf(body["this"])?.kind ?? "")) {
    const inner = readRelation(body["this"], scope, reading);
    return { ...inner, alias: alias ?? inner.alias, rowset: renamed(inner.rowset, names) };
  }
  if (kind === "tuple" && listOf(body["expressions"]).length === 2) return readTyped(body, scope, reading);
  if (kind === "pivot") return { alias, path: [], rowset: readPivot(body, names, scope, reading) };
  if (kind === "unpivot") return { alias, path: [], rowset: readUnpivot(body, names, scope, reading) };
  if (kind === "joined_table") return { alias, path: [], rowset: readJoined(body, scope, reading) };
  if (["subquery", "select", "union", "intersect", "except", "values"].includes(kind)) {
    return { alias, path: [], rowset: readSubquery(item, scope, reading) };
  }
  return { alias, path: [], rowset: readFunction(node, scope, reading, names) };
}

/** `jsonb_to_recordset(j) as x(k text)`: the parser gives the call and the names with their types side by side. */
function readTyped(body: Body, scope: Scope, reading: Reading): Relation {
  const [call, definition] = listOf(body["expressions"]);
  const typed = nodeOf(definition)?.body ?? {};
  const names = listOf(typed["columns"]).flatMap((column) => nameOf(nodeOf(column)?.body["name"]) ?? []);
  const rowset = virtualRowset(readOrigins(call, scope, reading), names, names.length > 0);
  return { alias: nameOf(typed["this"]), path: [], rowset };
}

/** A subquery may be a table or a join in brackets. */
function readSubquery(item: unknown, scope: Scope, reading: Reading): Rowset {
  const body = nodeOf(item)?.body ?? {};
  const inner = nodeOf(body["this"]);
  if (inner && inner.kind !== "subquery" && relationKinds.has(inner.kind)) {
    return renamed(readRelation(body["this"], scope, reading).rowset, namesOf(body["column_aliases"]));
  }
  return reading.query(item, scope, reading);
}

function readJoined(body: Body, scope: Scope, reading: Reading): Rowset {
  const inner = new Scope(scope);
  inner.relations.push(readRelation(body["left"], inner, reading));
  addJoins(body["joins"], inner, reading);
  const visible = inner.relations.filter((relation) => !relation.hidden).map(({ rowset }) => rowset);
  return { columns: visible.flatMap(({ columns }) => columns), rests: visible.flatMap(({ rests }) => rests) };
}

/** Unnest, flatten and table functions: what they give comes from what they are given. */
function readFunction(node: AstNode, scope: Scope, reading: Reading, aliases: readonly string[]): Rowset {
  const { kind, body } = node;
  if (kind !== "lateral" && relationKinds.has(nodeOf(body["this"])?.kind ?? "")) {
    readRelation(body["this"], scope, reading);
    reading.problems.push({ reason: "unsupported-clause", message: `${kind} is not read` });
    return virtualRowset(nothing, [], true);
  }
  const call = kind === "lateral" || kind === "alias" ? body["this"] : { [kind]: { ...body, alias: null } };
  const from = readOrigins(call, scope, reading);
  const alias = nameOf(body["alias"]);
  const counted = kind === "unnest" && body["with_ordinality"] === true ? "offset" : undefined;
  const offset = nameOf(body["offset_alias"]) ?? counted;
  const known = aliases.length > 0 ? aliases : declaredColumns(call);
  if (known.length > 0) return virtualRowset(from, known, true);
  const names = [alias, offset].filter((name) => name !== undefined);
  return virtualRowset(from, names, false);
}

function readTable(body: Body, scope: Scope, reading: Reading): Relation {
  const parts = tableParts(body, reading.rules.pathsInQuotes);
  const alias = nameOf(body["alias"]);
  const names = namesOf(body["column_aliases"]);
  const cte = parts.length === 1 ? scope.cte(parts[0] ?? "") : undefined;
  if (cte) return { alias: alias ?? parts[0], path: [], rowset: renamed(cte, names) };
  const array = reading.rules.arraysInFrom && parts.length > 1 ? arrayOrigins(parts, scope) : undefined;
  if (array)
    return {
      alias: alias ?? parts.at(-1),
      path: [],
      rowset: virtualRowset(array, [alias ?? parts.at(-1) ?? ""], false),
    };
  const table = reading.complete(parts);
  reading.inputs.set(JSON.stringify(table), table);
  return { alias, path: table, rowset: renamed(tableRowset(table, reading.columnsOf(table)), names) };
}

function arrayOrigins(path: readonly string[], scope: Scope): ReturnType<typeof readOrigins> | undefined {
  if (!scope.relation(path.slice(0, 1))) return undefined;
  const answer = scope.column(path);
  return answer.kind === "found" ? answer.value.from : undefined;
}
