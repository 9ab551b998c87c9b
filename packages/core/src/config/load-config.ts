import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { z } from "zod";
import { ConfigError, type ConfigIssue, type ConfigPath } from "./config-error.ts";
import type { ConfigOrigin } from "./config-origin.ts";
import { errorCode, type Environment } from "./expand-variables.ts";
import { explainIssues, isZodError, type Explained } from "./explain-issues.ts";
import { readDocument, readObject, type ReadConfig } from "./read-document.ts";
import { completeConfig, workflowConfigJsonSchema, workflowFile, type WorkflowConfig } from "./workflow-schema.ts";

export interface LoadOptions {
  /** Where variables are looked up; default: the process's environment. */
  readonly env?: Environment | undefined;
  /** Values that win over the file's, by dotted path: `{"workflowConfig.loggerLevel": "DEBUG"}`. */
  readonly overrides?: Readonly<Record<string, unknown>> | undefined;
}

export interface ParseOptions extends LoadOptions {
  /** Stands in messages; a name that ends in `.json` is held to JSON. Default `config.yaml`. */
  readonly fileName?: string | undefined;
}

/** Reads a YAML or JSON workflow file. Throws {@link ConfigError} with everything that is wrong in it. */
export async function loadConfigFile(path: string, options: LoadOptions = {}): Promise<WorkflowConfig> {
  return parseConfig(await textOf(path), { ...options, fileName: path });
}

/** A YAML or JSON file that is no workflow's. */
export interface OtherFile<T> {
  readonly path: string;
  readonly schema: z.ZodType<T>;
  /** A key that it begins with, for messages. */
  readonly example: string;
  readonly env?: Environment | undefined;
}

/**
 * Reads it as {@link loadConfigFile} reads a workflow's: variables, secrets, then the schema, which sees keys without a value as null.
 * Throws {@link ConfigError} with everything that is wrong in it.
 */
export async function loadOtherFile<T>({ path, schema, example, env = process.env }: OtherFile<T>): Promise<T> {
  const text = await textOf(path);
  const wrongJson = extname(path) === ".json" ? jsonIssue(text, path) : undefined;
  if (wrongJson) throw new ConfigError([wrongJson]);
  const read = readDocument(text.replace(/^\uFEFF/, ""), path, env, { example, keepNulls: true });
  return checked(read, read.value, schema, asJsonSchema(schema));
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = errorCode(error);
    const message = code === "ENOENT" ? "file not found" : `cannot be read (${String(code)})`;
    throw new ConfigError([{ file: path, path: [], message }], { cause: error });
  }
}

/** Parses a workflow config: YAML first, then variables and secrets, then the schema. Throws {@link ConfigError}. */
export function parseConfig(text: string, options: ParseOptions = {}): WorkflowConfig {
  const file = options.fileName ?? "config.yaml";
  const wrongJson = extname(file) === ".json" ? jsonIssue(text, file) : undefined;
  if (wrongJson) throw new ConfigError([wrongJson]);
  return check(readDocument(text.replace(/^\uFEFF/, ""), file, options.env ?? process.env), options.overrides);
}

/** Checks a config that a program made. `secret:` references are resolved, `$` is left alone. Throws {@link ConfigError}. */
export function configFromObject(object: unknown, options: LoadOptions = {}): WorkflowConfig {
  return check(readObject(object, "config", options.env ?? process.env), options.overrides);
}

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
  const part = prefix.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | undefined)?.[key], config);
  const explained = explainIssues(error.issues, part, asJsonSchema(schema));
  return new ConfigError(inOrder(explained.map((item) => locate(item, config.origin, prefix))));
}

function asJsonSchema(schema: unknown): unknown {
  const isZod = typeof schema === "object" && schema !== null && "_zod" in schema;
  return isZod ? z.toJSONSchema(schema as z.ZodType, { io: "input", unrepresentable: "any" }) : schema;
}

function check(read: ReadConfig, overrides: LoadOptions["overrides"]): WorkflowConfig {
  const value = read.value === undefined ? undefined : overridden(read.value, overrides ?? {});
  return completeConfig(checked(read, value, workflowFile, workflowConfigJsonSchema()), read.origin);
}

/** `value` as the schema gives it. Throws {@link ConfigError} with what reading and schema complain about. */
function checked<T>(read: ReadConfig, value: unknown, schema: z.ZodType<T>, jsonSchema: unknown): T {
  if (value === undefined) throw new ConfigError(read.issues);
  const parsed = schema.safeParse(value);
  const explained = parsed.success ? [] : explainIssues(parsed.error.issues, value, jsonSchema);
  // A text whose variable is not set has been complained about already.
  const known = new Set(read.issues.map((issue) => JSON.stringify(issue.path)));
  const located = explained
    .map((item) => locate(item, read.origin, []))
    .filter((issue) => !known.has(JSON.stringify(issue.path)));
  const issues = inOrder([...read.issues, ...located]);
  if (!parsed.success || issues.length > 0) throw new ConfigError(issues);
  return parsed.data;
}

function inOrder(issues: readonly ConfigIssue[]): ConfigIssue[] {
  return issues.toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0));
}

function locate(item: Explained, origin: ConfigOrigin, prefix: ConfigPath): ConfigIssue {
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

function overridden(value: unknown, overrides: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(overrides).reduce((at, [dotted, wanted]) => withValue(at, dotted.split("."), wanted), value);
}

/** A copy of a map with the value at the path replaced; maps that are not there yet are made. */
function withValue(map: unknown, [key, ...rest]: readonly string[], wanted: unknown): unknown {
  if (key === undefined) return wanted;
  const entries =
    typeof map === "object" && map !== null && !Array.isArray(map) ? (map as Record<string, unknown>) : {};
  return { ...entries, [key]: withValue(entries[key], rest, wanted) };
}

/** What is wrong in a text as JSON. The parser's quotes of the text are left out: they may hold a secret. */
function jsonIssue(text: string, file: string): ConfigIssue | undefined {
  if (text.trim() === "") return { file, line: 1, column: 1, path: [], message: "the file is empty" };
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const detail = error instanceof Error ? error.message : "";
    const offset = /position (\d+)/.exec(detail)?.[1];
    const before = offset === undefined ? undefined : text.slice(0, Number(offset)).split("\n");
    const place = before && { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    const reason = detail.replace(/,? ?(\.\.\.)?"[^]*$| in JSON at position[^]*$/, "");
    return { file, ...place, path: [], message: `is not valid JSON: ${reason}` };
  }
}
