import { isBody, listOf, nameOf, nodeOf, tableParts, type Body } from "./ast.ts";
import { readValue } from "./expression.ts";
import { readWith } from "./query.ts";
import type { Reading } from "./reading.ts";
import { readRelation } from "./relations.ts";
import { sameName, tableRowset, together, type Column, type Rest, type Rowset, type Value } from "./rowset.ts";
import { Scope } from "./scope.ts";

export interface Merged {
  readonly output: readonly string[];
  readonly rowset: Rowset;
  readonly wantsSchema: boolean;
}

/** Every branch may write a column: its origins are those of all branches. */
export function readMerge(body: Body, reading: Reading): Merged {
  const scope = new Scope(undefined);
  readWith(nodeOf(body["with_"])?.body, scope, reading);
  const { alias, table } = targetOf(body["this"]);
  const output = reading.complete(tableParts(table, reading.rules.pathsInQuotes));
  const rowset = tableRowset(output, reading.columnsOf(output));
  const using = readRelation(body["using"], scope, reading);
  scope.relations.push({ alias, path: output, rowset }, using);
  const source = using.rowset;
  const written: Column[] = [];
  const rests: Rest[] = [];
  const names = rowset.columns.flatMap(({ name }) => name ?? []);
  for (const action of actions(body, names)) {
    if (action.all) {
      written.push(...source.columns);
      rests.push(...source.rests);
    }
    for (const [name, expression] of action.set) written.push({ ...readValue(expression, scope, reading), name });
  }
  return { output, wantsSchema: true, rowset: { columns: combined(written), rests: rests.slice(0, 1) } };
}

function targetOf(target: unknown): { alias: string | undefined; table: Body } {
  const node = nodeOf(target);
  if (node?.kind !== "alias") return { alias: nameOf(node?.body["alias"]), table: node?.body ?? {} };
  return { alias: nameOf(node.body["alias"]), table: nodeOf(node.body["this"])?.body ?? {} };
}

function combined(written: readonly Column[]): readonly Column[] {
  const columns: Column[] = [];
  for (const column of written) {
    const { name } = column;
    const at = name === undefined ? -1 : columns.findIndex((each) => sameName(each.name, name));
    const earlier = columns[at];
    if (earlier) columns[at] = { ...earlier, ...branches(earlier, column) };
    else columns.push(column);
  }
  return columns;
}

function branches(a: Value, b: Value): Value {
  const made = a.made ?? b.made;
  return { from: together([a.from, b.from]), ...(made === undefined ? {} : { made }) };
}

interface Action {
  /** `update set *`, `insert *`, `insert row` */
  readonly all: boolean;
  readonly set: readonly (readonly [string | undefined, unknown])[];
}

/** `insert values (…)` without names is for all columns of the target, where they are known. */
function actions(body: Body, target: readonly string[]): readonly Action[] {
  const whens = nodeOf(body["whens"])?.body ?? {};
  return listOf(whens["expressions"]).flatMap((when): readonly Action[] => {
    const then = nodeOf(nodeOf(when)?.body["then"]);
    const [verb, first, second] = listOf(then?.body["expressions"]);
    const what = nodeOf(verb)?.body["this"];
    const rest = nodeOf(first);
    if (rest?.kind === "star" || rest?.kind === "var") return [{ all: true, set: [] }];
    if (what === "UPDATE") return [{ all: false, set: tuple(first).flatMap(assignment) }];
    if (what !== "INSERT") return [];
    const values = tuple(second ?? first);
    const names = second === undefined ? target : tuple(first).map(nameOf);
    if (names.length !== values.length) return [];
    return [{ all: false, set: names.map((name, at) => [name, values[at]] as const) }];
  });
}

function tuple(value: unknown): readonly unknown[] {
  const node = nodeOf(value);
  if (node?.kind === "tuple") return listOf(node.body["expressions"]);
  return isBody(value) ? [value] : [];
}

function assignment(value: unknown): readonly (readonly [string | undefined, unknown])[] {
  const node = nodeOf(value);
  return node?.kind === "eq" ? [[nameOf(node.body["left"]), node.body["right"]]] : [];
}
