import { LRUCache } from "lru-cache";
import { Dialect, generate, parse } from "@polyglot-sql/sdk";
import type { SqlParser } from "./analyse.ts";

type Parsed = ReturnType<SqlParser["parse"]>;

/** A query is mostly asked about twice, the second time with the columns of its tables; so many others may come in between. */
const parses = new LRUCache<string, Parsed>({ max: 80 });
const texts = new WeakMap<object, string>();

/** The parser of `@polyglot-sql/sdk`: WebAssembly, loaded by importing this file. What it gives must not be changed. */
export const polyglotParser: SqlParser = {
  parse: (sql, dialect) => {
    const key = `${dialect} ${sql}`;
    const known = parses.get(key) ?? parsedBy(sql, dialect);
    parses.set(key, known);
    return known;
  },
  text: (expression, dialect) => {
    const isObject = typeof expression === "object" && expression !== null;
    const known = isObject ? texts.get(expression) : undefined;
    if (known !== undefined) return known;
    const { success, sql } = generate([expression], dialectOf(dialect));
    const text = success ? sql?.[0] : undefined;
    if (isObject && text !== undefined) texts.set(expression, text);
    return text;
  },
};

function parsedBy(text: string, dialect: string): Parsed {
  const { success, ast, error } = parse(text, dialectOf(dialect));
  if (!success) return { error: error ?? "the parser gives no reason" };
  return { statements: (typeof ast === "string" ? JSON.parse(ast) : ast) as readonly unknown[] };
}

const dialects: ReadonlyMap<string, Dialect> = new Map(Object.values(Dialect).map((each) => [each, each]));

function dialectOf(name: string): Dialect {
  const dialect = dialects.get(name);
  if (dialect === undefined) throw new TypeError(`The parser knows no dialect ${name}`);
  return dialect;
}
