import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { fqnOf } from "@omd/schema";
import nock from "nock";
import { FakeAirflow } from "./fake-airflow.ts";
import { FakeWorld, restConnection } from "./fake-context.ts";

beforeEach(() => {
  nock.disableNetConnect();
});
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

describe("what cannot be read", () => {
  test("403 on runs: that listing failed with the permission named, pipelines go on", async () => {
    const airflow = FakeAirflow.recorded("v1");
    airflow.fail(/dagRuns\/list$/u, 403);
    const run = await new FakeWorld().run(restConnection(airflow.host));
    expect(run.pipelines()).toHaveLength(7);
    expect(run.statuses()).toEqual([]);
    expect(run.scope("airflow/runs").state).toBe("failed");
    expect(run.scope("airflow/runs").reasons.join()).toContain("`can_read` on DAG Runs");
    expect(run.scope("airflow/dags").state).toBe("complete");
    expect(airflow.count(/dagRuns\/list$/u)).toBe(1);
  });

  test("503 on the tasks of one DAG: it is a failure, is seen, and is not written without tasks", async () => {
    const airflow = FakeAirflow.recorded("v2");
    airflow.fail(/shop_mapped\/tasks$/u, 503);
    const run = await new FakeWorld().run(restConnection(airflow.host));
    expect(run.failures.map((failure) => failure.name)).toEqual(["af.shop_mapped"]);
    expect(run.pipelines().map((request) => request.name)).not.toContain("shop_mapped");
    expect(run.pipelines()).toHaveLength(6);
    expect(run.scope("airflow/dags").seen.has("af.shop_mapped")).toBe(true);
    expect(run.scope("airflow/tasks").state).toBe("partial");
    expect(run.scope("airflow/tasks").reasons[0]).toContain("shop_mapped");
    expect(run.statusesOf(fqnOf("af", "shop_mapped"))).toEqual([]);
  });

  test("403 on datasets: no lineage, the listing failed, the rest is there", async () => {
    const airflow = FakeAirflow.recorded("v2");
    airflow.fail(/assets$/u, 403);
    const run = await new FakeWorld().run(restConnection(airflow.host));
    expect(run.edges()).toEqual([]);
    expect(run.scope("airflow/datasets").state).toBe("failed");
    expect(run.scope("airflow/datasets").reasons.join()).toContain("Assets");
    expect(run.pipelines()).toHaveLength(7);
  });

  test("an empty page in the middle of the DAGs: the list failed, what came before is kept", async () => {
    const airflow = FakeAirflow.many("v1", 250, 1);
    airflow.rules.push(({ path, query }) =>
      path.endsWith("/dags") && query.get("offset") !== "0"
        ? { status: 200, body: { dags: [], total_entries: 250 } }
        : undefined,
    );
    const run = await new FakeWorld().run(restConnection(airflow.host));
    expect(run.scope("airflow/dags").state).toBe("failed");
    expect(run.failures.map((failure) => failure.name)).toEqual(["DAGs"]);
    expect(run.pipelines()).toHaveLength(100);
    expect(run.forgotten.size).toBe(0);
  });

  test("400 with a JSON body on runs is an error, not an empty list", async () => {
    const airflow = FakeAirflow.recorded("v2");
    airflow.fail(/dagRuns\/list$/u, 400, { dag_runs: [], total_entries: 0 });
    const run = await new FakeWorld().run(restConnection(airflow.host));
    expect(run.scope("airflow/runs").state).toBe("partial");
    expect(run.statuses()).toEqual([]);
  });

  test("task instances that cannot be read leave their runs for the next time", async () => {
    const airflow = FakeAirflow.recorded("v2");
    airflow.fail(/taskInstances\/list$/u, 500);
    const world = new FakeWorld();
    const broken = await world.run(restConnection(airflow.host));
    expect(broken.scope("airflow/task-instances").state).toBe("partial");
    expect(broken.statuses()).toEqual([]);
    airflow.rules.length = 0;
    const mended = await world.run(restConnection(airflow.host));
    expect(mended.statuses().flatMap((one) => one.statuses)).toHaveLength(airflow.runs.length);
  });

  test("pages without an order that repeat rows are noticed", async () => {
    const airflow = FakeAirflow.many("v1", 3, 28);
    airflow.rules.push(({ path, body }) =>
      path.endsWith("taskInstances/list") && Number(body["page_offset"]) > 0
        ? { status: 200, body: { task_instances: airflow.instances.slice(0, 100), total_entries: 168 } }
        : undefined,
    );
    const run = await new FakeWorld().run(restConnection(airflow.host, { numberOfStatus: 28 }));
    // Half of the runs fit into one page each and are read right.
    expect(run.statuses().flatMap((one) => one.statuses)).toHaveLength(84);
    expect(run.scope("airflow/task-instances").state).toBe("complete");
  });

  test("unreadable import errors are a failed listing; a refused list of inactive DAGs stops deletes", async () => {
    const airflow = FakeAirflow.recorded("v1");
    airflow.rules.push(({ path, query }) => {
      if (path.endsWith("importErrors")) return { status: 403, body: {} };
      return query.get("only_active") === "false" ? { status: 500, body: {} } : undefined;
    });
    const run = await new FakeWorld().run(restConnection(airflow.host));
    expect(run.scope("airflow/import-errors").state).toBe("failed");
    expect(run.scope("airflow/dags").state).toBe("partial");
    expect(run.pipelines()).toHaveLength(7);
  });

  test("401 in the middle ends the run", async () => {
    const airflow = FakeAirflow.recorded("v2");
    airflow.fail(/shop_report\/tasks$/u, 401);
    await expect(new FakeWorld().run(restConnection(airflow.host))).rejects.toMatchObject({
      code: "OMD_PERMISSION",
      status: 401,
    });
  });

  test("an abort ends the run", async () => {
    const airflow = FakeAirflow.many("v1", 400, 1);
    const stop = new AbortController();
    const running = new FakeWorld().run(restConnection(airflow.host), {
      signal: stop.signal,
      onRecord: (record) => {
        if (record.kind === "pipelineStatus") stop.abort();
      },
    });
    await expect(running).rejects.toThrow();
    expect(airflow.count(/\/tasks$/u)).toBeLessThan(200);
  });
});

describe.each(["v1", "v2"] as const)("what is known stays known in a later run, API %s", (version) => {
  const dag = fqnOf("af", "bulk_0002");

  async function seeded() {
    const airflow = FakeAirflow.many(version, 8, 3);
    const world = new FakeWorld();
    await world.run(restConnection(airflow.host));
    return { airflow, world, marks: new Map(world.marks) };
  }

  /** The run after the trouble sends what is new and nothing else. */
  async function mended({ airflow, world }: Awaited<ReturnType<typeof seeded>>): Promise<(string | undefined)[]> {
    airflow.rules.length = 0;
    const run = await world.run(restConnection(airflow.host));
    expect([...run.scopes.values()].map((scope) => scope.state)).not.toContain("partial");
    expect(run.records).toHaveLength(1 + run.statuses().length);
    return run.statuses().flatMap((one) => one.statuses.map((status) => status.executionId));
  }

  test.each([403, 500])("when the list of runs is answered %i", async (status) => {
    const made = await seeded();
    made.airflow.addRun("bulk_0002", "run_new", 9);
    made.airflow.fail(/dagRuns\/list$/u, status);
    const run = await made.world.run(restConnection(made.airflow.host));
    expect(run.scope("airflow/runs").state).toBe(status === 403 ? "failed" : "partial");
    expect([run.records.length, run.forgotten.size]).toEqual([1, 0]);
    expect(made.world.marks).toEqual(made.marks);
    expect(await mended(made)).toEqual(["run_new"]);
  });

  test("when a further page of the list of runs is refused", async () => {
    const made = await seeded();
    made.airflow.addRun("bulk_0002", "run_new", 9);
    made.airflow.pageCap = 10;
    made.airflow.rules.push(({ path, body }) =>
      path.endsWith("dagRuns/list") && Number(body["page_offset"]) > 0 ? { status: 400, body: {} } : undefined,
    );
    const run = await made.world.run(restConnection(made.airflow.host));
    expect(run.scope("airflow/runs").state).toBe("partial");
    expect([run.records.length, run.forgotten.size, made.world.marks]).toEqual([1, 0, made.marks]);
    expect(await mended(made)).toEqual(["run_new"]);
  });

  test.each([403, 500])("when task instances are answered %i", async (status) => {
    const made = await seeded();
    made.airflow.addRun("bulk_0002", "run_new", 9);
    made.airflow.fail(/taskInstances\/list$/u, status);
    const run = await made.world.run(restConnection(made.airflow.host));
    expect(run.scope("airflow/task-instances").state).toBe("partial");
    expect(run.scope("airflow/task-instances").reasons.join()).toContain("bulk_0002");
    expect([run.records.length, run.forgotten.size, made.world.marks]).toEqual([1, 0, made.marks]);
    expect(await mended(made)).toEqual(["run_new"]);
  });

  test("when a page of task instances is refused: the runs that were read whole are sent, with all their tasks", async () => {
    const airflow = FakeAirflow.many(version, 1, 28);
    airflow.pageCap = 50;
    for (let at = 0; at < 100; at += 1) airflow.addRun("bulk_0000", `old_${at}`, 1);
    airflow.rules.push(({ path, body }) =>
      path.endsWith("taskInstances/list") && Number(body["page_offset"]) > 0 ? { status: 400, body: {} } : undefined,
    );
    const world = new FakeWorld();
    const connection = restConnection(airflow.host, { numberOfStatus: 120 });
    const run = await world.run(connection);
    expect(run.scope("airflow/task-instances").state).toBe("partial");
    const sent = run.statuses().flatMap((one) => one.statuses);
    expect(sent.map((status) => status.taskStatus?.length).filter((count) => count !== 2)).toEqual([]);
    airflow.rules.length = 0;
    const rest = (await world.run(connection)).statuses().flatMap((one) => one.statuses);
    expect(new Set([...sent, ...rest].map((status) => status.executionId)).size).toBe(120);
    expect(sent.length + rest.length).toBe(120);
  });

  test.each([403, 503])(
    "when the tasks of a changed DAG are answered %i: it keeps its tasks and its runs",
    async (status) => {
      const made = await seeded();
      Object.assign(made.airflow.dags[2] ?? {}, { description: "new words" });
      made.airflow.addRun("bulk_0002", "run_new", 9);
      made.airflow.fail(/bulk_0002\/tasks$/u, status);
      const run = await made.world.run(restConnection(made.airflow.host));
      expect(run.scope("airflow/tasks").state).toBe("partial");
      expect(run.failures.map((failure) => failure.name)).toEqual([dag]);
      expect([run.records.length, run.forgotten.size, made.world.marks]).toEqual([1, 0, made.marks]);
      made.airflow.rules.length = 0;
      const after = await made.world.run(restConnection(made.airflow.host));
      expect(after.pipelines().map((request) => [request.name, request.tasks?.length])).toEqual([["bulk_0002", 2]]);
      expect(after.statusesOf(dag).map((one) => one.executionId)).toEqual(["run_new"]);
    },
  );
});
