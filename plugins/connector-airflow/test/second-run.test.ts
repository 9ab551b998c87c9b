import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { fqnOf } from "@omd/schema";
import nock from "nock";
import { FakeAirflow, type FakeVersion } from "./fake-airflow.ts";
import { FakeWorld, restConnection } from "./fake-context.ts";

const versions: readonly FakeVersion[] = ["v1", "v2"];
const dag = fqnOf("af", "bulk_0002");

beforeEach(() => {
  nock.disableNetConnect();
});
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

async function seeded(version: FakeVersion) {
  const airflow = FakeAirflow.many(version, 8, 3);
  const world = new FakeWorld();
  await world.run(restConnection(airflow.host));
  airflow.asked.length = 0;
  return { airflow, world };
}

describe.each(versions)("a later run, API %s", (version) => {
  test("sends a new run only, without reading tasks", async () => {
    const { airflow, world } = await seeded(version);
    airflow.addRun("bulk_0002", "run_new", 9);
    const run = await world.run(restConnection(airflow.host));
    expect(run.statuses()).toHaveLength(1);
    expect(run.statusesOf(dag).map((status) => status.executionId)).toEqual(["run_new"]);
    expect(run.statusesOf(dag)[0]?.taskStatus).toHaveLength(2);
    expect([run.pipelines().length, airflow.count(/\/tasks$/u)]).toEqual([0, 0]);
  });

  test("reads a running run again until it is over", async () => {
    const { airflow, world } = await seeded(version);
    airflow.addRun("bulk_0002", "run_now", 9);
    const now = airflow.runs.at(-1);
    Object.assign(now ?? {}, { state: "running", end_date: null });
    const running = await world.run(restConnection(airflow.host));
    expect(running.statusesOf(dag).map((status) => status.executionStatus)).toEqual(["Pending"]);
    expect(running.statusesOf(dag)[0]).not.toHaveProperty("endTime");
    const still = await world.run(restConnection(airflow.host));
    expect(still.statusesOf(dag)).toEqual([]);
    Object.assign(now ?? {}, { state: "failed", end_date: "2026-01-09T01:00:00Z" });
    const over = await world.run(restConnection(airflow.host));
    expect(over.statusesOf(dag).map((status) => status.executionStatus)).toEqual(["Failed"]);
    const after = await world.run(restConnection(airflow.host));
    expect(after.statuses()).toEqual([]);
  });

  test("reads a finished run again once it was cleared and ran anew", async () => {
    const { airflow, world } = await seeded(version);
    const old = airflow.runs.find((row) => row["dag_id"] === "bulk_0002" && row["dag_run_id"] === "run_1");
    Object.assign(old ?? {}, { end_date: "2026-02-01T00:00:00Z" });
    const run = await world.run(restConnection(airflow.host));
    expect(run.statusesOf(dag).map((status) => status.executionId)).toEqual(["run_1"]);
    expect(run.statuses()).toHaveLength(1);
  });

  test("sends every DAG again, and no run, when the workflow writes in another way", async () => {
    const { airflow, world } = await seeded(version);
    expect((await world.run(restConnection(airflow.host))).pipelines()).toEqual([]);
    world.fingerprint = "another";
    const run = await world.run(restConnection(airflow.host));
    expect([run.pipelines().length, run.statuses()]).toEqual([8, []]);
    expect((await world.run(restConnection(airflow.host))).pipelines()).toEqual([]);
  });

  test("a run with a task that was unknown makes the tasks be read again", async () => {
    const { airflow, world } = await seeded(version);
    const [task] = airflow.tasks.get("bulk_0002") ?? [];
    airflow.tasks.set("bulk_0002", [...(airflow.tasks.get("bulk_0002") ?? []), { ...task, task_id: "added" }]);
    airflow.addRun("bulk_0002", "run_new", 9);
    const run = await world.run(restConnection(airflow.host));
    expect(run.pipelines().map((request) => request.name)).toEqual(["bulk_0002"]);
    expect(run.statusesOf(dag)[0]?.taskStatus?.map((status) => status.name)).toContain("added");
    expect(run.warnings).toEqual([]);
  });

  test("a changed row of a DAG makes its tasks be read again", async () => {
    const { airflow, world } = await seeded(version);
    Object.assign(airflow.dags[2] ?? {}, { description: "new words" });
    const run = await world.run(restConnection(airflow.host));
    expect(run.pipelines().map((request) => request.description)).toEqual(["new words"]);
  });

  test("what the sink refused comes again", async () => {
    const airflow = FakeAirflow.many(version, 4, 2);
    const world = new FakeWorld();
    const refuse = (record: { kind: string }): boolean => record.kind === "pipelineStatus";
    await world.run(restConnection(airflow.host), { refuse });
    const run = await world.run(restConnection(airflow.host));
    expect([run.pipelines().length, run.statuses().length]).toEqual([0, 4]);
  });

  test("a pipeline that left the catalog comes back with all its runs", async () => {
    const { airflow, world } = await seeded(version);
    world.pipelines.delete(dag);
    const run = await world.run(restConnection(airflow.host));
    expect(run.pipelines().map((request) => request.name)).toEqual(["bulk_0002"]);
    expect(run.statusesOf(dag)).toHaveLength(3);
  });

  test("tasks are read in every run when that is wanted, or when they are too old", async () => {
    const { airflow, world } = await seeded(version);
    await world.run(restConnection(airflow.host, { taskRefresh: "always" }));
    expect(airflow.count(/\/tasks$/u)).toBe(8);
    airflow.asked.length = 0;
    await world.run(restConnection(airflow.host, { taskMaxAgeHours: 0 }));
    expect(airflow.count(/\/tasks$/u)).toBe(8);
  });

  test("overrideMetadata sends every pipeline in every run", async () => {
    const { airflow, world } = await seeded(version);
    const run = await world.run(restConnection(airflow.host), { options: { overrideMetadata: true } });
    expect(run.pipelines()).toHaveLength(8);
  });

  test("a DAG that is gone is forgotten", async () => {
    const { airflow, world } = await seeded(version);
    airflow.dags.splice(2, 1);
    const run = await world.run(restConnection(airflow.host));
    expect(run.scope("airflow/dags").seen.has(dag)).toBe(false);
    expect([...run.forgotten].toSorted()).toEqual(["runs/bulk_0002", "tasks/bulk_0002"]);
  });
});

describe("the proof that tasks are unchanged", () => {
  test("v1: a changed DAG file makes all its DAGs be read", async () => {
    const { airflow, world } = await seeded("v1");
    airflow.source = "something else";
    const run = await world.run(restConnection(airflow.host));
    expect(run.pipelines()).toHaveLength(8);
  });

  test("v1: without access to sources tasks are read in every run", async () => {
    const airflow = FakeAirflow.many("v1", 8, 1);
    airflow.fail(/dagSources/u, 403);
    const world = new FakeWorld();
    await world.run(restConnection(airflow.host));
    airflow.asked.length = 0;
    const run = await world.run(restConnection(airflow.host));
    expect(airflow.count(/\/tasks$/u)).toBe(8);
    expect(run.failures).toEqual([]);
  });

  test("v2: a new version of a DAG makes it be read", async () => {
    const { airflow, world } = await seeded("v2");
    airflow.source = "something else";
    airflow.dagVersions.push({ dag_id: "bulk_0002", version_number: 2, created_at: new Date().toISOString() });
    const run = await world.run(restConnection(airflow.host));
    expect(run.pipelines().map((request) => request.name)).toEqual(["bulk_0002"]);
  });

  test("v2: a DAG that never ran is changed in place, so its version proves nothing", async () => {
    const airflow = FakeAirflow.many("v2", 8, 0);
    const world = new FakeWorld();
    await world.run(restConnection(airflow.host));
    const same = await world.run(restConnection(airflow.host));
    expect(same.pipelines()).toEqual([]);
    airflow.source = "something else";
    const changed = await world.run(restConnection(airflow.host));
    expect(changed.pipelines()).toHaveLength(8);
  });

  test("v2: without the list of versions sources decide", async () => {
    const airflow = FakeAirflow.many("v2", 8, 1);
    airflow.fail(/dagVersions/u, 404);
    const world = new FakeWorld();
    await world.run(restConnection(airflow.host));
    airflow.asked.length = 0;
    await world.run(restConnection(airflow.host));
    expect([airflow.count(/\/tasks$/u), airflow.count(/dagSources/u)]).toEqual([0, 1]);
  });
});

describe("runs at the same time", () => {
  test("keep the places they have in the catalog", async () => {
    const { airflow, world } = await seeded("v2");
    const before = await world.run(restConnection(airflow.host, { numberOfStatus: 10 }));
    expect(before.statuses()).toEqual([]);
    airflow.addRun("bulk_0002", "a_twin_of_run_2", 2);
    const run = await world.run(restConnection(airflow.host));
    expect(run.statusesOf(dag).map((status) => [status.executionId, status.timestamp])).toEqual([
      ["a_twin_of_run_2", Date.parse("2026-01-02T00:00:00Z") + 1],
    ]);
  });
});
