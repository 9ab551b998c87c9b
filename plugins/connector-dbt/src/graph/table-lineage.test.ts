import { describe, expect, test } from "@jest/globals";
import type { SqlLineage } from "@omd/lineage";
import { parseFqn } from "@omd/schema";
import { versions } from "../../test/bytes.ts";
import { bakery, GraphWorld, manifest, model, named } from "../../test/graph-world.ts";
import { queryLimitMs } from "./graph-run.ts";

/** What dbt says of the bakery: clean_sales is ephemeral, so stg_sales feeds what reads it. */
const bakeryTables = [
  "main.burnt -> main.after_burnt",
  "main.sales_by_day -> main.burnt",
  "main_raw.raw_buyers -> main_staging.stg_buyers",
  "main_raw.raw_sales -> main_staging.stg_sales",
  "main_staging.stg_buyers -> history.buyers_history",
  "main_staging.stg_buyers -> main.loyal_buyers",
  "main_staging.stg_buyers -> main.loyalty_v1",
  "main_staging.stg_sales -> main.loyal_buyers",
  "main_staging.stg_sales -> main.loyalty_v1",
  "main_staging.stg_sales -> main.sales_by_day",
];

const isTable = (pair: string): boolean => pair.split(" -> ").every((end) => end.includes("."));

describe.each(versions)("a project of dbt %s", (version) => {
  test("tables are linked as dbt says, through ephemeral models", async () => {
    const run = await new GraphWorld().run([bakery(version)], { creates: false });
    expect(run.edges().filter((pair) => isTable(pair) && !pair.includes("bakery"))).toEqual(bakeryTables);
    expect(run.failures).toEqual([]);
    expect(run.edge("main_raw.raw_sales -> main_staging.stg_sales")).toMatchObject({
      source: "DbtLineage",
      from: { entityType: "table", fqn: "wh.bakery.main_raw.raw_sales" },
      to: { entityType: "table", fqn: "wh.bakery.main_staging.stg_sales" },
      sqlQuery: expect.stringMatching(/^select id, buyer_id, loaves, price as amount, baked_at from/u),
    });
  });

  test("columns are linked as the compiled SQL says, through the CTEs of ephemeral models", async () => {
    const run = await new GraphWorld().run([bakery(version)]);
    expect(run.columns("main_raw.raw_sales -> main_staging.stg_sales")).toEqual([
      "amount <- price",
      "baked_at <- baked_at",
      "buyer_id <- buyer_id",
      "id <- id",
      "loaves <- loaves",
    ]);
    expect(run.columns("main_raw.raw_buyers -> main_staging.stg_buyers")).toEqual([
      "Full Name <- name",
      "id <- id",
      "joined <- joined",
    ]);
    // count(*) reads no column.
    expect(run.columns("main_staging.stg_sales -> main.sales_by_day")).toEqual([
      "day <- baked_at",
      "revenue <- amount",
    ]);
    expect(run.columns("main_staging.stg_buyers -> main.loyal_buyers")).toEqual([
      "buyer <- Full Name",
      "buyer_id <- id",
    ]);
    expect(run.edge("main_staging.stg_sales -> main.loyal_buyers").columnsLineage).toBeUndefined();
    // The columns that dbt adds to a snapshot come from nowhere.
    expect(run.columns("main_staging.stg_buyers -> history.buyers_history")).toEqual([
      "Full Name <- Full Name",
      "id <- id",
      "joined <- joined",
    ]);
    // burnt was never built, so the catalog has no columns of it.
    expect(run.edge("main.sales_by_day -> main.burnt").columnsLineage).toBeUndefined();
  });

  test("the second run says nothing of what is there", async () => {
    const world = new GraphWorld();
    const first = await world.run([bakery(version)]);
    const second = await world.run([bakery(version)]);
    expect(first.edges().length).toBeGreaterThanOrEqual(bakeryTables.length);
    expect(second.edges()).toEqual([]);
    expect(second.removals()).toEqual([]);
    expect(second.warnings).toEqual(first.warnings);
  });
});

const orders = model("orders", [], "select 1", { columns: named("id", "total") });

describe("names in SQL", () => {
  const targets = named("ID", "amount");

  test.each([
    ["quoted", 'select id, total as amount from "db"."main"."orders"'],
    ["of another case", "select ID, TOTAL as AMOUNT from DB.MAIN.ORDERS"],
    ["without database", "select o.id, o.total as amount from main.orders o"],
    ["bare", "select id, total as amount from orders"],
  ])("%s mean the table, and columns are written as the catalog has them", async (_what, sql) => {
    const files = { manifest: manifest({ nodes: [orders, model("paid", ["orders"], sql, { columns: targets })] }) };
    const run = await new GraphWorld().run([files]);
    expect(run.columns("main.orders -> main.paid")).toEqual(["ID <- id", "amount <- total"]);
  });

  test("columns that the catalog lacks, at either end, are left out", async () => {
    const sql = 'select id, gone as amount, total as missing from "db"."main"."orders"';
    const files = { manifest: manifest({ nodes: [orders, model("paid", ["orders"], sql, { columns: targets })] }) };
    const run = await new GraphWorld().run([files]);
    expect(run.columns("main.orders -> main.paid")).toEqual(["ID <- id"]);
  });

  test("a table that dbt does not know to be read is linked when the project has it", async () => {
    const sql = "select o.id, h.total as amount from db.main.orders o join db.main.hidden h on true join x.y.z on true";
    const hidden = model("hidden", [], "select 1", { columns: named("total") });
    const paid = model("paid", ["orders"], sql, { columns: targets });
    const run = await new GraphWorld().run([{ manifest: manifest({ nodes: [orders, hidden, paid] }) }]);
    expect(run.edges()).toEqual(["main.hidden -> main.paid", "main.orders -> main.paid"]);
    expect(run.columns("main.hidden -> main.paid")).toEqual(["amount <- total"]);
  });

  test("a seed and a source that are one table give one edge; a table is not linked to itself", async () => {
    const seed = {
      ...model("orders", []),
      unique_id: "seed.shop.orders",
      resource_type: "seed",
      columns: named("id"),
    };
    const source = {
      unique_id: "source.shop.raw.orders",
      resource_type: "source",
      source_name: "raw",
      name: "orders",
      identifier: "orders",
      database: "db",
      schema: "main",
      columns: named("id"),
    };
    const sql = "select o.id from db.main.orders o left join db.main.paid p on p.id = o.id";
    const paid = model("paid", ["seed.shop.orders", "source.shop.raw.orders", "model.shop.paid"], sql, {
      columns: named("id"),
    });
    const run = await new GraphWorld().run([{ manifest: manifest({ nodes: [seed, paid], sources: [source] }) }]);
    expect(run.edges()).toEqual(["main.orders -> main.paid"]);
    expect(run.columns("main.orders -> main.paid")).toEqual(["id <- id"]);
  });

  test("names with dots and quotes make names that the catalog knows", async () => {
    const odd = model("a.b", [], "select 1", { columns: named("x.y", "plain") });
    const sql = 'select "x.y", plain from db.main."a.b"';
    const paid = model("paid", ["model.shop.a.b"], sql, { columns: named("x.y", "plain") });
    const run = await new GraphWorld().run([{ manifest: manifest({ nodes: [odd, paid] }) }]);
    expect(run.lineage()[0]?.columnsLineage).toEqual([
      { fromColumns: ['wh.db.main."a.b"."x.y"'], toColumn: 'wh.db.main.paid."x.y"' },
      { fromColumns: ['wh.db.main."a.b".plain'], toColumn: "wh.db.main.paid.plain" },
    ]);
  });
});

describe("what SQL cannot tell", () => {
  test("leaves the lineage of tables, counted by reason", async () => {
    const broken = ["one", "two", "three", "four", "five", "six"].map((name) => model(name, ["orders"], "selec x fro"));
    const world = new GraphWorld();
    const files = { manifest: manifest({ nodes: [orders, ...broken, model("bare", ["orders"])] }) };
    const run = await world.run([files]);
    expect(run.edges()).toHaveLength(7);
    const warnings = [
      "shop: no column lineage without compiled SQL, as dbt compile, run and build leave it: 1 (bare)",
      "shop: column lineage is missing or not whole, the SQL was not understood (not-parsed): 6 (one, two, three, four, five and 1 more)",
    ];
    expect(run.warnings.toSorted()).toEqual(warnings.toSorted());
    const second = await world.run([files]);
    expect(second.edges()).toEqual([]);
    expect(second.warnings.toSorted()).toEqual(warnings.toSorted());
  });

  test("an adapter whose SQL is not known is one warning", async () => {
    const paid = model("paid", ["orders"], "select id from orders");
    const run = await new GraphWorld().run([{ manifest: manifest({ nodes: [orders, paid] }, "cobol") }]);
    expect(run.edges()).toEqual(["main.orders -> main.paid"]);
    expect(run.warnings).toEqual([
      "shop: column lineage is missing or not whole, the SQL was not understood (unknown-dialect): 2 (orders, paid)",
    ]);
  });

  test("Python has no SQL, and that is no warning", async () => {
    const python = model("scores", ["orders"], "def model(dbt, session): ...", { language: "python" });
    const run = await new GraphWorld().run([{ manifest: manifest({ nodes: [orders, python] }) }]);
    expect(run.edge("main.orders -> main.scores").sqlQuery).toBeUndefined();
    expect(run.warnings).toEqual([]);
  });

  test("SQL of a result serves where the manifest has none", async () => {
    const sql = "select id from db.main.orders";
    const runResults = JSON.stringify({
      metadata: { dbt_schema_version: "https://schemas.getdbt.com/dbt/run-results/v6.json" },
      results: [
        {
          unique_id: "model.shop.paid",
          status: "success",
          message: "SELECT 3",
          compiled_code: sql,
          adapter_response: {},
        },
      ],
      args: { which: "run" },
    });
    const paid = model("paid", ["orders"], undefined, { columns: named("id") });
    const run = await new GraphWorld().run([{ manifest: manifest({ nodes: [orders, paid] }), runResults }]);
    expect(run.columns("main.orders -> main.paid")).toEqual(["id <- id"]);
    expect(run.edge("main.orders -> main.paid").sqlQuery).toBe(sql);
  });
});

describe("the parser", () => {
  const paid = model("paid", ["orders"], "select id from db.main.orders", { columns: named("id") });
  const files = { manifest: manifest({ nodes: [orders, paid] }) };
  const failing = (reason: "worker-ended" | "time-limit"): SqlLineage => ({
    lineageOf: () => Promise.resolve({ tables: { inputs: [] }, columns: [], failure: { reason, message: "no" } }),
    failures: () => ({}),
    close: () => Promise.resolve(),
  });

  test("that died is asked again by the next run, one that took too long is not", async () => {
    for (const [reason, again] of [
      ["worker-ended", ["main.orders -> main.paid"]],
      ["time-limit", []],
    ] as const) {
      const world = new GraphWorld();
      const first = await world.run([files], { lineage: failing(reason) });
      expect(first.edges()).toEqual(["main.orders -> main.paid"]);
      expect(first.warnings[0]).toContain(`(${reason})`);
      expect((await world.run([files])).edges()).toEqual(again);
    }
  });

  test("that died takes no columns away, and what SQL alone named stays when it is not read", async () => {
    const sql = "select o.id, e.note from db.main.orders o cross join db.main.extra e";
    const extra = model("extra", [], "select 1", { columns: named("note") });
    const both = model("both", ["orders"], sql, { columns: named("id", "note") });
    const world = new GraphWorld();
    await world.run([{ manifest: manifest({ nodes: [orders, extra, both] }) }]);
    const changed = { ...both, compiled_code: `${sql} -- changed` };
    const later = { manifest: manifest({ nodes: [orders, extra, changed] }) };
    const died = await world.run([later], { lineage: failing("worker-ended") });
    expect(died.edges()).toEqual(["main.extra -> main.both", "main.orders -> main.both"]);
    expect(died.removals()).toEqual([]);
    const read = await world.run([later]);
    expect([read.removals(), read.columns("main.extra -> main.both")]).toEqual([[], ["note <- note"]]);
    const broken = { manifest: manifest({ nodes: [orders, extra, { ...both, compiled_code: "selec" }] }) };
    const unread = await world.run([broken]);
    expect(unread.edges()).toEqual(["main.extra -> main.both", "main.orders -> main.both"]);
    // Other SQL, other columns: those that are not known any more go.
    expect(unread.removals()).toEqual(["main.extra -> main.both", "main.orders -> main.both"]);
    expect((await world.run([broken])).edges()).toEqual([]);
  });

  test.each([
    [300, 10_000],
    [10, 10_000],
    [3, 3000],
    [0, 1000],
    [-1, 1000],
  ])("with a limit of %s seconds gets %s ms for a query", (seconds, ms) => {
    expect(queryLimitMs(seconds)).toBe(ms);
  });
});

test("with --only, nothing is made beside what was asked for", async () => {
  const only = [parseFqn("wh.bakery.main")];
  const run = await new GraphWorld().run([bakery("1.11.16", "run")], { selection: { only }, pipeline: true });
  expect(run.records.filter(({ kind }) => kind !== "lineage")).toEqual([]);
  expect(run.lineage().every((record) => record.pipeline === undefined)).toBe(true);
});
