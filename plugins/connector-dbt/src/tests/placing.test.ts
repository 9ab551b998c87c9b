import { describe, expect, test } from "@jest/globals";
import { md5 } from "@omd/schema";
import { TestsWorld, type Files } from "../../test/tests-world.ts";

type Node = Record<string, unknown> & { readonly unique_id: string };

const model = (name: string, reads: string[] = [], materialized = "table"): Node => ({
  unique_id: `model.shop.${name}`,
  resource_type: "model",
  package_name: "shop",
  name,
  alias: name,
  database: "db",
  schema: "main",
  config: { materialized },
  depends_on: { nodes: reads.map((one) => `model.shop.${one}`) },
  columns: { id: { name: "id" } },
});

const dataTest = (name: string, reads: string[], more: object = {}, hash = "0123456789"): Node => ({
  unique_id: `test.shop.${name}${hash === "" ? "" : `.${hash}`}`,
  resource_type: "test",
  name,
  config: {},
  depends_on: { nodes: reads.map((one) => `model.shop.${one}`) },
  ...more,
});

const notNull = (name: string, of: string, hash?: string): Node =>
  dataTest(
    name,
    [of],
    {
      column_name: "id",
      attached_node: `model.shop.${of}`,
      test_metadata: { name: "not_null", kwargs: { column_name: "id", model: `ref('${of}')` } },
    },
    hash,
  );

function shop(nodes: readonly Node[], unitTests: readonly Node[] = []): Files {
  const byId = (list: readonly Node[]) => Object.fromEntries(list.map((one) => [one.unique_id, one]));
  const metadata = { dbt_schema_version: "https://schemas.getdbt.com/dbt/manifest/v12.json", project_name: "shop" };
  return { manifest: JSON.stringify({ metadata, nodes: byId(nodes), unit_tests: byId(unitTests) }) };
}

async function placed(...given: Parameters<typeof shop>): Promise<{ cases: string[]; warnings: string[] }> {
  const run = await new TestsWorld().run([shop(...given)]);
  expect(run.failures).toEqual([]);
  return { cases: run.cases().map(({ fqn }) => fqn), warnings: run.warnings };
}

describe("a test of an ephemeral model", () => {
  test("stands at the table that the model is made of, not at a column", async () => {
    const nodes = [model("a"), model("thin", ["a"], "ephemeral"), notNull("t", "thin")];
    expect(await placed(nodes)).toEqual({ cases: ["wh.db.main.a.t"], warnings: [] });
  });

  test("is left out and counted when the model is made of several", async () => {
    const wide = model("wide", ["a", "b"], "ephemeral");
    expect(await placed([model("a"), model("b"), wide, notNull("t", "wide"), notNull("u", "wide")])).toEqual({
      cases: [],
      warnings: [
        "shop: 2 tests are left out, test.shop.t.0123456789 for one: they test ephemeral models that are not made of one single table",
      ],
    });
  });

  test("stands at the first that the model reads when it is singular", async () => {
    const wide = model("wide", ["b", "a"], "ephemeral");
    const { cases } = await placed([model("a"), model("b"), wide, dataTest("sql", ["wide"], {}, "")]);
    expect(cases).toEqual(["wh.db.main.b.sql"]);
  });

  test("keeps its place whatever tables the catalog has", async () => {
    const inner = model("inner", ["c"], "ephemeral");
    const wide = model("wide", ["inner", "a"], "ephemeral");
    const nodes = [model("a"), model("c"), inner, wide, notNull("t", "wide"), dataTest("sql", ["wide"], {}, "")];
    const cases = async (without: string[]) =>
      (await new TestsWorld().run([shop(nodes)], { without })).cases().map(({ fqn }) => fqn);
    expect(await cases([])).toEqual(["wh.db.main.c.sql"]);
    expect(await cases(["model.shop.a"])).toEqual(["wh.db.main.c.sql"]);
    expect(await cases(["model.shop.c"])).toEqual([]);
  });
});

describe("a singular test over several models", () => {
  // dbt puts sources before models in depends_on, whatever the text says.
  const sql = (code: string): Node => dataTest("sql", ["b", "a"], { raw_code: code }, "");
  const nodes = [model("a"), model("b")];

  test.each([
    ["select 1 from {{ ref('a') }} join {{ ref('b') }} using (id)", "a"],
    ["{# not {{ ref('a') }} #} select 1 from {{ ref( \"shop\" , \"b\" ) }} join {{ ref('a') }} using (id)", "b"],
    ["{{ all_of_them() }}", "b"],
  ])("stands at the first that its text reads: %s", async (code, expected) => {
    expect((await placed([...nodes, sql(code)])).cases).toEqual([`wh.db.main.${expected}.sql`]);
  });
});

test("a test that reads nothing of the project is left out and counted", async () => {
  const { cases, warnings } = await placed([model("a"), dataTest("sql", [], {}, "")]);
  expect(cases).toEqual([]);
  expect(warnings).toEqual([
    expect.stringMatching(/^shop: 1 test is left out, test\.shop\.sql for one: they read no model/),
  ]);
});

describe("names", () => {
  test("of two tests at one column are told apart, the first keeps its own", async () => {
    const { cases } = await placed([
      model("a"),
      notNull("same", "a", "aaaaaaaaaa"),
      notNull("same", "a", "bbbbbbbbbb"),
    ]);
    expect(cases).toEqual(["wh.db.main.a.ID.same", "wh.db.main.a.ID.same_bbbbbbbbbb"]);
  });

  test("of data tests stay when a unit test has the same", async () => {
    const unit = {
      unique_id: "unit_test.shop.a.same",
      resource_type: "unit_test",
      name: "same",
      model: "a",
      depends_on: { nodes: ["model.shop.a"] },
      given: [],
      expect: {},
    };
    const { cases } = await placed([model("a"), dataTest("same", ["a"], {}, "")], [unit]);
    expect(cases).toEqual(["wh.db.main.a.same", `wh.db.main.a.same_${md5(unit.unique_id).slice(0, 10)}`]);
  });

  test("that are too long end in a hash; what a name may not hold has its stand-in", async () => {
    const long = "x".repeat(300);
    const { cases } = await placed([model("a"), notNull(long, "a"), notNull('is "odd"', "a")]);
    expect(cases.toSorted()).toEqual([
      "wh.db.main.a.ID.is __reserved__quote__odd__reserved__quote__",
      `wh.db.main.a.ID.${"x".repeat(223)}_${md5(long)}`,
    ]);
  });
});

describe("what a generic test is given for a column", () => {
  const expression = (columnName: string): Node =>
    dataTest("e", ["a"], {
      column_name: columnName,
      test_metadata: { name: "unique", kwargs: { column_name: columnName } },
    });

  test.each(['"id"', "`Id`", "ID"])("%s is found whatever its case and quotes", async (name) => {
    expect(await placed([model("a"), expression(name)])).toEqual({ cases: ["wh.db.main.a.ID.e"], warnings: [] });
  });

  test("may be an expression, which is no missing column", async () => {
    expect(await placed([model("a"), expression("id || '-' || day")])).toEqual({
      cases: ["wh.db.main.a.e"],
      warnings: [],
    });
  });
});

test("SQL that is too long to be stored is left out, counted and said", async () => {
  const sql = { s: 100_000, t: 100_001, u: 200_000 };
  const tests = Object.entries(sql).map(([name, length]) =>
    dataTest(name, ["a"], { compiled_code: "y".repeat(length) }, ""),
  );
  const runResults = {
    metadata: { dbt_schema_version: "https://schemas.getdbt.com/dbt/run-results/v6.json" },
    args: { which: "test" },
    results: Object.keys(sql).map((name) => ({
      unique_id: `test.shop.${name}`,
      status: "pass",
      timing: [{ name: "execute", started_at: "2026-01-02T03:04:05Z", completed_at: "2026-01-02T03:04:06Z" }],
    })),
  };
  const files = { ...shop([model("a"), ...tests]), runResults: JSON.stringify(runResults) };
  const run = await new TestsWorld().run([files]);
  expect(run.warnings).toEqual([
    "shop: the SQL of 2 tests is left out, of test.shop.t for one: it has more than 100,000 characters",
  ]);
  expect(run.results().map(({ testCase, inspectionQuery }) => [testCase, inspectionQuery?.length])).toEqual([
    ["wh.db.main.a.s", 100_000],
    ["wh.db.main.a.t", undefined],
    ["wh.db.main.a.u", undefined],
  ]);
});
