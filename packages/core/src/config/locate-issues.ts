import { z } from "zod";
import { ConfigError, issueLine, type ConfigIssue, type ConfigPath } from "./config-error.ts";
import type { ConfigOrigin } from "./config-origin.ts";
import { explainIssues, isZodError, valueAt, type Explained } from "./explain-issues.ts";

/**
 * Gives a connector's complaint about its part of the config (at `prefix`, for instance `["source", "serviceConnection", "config"]`) its lines and columns.
 * `schema`, the connector's config schema (zod, or JSON Schema), makes better suggestions. Not a ZodError: undefined.
 */
export function locateIssues(
  config: { readonly origin: ConfigOrigin },
  prefix: ConfigPath,
  error: unknown,
  schema?: unknown,
): ConfigError | undefined {
  if (!isZodError(error)) return undefined;
  const explained = explainIssues(error.issues, valueAt(config, prefix), asJsonSchema(schema));
  return new ConfigError(inOrder(explained.map((item) => locate(item, config.origin, prefix))));
}

/** A complaint with its place, without the secrets of the config. */
export function locate(item: Explained, origin: ConfigOrigin, prefix: ConfigPath): ConfigIssue {
  const path = [...prefix, ...item.path];
  const { suggestion } = item;
  return {
    file: origin.file,
    ...origin.locate(path, item.at),
    path,
    message: origin.redact(item.message),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** From the top of the file down; what two schemas say in the same words is said once. */
export function inOrder(issues: readonly ConfigIssue[]): ConfigIssue[] {
  const distinct = new Map(issues.map((issue) => [issueLine(issue), issue]));
  return [...distinct.values()].sort(
    (one, other) => (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0),
  );
}

/** A zod schema as JSON Schema; what is no zod schema of this copy is taken to be one already. */
export function asJsonSchema(schema: unknown): unknown {
  const isZod = typeof schema === "object" && schema !== null && "_zod" in schema;
  return isZod ? z.toJSONSchema(schema as z.ZodType, { io: "input", unrepresentable: "any" }) : schema;
}
