import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, afterEach, describe, expect, it } from "@jest/globals";
import { createSqlLineage, type SqlLineage, type SqlLineageOptions } from "./sql-lineage.ts";

const oddThread = new URL("../../test/odd-thread.ts", import.meta.url);
const open: SqlLineage[] = [];

function lineage(options: SqlLineageOptions = {}): SqlLineage {
  const made = createSqlLineage(options);
  open.push(made);
  return made;
}

interface Seen {
  readonly threadId: number;
  readonly asked: number;
  readonly schema: unknown;
}

/** What the stand-in thread saw when it was asked. */
async function seen(made: SqlLineage, sql: string, more: object = {}): Promise<Seen> {
  const { columns } = await made.lineageOf({ sql, dialect: "postgres", ...more });
  return JSON.parse(columns[0]?.to ?? "") as Seen;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((made) => made.close()));
});

describe("the parser's thread", () => {
  it("is ended when a query takes too long, and made anew for the next", async () => {
    const made = lineage({ script: oddThread, timeLimitMs: 300 });
    const before = await seen(made, "a");
    const [slow, waiting] = await Promise.all([made.lineageOf({ sql: "hang", dialect: "mysql" }), seen(made, "b")]);
    expect(slow).toEqual({
      tables: { inputs: [] },
      columns: [],
      failure: { reason: "time-limit", message: "the query took longer than 300 ms" },
    });
    expect(waiting.threadId).not.toBe(before.threadId);
    expect(made.failures()).toEqual({ "time-limit": 1 });
  });

  it("is made anew after it died, and the query is tried again when it is asked again", async () => {
    const made = lineage({ script: oddThread });
    const before = await seen(made, "a");
    for (const _ of [1, 2]) {
      const answer = await made.lineageOf({ sql: "die", dialect: "mysql" });
      expect(answer.failure).toEqual({ reason: "worker-ended", message: "the thread of the parser ended with 7" });
    }
    const after = await seen(made, "b");
    expect(after).toMatchObject({ asked: 1 });
    expect(after.threadId).toBeGreaterThan(before.threadId + 1);
    expect(made.failures()).toEqual({ "worker-ended": 2 });
  });

  it("leaves those behind the query that ends it to another thread", async () => {
    const made = lineage({ script: oddThread, timeLimitMs: 300 });
    const before = await seen(made, "a");
    const all = ["b", "die", "c", "hang", "d"].map((sql) => made.lineageOf({ sql, dialect: "mysql" }));
    const reasons = (await Promise.all(all)).map(({ failure }) => failure?.reason);
    expect(reasons).toEqual([undefined, "worker-ended", undefined, "time-limit", undefined]);
    expect((await seen(made, "e")).threadId).toBeGreaterThan(before.threadId + 1);
  });

  it("is made anew after the parser threw", async () => {
    const made = lineage({ script: oddThread });
    const before = await seen(made, "a");
    const { failure } = await made.lineageOf({ sql: "throw", dialect: "mysql" });
    expect(failure).toEqual({ reason: "parser-error", message: "unreachable" });
    expect((await seen(made, "b")).threadId).not.toBe(before.threadId);
  });

  it("that cannot start is a failure", async () => {
    const made = lineage({ script: new URL("./not-there.ts", import.meta.url) });
    const { failure } = await made.lineageOf({ sql: "select 1", dialect: "mysql" });
    expect(failure?.reason).toBe("worker-ended");
    expect(failure?.message).toContain("not-there.ts");
  });

  it("answers what is at hand with a failure when it is closed", async () => {
    const made = lineage({ script: oddThread });
    const both = Promise.all(["hang", "a"].map((sql) => made.lineageOf({ sql, dialect: "mysql" })));
    await made.close();
    expect((await both).map(({ failure }) => failure?.reason)).toEqual(["worker-ended", "worker-ended"]);
    const late = await made.lineageOf({ sql: "b", dialect: "mysql" });
    expect(late.failure).toEqual({ reason: "worker-ended", message: "the parser is closed" });
  });

  it("and the parser are loaded with the first query only", async () => {
    const script = `
      const { registerHooks } = await import("node:module");
      const asked = [];
      registerHooks({ resolve: (name, context, next) => (asked.push(name), next(name, context)) });
      const sees = () => asked.some((name) => name.includes("polyglot-sql"));
      const { createSqlLineage } = await import(${JSON.stringify(new URL("../index.ts", import.meta.url).href)});
      createSqlLineage();
      const before = sees();
      await import(${JSON.stringify(new URL("./polyglot.ts", import.meta.url).href)});
      console.log(before, sees());`;
    const args = ["--no-warnings", "--conditions=@omd/source", "--input-type=module", "-e", script];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout.trim()).toBe("false true");
  });

  it("does not keep a program from ending", async () => {
    const script = `
      const { createSqlLineage } = await import(${JSON.stringify(new URL("../index.ts", import.meta.url).href)});
      const { columns } = await createSqlLineage().lineageOf({ sql: "select a from t", dialect: "duckdb" });
      console.log(columns.length);`;
    const args = ["--no-warnings", "--conditions=@omd/source", "--input-type=module", "-e", script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 100_000 });
    expect(stdout.trim()).toBe("1");
  });
});

describe("the cache", () => {
  it("answers the same query once, also when it is asked twice at the same time", async () => {
    const made = lineage({ script: oddThread });
    const [first, second] = await Promise.all([seen(made, "a"), seen(made, "a")]);
    expect([first.asked, second.asked, (await seen(made, "a")).asked]).toEqual([1, 1, 1]);
    expect((await seen(made, "a", { dialect: "mysql" })).asked).toBe(2);
    expect((await seen(made, "a", { defaults: { schema: "shop" } })).asked).toBe(3);
  });

  it("asks for columns only where the query does not tell, and answers other columns anew", async () => {
    const made = lineage({ script: oddThread });
    const named: string[] = [];
    const schema = (columns: readonly string[]) => (table: readonly string[]) => {
      named.push(table.join("."));
      return columns;
    };
    await seen(made, "a", { schema: schema(["id"]) });
    expect(named).toEqual([]);
    const first = await seen(made, "star", { schema: schema(["id"]) });
    expect(first).toMatchObject({ asked: 3, schema: [[["shop", "orders"], ["id"]]] });
    expect(named).toEqual(["shop.orders"]);
    expect((await seen(made, "star", { schema: schema(["id"]) })).asked).toBe(3);
    expect((await seen(made, "star", { schema: schema(["id", "total"]) })).asked).toBe(4);
  });

  it("forgets the oldest", async () => {
    const made = lineage({ script: oddThread, cached: 1 });
    await seen(made, "a");
    await seen(made, "b");
    expect((await seen(made, "a")).asked).toBe(3);
  });

  it("keeps what the query told when the columns cannot be had", async () => {
    const made = lineage({ script: oddThread });
    const answer = await made.lineageOf({
      sql: "star",
      dialect: "mysql",
      schema: () => Promise.reject(new Error("the catalog is away")),
    });
    expect(answer.tables.inputs).toEqual([["shop", "orders"]]);
    expect(answer.failure).toEqual({ reason: "schema-unavailable", message: "the catalog is away" });
  });
});

describe("dialects", () => {
  const adapters = `snowflake databricks spark glue hive impala bigquery redshift postgres alloydb greenplum materialize risingwave
    cockroachdb mysql mariadb tidb singlestore doris starrocks duckdb motherduck sqlite trino presto starburst athena sqlserver mssql
    synapse fabric oracle clickhouse teradata exasol dremio Snowflake`;

  it.each(adapters.split(/\s+/))("%s is known to the parser", async (dialect) => {
    const answer = await one.lineageOf({ sql: "select x.a + 1 as b from s.t x", dialect });
    expect(answer).toEqual({
      tables: { inputs: [["s", "t"]] },
      columns: [{ from: [{ table: ["s", "t"], column: "a" }], to: "b", function: "x.a + 1" }],
    });
  });

  it("writes expressions alike the same wherever they stand, and no others", async () => {
    const made = async (expression: string, before = ""): Promise<unknown> => {
      const sql = `select ${before}${expression} as b from s.t x`;
      const { columns } = await one.lineageOf({ sql, dialect: "postgres" });
      return columns.at(-1)?.function;
    };
    const span = (start: number): string => `'"span":{"start":${start},"end":2,"line":1,"column":3}' || x.a`;
    expect([await made("x.a + 1"), await made("x.a + 1", "x.c as d, "), await made("x.a + 2")]).toEqual([
      "x.a + 1",
      "x.a + 1",
      "x.a + 2",
    ]);
    expect([await made(span(1)), await made(span(2))]).toEqual([span(1), span(2)]);
  });

  const one = createSqlLineage();
  afterAll(() => one.close());
});

describe("failures", () => {
  it("are answered and counted by reason, and keep what is known", async () => {
    const made = lineage({ maxLength: 500 });
    const of = async (sql: string, dialect = "postgres"): Promise<string | undefined> => {
      return (await made.lineageOf({ sql, dialect })).failure?.reason;
    };
    expect(await of("selec a frm", "postgres")).toBe("not-parsed");
    expect(await of("select a from t", "cobol")).toBe("unknown-dialect");
    expect(await of(`select '${"x".repeat(500)}'`)).toBe("too-long");
    expect(await of("")).toBe("no-statement");
    expect(await of("select 1; select 2")).toBe("several-statements");
    expect(await of("drop table t")).toBe("unsupported-statement");
    expect(await of(`select ${"(".repeat(100)}a${")".repeat(100)} from t`)).toBe("too-complex");
    expect(await of("with d as (delete from t returning *) select a from d")).toBe("unsupported-clause");
    expect(await of("select a from t;")).toBeUndefined();
    expect(made.failures()).toEqual({
      "not-parsed": 1,
      "unknown-dialect": 1,
      "too-long": 1,
      "no-statement": 1,
      "several-statements": 1,
      "unsupported-statement": 1,
      "unsupported-clause": 1,
      "too-complex": 1,
    });
    const star = await made.lineageOf({ sql: "select *, a + 1 as b from s.t", dialect: "duckdb" });
    expect(star.tables.inputs).toEqual([["s", "t"]]);
    expect(star.columns).toEqual([{ from: [{ table: ["s", "t"], column: "a" }], to: "b", function: "a + 1" }]);
    expect(star.failure?.reason).toBe("star-without-schema");
    const two = await made.lineageOf({ sql: "select a, x.b from x, y", dialect: "duckdb" });
    expect(two.columns).toEqual([
      { from: [], to: "a" },
      { from: [{ table: ["x"], column: "b" }], to: "b" },
    ]);
    expect(two.failure).toEqual({ reason: "ambiguous-column", message: "a could be of more than one table" });
  });
});
