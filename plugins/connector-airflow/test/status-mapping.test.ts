import { describe, expect, test } from "@jest/globals";
import { linksOf } from "../src/links.ts";
import { runRow, taskInstanceRow, type RunRow, type TaskInstanceRow } from "../src/shapes.ts";
import { newestFirst, pipelineStatusOf, runTime, statusOf, timestampsOf } from "../src/status-mapping.ts";
import { InstancesByRun } from "../src/task-instances.ts";
import { fixture } from "./fake-airflow.ts";

const links = linksOf("http://h", "v2");
const noon = "2026-01-01T12:00:00Z";
const noonMs = Date.parse(noon);

function run(more: Partial<RunRow> = {}): RunRow {
  return runRow.parse({ dag_id: "d", dag_run_id: "r", state: "success", logical_date: noon, end_date: noon, ...more });
}

function instance(more: Partial<TaskInstanceRow> = {}): TaskInstanceRow {
  const times = { start_date: noon, end_date: noon };
  return taskInstanceRow.parse({ dag_id: "d", dag_run_id: "r", task_id: "t", state: "success", ...times, ...more });
}

function tasks(...instances: TaskInstanceRow[]) {
  return statusWith(...instances).taskStatus ?? [];
}

function statusWith(...instances: TaskInstanceRow[]) {
  const byRun = new InstancesByRun();
  byRun.add(instances);
  return pipelineStatusOf(run(), noonMs, byRun.of(run()), links);
}

describe("states", () => {
  test.each([
    ["success", "Successful"],
    ["failed", "Failed"],
    ["upstream_failed", "Failed"],
    ["skipped", "Skipped"],
    ["queued", "Pending"],
    ["running", "Pending"],
    ["up_for_retry", "Pending"],
    ["some_new_state", "Pending"],
    [null, "Pending"],
  ])("%s", (state, status) => {
    expect(statusOf(state)).toBe(status);
  });
});

describe("when a run was", () => {
  test("its logical date, else the time it was due, else its start, else unknown", () => {
    const later = "2026-01-02T00:00:00Z";
    expect(runTime(run({ run_after: later }))).toBe(noonMs);
    expect(runTime(run({ logical_date: null, run_after: later, start_date: noon }))).toBe(Date.parse(later));
    expect(runTime(run({ logical_date: null, start_date: noon }))).toBe(noonMs);
    expect(runTime(run({ logical_date: null }))).toBeUndefined();
    expect(runTime(run({ logical_date: "no date" }))).toBeUndefined();
  });

  test("the recorded asset-triggered run has no logical date and still a time", () => {
    const rows = fixture("v2", "dag-runs")["dag_runs"] as { run_type: string }[];
    const triggered = runRow.parse(rows.find((row) => row.run_type === "asset_triggered"));
    expect(triggered.logical_date).toBeNull();
    expect(runTime(triggered)).toBe(Date.parse(triggered.run_after ?? ""));
  });

  test("runs without a logical date are sorted by when they were due", () => {
    const old = run({ dag_run_id: "old", logical_date: null, run_after: "2026-01-01T00:00:00Z" });
    const fresh = run({ dag_run_id: "new", logical_date: "2025-01-01T00:00:00Z", run_after: "2026-01-03T00:00:00Z" });
    expect([old, fresh].toSorted(newestFirst).map((one) => one.dag_run_id)).toEqual(["new", "old"]);
  });

  test("runs of the same moment get different timestamps, whatever the order they come in", () => {
    const twins = ["b", "a", "c"].map((id) => run({ dag_run_id: id }));
    const expected = { a: noonMs, b: noonMs + 1, c: noonMs + 2 };
    expect(Object.fromEntries(timestampsOf(twins, new Map()))).toEqual(expected);
    expect(Object.fromEntries(timestampsOf(twins.toReversed(), new Map()))).toEqual(expected);
  });

  test("a run that is in the catalog keeps its timestamp", () => {
    const stamps = timestampsOf([run({ dag_run_id: "a" }), run({ dag_run_id: "b" })], new Map([["b", noonMs]]));
    expect(Object.fromEntries(stamps)).toEqual({ a: noonMs + 1, b: noonMs });
  });

  test("a run without any date has no timestamp", () => {
    expect(timestampsOf([run({ logical_date: null })], new Map()).size).toBe(0);
  });
});

describe("a run with its tasks", () => {
  test("has times in ms, a link to the log, and the run's id", () => {
    expect(statusWith(instance())).toEqual({
      timestamp: noonMs,
      executionStatus: "Successful",
      executionId: "r",
      endTime: noonMs,
      taskStatus: [
        {
          name: "t",
          executionStatus: "Successful",
          startTime: noonMs,
          endTime: noonMs,
          logLink: "http://h/dags/d/runs/r/tasks/t",
        },
      ],
    });
  });

  test("a run that is not over has no end", () => {
    expect(pipelineStatusOf(run({ state: "running" }), noonMs, [], links)).not.toHaveProperty("endTime");
  });

  test("removed task instances are left out", () => {
    expect(tasks(instance({ state: "removed" }))).toEqual([]);
  });

  test("mapped instances make one status: failed if one failed, from the first start to the last end", () => {
    const early = { start_date: "2026-01-01T11:00:00Z", end_date: "2026-01-01T11:30:00Z" };
    const [status, ...others] = tasks(
      instance({ map_index: 0, ...early }),
      instance({ map_index: 1, state: "failed" }),
      instance({ map_index: 2, state: "skipped" }),
    );
    expect(others).toEqual([]);
    expect(status).toMatchObject({ executionStatus: "Failed", startTime: noonMs - 3_600_000, endTime: noonMs });
    expect(status?.logLink).toBe("http://h/dags/d/runs/r/tasks/t/mapped");
  });

  test("it is pending while one instance is, and has no end", () => {
    const [status] = tasks(instance({ map_index: 0 }), instance({ map_index: 1, state: "running", end_date: null }));
    expect(status?.executionStatus).toBe("Pending");
    expect(status).not.toHaveProperty("endTime");
  });

  test("skipped and successful together are successful; all skipped is skipped", () => {
    const skipped = instance({ map_index: 1, state: "skipped" });
    expect(tasks(instance({ map_index: 0 }), skipped)[0]?.executionStatus).toBe("Successful");
    expect(tasks(skipped)[0]?.executionStatus).toBe("Skipped");
  });

  test("the worst end counts, whatever the order", () => {
    const early = { map_index: 0, start_date: null, end_date: "2026-01-01T11:30:00Z" };
    for (const pair of [
      [early, { map_index: 1 }],
      [{ map_index: 1 }, early],
    ].map((two) => two.map(instance)))
      expect(tasks(...pair)[0]).toMatchObject({ startTime: noonMs, endTime: noonMs });
  });

  test("the last try counts", () => {
    const first = instance({ state: "failed", try_number: 1 });
    const second = instance({ try_number: 2 });
    expect(tasks(first, second)[0]?.executionStatus).toBe("Successful");
    expect(tasks(second, first)[0]?.executionStatus).toBe("Successful");
  });
});
