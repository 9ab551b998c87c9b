import { listOf, nameOf, nodeOf, type AstNode } from "./ast.ts";
import type { DialectRules } from "./dialect.ts";

/** The argument of `columns(…)`, which stands for several columns of the tables at hand. */
export function choiceOf(node: AstNode | undefined, rules: DialectRules): readonly unknown[] | undefined {
  if (!rules.choosesColumns) return undefined;
  if (node?.kind === "columns") return [node.body["this"]];
  const isCall = node?.kind === "function" && nameOf(node.body)?.toLowerCase() === "columns";
  return isCall ? listOf(node.body["args"]) : undefined;
}

/** Does a column's name fit what was asked for: a pattern that is somewhere in it, or a list? Undefined for what only the engine can tell. */
export function choiceTest(argument: unknown): ((name: string) => boolean) | undefined {
  const node = nodeOf(argument);
  const pattern = textOf(argument);
  if (pattern !== undefined) return patternTest(pattern);
  if (node?.kind !== "array_func") return undefined;
  const names = new Set(listOf(node.body["expressions"]).map((name) => textOf(name)?.toLowerCase()));
  return names.has(undefined) ? undefined : (name) => names.has(name.toLowerCase());
}

/** The engines use RE2, most of whose patterns mean the same here. */
function patternTest(pattern: string): ((name: string) => boolean) | undefined {
  try {
    const expression = new RegExp(pattern, "u");
    return (name) => expression.test(name);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  const node = nodeOf(value);
  if (node?.kind !== "literal" || node.body["literal_type"] !== "string") return undefined;
  return typeof node.body["value"] === "string" ? node.body["value"] : undefined;
}
