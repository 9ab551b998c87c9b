import { describe, expect, test } from "@jest/globals";
import { TestsWorld, type Files } from "../../test/tests-world.ts";

interface Shape {
  readonly project?: string;
  readonly schema?: string;
  /** Names of models, each with a `not_null` test of its column `id`. */
  readonly models: readonly string[];
  /** Models that lost their test. */
  readonly untested?: readonly string[];
}

function shop({ project = "shop", schema = "main", models, untested = [] }: Shape): Files {
  const nodes = models.flatMap((name) => [
    {
      unique_id: `model.${project}.${name}`,
      resource_type: "model",
      name,
      alias: name,
      database: "db",
      schema,
      config: { materialized: "table" },
      depends_on: { nodes: [] },
      columns: { id: { name: "id" } },
    },
    ...(untested.includes(name) ? [] : [notNull(project, name)]),
  ]);
  const metadata = { dbt_schema_version: "https://schemas.getdbt.com/dbt/manifest/v12.json", project_name: project };
  return {
    manifest: JSON.stringify({ metadata, nodes: Object.fromEntries(nodes.map((node) => [node.unique_id, node])) }),
  };
}

const notNull = (project: string, model: string) => ({
  unique_id: `test.${project}.not_null_${model}_id.0123456789`,
  resource_type: "test",
  name: `not_null_${model}_id`,
  column_name: "id",
  attached_node: `model.${project}.${model}`,
  test_metadata: { name: "not_null", kwargs: { column_name: "id", model: `{{ ref('${model}') }}` } },
  config: {},
  depends_on: { nodes: [`model.${project}.${model}`] },
});

const caseOf = (model: string, schema = "main"): string => `wh.db.${schema}.${model}.ID.not_null_${model}_id`;

describe("a test case that the project no longer has", () => {
  test("is retired, and forgotten so that it can come back", async () => {
    const world = new TestsWorld();
    await world.run([shop({ models: ["a", "b"] })]);
    expect((await world.run([shop({ models: ["a", "b"], untested: ["b"] })])).retired).toEqual([caseOf("b")]);
    expect((await world.run([shop({ models: ["a", "b"], untested: ["b"] })])).retired).toEqual([]);
    const back = await world.run([shop({ models: ["a", "b"] })]);
    expect(back.cases().map(({ fqn }) => fqn)).toEqual([caseOf("b")]);
  });

  test("is a share of what the project has made, which the guard looks at", async () => {
    const world = new TestsWorld();
    await world.run([shop({ models: ["a", "b", "c"] }), shop({ models: ["x"], schema: "dev" })]);
    const run = await world.run([shop({ models: ["a", "b"] })]);
    expect([run.retired, run.owned.toSorted()]).toEqual([[caseOf("c")], ["a", "b", "c"].map((name) => caseOf(name))]);
  });

  test("is retired with its model", async () => {
    const world = new TestsWorld();
    await world.run([shop({ models: ["a", "b"] })]);
    expect((await world.run([shop({ models: ["a"] })])).retired).toEqual([caseOf("b")]);
  });

  test("is retired with the last model of its schema", async () => {
    const world = new TestsWorld();
    const other = shop({ project: "other", models: ["x"] });
    await world.run([shop({ models: ["a"], schema: "mart" }), other]);
    expect((await world.run([shop({ models: [] }), other])).retired).toEqual([caseOf("a", "mart")]);
  });

  test("is retired when its table moved within the project's schemas", async () => {
    const world = new TestsWorld();
    await world.run([shop({ models: ["a", "b"] })]);
    const files = shop({ models: ["a", "b"] });
    const manifest = String(files.manifest).replace('"alias":"b"', '"alias":"c"');
    expect((await world.run([{ manifest }])).retired).toEqual([caseOf("b")]);
  });
});

describe("a test case stays", () => {
  test("when its project is not in the run", async () => {
    const world = new TestsWorld();
    await world.run([shop({ models: ["a"] })]);
    expect((await world.run([shop({ project: "other", models: ["x"] })])).retired).toEqual([]);
  });

  test("when the project is in another environment now, without it", async () => {
    const world = new TestsWorld();
    await world.run([shop({ models: ["a", "b"], schema: "prod" })]);
    const branch = await world.run([shop({ models: ["a", "b"], schema: "dev", untested: ["b"] })]);
    expect(branch.retired).toEqual([]);
  });

  test("when another project of the same name is in the run alone, in other schemas", async () => {
    const world = new TestsWorld();
    const one = shop({ models: ["a"], schema: "sales" });
    const two = shop({ models: ["x"], schema: "finance" });
    await world.run([one]);
    await world.run([two]);
    expect([...world.cases].toSorted()).toEqual([caseOf("x", "finance"), caseOf("a", "sales")]);
    expect((await world.run([one])).retired).toEqual([]);
    expect((await world.run([shop({ models: [], schema: "finance" })])).retired).toEqual([]);
    expect((await world.run([shop({ models: ["x", "y"], untested: ["x"], schema: "finance" })])).retired).toEqual([
      caseOf("x", "finance"),
    ]);
  });

  test("when another project of the run has it", async () => {
    const world = new TestsWorld();
    const first = shop({ models: ["a"] });
    const copy = { manifest: String(first.manifest).replace('"project_name":"shop"', '"project_name":"copy"') };
    const both = await world.run([first, copy]);
    expect(both.cases()).toHaveLength(1);
    expect((await world.run([shop({ models: ["a"], untested: ["a"] }), copy])).retired).toEqual([]);
  });

  test("when its table is filtered or not in the catalog", async () => {
    const world = new TestsWorld();
    await world.run([shop({ models: ["a", "b"] })]);
    const run = await world.run([shop({ models: ["a", "b"] })], { without: ["model.shop.b"] });
    expect(run.retired).toEqual([]);
  });

  test.each([
    ["when the artifacts were not read whole", { broken: true }],
    ["when only a part was asked for", { selection: { only: [], limit: 5 } }],
  ])("%s", async (_name, options) => {
    const world = new TestsWorld();
    await world.run([shop({ models: ["a", "b"] })]);
    expect((await world.run([shop({ models: ["a"] })], options)).retired).toEqual([]);
  });

  test("when it is not of dbt", async () => {
    const world = new TestsWorld();
    world.cases.add("wh.db.main.a.somebody_elses");
    await world.run([shop({ models: ["a"] })]);
    await world.run([shop({ models: ["a"], untested: ["a"] })]);
    expect([...world.cases]).toEqual(["wh.db.main.a.somebody_elses"]);
  });
});

test("definitions, cases and results are written again once something else decides how they are written", async () => {
  const world = new TestsWorld();
  const metadata = { dbt_schema_version: "https://schemas.getdbt.com/dbt/run-results/v6.json" };
  const timing = [{ name: "execute", started_at: "2026-01-02T03:04:05Z", completed_at: "2026-01-02T03:04:06Z" }];
  const results = [{ unique_id: notNull("shop", "a").unique_id, status: "pass", failures: 0, timing }];
  const files = { ...shop({ models: ["a"] }), runResults: JSON.stringify({ metadata, results }) };
  const written = async () => {
    const run = await world.run([files]);
    return [run.definitions(), run.cases(), run.results()].map(({ length }) => length);
  };
  expect([await written(), await written()]).toEqual([
    [1, 1, 1],
    [0, 0, 0],
  ]);
  world.fingerprint = "with a processor";
  expect([await written(), await written()]).toEqual([
    [1, 1, 1],
    [0, 0, 0],
  ]);
});

test("a project that takes over another's tests writes them as its own", async () => {
  const world = new TestsWorld();
  await world.run([shop({ models: ["a", "b"] })]);
  const renamed = (untested: string[]) => shop({ project: "store", models: ["a", "b"], untested });
  expect((await world.run([renamed([])])).cases()).toHaveLength(2);
  expect((await world.run([renamed(["b"])])).retired).toEqual([caseOf("b")]);
});

test("results of two jobs of one project are both written, and once", async () => {
  const world = new TestsWorld();
  const job = (hour: number, status: string): Files => {
    const at = (second: number): string => `2026-01-02T0${String(hour)}:00:0${String(second)}Z`;
    const metadata = {
      dbt_schema_version: "https://schemas.getdbt.com/dbt/run-results/v6.json",
      generated_at: at(9),
    };
    const timing = [{ name: "execute", started_at: at(1), completed_at: at(2) }];
    const results = [{ unique_id: notNull("shop", "a").unique_id, status, failures: 0, timing }];
    return { ...shop({ models: ["a"] }), runResults: JSON.stringify({ metadata, results }) };
  };
  const jobs = [job(8, "pass"), job(9, "fail")];
  const first = await world.run(jobs);
  expect(first.cases()).toHaveLength(1);
  expect(first.results().flatMap(({ results }) => results.map(({ testCaseStatus }) => testCaseStatus))).toEqual([
    "Success",
    "Failed",
  ]);
  expect((await world.run(jobs)).records).toEqual([]);
  await world.run([shop({ models: ["a"], untested: ["a"] })]);
  expect([...world.marks.keys()].filter((key) => key.startsWith("result/"))).toEqual([]);
});
