import { Dialect, generate, parse } from "@polyglot-sql/sdk";
import type { SqlParser } from "./analyse.ts";

/** The parser of `@polyglot-sql/sdk`: WebAssembly, loaded by importing this file. */
export const polyglotParser: SqlParser = {
  parse: (sql, dialect) => {
    const { success, ast, error } = parse(sql, known(dialect));
    if (!success) return { error: error ?? "the parser gives no reason" };
    return { statements: (typeof ast === "string" ? JSON.parse(ast) : ast) as readonly unknown[] };
  },
  text: (expression, dialect) => {
    const { success, sql } = generate([expression], known(dialect));
    return success ? sql?.[0] : undefined;
  },
};

const dialects: ReadonlyMap<string, Dialect> = new Map(Object.values(Dialect).map((each) => [each, each]));

function known(name: string): Dialect {
  const dialect = dialects.get(name);
  if (dialect === undefined) throw new TypeError(`The parser knows no dialect ${name}`);
  return dialect;
}
