import { describe, expect, it } from "@jest/globals";
import { analyse, type Question } from "./analyse.ts";
import { polyglotParser } from "./polyglot.ts";

interface Read {
  readonly inputs: readonly string[];
  readonly columns: Readonly<Record<string, string>>;
  readonly failure: string | undefined;
}

type Schema = Readonly<Record<string, readonly string[]>>;

/** What a query of one line tells, in short: `{ total: "s.t.a s.t.b" }`. */
function read(dialect: string, sql: string, schema: Schema = {}): Read {
  const columns: Question["schema"] = Object.entries(schema).map(([table, names]) => [table.split("."), names]);
  const { answer } = analyse({ sql, dialect, defaults: {}, schema: columns }, polyglotParser);
  return {
    inputs: answer.tables.inputs.map((table) => table.join(".")),
    columns: Object.fromEntries(
      answer.columns.map(({ to, from }) => [
        to,
        from.map(({ table, column }) => [...table, column].join(".")).join(" "),
      ]),
    ),
    failure: answer.failure?.reason,
  };
}

describe("a query of a WITH that names itself without the word recursive", () => {
  const sql =
    "with r (id, steps) as (select id, 0 from s.emp union all select e.id, r.steps + e.step from s.emp e join r on e.boss = r.id) select id, steps from r";

  it.each(["snowflake", "sqlserver", "fabric", "oracle", "sqlite"])("means itself in %s", (dialect) => {
    expect(read(dialect, sql)).toEqual({
      inputs: ["s.emp"],
      columns: { id: "s.emp.id", steps: "s.emp.step" },
      failure: undefined,
    });
  });

  it.each(["postgres", "bigquery", "duckdb"])("means a table in %s", (dialect) => {
    expect(read(dialect, sql).inputs).toEqual(["s.emp", "r"]);
  });

  it("means a table where the first query of the union names it too, and outside of a union", () => {
    const union = "with r as (select id from r union all select id from s.old) select id from r";
    expect(read("snowflake", union).columns).toEqual({ id: "r.id s.old.id" });
    expect(read("snowflake", "with r as (select id from r) select id from r").columns).toEqual({ id: "r.id" });
  });

  it("is read from the first of many", () => {
    const many =
      "with r as (select id from s.a union all select id from s.b union all select x from s.c join r on s.c.id = r.id union all select y from s.d join r on s.d.id = r.id) select id from r";
    expect(read("sqlserver", many)).toEqual({
      inputs: ["s.a", "s.b", "s.c", "s.d"],
      columns: { id: "s.a.id s.b.id s.c.x s.d.y" },
      failure: undefined,
    });
  });
});
