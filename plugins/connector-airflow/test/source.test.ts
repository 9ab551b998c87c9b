import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createPipeline, fqnOf, pipelineStatus } from "@omd/schema";
import nock from "nock";
import { FakeAirflow, type FakeVersion } from "./fake-airflow.ts";
import { FakeWorld, restConnection } from "./fake-context.ts";

const versions: readonly FakeVersion[] = ["v1", "v2"];
const postgres = "postgres://db.example:5432/shop/public/";

beforeEach(() => {
  nock.disableNetConnect();
});
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

describe.each(versions)("the recorded server, API %s", (version) => {
  test("brings service, tags, pipelines and runs in forms the catalog takes", async () => {
    const airflow = FakeAirflow.recorded(version);
    const run = await new FakeWorld().run(restConnection(airflow.host));
    expect(run.failures).toEqual([]);
    expect(run.records[0]).toMatchObject({ kind: "entity", entityType: "pipelineService" });
    expect(run.pipelines()).toHaveLength(7);
    for (const request of run.pipelines()) expect(createPipeline.safeParse(request).error).toBeUndefined();
    const statuses = run.statuses().flatMap((one) => one.statuses);
    expect(statuses).toHaveLength(airflow.runs.length);
    for (const status of statuses) expect(pipelineStatus.safeParse(status).error).toBeUndefined();
    expect([...run.scopes.values()].map((scope) => `${scope.name} ${scope.state}`).toSorted()).toEqual([
      "airflow/dags complete",
      "airflow/datasets complete",
      "airflow/import-errors complete",
      "airflow/runs complete",
      "airflow/task-instances complete",
      "airflow/tasks complete",
    ]);
    expect(run.scope("airflow/dags").options?.deletes).toMatchObject({ entityType: "pipeline", below: "af" });
    expect(run.scope("airflow/dags").seen.size).toBe(7);
  });

  test("shows no secret in any record and names each to the context", async () => {
    const airflow = FakeAirflow.recorded(version);
    airflow.token = "jwt-of-the-login";
    const connection = { type: "RestAPI", authConfig: { username: "u", password: "p4ss-w0rd" } };
    const run = await new FakeWorld().run({ ...restConnection(airflow.host), connection });
    expect(JSON.stringify(run.records)).not.toContain("p4ss-w0rd");
    expect(run.records[0]).toMatchObject({
      request: { connection: { config: { connection: { authConfig: { username: "u", password: "*********" } } } } },
    });
    expect(run.secrets).toEqual(version === "v1" ? ["p4ss-w0rd"] : ["p4ss-w0rd", "jwt-of-the-login"]);
  });

  test("a mapped task has one status per run, a failed run its failed and skipped tasks", async () => {
    const airflow = FakeAirflow.recorded(version);
    const run = await new FakeWorld().run(restConnection(airflow.host));
    const [mapped] = run.statusesOf(fqnOf("af", "shop_mapped"));
    expect(mapped?.taskStatus?.map((task) => task.name)).toEqual(["numbers", "square", "total"]);
    expect(mapped?.taskStatus?.[1]?.logLink).toMatch(version === "v1" ? /tab=mapped_tasks$/u : /\/mapped$/u);
    const [failing] = run.statusesOf(fqnOf("af", "shop_failing"));
    expect(failing?.executionStatus).toBe("Failed");
    expect(failing?.taskStatus?.map((task) => [task.name, task.executionStatus])).toEqual([
      ["after", "Failed"],
      ["choose", "Successful"],
      ["explode", "Failed"],
      ["never_chosen", "Skipped"],
    ]);
  });

  test("draws edges of known datasets and joins pipelines through unknown ones", async () => {
    const airflow = FakeAirflow.recorded(version);
    const world = new FakeWorld();
    const orders = { entityType: "table", fqn: fqnOf("pg", "shop", "public", "orders") } as const;
    const report = { entityType: "table", fqn: fqnOf("sf", "ANALYTICS", "PUBLIC", "DAILY_REPORT") } as const;
    world.datasets.set(`${postgres}orders`, orders);
    world.datasets.set("snowflake://acct/ANALYTICS/PUBLIC/DAILY_REPORT", report);
    const run = await world.run(restConnection(airflow.host));
    const shown = run.edges().map((edge) => [edge.from.fqn, edge.to.fqn, edge.pipeline?.fqn, edge.description]);
    expect(shown).toEqual([
      ["af.shop_daily_load", orders.fqn, undefined, undefined],
      [orders.fqn, report.fqn, "af.shop_report", undefined],
      ["af.shop_daily_load", "af.shop_report", undefined, `through dataset ${postgres}customers`],
    ]);
    expect(run.unresolved).toContainEqual({
      from: `${postgres}customers`,
      to: "sf.ANALYTICS.PUBLIC.DAILY_REPORT",
      reason: "no such table",
      nearest: [],
    });
    const lastPipeline = run.records.findLastIndex((record) => record.kind === "entity");
    expect(run.records.findIndex((record) => record.kind === "lineage")).toBeGreaterThan(lastPipeline);
  });

  test("a second run with nothing new sends nothing and reads no tasks", async () => {
    const airflow = FakeAirflow.recorded(version);
    const world = new FakeWorld();
    await world.run(restConnection(airflow.host));
    airflow.asked.length = 0;
    const second = await world.run(restConnection(airflow.host));
    expect(second.records.map((record) => record.kind)).toEqual(["entity"]);
    expect(airflow.count(/\/tasks$|taskInstances/u)).toBe(0);
    expect(second.scope("airflow/dags").seen.size).toBe(7);
  });

  test("warns of import errors and keeps a DAG that one of them hides", async () => {
    const airflow = FakeAirflow.recorded(version);
    const hidden = { ...airflow.dags[0], dag_id: "hidden", fileloc: "/opt/airflow/dags/import_error.py" };
    const flags = version === "v1" ? { is_active: false } : { is_stale: true, relative_fileloc: "import_error.py" };
    airflow.dags.push({ ...hidden, ...flags }, { ...airflow.dags[0], dag_id: "deleted", ...flags, ...elsewhere });
    const run = await new FakeWorld().run(restConnection(airflow.host));
    expect(run.warnings).toEqual([expect.stringMatching(/import_error\.py: import error: ModuleNotFoundError/u)]);
    const { seen } = run.scope("airflow/dags");
    expect([seen.has("af.hidden"), seen.has("af.deleted")]).toEqual([true, false]);
    expect(run.pipelines()).toHaveLength(7);
  });

  test("reads every DAG when the server caps its pages", async () => {
    const airflow = FakeAirflow.many(version, 130, 3);
    airflow.pageCap = 7;
    const run = await new FakeWorld().run(restConnection(airflow.host));
    expect(new Set(run.pipelines().map((request) => request.name)).size).toBe(130);
    expect(run.statuses().flatMap((one) => one.statuses)).toHaveLength(390);
    expect(run.statuses().every((one) => one.statuses.every((status) => status.taskStatus?.length === 2))).toBe(true);
    expect(run.scope("airflow/dags").state).toBe("complete");
  });
});

const elsewhere = { fileloc: "/opt/airflow/dags/other.py", relative_fileloc: "other.py", has_import_errors: false };

describe("how much is asked", () => {
  test.each([
    ["v1", 0.25],
    ["v2", 0.1],
  ] as const)("API %s: an unchanged server costs at most the share %f of the first run", async (version, share) => {
    const airflow = FakeAirflow.many(version, 300, 3);
    const world = new FakeWorld();
    const first = await world.run(restConnection(airflow.host));
    const second = await world.run(restConnection(airflow.host));
    expect(first.pipelines()).toHaveLength(300);
    expect(second.records).toHaveLength(1);
    expect(second.requests).toBeLessThanOrEqual(first.requests * share);
  });

  test.each([
    [100, 10],
    [7, 60],
  ])("of a long history only the newest runs are read, all of them (pages of %i)", async (pageCap, mostCalls) => {
    const airflow = FakeAirflow.many("v2", 12, 28);
    airflow.pageCap = pageCap;
    for (let extra = 0; extra < 600; extra += 1) airflow.addRun("bulk_0003", `busy_${extra}`, 20);
    const run = await new FakeWorld().run(restConnection(airflow.host, { numberOfStatus: 5 }));
    for (const status of run.statuses()) expect(status.statuses).toHaveLength(5);
    const ids = run.statusesOf(fqnOf("af", "bulk_0001")).map((status) => status.executionId);
    expect(new Set(ids)).toEqual(new Set(["run_24", "run_25", "run_26", "run_27", "run_28"]));
    expect(airflow.count(/dagRuns\/list/u)).toBeLessThan(mostCalls);
  });

  test("numberOfStatus 0 asks for no runs", async () => {
    const airflow = FakeAirflow.recorded("v2");
    const run = await new FakeWorld().run(restConnection(airflow.host, { numberOfStatus: "0" }));
    expect([run.statuses(), airflow.count(/dagRuns/u)]).toEqual([[], 0]);
  });

  test("a filtered DAG is seen, and nothing more is asked of it", async () => {
    const airflow = FakeAirflow.recorded("v1");
    const options = { pipelineFilterPattern: { includes: ["shop_mapped"] } };
    const run = await new FakeWorld().run(restConnection(airflow.host), { options });
    expect(run.pipelines().map((request) => request.name)).toEqual(["shop_mapped"]);
    expect(run.scope("airflow/dags").seen.size).toBe(7);
    expect(run.filtered).toHaveLength(6);
    expect(airflow.asked.filter((one) => one.path.endsWith("/tasks")).map((one) => one.path)).toEqual([
      "/api/v1/dags/shop_mapped/tasks",
    ]);
    expect(airflow.asked.find((one) => one.path.endsWith("dagRuns/list"))?.body["dag_ids"]).toEqual(["shop_mapped"]);
  });

  test("includeUnDeployedPipelines false leaves paused DAGs out but keeps them from being deleted", async () => {
    const airflow = FakeAirflow.recorded("v2");
    const paused = airflow.dags.filter((dag) => dag["is_paused"] === true).length;
    expect(paused).toBeGreaterThan(0);
    const options = { includeUnDeployedPipelines: false };
    const run = await new FakeWorld().run(restConnection(airflow.host), { options });
    expect([run.pipelines().length, run.scope("airflow/dags").seen.size]).toEqual([7 - paused, 7]);
  });

  test("a selection reads just its DAGs and cannot delete", async () => {
    const airflow = FakeAirflow.recorded("v2");
    const selection = { only: [fqnOf("af", "shop.odd-name_ncode"), fqnOf("af", "nowhere")] };
    const run = await new FakeWorld().run(restConnection(airflow.host), { selection });
    expect(run.pipelines().map((request) => request.name)).toEqual(["shop.odd-name_ncode"]);
    expect(run.warnings).toEqual(["af.nowhere: Airflow has no such DAG"]);
    expect(run.scope("airflow/dags").options).toBeUndefined();
    expect(airflow.asked.some((one) => one.path === "/api/v2/dags")).toBe(false);
  });

  test("a selection of the whole service reads all of its DAGs and cannot delete", async () => {
    const run = await new FakeWorld().run(restConnection(FakeAirflow.many("v2", 5, 1).host), {
      selection: { only: [fqnOf("af")] },
    });
    expect([run.pipelines().length, run.warnings, run.scope("airflow/dags").options]).toEqual([5, [], undefined]);
  });

  test("a limit stops the list early", async () => {
    const airflow = FakeAirflow.many("v1", 250, 1);
    const run = await new FakeWorld().run(restConnection(airflow.host), { selection: { only: [], limit: 3 } });
    expect(run.pipelines()).toHaveLength(3);
    expect(airflow.count(/\/tasks$/u)).toBe(3);
  });
});
