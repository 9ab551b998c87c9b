import type { ConfigPath } from "./config-error.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

/** Names of the keys that a JSON Schema allows at a path, over all its branches. */
export function keysAt(schema: unknown, path: ConfigPath): readonly string[] {
  return [...new Set(schemasAt(schema, path).flatMap((found) => Object.keys(asMap(found["properties"]))))];
}

/** Values that a JSON Schema's `enum` and `const` allow at a path, over all its branches. */
export function valuesAt(schema: unknown, path: ConfigPath): readonly string[] {
  const found = schemasAt(schema, path).flatMap((part) => [part["const"], ...asList(part["enum"])]);
  return [...new Set(found.filter((value) => typeof value === "string"))];
}

function schemasAt(root: unknown, path: ConfigPath): readonly JsonSchema[] {
  let level = branches(root, root);
  for (const part of path) {
    level = level.flatMap((schema) => {
      const named = asMap(schema["properties"])[String(part)];
      const below = typeof part === "number" ? schema["items"] : (named ?? schema["additionalProperties"]);
      return branches(below, root);
    });
  }
  return level;
}

/** The schema itself and what it is made of; references that lead in a circle are followed once. */
function branches(schema: unknown, root: unknown, seen: ReadonlySet<unknown> = new Set()): readonly JsonSchema[] {
  if (typeof schema !== "object" || schema === null || seen.has(schema)) return [];
  const part = schema as JsonSchema;
  const next = new Set([...seen, schema]);
  const within = [part["anyOf"], part["oneOf"], part["allOf"]].flatMap(asList);
  const referred = typeof part["$ref"] === "string" ? [follow(root, part["$ref"])] : [];
  return [part, ...[...within, ...referred].flatMap((item) => branches(item, root, next))];
}

function follow(root: unknown, reference: string): unknown {
  let at = root;
  for (const part of reference.replace(/^#\/?/, "").split("/").filter(Boolean))
    at = asMap(at)[part.replaceAll("~1", "/").replaceAll("~0", "~")];
  return at;
}

function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
