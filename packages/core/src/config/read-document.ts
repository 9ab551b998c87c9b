import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  Scalar,
  type Document,
  type Node,
  type Pair,
  type ScalarTag,
} from "yaml";
import type { ConfigIssue, ConfigPath } from "./config-error.ts";
import { ConfigOrigin } from "./config-origin.ts";
import {
  expandVariables,
  isSecretReference,
  plainScalar,
  resolveSecret,
  type Environment,
} from "./expand-variables.ts";
import { isSecretKey, urlPasswords } from "./secret-keys.ts";

/** The plain value of a config text, variables and secrets in place, keys without a value left out. */
export interface ReadConfig {
  readonly value: unknown;
  readonly origin: ConfigOrigin;
  readonly issues: readonly ConfigIssue[];
}

/** YAML 1.1, which the Python ingestion reads, knows these words as booleans. */
const wordBoolean: ScalarTag = {
  identify: () => false,
  default: true,
  tag: "tag:yaml.org,2002:bool",
  test: /^(?:yes|Yes|YES|on|On|ON|no|No|NO|off|Off|OFF)$/,
  resolve: (text) => new Scalar(/^(?:yes|on)$/i.test(text)),
};

interface Reading {
  /** A key that such a file begins with, for messages. Default `source:`. */
  readonly example?: string | undefined;
  /** Keys without a value are null, where they are left out otherwise. */
  readonly keepNulls?: boolean | undefined;
}

/** Parses YAML or JSON text, then expands variables and `secret:` references inside its texts. Never throws for bad text: see `issues`. */
export function readDocument(
  text: string,
  file: string,
  env: Environment,
  { example = "source:", keepNulls = false }: Reading = {},
): ReadConfig {
  const lines = new LineCounter();
  const document = parseDocument(shielded(text), {
    prettyErrors: false,
    // Its warnings would go to stderr, with parts of the text.
    logLevel: "error",
    lineCounter: lines,
    merge: true,
    customTags: (tags) => [wordBoolean, ...tags],
  });
  const origin = new ConfigOrigin(file, document, lines);
  const issues = syntaxIssues(document, origin, text);
  if (issues.length > 0) return { value: undefined, origin, issues };
  if (!isMap(document.contents)) {
    const message = isEmpty(document) ? "the file is empty" : `must be a map of keys, such as \`${example}\``;
    return { value: undefined, origin, issues: [{ file, line: 1, column: 1, path: [], message }] };
  }
  expandNode(document.contents, [], { env, origin, issues });
  try {
    const value: unknown = document.toJS();
    return { value: keepNulls ? value : withoutNulls(value), origin, issues };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { value: undefined, origin, issues: [...issues, { file, line: 1, column: 1, path: [], message }] };
  }
}

/** Resolves the `secret:` references of a config that a program gives as an object; `$` stands for itself there. */
export function readObject(value: unknown, file: string, env: Environment): ReadConfig {
  const origin = new ConfigOrigin(file);
  const issues: ConfigIssue[] = [];
  const copy = (item: unknown, path: ConfigPath): unknown => {
    if (typeof item === "string") return settle(item, path, { env, origin, issues }, () => item);
    if (Array.isArray(item)) return item.map((entry: unknown, at) => copy(entry, [...path, at]));
    if (!isPlainObject(item)) return item;
    return Object.fromEntries(Object.entries(item).map(([key, entry]) => [key, copy(entry, [...path, key])]));
  };
  return { value: withoutNulls(copy(value, [])), origin, issues };
}

interface Expanding {
  readonly env: Environment;
  readonly origin: ConfigOrigin;
  readonly issues: ConfigIssue[];
}

function expandNode(node: Node | null, path: ConfigPath, reading: Expanding): void {
  if (isMap(node)) {
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      if (!isScalar(pair.key)) pair.key = refusedKey(pair.key, path, reading);
      const key = settleKey(pair.key, path, reading);
      expandNode(pair.value, [...path, key], reading);
    }
  } else if (isSeq(node)) {
    for (const [at, item] of node.items.entries()) expandNode(item as Node, [...path, at], reading);
  } else if (isScalar(node) && isSecretKey(path.at(-1)) && node.type === Scalar.PLAIN && node.value !== null) {
    // A password such as 0123 or 1e5 is text, however YAML reads it.
    node.value = settle(unshielded(node.source ?? ""), path, reading, (text) => text);
  } else if (isScalar(node) && typeof node.value === "string") {
    node.value = settle(
      unshielded(node.value),
      path,
      reading,
      node.type === Scalar.PLAIN ? plainScalar : (text) => text,
    );
  }
}

/** A map or list as a key, mostly an unquoted `{{ … }}`: what it holds may be a secret, so it is not kept. */
function refusedKey(key: Node, path: ConfigPath, { origin, issues }: Expanding): Scalar {
  const message = "a key must be text: put quotes around a text that starts with { or [";
  issues.push({ file: origin.file, ...origin.position(key.range?.[0] ?? 0), path, message });
  return new Scalar("{…}");
}

/** A key as it is written (`on` and `1.0` stay as they are), its variables in place. */
function settleKey(key: Scalar, path: ConfigPath, { env, origin, issues }: Expanding): string {
  const text = unshielded(key.type === Scalar.PLAIN && key.source !== undefined ? key.source : String(key.value));
  const expanded = expandVariables(text, env);
  if (!expanded.ok)
    issues.push({
      file: origin.file,
      ...origin.position(key.range?.[0] ?? 0),
      path: [...path, text],
      message: expanded.reason,
    });
  if (text !== "<<") key.value = expanded.ok ? expanded.text : text;
  return String(key.value);
}

/** The value of one text: its variables or the secret it names in place, and noted as secret where it is one. */
function settle(text: string, path: ConfigPath, reading: Expanding, typed: (text: string) => unknown): unknown {
  const { origin, env, issues } = reading;
  const isReference = isSecretReference(text);
  const fromObject = origin.locate([]) === undefined;
  const expanded = fromObject ? ({ ok: true, text, changed: false } as const) : expandVariables(text, env);
  const result = expanded.ok && isReference ? resolveSecret(expanded.text, env) : expanded;
  if (!result.ok) {
    issues.push({ file: origin.file, ...origin.locate(path, "value"), path, message: result.reason });
    return text;
  }
  if (isReference || isSecretKey(path.at(-1))) origin.addSecret(result.text);
  for (const secret of urlPasswords(result.text)) origin.addSecret(secret);
  return result.changed && !isReference ? typed(result.text) : result.text;
}

/** Leaves out keys whose value is null: `config:` with nothing behind it is the same as no such key, as for the Python ingestion. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== null && entry !== undefined)
      .map(([key, entry]) => [key, withoutNulls(entry)]),
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isEmpty(document: Document): boolean {
  return document.contents === null || (isScalar(document.contents) && document.contents.value === null);
}

/** Duplicate keys all, of other errors the first: the ones behind it are mostly its echo. */
function syntaxIssues(document: Document, origin: ConfigOrigin, text: string): ConfigIssue[] {
  const other = document.errors.find((error) => error.code !== "DUPLICATE_KEY");
  const told = document.errors.filter((error) => error.code === "DUPLICATE_KEY" || error === other);
  return told.map((error) => ({
    file: origin.file,
    ...origin.position(error.pos[0]),
    path: [],
    message: syntaxMessage(error.code, error.message, text.slice(error.pos[0])),
  }));
}

function syntaxMessage(code: string, message: string, rest: string): string {
  if (code === "TAB_AS_INDENT") return "a tab is used for indentation: use spaces";
  if (code === "DUPLICATE_KEY") return `duplicate key ${/^[^\s:]+/.exec(rest)?.[0] ?? ""}`.trimEnd();
  if (code === "MULTIPLE_DOCS") return "the file holds more than one document (`---`)";
  // What the parser quotes of the text may be a secret.
  return `is not valid YAML: ${message.replace(/: ".*$/s, "")}`;
}

const flowSigns = "{},[]";
const firstStandIn = 0xfdd0;

/** Lets `${VAR}` stand unquoted inside `{…}` and `[…]`: its signs are replaced by noncharacters of the same length while YAML is parsed. */
function shielded(text: string): string {
  return text.replace(/(?<=\$)\{[^}\n]*\}/g, (braces) =>
    braces.replace(/[{},[\]]/g, (sign) => String.fromCharCode(firstStandIn + flowSigns.indexOf(sign))),
  );
}

function unshielded(text: string): string {
  return text.replace(/[\uFDD0-\uFDD4]/g, (sign) => flowSigns[sign.charCodeAt(0) - firstStandIn] ?? sign);
}
