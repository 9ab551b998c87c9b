import { dialectRules, type DialectRules } from "./dialect.ts";
import type { Column } from "./rowset.ts";
import { readStatement, type StatementLineage } from "./statement.ts";

/** What is needed of a parser: another one can stand here. */
export interface SqlParser {
  parse(sql: string, dialect: string): { readonly statements: readonly unknown[] } | { readonly error: string };
  /** The text of an expression. */
  text(expression: unknown, dialect: string): string | undefined;
}

export type TableName = readonly string[];

/** Parts put before a table's name that has not all of them. */
export interface NameDefaults {
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
}

export type SqlFailureReason =
  | "unknown-dialect"
  | "too-long"
  | "not-parsed"
  | "too-complex"
  | "parser-error"
  | "no-statement"
  | "several-statements"
  | "unsupported-statement"
  | "unsupported-clause"
  | "ambiguous-column"
  | "star-without-schema"
  | "schema-unavailable"
  | "time-limit"
  | "worker-ended";

export interface SqlFailure {
  readonly reason: SqlFailureReason;
  readonly message: string;
}

export interface ColumnOrigin {
  readonly table: TableName;
  readonly column: string;
}

export interface ColumnLineage {
  /** Empty for a value that no column is read for. */
  readonly from: readonly ColumnOrigin[];
  readonly to: string;
  /** The expression that makes the value, when it is more than a column handed on. */
  readonly function?: string;
}

/** Lineage of one statement. With a failure it may be there in part: what is given is right, what is missing has the reason. */
export interface SqlLineageAnswer {
  readonly tables: { readonly inputs: readonly TableName[]; readonly output?: TableName };
  readonly columns: readonly ColumnLineage[];
  readonly failure?: SqlFailure;
}

export interface Question {
  readonly sql: string;
  readonly dialect: string;
  readonly defaults: NameDefaults;
  /** Columns of tables, by their full names. */
  readonly schema: readonly (readonly [TableName, readonly string[]])[];
}

export interface Analysis {
  readonly answer: SqlLineageAnswer;
  /** The columns of the named tables could say more. */
  readonly wantsSchema: boolean;
}

const maxFunction = 2_000;

/** Lineage of the columns of one statement. Throws what the parser throws. */
export function analyse(question: Question, parser: SqlParser): Analysis {
  const rules = dialectRules(question.dialect);
  if (!rules) return failed("unknown-dialect", `no SQL dialect is known as ${question.dialect}`);
  const parsed = parser.parse(question.sql, rules.parser);
  if ("error" in parsed) return failed(parsed.error.includes("E_GUARD_") ? "too-complex" : "not-parsed", parsed.error);
  const statements = parsed.statements.filter((statement) => statement !== null);
  if (statements.length === 0) return failed("no-statement", "there is no statement in the text");
  if (statements.length > 1) return failed("several-statements", `${String(statements.length)} statements in one text`);
  const columns = new Map(question.schema.map(([table, names]) => [tableKey(table), names]));
  const lineage = readStatement(statements[0], {
    rules,
    complete: (table) => completed(table, question.defaults),
    columnsOf: (table) => columns.get(tableKey(table)),
  });
  if (!lineage) return failed("unsupported-statement", "the statement has no query that gives columns");
  return { answer: answered(lineage, rules, parser), wantsSchema: lineage.wantsSchema };
}

/** One key for one table name, as written. */
export function tableKey(table: TableName): string {
  return JSON.stringify(table);
}

function failed(reason: SqlFailureReason, message: string): Analysis {
  return { answer: failureAnswer(reason, message), wantsSchema: false };
}

export function failureAnswer(reason: SqlFailureReason, message: string): SqlLineageAnswer {
  return { tables: { inputs: [] }, columns: [], failure: { reason, message } };
}

function completed(table: TableName, { database, schema }: NameDefaults): TableName {
  const missing = table.length === 1 ? [database, schema] : table.length === 2 ? [database] : [];
  if (table.length === 1 && schema === undefined) return table;
  return [...missing.filter((part) => part !== undefined), ...table];
}

function answered(lineage: StatementLineage, rules: DialectRules, parser: SqlParser): SqlLineageAnswer {
  const [problem] = lineage.problems;
  return {
    tables: { inputs: lineage.inputs, ...(lineage.output ? { output: lineage.output } : {}) },
    columns: lineage.columns.map((column) => columnLineage(column, rules, parser)),
    ...(problem ? { failure: problem } : {}),
  };
}

function columnLineage({ name = "", from, made }: Column, rules: DialectRules, parser: SqlParser): ColumnLineage {
  const text = made === undefined ? undefined : parser.text(made, rules.parser);
  const origins = [...from.values()];
  return { from: origins, to: name, ...(text === undefined ? {} : { function: text.slice(0, maxFunction) }) };
}
