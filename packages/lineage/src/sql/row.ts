import { columnPath, nameOf, nodeOf } from "./ast.ts";
import { columnNamed, findIn, type Origins, type Rowset, type Value } from "./rowset.ts";
import type { Scope } from "./scope.ts";

/** What gives the row that it is given, or an array of such rows. */
const handingOn = new Set(["paren", "subscript", "array_agg", "any_value"]);

/** The columns of the row that an expression is, where it is one of a table or query. */
export function rowOf(expression: unknown, scope: Scope): Rowset | undefined {
  const path = columnPath(expression);
  if (path) return namedRow(path, scope);
  const node = nodeOf(expression);
  return node && handingOn.has(node.kind) ? rowOf(node.body["this"], scope) : undefined;
}

/** The column that `array_agg(t)[0].total` is. */
export function rowField(expression: unknown, scope: Scope): Value | undefined {
  const node = nodeOf(expression);
  const row = node?.kind === "dot" ? rowOf(node.body["this"], scope) : undefined;
  return row ? findIn(row, nameOf(node?.body["field"])) : undefined;
}

/** A column goes before a table of the same name. */
function namedRow(path: readonly string[], scope: Scope): Rowset | undefined {
  const [name = ""] = path;
  const known = path.length > 1 || scope.relations.some(({ rowset }) => columnNamed(rowset.columns, name));
  const table = known ? undefined : scope.relation(path);
  if (table) return table.rowset;
  const answer = scope.column(path);
  return answer.kind === "found" ? answer.value.row : undefined;
}

/** The fields of a value of which no more is known: whatever they are called, they come from what it comes from. */
export function unknownFields(from: Origins): Rowset {
  return { columns: [], rests: [{ find: () => ({ from }), weak: true }] };
}
