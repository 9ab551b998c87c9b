import { beforeAll, describe, expect, test } from "@jest/globals";
import { addTables, ServedCatalog } from "./dbt-catalog.ts";
import { tableOf } from "./dbt-expected.ts";
import { IngestedRun, newestResults } from "./dbt-ingested.ts";
import { DbtPlace, dbtRuns, isSince } from "./dbt-place.ts";
import { ExportedCatalog, type ExportedLine } from "./exported-catalog.ts";
import { startOmdServe } from "./served-omd.ts";

/** Tests, freshness and runs of real dbt in the embedded catalog, compared with what dbt's log said of each. */

/** pass and fail as dbt says them, in OpenMetadata's words. What warns is `Failed` unless `dbtWarningsAs` says otherwise. */
const statusOf: Readonly<Record<string, string>> = {
  pass: "Success",
  warn: "Failed",
  fail: "Failed",
  error: "Failed",
  "runtime error": "Failed",
};

describe.each(dbtRuns)("tests and runs of dbt $version on $target", (dbt) => {
  let run: IngestedRun;

  beforeAll(async () => {
    run = await IngestedRun.of(dbt);
  }, 600_000);

  test("each test is a test case on the table that owns it, with what dbt said last", () => {
    const cases = [...run.catalog.entities("testCase").values()];
    const results = newestResults(run.catalog);
    const told = run.expected.tests.filter(({ unique_id: id }) => run.expected.result(id) !== undefined);
    expect(told.length).toBeGreaterThan(25);
    for (const { unique_id: id, name, attached_node: attached } of told) {
      const { status = "", message, failures } = run.expected.result(id) ?? {};
      const owner = attached === null || attached === undefined ? undefined : run.expected.node(attached);
      const isEphemeral = owner?.config.materialized === "ephemeral";
      const table = owner === undefined || isEphemeral ? undefined : tableOf(owner);
      if (table !== undefined && !run.expected.tables.has(table)) continue;
      const found = cases.filter((one) => one["name"] === name);
      expect({ name, found: found.length }).toEqual({ name, found: 1 });
      const fqn = String(found[0]?.fullyQualifiedName);
      if (table !== undefined) expect(fqn.startsWith(`${table}.`)).toBe(true);
      const result = results.get(fqn);
      expect({ name, status: result?.["testCaseStatus"] }).toEqual({ name, status: statusOf[status] });
      if (message !== undefined) expect(String(result?.["result"])).toContain(message.split("\n")[0]);
      if (status === "fail") expect(result?.["failedRows"]).toBe(failures);
    }
  });

  test("a relationship test stands at the table that owns it and has its result", () => {
    const found = [...run.catalog.entities("testCase").keys()].filter((fqn) => fqn.includes("relationships_fct_sales"));
    expect(found.toSorted().map((fqn) => fqn.split(".fct_sales.")[1]?.split(".")[0])).toEqual([
      "country_code",
      "customer_id",
    ]);
  });

  test("a test of an ephemeral model stands at the table that the model is made of", () => {
    const found = [...run.catalog.entities("testCase").keys()].filter((fqn) => fqn.includes("not_null_stg_customers"));
    expect(found).toEqual([
      `${String(run.named("customers_v3")?.fullyQualifiedName)}.not_null_stg_customers_customer_id`,
    ]);
  });

  test("unit tests are tests of their model, with what dbt said", () => {
    const wanted = run.expected.nodes.filter((one) => one.resource_type === "unit_test");
    expect(wanted).toHaveLength(isSince(dbt, "1.8") ? 3 : 0);
    const results = newestResults(run.catalog);
    for (const { unique_id: id, name, depends_on: on } of wanted) {
      const model = on.nodes
        .map((each) => run.expected.node(each))
        .find((each) => id.includes(`.${String(each?.name)}.`));
      const table = model === undefined ? "" : tableOf(model);
      const result = results.get(`${table}.${name}`);
      const { status = "" } = run.expected.result(id) ?? {};
      expect({ id, status: result?.["testCaseStatus"] }).toEqual({ id, status: statusOf[status] });
    }
  });

  test("what a later build changed counts, what `dbt docs generate` compiled does not", () => {
    const amount = run.expected.tests.find(({ name }) => name.startsWith("at_most_fct_sales_amount"));
    const id = amount?.unique_id ?? "";
    expect(run.expected.runs.map((results) => results[id]?.status)).toEqual(["warn", "pass"]);
    const fqn = [...run.catalog.entities("testCase").values()].find((one) => one["name"] === amount?.name);
    const series = run.catalog.ofKind("series").filter((line) => line.fullyQualifiedName === fqn?.fullyQualifiedName);
    const last = series.at(-1)?.["value"] as ExportedLine | undefined;
    expect(last?.["testCaseStatus"]).toBe("Success");
    expect(String(last?.["result"])).toMatch(/^pass/);
  });

  test("freshness of sources is a test with its result", () => {
    const results = newestResults(run.catalog);
    expect([...run.expected.freshness.values()].map(({ status }) => status).toSorted()).toEqual(
      expect.arrayContaining(["error", "pass", "warn"]),
    );
    for (const [id, { status }] of run.expected.freshness) {
      const source = run.expected.node(id);
      // dbt 1.8 and later do not write down sources that could not be asked.
      if (source === undefined || (status === "runtime error" && isSince(dbt, "1.8"))) continue;
      const result = results.get(`${tableOf(source)}.${source.name}_freshness`);
      expect({ id, status: result?.["testCaseStatus"] }).toEqual({ id, status: statusOf[status] });
    }
  });

  test("the project is a pipeline; each build is a run with the state of its nodes", () => {
    const pipelines = [...run.catalog.entities("pipeline").values()];
    expect(pipelines).toHaveLength(1);
    const tasksOf = pipelines[0]?.["tasks"] as { name: string; downstreamTasks?: string[] }[] | undefined;
    const runnable = run.expected.nodes.filter(
      ({ resource_type: type, config }) =>
        ["model", "seed", "snapshot"].includes(type) && config.materialized !== "ephemeral",
    );
    const edges = (tasksOf ?? []).flatMap(({ name, downstreamTasks = [] }) =>
      downstreamTasks.map((next) => `${name} → ${next}`),
    );
    const ids = new Map<string, string>(runnable.map((node) => [tableOf(node), node.unique_id]));
    expect((tasksOf ?? []).map(({ name }) => name).toSorted()).toEqual([...ids.values()].toSorted());
    expect(edges.toSorted()).toEqual(
      runnable
        .flatMap((node) => run.expected.upstream(node).map((fqn) => [ids.get(fqn), node.unique_id] as const))
        .flatMap(([from, to]) => (from === undefined ? [] : `${from} → ${to}`))
        .toSorted(),
    );
    const runs = run.catalog.ofKind("pipelineStatus");
    // Freshness and documentation run no nodes.
    expect(runs).toHaveLength(2);
    const [build] = run.expected.runs;
    const tasks = (runs[0]?.["taskStatus"] as { name: string; executionStatus: string }[] | undefined) ?? [];
    const states = new Map(tasks.map((each) => [each.name, each.executionStatus]));
    // A node whose test failed has failed; those of dbt that are not attached are of what they read first.
    const failedBy = new Set(
      Object.entries(build ?? {}).flatMap(([id, { status }]) => {
        if (!/^(?:fail|error)$/.test(status)) return [];
        // The id of a unit test names its model.
        const [, ofUnit] = /^unit_test\.(\w+\.\w+)\./.exec(id) ?? [];
        if (ofUnit !== undefined) return `model.${ofUnit}`;
        const told = id.startsWith("test.") ? run.expected.node(id) : undefined;
        return told?.attached_node ?? told?.depends_on.nodes[0] ?? [];
      }),
    );
    const executed: Record<string, string> = { success: "Successful", error: "Failed", skipped: "Skipped" };
    for (const [id, { status }] of Object.entries(build ?? {})) {
      if (!/^(model|seed|snapshot)\./.test(id) || run.expected.node(id)?.config.materialized === "ephemeral") continue;
      const task = [...states].find(([name]) => name === id || id.endsWith(`.${name}`));
      expect({ id, state: task?.[1] }).toEqual({ id, state: failedBy.has(id) ? "Failed" : executed[status] });
    }
    expect(runs[0]?.["executionStatus"]).toBe("Failed");
  });

  test("warnings are what `dbtWarningsAs` says; without `createMissingTables` nothing is made", async () => {
    const lenient = new DbtPlace();
    lenient.lay(run.place.target);
    lenient.configure({ options: { dbtWarningsAs: "Success" } });
    expect((await lenient.ingest()).code).toBe(0);
    const warned = run.expected.tests.find(({ unique_id: id }) => run.expected.result(id)?.status === "warn");
    const statuses = (where: ExportedCatalog): unknown[] =>
      [...newestResults(where)]
        .filter(([fqn]) => fqn.endsWith(`.${String(warned?.name)}`))
        .map(([, result]) => result["testCaseStatus"]);
    expect(statuses(run.catalog)).toEqual(["Failed"]);
    expect(statuses(new ExportedCatalog(await lenient.exportCatalog()))).toEqual(["Success"]);

    const strict = new DbtPlace();
    strict.lay(run.place.target);
    strict.configure({ options: { createMissingTables: false } });
    const refused = await strict.ingest();
    expect([refused.code, refused.report?.reasons.join()]).toEqual([
      1,
      expect.stringContaining("no database service market"),
    ]);
    const served = await startOmdServe(strict.home);
    await addTables(new ServedCatalog(served.url), "CustomDatabase", []);
    await served.stop();
    const { report } = await strict.ingest();
    const missing = (report?.warnings ?? []).filter(({ reason }) => reason.includes("createMissingTables is off"));
    expect(missing).toHaveLength(run.expected.relations.size);
    expect(new ExportedCatalog(await strict.exportCatalog()).entities("table").size).toBe(0);
  });
});
