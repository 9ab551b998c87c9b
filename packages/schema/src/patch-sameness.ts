import { isDeepStrictEqual } from "node:util";
import type { Sameness } from "./patch-rules.ts";

/** Whether a stored value says the same as a wanted one. Null members count as absent. */
export function sameValue(sameness: Sameness | "constraints", before: unknown, after: unknown): boolean {
  if (sameness === "constraints") return sameSet(list(before).map(constraintKey), list(after).map(constraintKey));
  if (sameness === "set") return sameSet(list(before), list(after));
  if (typeof before === "string" && typeof after === "string") {
    if (sameness === "caseless") return before.toLowerCase() === after.toLowerCase();
    if (sameness === "instant") return before === after || instant(before) === instant(after);
  }
  return isDeepStrictEqual(withoutNulls(before), withoutNulls(after));
}

function sameSet(before: readonly unknown[], after: readonly unknown[]): boolean {
  const left = new Set(before);
  const right = new Set(after);
  return left.size === right.size && [...left].every((item) => right.has(item));
}

/** Order says nothing among constraints; among the columns of a key it does. */
function constraintKey(constraint: unknown): string {
  const clean = withoutNulls(constraint);
  if (typeof clean !== "object" || clean === null) return JSON.stringify(clean) ?? "";
  return JSON.stringify(Object.entries(clean).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Epoch ms; a time without zone counts as UTC, as servers answer it. NaN (like nothing else) for other text. */
function instant(text: string): number {
  const zoned = /(?:[Zz]|[+-]\d\d:?\d\d)$/.test(text) || !/[Tt ]\d\d:/.test(text);
  return Date.parse(zoned ? text : `${text}Z`);
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null && member !== undefined)
      .map(([key, member]) => [key, withoutNulls(member)]),
  );
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
