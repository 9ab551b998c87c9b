import { LRUCache } from "lru-cache";
import { Dialect, generate, parse } from "@polyglot-sql/sdk";
import type { SqlParser } from "./analyse.ts";

type Parsed = ReturnType<SqlParser["parse"]>;

/** A query is mostly asked about twice, the second time with the columns of its tables; so many others may come in between. */
const parses = new LRUCache<string, Parsed>({ max: 80 });
/** Texts of expressions by the JSON of these: models have many alike, and writing one takes ten times as long as looking for it. */
const texts = new LRUCache<string, string>({
  maxSize: 4_000_000,
  sizeCalculation: (text, json) => text.length + json.length + 1,
});
/** Where a part of an expression stands in its query. In a string quotes are escaped, so that it cannot look like this. */
const spans = /,?"span":\{"start":\d+,"end":\d+,"line":\d+,"column":\d+\}/gu;

/** The parser of `@polyglot-sql/sdk`: WebAssembly, loaded by importing this file. What it gives must not be changed. */
export const polyglotParser: SqlParser = {
  parse: (sql, dialect) => {
    const key = `${dialect} ${sql}`;
    const known = parses.get(key) ?? parsedBy(sql, dialect);
    parses.set(key, known);
    return known;
  },
  text: (expression, dialect) => {
    const key = `${dialect} ${JSON.stringify(expression).replaceAll(spans, "")}`;
    const known = texts.get(key);
    if (known !== undefined) return known;
    const { success, sql } = generate([expression], dialectOf(dialect));
    const text = success ? sql?.[0] : undefined;
    if (text !== undefined) texts.set(key, text);
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
