import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import type { z } from "zod";
import type { OmdError } from "../errors.ts";
import { ConfigError, type ConfigIssue } from "./config-error.ts";
import { errorCode, type Environment } from "./expand-variables.ts";
import { explainIssues } from "./explain-issues.ts";
import { asJsonSchema, inOrder, locate } from "./locate-issues.ts";
import { checkOpenParts, type FindOpenParts } from "./open-parts.ts";
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

/** Reading with a look into the parts that only connectors and catalogs know. */
export interface WholeOptions extends LoadOptions {
  /** Given: mistakes in those parts are found together with all others. */
  readonly openParts?: FindOpenParts | undefined;
}

/**
 * Reads a YAML or JSON workflow file. Throws {@link ConfigError} with everything that is wrong in it; its code is that of the connector's problem
 * where this is all.
 */
export async function loadConfigFile(path: string, options: WholeOptions = {}): Promise<WorkflowConfig> {
  return checkWhole(readText(await textOf(path), { ...options, fileName: path }), options);
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
  return checked(read, read.value, schema, () => asJsonSchema(schema));
}

const unreadable: Readonly<Record<string, string>> = { ENOENT: "file not found", EISDIR: "is a directory, not a file" };

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = errorCode(error) ?? "unknown error";
    const message = unreadable[code] ?? `cannot be read (${code})`;
    throw new ConfigError([{ file: path === "" ? '""' : path, path: [], message }], { cause: error });
  }
}

/** Parses a workflow config: YAML first, then variables and secrets, then the schema. Throws {@link ConfigError}. */
export function parseConfig(text: string, options: ParseOptions = {}): WorkflowConfig {
  return check(readText(text, options), options.overrides);
}

function readText(text: string, options: ParseOptions): ReadConfig {
  const file = options.fileName ?? "config.yaml";
  const wrongJson = extname(file) === ".json" ? jsonIssue(text, file) : undefined;
  if (wrongJson) throw new ConfigError([wrongJson]);
  return readDocument(text.replace(/^\uFEFF/, ""), file, options.env ?? process.env);
}

/** Checks a config that a program made. `secret:` references are resolved, `$` is left alone. Throws {@link ConfigError}. */
export function configFromObject(object: unknown, options: LoadOptions = {}): WorkflowConfig {
  return check(readObject(object, "config", options.env ?? process.env), options.overrides);
}

/** As {@link configFromObject}, with the parts that only connectors and catalogs know. Throws {@link ConfigError} as {@link loadConfigFile} does. */
export async function wholeConfigFromObject(object: unknown, options: WholeOptions): Promise<WorkflowConfig> {
  return checkWhole(readObject(object, "config", options.env ?? process.env), options);
}

/** For a config whose open parts nobody has looked at yet. Throws {@link ConfigError} with what is wrong in them. */
export async function requireOpenParts(config: WorkflowConfig, find: FindOpenParts): Promise<void> {
  const { issues, problem } = await checkOpenParts(config, config.origin, find);
  if (issues.length > 0) throw configError(issues, problem);
}

function check(read: ReadConfig, overrides: LoadOptions["overrides"]): WorkflowConfig {
  const value = overridden(read, overrides);
  return completeConfig(checked(read, value, workflowFile, workflowConfigJsonSchema), read.origin);
}

async function checkWhole(read: ReadConfig, { overrides, openParts }: WholeOptions): Promise<WorkflowConfig> {
  const value = overridden(read, overrides);
  const open = value === undefined || !openParts ? undefined : await checkOpenParts(value, read.origin, openParts);
  return completeConfig(checked(read, value, workflowFile, workflowConfigJsonSchema, open), read.origin);
}

interface OpenIssues {
  readonly issues: readonly ConfigIssue[];
  readonly problem?: OmdError | undefined;
}

/** `value` as the schema gives it. Throws {@link ConfigError} with what reading and schema complain about, and with `open`. */
function checked<T>(
  read: ReadConfig,
  value: unknown,
  schema: z.ZodType<T>,
  jsonSchema: () => unknown,
  open: OpenIssues = { issues: [] },
): T {
  if (value === undefined) throw new ConfigError(read.issues);
  const parsed = schema.safeParse(value);
  const explained = parsed.success ? [] : explainIssues(parsed.error.issues, value, jsonSchema());
  const found = [...explained.map((item) => locate(item, read.origin, [])), ...open.issues];
  // A text whose variable is not set has been complained about already.
  const known = new Set(read.issues.map((issue) => JSON.stringify(issue.path)));
  const issues = [...read.issues, ...found.filter((issue) => !known.has(JSON.stringify(issue.path)))];
  if (!parsed.success || issues.length > 0) throw configError(issues, open.problem);
  return parsed.data;
}

/** `problem` is one of the issues; it gives its hint, and its code where it is the only one. */
function configError(issues: readonly ConfigIssue[], problem: OmdError | undefined): ConfigError {
  const code = issues.length === 1 ? problem?.code : undefined;
  return new ConfigError(inOrder(issues), { code, hint: problem?.hint, cause: problem });
}

function overridden({ value }: ReadConfig, overrides: LoadOptions["overrides"] = {}): unknown {
  if (value === undefined) return undefined;
  return Object.entries(overrides).reduce<unknown>(
    (at, [dotted, wanted]) => withValue(at, dotted.split("."), wanted),
    value,
  );
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
