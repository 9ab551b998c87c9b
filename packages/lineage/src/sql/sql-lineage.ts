import { hash } from "node:crypto";
import { LRUCache } from "lru-cache";
import {
  failureAnswer,
  tableKey,
  type Analysis,
  type NameDefaults,
  type Question,
  type SqlFailureReason,
  type SqlLineageAnswer,
  type TableName,
} from "./analyse.ts";
import { dialectRules } from "./dialect.ts";
import { ParserThread } from "./parser-thread.ts";

export interface SqlLineageOptions {
  /** Milliseconds that one query may take; then the parser's thread is ended and made anew. Default 5,000. */
  readonly timeLimitMs?: number | undefined;
  /** Characters of SQL; longer texts are not read. Default 1,000,000. */
  readonly maxLength?: number | undefined;
  /** Queries whose answers are kept. Default 2,000. */
  readonly cached?: number | undefined;
  /** Another thread than the parser's own, for tests. */
  readonly script?: URL | undefined;
}

type Columns = readonly string[] | undefined;

export interface SqlQuestion {
  readonly sql: string;
  /** Name of a dbt adapter or an engine: `snowflake`, `bigquery`, `postgres` … */
  readonly dialect: string;
  /** Columns of a table in their order, undefined where they are not known. Asked only when the query alone does not tell. */
  readonly schema?: ((table: TableName) => Columns | Promise<Columns>) | undefined;
  /** Completes names that have no database or schema. */
  readonly defaults?: NameDefaults | undefined;
}

export interface SqlLineage {
  /** Never rejects: what went wrong is in `failure`. */
  lineageOf(question: SqlQuestion): Promise<SqlLineageAnswer>;
  /** How many answers had a failure, by reason. */
  failures(): Readonly<Partial<Record<SqlFailureReason, number>>>;
  /** Ends the parser's thread; queries at hand are answered with a failure. */
  close(): Promise<void>;
}

/** Column lineage of SQL. The parser is loaded with the first query, on a thread of its own. */
export function createSqlLineage(options: SqlLineageOptions = {}): SqlLineage {
  const { timeLimitMs = 5_000, maxLength = 1_000_000, cached = 2_000, script } = options;
  const analyses = new Analyses(new ParserThread(timeLimitMs, script), cached);
  const counts = new Map<SqlFailureReason, number>();
  return {
    lineageOf: async (question) => {
      const answer = refused(question, maxLength) ?? (await analyses.answer(question));
      if (answer.failure) counts.set(answer.failure.reason, (counts.get(answer.failure.reason) ?? 0) + 1);
      return answer;
    },
    failures: () => Object.fromEntries(counts),
    close: () => analyses.close(),
  };
}

function refused({ sql, dialect }: SqlQuestion, maxLength: number): SqlLineageAnswer | undefined {
  if (!dialectRules(dialect)) return failureAnswer("unknown-dialect", `no SQL dialect is known as ${dialect}`);
  if (sql.length <= maxLength) return undefined;
  return failureAnswer("too-long", `${String(sql.length)} characters of SQL, ${String(maxLength)} are read`);
}

class Analyses {
  readonly #thread: ParserThread;
  readonly #known: LRUCache<string, { readonly analysis: Promise<Analysis> }>;

  constructor(thread: ParserThread, max: number) {
    this.#thread = thread;
    this.#known = new LRUCache({ max });
  }

  close(): Promise<void> {
    return this.#thread.close();
  }

  /** First without columns of tables, which is quicker; with those of the named tables only where they are needed. */
  async answer({ sql, dialect, schema, defaults = {} }: SqlQuestion): Promise<SqlLineageAnswer> {
    const question: Question = { sql, dialect: dialect.toLowerCase(), defaults, schema: [] };
    const first = await this.#analyse(question);
    if (!first.wantsSchema || !schema) return first.answer;
    try {
      const columns = await columnsOf(first.answer, schema);
      return columns.length === 0 ? first.answer : (await this.#analyse({ ...question, schema: columns })).answer;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { ...first.answer, failure: { reason: "schema-unavailable", message } };
    }
  }

  #analyse(question: Question): Promise<Analysis> {
    const key = hash("sha256", JSON.stringify(question), "base64");
    const known = this.#known.get(key);
    if (known) return known.analysis;
    const entry = { analysis: this.#thread.analyse(question) };
    this.#known.set(key, entry);
    void entry.analysis.then(({ answer }) => {
      // Another try may go better; a query that took too long will again.
      const passing = answer.failure?.reason === "worker-ended";
      if (passing && this.#known.peek(key) === entry) this.#known.delete(key);
    });
    return entry.analysis;
  }
}

async function columnsOf(
  answer: SqlLineageAnswer,
  schema: NonNullable<SqlQuestion["schema"]>,
): Promise<Question["schema"]> {
  const { inputs, output } = answer.tables;
  const tables = new Map([...inputs, ...(output ? [output] : [])].map((table) => [tableKey(table), table]));
  const known = await Promise.all([...tables.values()].map(async (table) => [table, await schema(table)] as const));
  return known.flatMap(([table, columns]) => (columns ? [[table, columns] as const] : []));
}
