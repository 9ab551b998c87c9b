import { describe, expect, test } from "@jest/globals";
import type { CreatePipeline, PipelineStatus } from "@omd/schema";
import { versions } from "../../test/bytes.ts";
import { bakery, GraphWorld, manifest, model, type Files, type GraphOfRun } from "../../test/graph-world.ts";

function pipelineOf(run: GraphOfRun): CreatePipeline {
  const found = run.records.find((record) => record.kind === "entity" && record.entityType === "pipeline");
  if (found?.kind !== "entity" || found.entityType !== "pipeline") throw new Error("there is no pipeline");
  return found.request;
}

function statusesOf(run: GraphOfRun): PipelineStatus[] {
  return run.records.flatMap((record) => (record.kind === "pipelineStatus" ? record.statuses : []));
}

describe.each(versions)("a project of dbt %s", (version) => {
  test("is a pipeline of the nodes that run, in their order", async () => {
    const run = await new GraphWorld().run([bakery(version)], { pipeline: true });
    expect(run.records[0]).toMatchObject({
      entityType: "pipelineService",
      request: { name: "wh_dbt", serviceType: "CustomPipeline" },
    });
    const { tasks = [], ...request } = pipelineOf(run);
    expect(request).toMatchObject({ name: "bakery", service: "wh_dbt" });
    const told = tasks
      .filter(({ name }) => !name.endsWith("time_spine"))
      .map(({ name, taskType, downstreamTasks = [] }) => `${name} (${taskType}): ${downstreamTasks.join(" ")}`);
    expect(told.toSorted()).toEqual([
      "model.bakery.after_burnt (table model): ",
      "model.bakery.burnt (table model): model.bakery.after_burnt",
      "model.bakery.loyalty.v1 (table model): ",
      "model.bakery.loyalty.v2 (table model): ",
      "model.bakery.sales_by_day (incremental model): model.bakery.burnt",
      "model.bakery.stg_buyers (view model): model.bakery.loyalty.v1 model.bakery.loyalty.v2 snapshot.bakery.buyers_history",
      "model.bakery.stg_sales (view model): model.bakery.loyalty.v1 model.bakery.loyalty.v2 model.bakery.sales_by_day",
      "seed.bakery.raw_buyers (seed): ",
      "seed.bakery.raw_sales (seed): ",
      "snapshot.bakery.buyers_history (snapshot): ",
    ]);
    expect(tasks.find(({ name }) => name.endsWith(".v2"))?.displayName).toBe("loyalty v2");
    expect(run.lineage().every((record) => record.pipeline?.fqn === "wh_dbt.bakery")).toBe(true);
  });

  test("has a run for each command that ran something", async () => {
    const world = new GraphWorld();
    const files = bakery(version, "seed", "run", "build", "test", "compile", "docs");
    const run = await world.run([files], { pipeline: true });
    const statuses = statusesOf(run);
    // The run and the build fail, as dbt says; so do the tests.
    expect(statuses.map(({ executionStatus, taskStatus = [] }) => [executionStatus, taskStatus.length])).toEqual([
      ["Successful", 2],
      ["Failed", version === "1.5.2" ? 7 : 8],
      ["Failed", version === "1.5.2" ? 10 : 11],
      // Staging models and both versions of loyalty have tests; from dbt 1.8 on sales_by_day has a unit test.
      ["Failed", version === "1.5.2" ? 4 : 5],
    ]);
    const [, ran] = statuses;
    const tasks = Object.fromEntries((ran?.taskStatus ?? []).map((task) => [task.name, task]));
    expect(tasks["model.bakery.stg_sales"]?.executionStatus).toBe("Successful");
    expect(tasks["model.bakery.burnt"]?.executionStatus).toBe("Failed");
    expect(tasks["model.bakery.after_burnt"]).toEqual({ name: "model.bakery.after_burnt", executionStatus: "Skipped" });
    const again = await world.run([files], { pipeline: true });
    expect(statusesOf(again)).toEqual([]);
  });

  test("has tests as part of the tasks that they are of, and says what failed", async () => {
    const run = await new GraphWorld().run([bakery(version, "test", "build")], { pipeline: true });
    const tested = statusesOf(run).find(({ error }) => error?.errorType === "dbt test");
    expect(
      (tested?.taskStatus ?? []).map(({ name, executionStatus }) => `${name} ${executionStatus}`).toSorted(),
    ).toEqual([
      "model.bakery.loyalty.v1 Successful",
      "model.bakery.loyalty.v2 Successful",
      ...(version === "1.5.2" ? [] : ["model.bakery.sales_by_day Failed"]),
      "model.bakery.stg_buyers Successful",
      "model.bakery.stg_sales Failed",
    ]);
    for (const { startTime = 0, endTime = 0 } of tested?.taskStatus ?? [])
      expect(endTime - startTime).toBeGreaterThan(0);
    expect(tested?.error).toMatchObject({ failedTask: "model.bakery.stg_sales" });
    expect(tested?.error?.errorMessage).toMatch(
      version === "1.5.2"
        ? /^1 of 9 failed: test\.bakery\.no_negative_price \(fail: Got 1 result, configured to fail if != 0\)$/u
        : /^2 of 10 failed: .*test\.bakery\.no_negative_price \(fail: Got 1 result, configured to fail if != 0\)/u,
    );
    const built = statusesOf(run).find(({ error }) => error?.errorType === "dbt build");
    const tasks = Object.fromEntries(
      (built?.taskStatus ?? []).map(({ name, executionStatus }) => [name, executionStatus]),
    );
    expect(tasks).toMatchObject({
      "model.bakery.stg_sales": "Failed",
      "model.bakery.stg_buyers": "Successful",
      "seed.bakery.raw_sales": "Successful",
    });
    expect(built?.error?.errorMessage).toContain("test.bakery.no_negative_price (fail: Got 1 result");
    // A name comes once only: catalogs know the tasks of a run by their names.
    expect(Object.keys(tasks)).toHaveLength(built?.taskStatus?.length ?? 0);
  });
});

test("tasks have descriptions, tags and owners of dbt", async () => {
  const world = new GraphWorld();
  world.owners.set("dora", { id: "1", type: "user", name: "dora" });
  const paid = model("paid", [], "select 1", {
    description: "What was paid.",
    tags: ["money"],
    meta: { owner: "dora" },
  });
  const run = await world.run([{ manifest: manifest({ nodes: [paid, model("bare", [])] }) }], { pipeline: true });
  expect(pipelineOf(run).tasks).toEqual([
    {
      name: "model.shop.paid",
      displayName: "paid",
      description: "What was paid.",
      taskType: "table model",
      downstreamTasks: [],
      tags: [{ tagFQN: "dbtTags.money", labelType: "Automated", state: "Suggested", source: "Classification" }],
      owners: [{ id: "1", type: "user" }],
    },
    { name: "model.shop.bare", displayName: "bare", taskType: "table model", downstreamTasks: [] },
  ]);
  expect(run.records.map(({ kind }) => kind).slice(0, 3)).toEqual(["entity", "tag", "entity"]);
});

test("times are those of dbt", async () => {
  const run = await new GraphWorld().run([bakery("1.11.16", "run")], { pipeline: true });
  const [status] = statusesOf(run);
  expect(status).toMatchObject({
    timestamp: Date.parse("2026-11-21T09:20:27.333Z"),
    endTime: Date.parse("2026-11-21T09:20:29.916Z"),
    executionId: "521c15ff-79cf-4601-95a6-5fa814ab3a35",
  });
  expect(status?.taskStatus?.find(({ name }) => name === "model.bakery.stg_buyers")).toEqual({
    name: "model.bakery.stg_buyers",
    executionStatus: "Successful",
    startTime: Date.parse("2026-11-21T09:20:29.506Z"),
    endTime: Date.parse("2026-11-21T09:20:29.679Z"),
  });
  // 09:19:20.649 less 1.370687 s.
  const old = await new GraphWorld().run([bakery("1.5.2", "run")], { pipeline: true });
  expect(statusesOf(old)[0]?.timestamp).toBe(Date.parse("2026-11-21T09:19:19.278Z"));
});

describe("runs", () => {
  const paid = model("paid", [], "select 1");
  const ran = (id: string, generatedAt: string, status = "success"): string =>
    JSON.stringify({
      metadata: {
        dbt_schema_version: "https://schemas.getdbt.com/dbt/run-results/v6.json",
        invocation_id: id,
        generated_at: generatedAt,
      },
      results: [{ unique_id: "model.shop.paid", status, message: "done", adapter_response: {} }],
      elapsed_time: 10,
      args: { which: "run" },
    });
  const shop = (...runResults: string[]): Files => ({ manifest: manifest({ nodes: [paid] }), runResults });
  const at = "2026-01-02T03:04:15Z";
  const start = Date.parse("2026-01-02T03:04:05Z");

  test.each([
    ["success", "Successful"],
    ["error", "Failed"],
    ["fail", "Failed"],
    ["runtime error", "Failed"],
    ["partial success", "Failed"],
    ["skipped", "Skipped"],
    ["no-op", "Skipped"],
    ["reused", "Pending"],
  ])("that end in %s are %s", async (status, expected) => {
    const run = await new GraphWorld().run([shop(ran("a", at, status))], { pipeline: true });
    expect(statusesOf(run)).toMatchObject([{ executionStatus: expected, taskStatus: [{ executionStatus: expected }] }]);
  });

  test("whose failures are many name ten of them in short, one line each; a test of a source has no task", async () => {
    const nodes = Array.from({ length: 12 }, (_, index) => ({
      unique_id: `test.shop.t${index}`,
      resource_type: "test",
      name: `t${index}`,
      depends_on: { nodes: [index === 0 ? "source.shop.raw.sales" : "model.shop.paid"] },
    }));
    const source = { unique_id: "source.shop.raw.sales", resource_type: "source", name: "sales", source_name: "raw" };
    const files = { manifest: manifest({ nodes: [paid, ...nodes], sources: [source] }) };
    const result = (id: string, more: object) => ({
      unique_id: id,
      status: "fail",
      message: `a\n${"x".repeat(300)}`,
      ...more,
    });
    const file = JSON.stringify({
      ...(JSON.parse(ran("a", at)) as object),
      args: { which: "test" },
      results: nodes.map(({ unique_id: id }, index) =>
        result(id, index === 11 ? { status: "error", message: null } : {}),
      ),
    });
    const [status] = statusesOf(await new GraphWorld().run([{ ...files, runResults: file }], { pipeline: true }));
    expect(status).toMatchObject({
      executionStatus: "Failed",
      error: { errorType: "dbt test", failedTask: "model.shop.paid" },
    });
    expect(status?.taskStatus).toEqual([{ name: "model.shop.paid", executionStatus: "Failed" }]);
    const said = status?.error?.errorMessage ?? "";
    expect(said).toContain(`12 of 12 failed: test.shop.t0 (fail: a ${"x".repeat(198)}…), test.shop.t1 (`);
    expect(said).toMatch(/test\.shop\.t9 \([^)]*\) and 2 more$/u);
  });

  test("of the same time are kept apart, and keep their time; the same file twice is one", async () => {
    const world = new GraphWorld();
    const first = await world.run([shop(ran("a", at), ran("b", at), ran("a", at))], { pipeline: true });
    expect(statusesOf(first).map(({ executionId, timestamp }) => [executionId, timestamp])).toEqual([
      ["a", start],
      ["b", start + 1],
    ]);
    const second = await world.run([shop(ran("b", at, "error"), ran("c", at))], { pipeline: true });
    expect(statusesOf(second).map(({ executionId, timestamp }) => [executionId, timestamp])).toEqual([
      ["b", start + 1],
      ["c", start + 2],
    ]);
  });

  test("are written again, with the edges, once somebody removed the pipeline", async () => {
    const world = new GraphWorld();
    const files = { manifest: manifest({ nodes: [paid, model("sent", ["paid"])] }), runResults: ran("a", at) };
    await world.run([files], { pipeline: true });
    expect((await world.run([files], { pipeline: true })).edges()).toEqual([]);
    world.entities.delete("pipeline wh_dbt.shop");
    const run = await world.run([files], { pipeline: true });
    expect([statusesOf(run).length, run.edges(), run.removals()]).toEqual([1, ["main.paid -> main.sent"], []]);
  });

  test("are written again, in their place, once something else decides how they are written", async () => {
    const world = new GraphWorld();
    await world.run([shop(ran("a", at))], { pipeline: true });
    world.fingerprint = "with a processor";
    const again = statusesOf(await world.run([shop(ran("a", at))], { pipeline: true }));
    expect(again.map(({ timestamp }) => timestamp)).toEqual([start]);
    expect(statusesOf(await world.run([shop(ran("a", at))], { pipeline: true }))).toEqual([]);
  });

  test("without a date are told and left out", async () => {
    const undated = ran("a", at)
      .replace(`"generated_at":"${at}",`, "")
      .replace('"generated_at":"2026-01-02T03:04:15Z"', "");
    const bare = undated.replace(/,\s*\}/gu, "}");
    const run = await new GraphWorld().run([shop(bare)], { pipeline: true });
    expect(statusesOf(run)).toEqual([]);
    expect(run.warnings).toEqual(["runResults 0: the run has no date, so it has no place in time"]);
  });

  test("are brought only with the pipeline", async () => {
    const run = await new GraphWorld().run([shop(ran("a", at))]);
    expect(run.records.filter(({ kind }) => kind === "pipelineStatus" || kind === "entity")).toEqual([]);
  });
});

test("jobs of one project are one pipeline with the runs of both, environments are one each", async () => {
  const job = (invocation: string, schema: string): Files => {
    const metadata = {
      dbt_schema_version: "https://schemas.getdbt.com/dbt/run-results/v6.json",
      generated_at: "2026-01-02T03:00:00Z",
      invocation_id: invocation,
    };
    const timing = [{ name: "execute", started_at: "2026-01-02T02:59:00Z", completed_at: "2026-01-02T02:59:30Z" }];
    const results = [{ unique_id: "model.shop.a", status: "success", timing }];
    return {
      manifest: manifest({ nodes: [model("a", [], undefined, { schema })] }),
      runResults: JSON.stringify({ metadata, results, args: { which: "run" } }),
    };
  };
  const jobs = [job("one", "prod"), job("two", "prod"), job("three", "dev")];
  const world = new GraphWorld();
  const run = await world.run(jobs, { pipeline: true });
  const pipelines = run.records.flatMap((record) =>
    record.kind === "entity" && record.entityType === "pipeline" ? [record.request.name] : [],
  );
  expect(pipelines).toEqual(["shop", "shop (dev)"]);
  expect(
    run.records.flatMap((record) =>
      record.kind === "pipelineStatus"
        ? record.statuses.map(({ executionId }) => `${record.pipeline}: ${String(executionId)}`)
        : [],
    ),
  ).toEqual(["wh_dbt.shop: one", "wh_dbt.shop: two", "wh_dbt.shop (dev): three"]);
  expect(statusesOf(await world.run(jobs, { pipeline: true }))).toEqual([]);
});
