import type { z } from "zod";
import type { ConfigPath } from "./config-error.ts";
import { didYouMean } from "./did-you-mean.ts";
import { keysAt, valuesAt } from "./json-schema-keys.ts";
import { isSecretKey } from "./secret-keys.ts";

type Issue = z.core.$ZodIssue;

/** A schema's complaint in words, before it has a place in a file. */
export interface Explained {
  readonly path: ConfigPath;
  readonly message: string;
  readonly suggestion?: string | undefined;
  /** Whether the key or its value is at fault. */
  readonly at: "key" | "value";
}

/** Knows a ZodError of any copy of zod: a plugin may bring its own. */
export function isZodError(error: unknown): error is { readonly issues: readonly Issue[] } {
  return error instanceof Error && error.name.includes("ZodError") && "issues" in error && Array.isArray(error.issues);
}

/** Puts zod's issues about `value` into words; `jsonSchema`, where given, is asked for the keys and values that would have been right. */
export function explainIssues(issues: readonly Issue[], value: unknown, jsonSchema?: unknown): Explained[] {
  const missing = issues.filter((issue) => isMissing(issue, value)).map((issue) => String(issue.path.at(-1)));
  return issues.flatMap((issue) => explain(issue, { value, jsonSchema, missing }));
}

interface Explaining {
  readonly value: unknown;
  readonly jsonSchema: unknown;
  /** Names of the missing keys: what an unknown key was most likely meant to be. */
  readonly missing: readonly string[];
}

function explain(issue: Issue, about: Explaining): Explained[] {
  const path = issue.path.filter((part) => typeof part !== "symbol");
  const actual = valueAt(about.value, path);
  if (issue.code === "unrecognized_keys") {
    const known = [...about.missing, ...keysAt(about.jsonSchema, path)];
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: "unknown key",
      suggestion: didYouMean(
        key,
        known.filter((name) => name !== key),
      ),
      at: "key",
    }));
  }
  if (issue.code === "invalid_union") return explainUnion(issue, path, about);
  if (isMissing(issue, about.value)) return [{ path, message: "missing key", at: "key" }];
  if (issue.code === "invalid_type")
    return [{ path, message: `expected ${kindInWords(issue.expected)}, got ${kindOf(actual)}`, at: "value" }];
  if (issue.code === "invalid_value") return [{ path, ...choice(issue.values.map(String), actual, path), at: "value" }];
  return [{ path, message: sizeInWords(issue) ?? issue.message, at: "value" }];
}

/** What zod says where a schema has no words of its own. */
const zodsOwn = /^Too (?:small|big)\b/;

/** A limit that was not kept to; undefined for other complaints. */
function sizeInWords(issue: Issue): string | undefined {
  if ((issue.code !== "too_small" && issue.code !== "too_big") || !zodsOwn.test(issue.message)) return undefined;
  const limit = issue.code === "too_small" ? issue.minimum : issue.maximum;
  const most = issue.code === "too_small" ? "at least" : "at most";
  if (issue.origin === "string" || issue.origin === "array" || issue.origin === "record") {
    if (issue.code === "too_small" && limit === 1) return "must not be empty";
    return `must have ${most} ${limit} ${issue.origin === "string" ? "characters" : "entries"}`;
  }
  if (issue.inclusive === false) return `must be ${issue.code === "too_small" ? "more" : "less"} than ${limit}`;
  return `must be ${most} ${limit}`;
}

function explainUnion(
  issue: Extract<Issue, { code: "invalid_union" }>,
  path: ConfigPath,
  about: Explaining,
): Explained[] {
  const actual = valueAt(about.value, path);
  const inside = issue.errors.length === 0 ? [] : likelyBranch(issue.errors, actual);
  if (inside.length > 0) {
    const nested: Issue[] = inside.map((found) => ({ ...found, path: [...path, ...found.path] }));
    const missing = nested.filter((found) => isMissing(found, about.value)).map((found) => String(found.path.at(-1)));
    return nested.flatMap((found) => explain(found, { ...about, missing: [...missing, ...about.missing] }));
  }
  const options = issue.errors.length === 0 ? optionsOf(issue, path, about) : typesOf(issue.errors);
  const at: ConfigPath = issue.errors.length === 0 || options.length === 0 ? path : [...path, "type"];
  const given = valueAt(about.value, at);
  if (options.length === 0) return [{ path, message: "fits none of the forms it may have", at: "value" }];
  return given === undefined
    ? [{ path: at, message: `missing key: one of ${options.join(", ")}`, at: "key" }]
    : [{ path: at, ...choice(options, given, at), at: "value" }];
}

/** The branch whose `type` is the one given, or without a type the one with the fewest complaints. Empty: no branch has that type. */
function likelyBranch(errors: readonly (readonly Issue[])[], actual: unknown): readonly Issue[] {
  const isMap = typeof actual === "object" && actual !== null && !Array.isArray(actual);
  const ofKind = errors.filter(
    (branch) => !branch.some((issue) => issue.path.length === 0 && issue.code === "invalid_type"),
  );
  const candidates = (ofKind.length > 0 ? ofKind : errors).filter(
    (branch) =>
      !(isMap && "type" in actual) ||
      !branch.some((issue) => issue.code === "invalid_value" && issue.path.length === 1 && issue.path[0] === "type"),
  );
  return [...candidates].sort((one, other) => complaints(one) - complaints(other))[0] ?? [];
}

function complaints(branch: readonly Issue[]): number {
  return branch.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? issue.keys.length : 1), 0);
}

function typesOf(errors: readonly (readonly Issue[])[]): readonly string[] {
  const types = errors.flat().filter((issue) => issue.code === "invalid_value" && issue.path[0] === "type");
  return [...new Set(types.flatMap((issue) => (issue.code === "invalid_value" ? issue.values.map(String) : [])))];
}

function optionsOf(issue: Issue, path: ConfigPath, about: Explaining): readonly string[] {
  const options: unknown = "options" in issue ? issue.options : undefined;
  return Array.isArray(options) ? options.map(String) : valuesAt(about.jsonSchema, path);
}

function choice(
  options: readonly string[],
  actual: unknown,
  path: ConfigPath,
): { message: string; suggestion?: string | undefined } {
  const allowed = options.length === 1 ? `must be ${options[0]}` : `must be one of ${options.join(", ")}`;
  if (isSecretKey(path.at(-1)) || (typeof actual !== "string" && typeof actual !== "number"))
    return { message: allowed };
  return { message: `${allowed}, got ${JSON.stringify(actual)}`, suggestion: didYouMean(String(actual), options) };
}

function isMissing(issue: Issue, value: unknown): boolean {
  if (issue.path.length === 0 || valueAt(value, issue.path) !== undefined) return false;
  // A custom check may stand at a key that is not there and say why it is wanted.
  if (issue.code === "custom") return issue.message.startsWith("Invalid input");
  return issue.code === "invalid_type" || issue.code === "invalid_value" || issue.code === "invalid_union";
}

/** What stands at a path; undefined where the path leads nowhere. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const part of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<PropertyKey, unknown>)[part];
  }
  return at;
}

function kindInWords(expected: string): string {
  const words: Record<string, string> = {
    int: "a whole number",
    number: "a number",
    string: "text",
    boolean: "true or false",
    array: "a list",
  };
  return words[expected] ?? (expected === "object" || expected === "record" ? "a map" : expected);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (value === null) return "nothing";
  if (typeof value === "object") return "a map";
  if (typeof value === "number") return Number.isInteger(value) ? "a number" : "a number with decimals";
  return typeof value === "string" ? "text" : typeof value === "boolean" ? "true or false" : typeof value;
}
