import { describe, expect, it } from "@jest/globals";
import { analyse, type Question } from "./analyse.ts";
import { polyglotParser } from "./polyglot.ts";

interface Read {
  readonly inputs: readonly string[];
  readonly columns: Readonly<Record<string, string>>;
  readonly failure: string | undefined;
}

type Schema = Readonly<Record<string, readonly string[]>>;

/** Could the columns of the tables change what a query tells? */
function wantsSchema(dialect: string, sql: string): boolean {
  return analyse({ sql, dialect, defaults: {}, schema: [] }, polyglotParser).wantsSchema;
}

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

describe("a star of a value", () => {
  const schema = { "p.d.t": ["id", "ts", "v"] };
  const newest =
    "select unique.* from (select array_agg(original order by ts desc limit 1)[offset(0)] unique from p.d.t original group by id)";
  const all = { id: "p.d.t.id", ts: "p.d.t.ts", v: "p.d.t.v" };
  const whole = { inputs: ["p.d.t"], columns: all, failure: undefined };
  const hidden = { inputs: ["p.d.t"], columns: { id: "p.d.t.id" }, failure: "star-without-schema" };

  it("is the columns of the table that it is a row of", () => {
    expect(read("bigquery", newest, schema)).toEqual(whole);
    expect(read("bigquery", "select any_value(o having max ts).* from p.d.t o", schema)).toEqual(whole);
    expect(read("postgres", "select (t).* from p.d.t", schema)).toEqual(whole);
    expect(read("postgres", "select (x).* from (select o as x from p.d.t o) y", schema)).toEqual(whole);
  });

  it("hands on what is asked for by name where the table's columns are not known", () => {
    expect(read("bigquery", `select id, v as w from (${newest})`)).toEqual({
      inputs: ["p.d.t"],
      columns: { id: "p.d.t.id", w: "p.d.t.v" },
      failure: undefined,
    });
    expect(read("bigquery", newest)).toEqual({ ...hidden, columns: {} });
  });

  it("of which no fields are known is a failure", () => {
    const struct = { "p.d.t": ["id", "s", "a"] };
    expect(read("bigquery", "select id, s.* from p.d.t", struct)).toEqual(hidden);
    expect(read("bigquery", "select id, o.s.* except (q) from p.d.t o", struct)).toEqual(hidden);
    expect(read("bigquery", "select id, a[offset(0)].* from p.d.t", struct)).toEqual(hidden);
    expect(read("bigquery", "select id, x.* from p.d.t, unnest(a) as x", struct)).toEqual(hidden);
    expect(read("databricks", "select id, s.* from p.d.t", struct)).toEqual(hidden);
    expect(read("postgres", "select id, (jsonb_each(s)).* from p.d.t", struct)).toEqual(hidden);
    expect(read("postgres", "select id, (s).* from p.d.t", struct)).toEqual(hidden);
  });

  it("gives its fields to the query around", () => {
    const sql = "select id, city from (select id, x.* from p.d.t, unnest(a) as x)";
    expect(read("bigquery", sql).columns).toEqual({ id: "p.d.t.id", city: "p.d.t.a" });
  });

  it("may be that of a table by its full name, or of a query around", () => {
    expect(read("postgres", "select d.t.* from d.t", { "d.t": ["id"] }).columns).toEqual({ id: "d.t.id" });
    const lateral = "select l.* from d.t o, lateral (select o.*) l";
    expect(read("postgres", lateral, { "d.t": ["id"] }).columns).toEqual({ id: "d.t.id" });
  });
});

describe("a field of a row", () => {
  it("comes from the column of the table", () => {
    const sql = "select u.id, u.v as w, u from (select any_value(o having max ts) u from p.d.t o)";
    expect(read("bigquery", sql).columns).toEqual({ id: "p.d.t.id", w: "p.d.t.v", u: "p.d.t.ts" });
    const newest = "select array_agg(o order by ts desc)[offset(0)].v as w, any_value(o).id + 1 as x from p.d.t o";
    expect(read("bigquery", newest).columns).toEqual({ w: "p.d.t.v", x: "p.d.t.id" });
    const missing = read("bigquery", "select array_agg(o order by ts)[0].q as w from p.d.t o", {
      "p.d.t": ["id", "ts"],
    });
    expect(missing.columns).toEqual({ w: "p.d.t.ts" });
    expect(read("postgres", "select (t).amount, (t.address).city, (address).zip from s.t").columns).toEqual({
      amount: "s.t.amount",
      city: "s.t.address",
      zip: "s.t.address",
    });
  });
});

describe("a name that a table beside an unnested value may have", () => {
  const sql = "select id, key from p.d.t, unnest(props)";

  it("is asked for in the table's columns, and is the value's where the table has it not", () => {
    expect(wantsSchema("bigquery", sql)).toBe(true);
    expect(read("bigquery", sql).columns).toEqual({ id: "p.d.t.id", key: "p.d.t.key" });
    expect(read("bigquery", sql, { "p.d.t": ["id", "props"] }).columns).toEqual({ id: "p.d.t.id", key: "p.d.t.props" });
    const both = read("bigquery", sql, { "p.d.t": ["id", "key", "props"] });
    expect(both.columns).toEqual({ id: "p.d.t.id", key: "p.d.t.key" });
  });

  it("is the table's where the names of the other are all known, or the table is named", () => {
    expect(wantsSchema("snowflake", "select id, value from s.t, lateral flatten(input => items)")).toBe(false);
    expect(wantsSchema("spark", "select id, item from s.t lateral view explode(items) e as item")).toBe(false);
    expect(wantsSchema("bigquery", "select t.id, p.sku from p.d.t, unnest(t.props) as p")).toBe(false);
    expect(wantsSchema("snowflake", "select id, seq4() as n from s.t, table(generator(rowcount => 3))")).toBe(false);
  });

  it("does not count where it only chooses rows", () => {
    expect(wantsSchema("bigquery", "select t.id from p.d.t, unnest(t.props) where key = 'a'")).toBe(false);
  });
});

describe("a table function with names and types of its columns", () => {
  it.each([
    "select t.id, x.k, n from s.t, jsonb_to_recordset(t.j) as x(k text, n int)",
    "select t.id, x.k, x.n from s.t left join jsonb_to_recordset(j) as x(k text, n numeric(10, 2)) on true",
    "select id, x.* from s.t, my_rows(t.j) as x(k text, n int)",
  ])("gives them all from what it is given: %s", (sql) => {
    const columns = { id: "s.t.id", k: "s.t.j", n: "s.t.j" };
    expect(read("postgres", sql)).toEqual({ inputs: ["s.t"], columns, failure: undefined });
  });

  it("gives nothing from a literal", () => {
    const sql = "select k from jsonb_to_recordset('[]'::jsonb) as x(k text)";
    expect(read("postgres", sql)).toEqual({ inputs: [], columns: { k: "" }, failure: undefined });
  });
});

describe("names by place", () => {
  const sales = { "s.sales": ["region", "quarter", "amount"] };
  const columns = { r: "s.sales.region", a: "s.sales.amount", b: "s.sales.amount" };
  const pivot = "select r, a, b from s.sales pivot (sum(amount) for quarter in ('Q1', 'Q2')) as p (r, a, b)";

  it("of a pivot are its columns, the last also where a star hides the first", () => {
    expect(read("snowflake", pivot, sales)).toEqual({ inputs: ["s.sales"], columns, failure: undefined });
    const unknown = { ...columns, r: "" };
    expect(read("snowflake", pivot)).toEqual({ inputs: ["s.sales"], columns: unknown, failure: "star-without-schema" });
    const values = "select a, b from s.sales pivot (sum(amount) for quarter in ('Q1', 'Q2')) as p (r, a, b)";
    expect(read("snowflake", values).failure).toBeUndefined();
  });

  it("of a pivot over what shows when it runs are its columns too", () => {
    const any = "select * from s.sales pivot (sum(amount) for quarter in (any order by quarter)) as p (r, a, b)";
    expect(read("snowflake", any, sales)).toEqual({ inputs: ["s.sales"], columns, failure: undefined });
    const chosen = "select * from s.sales pivot (sum(amount) for quarter in (select q from s.quarters))";
    const seen = read("snowflake", chosen, sales);
    const known = { region: "s.sales.region" };
    expect(seen).toEqual({ inputs: ["s.sales", "s.quarters"], columns: known, failure: "star-without-schema" });
    expect(read("snowflake", `select "'Q1'" as a from (${chosen})`, sales).columns).toEqual({ a: "s.sales.amount" });
  });

  it("of an unpivot are its columns", () => {
    const sql = "select o, m, v from s.budget unpivot (amount for month in (jan, feb)) as u (o, m, v)";
    const known = { m: "", v: "s.budget.jan s.budget.feb" };
    const schema = { "s.budget": ["owner", "jan", "feb"] };
    expect(read("snowflake", sql, schema).columns).toEqual({ o: "s.budget.owner", ...known });
    expect(read("snowflake", sql)).toMatchObject({ columns: { o: "", ...known }, failure: "star-without-schema" });
  });

  it.each([
    "select a from s.u as x (a, b)",
    "with x (a, b) as (select * from s.u) select a from x",
    "select a from (select * from s.u) x (a, b)",
    "insert into s.t (a) select * from s.u",
    "create view s.v (a) as select * from s.u",
  ])("need the columns behind a star: %s", (sql) => {
    expect(wantsSchema("postgres", sql)).toBe(true);
    expect(read("postgres", sql)).toMatchObject({ columns: { a: "" }, failure: "star-without-schema" });
    const known = read("postgres", sql, { "s.u": sql.includes("(a, b)") ? ["x", "y"] : ["x"] });
    expect(known).toMatchObject({ columns: { a: "s.u.x" }, failure: undefined });
  });

  it("of what a table function gives all come from the same", () => {
    const sql = "with x (a) as (select * from jsonb_each((select items from s.u))) select a from x";
    expect(read("postgres", sql)).toMatchObject({ columns: { a: "s.u.items" }, failure: undefined });
  });
});

describe("columns that a function makes of JSON", () => {
  const nested =
    "json_table(doc, '$[*]' columns (a int path '$.a', nested path '$.x[*]' columns (b int path '$.b', n for ordinality)))";
  const plain = "json_table(doc, '$[*]' columns (a int path '$.a', b varchar(10) path '$.b', n for ordinality))";

  it.each([
    ["mysql", `select jt.* from s.t, ${plain} jt`],
    ["mysql", `select jt.* from s.t join ${nested} as jt on true`],
    ["mysql", `select a, jt.b, n from s.t, ${plain} jt`],
    ["oracle", `select jt.* from s.t, ${plain} jt`],
    [
      "sqlserver",
      "select j.* from s.t cross apply openjson(t.doc) with (a int '$.a', b int, n nvarchar(10) '$.n') as j",
    ],
  ])("come from it in %s: %s", (dialect, sql) => {
    const columns = { a: "s.t.doc", b: "s.t.doc", n: "s.t.doc" };
    expect(read(dialect, sql)).toEqual({ inputs: ["s.t"], columns, failure: undefined });
  });

  it("are three of openjson where it is told none", () => {
    const columns = { id: "s.t.id", key: "s.t.doc", value: "s.t.doc" };
    const sql = "select id, [key], value from s.t cross apply openjson(doc)";
    expect(read("sqlserver", sql)).toEqual({ inputs: ["s.t"], columns, failure: undefined });
  });
});

// The names are those that DuckDB 2.0.0 gives.
describe("a choice of columns", () => {
  const schema = { "s.t": ["id", "a_x", "a_y", "ba_x", "A_z"] };
  const chosen = (...names: string[]): Read => {
    const columns = Object.fromEntries(names.map((name) => [name, `s.t.${name}`]));
    return { inputs: ["s.t"], columns, failure: undefined };
  };

  it("is of those in whose names the pattern is, case and all", () => {
    expect(read("duckdb", "select columns('a_') from s.t", schema)).toEqual(chosen("a_x", "a_y", "ba_x"));
    expect(read("duckdb", "select id, COLUMNS('^a_x$') from s.t", schema)).toEqual(chosen("id", "a_x"));
    expect(read("clickhouse", "select columns('A_') from s.t", schema)).toEqual(chosen("A_z"));
  });

  it("is of those in a list or a star", () => {
    expect(read("duckdb", "select columns(['a_x', 'ID']) from s.t", schema)).toEqual(chosen("id", "a_x"));
    const star = read("duckdb", "select columns(* exclude (id, ba_x)) from s.t", schema);
    expect(star).toEqual(chosen("a_x", "a_y", "A_z"));
  });

  it("is hidden where the table's columns are not known, and hands on those that fit", () => {
    const hidden = read("duckdb", "select id, columns('a_') from s.t");
    expect(hidden).toEqual({ ...chosen("id"), failure: "star-without-schema" });
    const named = "select a_x, id from (select columns('a_') from s.t)";
    expect(read("duckdb", named).columns).toEqual({ a_x: "s.t.a_x", id: "" });
  });

  it.each([
    "select id, min(columns('a_')) from s.t",
    "select id, columns('a_')::text from s.t",
    "select id, columns(c -> c like 'a%') from s.t",
    "select id, columns('(?P<n>a') from s.t",
    "select id, coalesce(*columns('a_')) from s.t",
  ])("that is not read is a failure: %s", (sql) => {
    expect(read("duckdb", sql, schema)).toEqual({ ...chosen("id"), failure: "unsupported-clause" });
  });

  it("is a function in other dialects, and no value where it chooses rows", () => {
    expect(read("postgres", "select columns(a) as b from s.t", { "s.t": ["a"] }).columns).toEqual({ b: "s.t.a" });
    expect(read("duckdb", "select id from s.t where columns('a_') > 0", schema)).toEqual(chosen("id"));
  });
});
