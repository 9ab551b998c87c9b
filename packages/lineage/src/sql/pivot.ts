import { columnPath, isBody, listOf, nameOf, nodeOf, type AstNode, type Body } from "./ast.ts";
import { readOrigins } from "./expression.ts";
import { withoutProblems, type Reading } from "./reading.ts";
import {
  behindStar,
  renamed,
  sameName,
  together,
  type Column,
  type Origins,
  type Rest,
  type Rowset,
} from "./rowset.ts";
import { Scope } from "./scope.ts";

const chosen = new Set(["pivot_any", "select", "subquery"]);

interface Aggregate {
  readonly name: string | undefined;
  readonly from: Origins;
  readonly made: unknown;
}

/** The values come from what is aggregated; the column they are named for only chooses rows. `names` are those of the alias. */
export function readPivot(pivot: Body, names: readonly string[], scope: Scope, reading: Reading): Rowset {
  const inner = new Scope(scope);
  const source = reading.relation(pivot["this"], inner, reading);
  inner.relations.push(source);
  const aggregates = listOf(pivot["expressions"]).map((expression): Aggregate => {
    const node = nodeOf(expression);
    const made = node?.kind === "alias" ? node.body["this"] : expression;
    const name = node?.kind === "alias" ? nameOf(node.body["alias"]) : undefined;
    return { name, made, from: readOrigins(made, inner, reading) };
  });
  const fields = listOf(pivot["fields"]).flatMap((field) => nodeOf(field) ?? []);
  const values = fields.flatMap(({ body }) =>
    listOf(body["expressions"]).flatMap((value) => valueName(value, reading) ?? []),
  );
  const made = values.flatMap((value) =>
    aggregates.map((aggregate) => pivoted(value, aggregate, aggregates.length, reading)),
  );
  const used = [...aggregates.map((each) => each.made), ...fields.map(({ body }) => body["this"])].flatMap(columnsIn);
  const kept = groupedBy(pivot["group"], inner, reading) ?? without(source.rowset, used);
  if (!fields.some(isChosen)) return aliased(kept, made, names);
  withoutProblems(reading, () => readOrigins(pivot["fields"], inner, reading));
  return dynamic(kept, together(aggregates.map(({ from }) => from)), names);
}

/** `in (any)` and `in (select …)`: what the columns are called shows only when it runs. */
function isChosen({ body }: AstNode): boolean {
  return listOf(body["expressions"]).some((value) => chosen.has(nodeOf(value)?.kind ?? ""));
}

function dynamic(kept: Rowset, from: Origins, names: readonly string[]): Rowset {
  if (names.length === 0) return { ...kept, rests: [...kept.rests, { find: () => ({ from }), weak: true }] };
  if (kept.rests.length > 0) return renamed(kept, names);
  return aliased(
    kept,
    names.slice(kept.columns.length).map((name) => ({ name, from })),
    names,
  );
}

/** The last columns are those that were made: they are known by place also where a star hides how many were kept. */
function aliased(kept: Rowset, made: readonly Column[], names: readonly string[]): Rowset {
  const all: Rowset = { columns: [...kept.columns, ...made], rests: kept.rests };
  const before = names.length - made.length;
  if (kept.rests.length === 0 || before < 0) return renamed(all, names);
  return { columns: names.map((name, at) => ({ ...(made[at - before] ?? behindStar), name })), rests: [] };
}

function pivoted(value: string, { name, from, made }: Aggregate, count: number, reading: Reading): Column {
  if (name !== undefined && reading.rules.pivotPrefix) return { name: `${name}_${value}`, from, made };
  return { name: name !== undefined && count > 1 ? `${value}_${name}` : value, from, made };
}

/** Snowflake keeps the quotes of a text in the column's name. */
function valueName(value: unknown, reading: Reading): string | undefined {
  const node = nodeOf(value);
  if (node?.kind === "pivot_alias" || node?.kind === "alias") return nameOf(node.body["alias"]);
  if (node?.kind !== "literal") return simpleName(value);
  const text = String(node.body["value"]);
  return reading.rules.parser === "snowflake" && node.body["literal_type"] === "string" ? `'${text}'` : text;
}

function simpleName(value: unknown): string | undefined {
  return columnPath(value)?.at(-1);
}

function groupedBy(group: unknown, scope: Scope, reading: Reading): Rowset | undefined {
  const body = nodeOf(group)?.body ?? group;
  if (!isBody(body)) return undefined;
  const columns = listOf(body["expressions"]).map((expression) => {
    return { name: simpleName(expression), from: readOrigins(expression, scope, reading) };
  });
  return { columns, rests: [] };
}

function columnsIn(expression: unknown): readonly string[] {
  if (Array.isArray(expression)) return expression.flatMap(columnsIn);
  if (!isBody(expression)) return [];
  const name = simpleName(expression);
  return name === undefined ? Object.values(expression).flatMap(columnsIn) : [name];
}

function without(rowset: Rowset, names: readonly string[]): Rowset {
  const gone = (name: string | undefined): boolean => names.some((each) => sameName(name, each));
  const rests = rowset.rests.map((rest): Rest => ({
    ...rest,
    find: (name) => (gone(name) ? undefined : rest.find(name)),
  }));
  return { columns: rowset.columns.filter(({ name }) => !gone(name)), rests };
}

/** The value column comes from all the columns that were turned into rows. */
export function readUnpivot(unpivot: Body, names: readonly string[], scope: Scope, reading: Reading): Rowset {
  const inner = new Scope(scope);
  const source = reading.relation(unpivot["this"], inner, reading);
  inner.relations.push(source);
  const turned = listOf(unpivot["columns"]);
  const kept = without(source.rowset, turned.flatMap(columnsIn));
  const from = together(turned.map((column) => readOrigins(column, inner, reading)));
  const label: Column = { name: nameOf(unpivot["name_column"]), from: new Map() };
  return aliased(kept, [label, { name: nameOf(unpivot["value_column"]), from }], names);
}
