import { describe, expect, test } from "@jest/globals";
import { fqnOf, type EntityReference } from "@omd/schema";
import { linksOf } from "../src/links.ts";
import { ownerNames, pipelineOf, tagRecordsOf, type MappingSettings } from "../src/mapping.ts";
import { scheduleOf } from "../src/schedule.ts";
import { dagRow, tasksAnswer, type ApiVersion, type DagRow, type TaskRow } from "../src/shapes.ts";
import { taskLabels } from "../src/task-labels.ts";
import { fixture } from "./fake-airflow.ts";

const people: Readonly<Record<string, EntityReference>> = {
  alice: { id: "1", type: "user" },
  bob: { id: "2", type: "user" },
  "data-eng": { id: "3", type: "team" },
  "crm-team": { id: "4", type: "team" },
};

function settings(version: ApiVersion, more: Partial<MappingSettings> = {}): MappingSettings {
  return {
    serviceName: "af",
    links: linksOf("http://airflow:8080/", version),
    includeTags: true,
    owners: (name) => people[name],
    ...more,
  };
}

function recorded(version: ApiVersion, id: string): { dag: DagRow; tasks: readonly TaskRow[] } {
  const rows = fixture(version, "dags")["dags"] as { dag_id: string }[];
  const dag = dagRow.parse(rows.find((row) => row.dag_id === id));
  return { dag, tasks: tasksAnswer.parse(fixture(version, `tasks.${id}`)).tasks };
}

function mapped(version: ApiVersion, id: string, more: Partial<MappingSettings> = {}) {
  const { dag, tasks } = recorded(version, id);
  return pipelineOf(dag, tasks, settings(version, more));
}

describe.each([
  ["v1", "http://airflow:8080/dags/shop_daily_load/grid", "2026-01-01T00:00:00+00:00"],
  ["v2", "http://airflow:8080/dags/shop_daily_load", "2026-01-01T00:00:00Z"],
] as const)("a DAG of API %s", (version, sourceUrl, startDate) => {
  test("becomes a pipeline", () => {
    const { tasks, ...pipeline } = mapped(version, "shop_daily_load");
    expect(pipeline).toEqual({
      name: "shop_daily_load",
      service: "af",
      description: "Loads the day's orders",
      sourceUrl,
      concurrency: 4,
      pipelineLocation: "/opt/airflow/dags/shop_pipelines.py",
      startDate,
      scheduleInterval: "30 3 * * *",
      state: "Active",
      owners: [people["data-eng"]],
      tags: ["PII", "shop", "tier1"].map((tag) => ({
        tagFQN: `AirflowTags.${tag}`,
        labelType: "Automated",
        state: "Suggested",
        source: "Classification",
      })),
    });
    expect(tasks?.map((task) => task.name)).toEqual([
      "done",
      "extract.crm.accounts",
      "extract.crm.customers",
      "extract.orders",
      "load",
      "start",
    ]);
  });

  test("has its tasks with the edges among them", () => {
    const { tasks } = mapped(version, "shop_daily_load");
    const edges = Object.fromEntries((tasks ?? []).map((task) => [task.name, task.downstreamTasks?.toSorted()]));
    expect(edges).toEqual({
      start: ["extract.crm.customers", "extract.orders"],
      "extract.crm.customers": ["extract.crm.accounts"],
      "extract.crm.accounts": ["load"],
      "extract.orders": ["load"],
      load: ["done"],
      done: [],
    });
    expect(tasks?.find((task) => task.name === "extract.orders")).toMatchObject({
      displayName: "orders (extract)",
      description: "reads **orders**",
      taskType: "BashOperator",
      startDate,
      owners: [people["data-eng"]],
    });
    expect(tasks?.find((task) => task.name === "extract.crm.accounts")).toMatchObject({
      displayName: "accounts (extract.crm)",
      owners: [people["crm-team"]],
    });
    expect(tasks?.find((task) => task.name === "load")).not.toHaveProperty("displayName");
  });

  test("keeps odd names, and leaves out what is not there", () => {
    const odd = mapped(version, "shop.odd-name_ncode");
    expect(odd.name).toBe("shop.odd-name_ncode");
    expect(odd.tags?.map((tag) => tag.tagFQN)).toEqual(["AirflowTags.a/b", "AirflowTags.with space"]);
    expect(odd.description).toBe('quote " <b>and</b> unicode: naïve 日本');
    expect(odd.state).toBe("Inactive");
    expect(odd.tasks?.find((task) => task.name === "t-1.x")).not.toHaveProperty("displayName");
    const bare = mapped(version, "shop_bare");
    for (const key of ["description", "scheduleInterval", "tags", "owners", "displayName"])
      expect(bare).not.toHaveProperty(key);
  });

  test("has no owners or tags when they are not wanted", () => {
    const bare = mapped(version, "shop_daily_load", { includeTags: false, owners: undefined });
    expect(bare).not.toHaveProperty("tags");
    expect(bare).not.toHaveProperty("owners");
    expect(bare.tasks?.some((task) => "owners" in task)).toBe(false);
  });
});

describe("schedules", () => {
  test.each([
    ["v1", "shop_report", "Dataset Triggered"],
    ["v2", "shop_report", "Asset"],
    ["v1", "shop_mapped", "@hourly"],
    ["v2", "shop_mapped", "0 * * * *"],
    ["v1", "shop_failing", undefined],
    ["v2", "shop_failing", undefined],
  ] as const)("%s %s", (version, id, schedule) => {
    expect(mapped(version, id).scheduleInterval).toBe(schedule);
  });

  test.each([
    ["@daily", "@daily"],
    [{ __type: "TimeDelta", days: 1, seconds: 0, microseconds: 0 }, "1 day, 0:00:00"],
    [{ __type: "TimeDelta", days: 0, seconds: 5400, microseconds: 500 }, "1:30:00.000500"],
    [{ __type: "TimeDelta", days: 14, seconds: 61 }, "14 days, 0:01:01"],
    [{ __type: "RelativeDelta", months: 1, days: 2, hour: null }, "every 1 month, 2 days"],
    [{ __type: "RelativeDelta", hour: 3 }, undefined],
    [{ __type: "SomethingNew" }, undefined],
    [null, undefined],
  ])("%j", (interval, text) => {
    expect(scheduleOf({ schedule_interval: interval })).toBe(text);
  });
});

describe("owners", () => {
  const { dag, tasks } = recorded("v1", "shop_failing");
  const owned = (owners: string[]) => pipelineOf({ ...dag, owners }, tasks, settings("v1")).owners;

  test("a field may hold several", () => {
    expect(ownerNames(["alice,bob", " bob ", ""])).toEqual(["alice", "bob"]);
    expect(owned(["alice", "bob"])).toEqual([people["alice"], people["bob"]]);
  });

  test("users go before teams, of teams one is taken, unknown names none", () => {
    expect(owned(["data-eng", "alice"])).toEqual([people["alice"]]);
    expect(owned(["data-eng", "crm-team"])).toEqual([people["crm-team"]]);
    expect(owned(["airflow"])).toBeUndefined();
  });

  test("of teams the one with most tasks, in whatever order Airflow lists them", () => {
    const load = recorded("v2", "shop_daily_load");
    for (const owners of [
      ["crm-team", "data-eng"],
      ["data-eng", "crm-team"],
    ])
      expect(pipelineOf({ ...load.dag, owners }, load.tasks, settings("v2")).owners).toEqual([people["data-eng"]]);
  });
});

describe("names and texts", () => {
  const { dag, tasks } = recorded("v2", "shop_bare");

  test("reserved marks are encoded, a dotted tag is quoted", () => {
    const row = { ...dag, dag_id: "a::b", tags: ["v1.2", 'say "x"'] };
    const pipeline = pipelineOf(row, tasks, settings("v2"));
    expect(pipeline.name).toBe("a__reserved__colon__b");
    expect(pipeline.sourceUrl).toBe("http://airflow:8080/dags/a%3A%3Ab");
    expect(pipeline.tags?.map((tag) => tag.tagFQN)).toEqual([
      "AirflowTags.say __reserved__quote__x__reserved__quote__",
      fqnOf("AirflowTags", "v1.2"),
    ]);
    expect(tagRecordsOf(row).map((record) => record.tag.name)).toEqual([
      "say __reserved__quote__x__reserved__quote__",
      "v1.2",
    ]);
  });

  test("a display name of its own is kept, docs stand in for a description", () => {
    const pipeline = pipelineOf({ ...dag, dag_display_name: "Bare", doc_md: "# Docs" }, tasks, settings("v2"));
    expect([pipeline.displayName, pipeline.description]).toEqual(["Bare", "# Docs"]);
  });

  test("a state that is not known is left out", () => {
    expect(pipelineOf({ ...dag, is_paused: null }, tasks, settings("v2"))).not.toHaveProperty("state");
  });
});

describe("labels of tasks in groups", () => {
  test("a shared prefix is a group; a lone dot is not", () => {
    expect([...taskLabels(["g.a", "g.b", "v1.2", "x"])]).toEqual([
      ["g.a", "a (g)"],
      ["g.b", "b (g)"],
    ]);
  });

  test("the innermost shared group names the task", () => {
    expect(taskLabels(["g.h.a", "g.h.b", "g.c.only"]).get("g.h.a")).toBe("a (g.h)");
    expect(taskLabels(["g.h.a", "g.h.b", "g.c.only"]).get("g.c.only")).toBe("c.only (g)");
  });

  test("dots at the ends are no groups", () => {
    expect(taskLabels([".a", ".b", "c.", "c."]).size).toBe(0);
  });
});

describe("links", () => {
  test("are percent-encoded, with the path that Airflow is served under", () => {
    const [two, three] = [linksOf("https://h/af/", "v1"), linksOf("https://h/af", "v2")];
    expect(two.dag("a b")).toBe("https://h/af/dags/a%20b/grid");
    expect(two.task("d/1", "t x")).toBe("https://h/af/taskinstance/list/?_flt_3_dag_id=d%2F1&_flt_3_task_id=t%20x");
    expect(two.logs("d", "r+1")("t", false)).toBe("https://h/af/dags/d/grid?dag_run_id=r%2B1&task_id=t&tab=logs");
    expect(three.task("d/1", "t")).toBe("https://h/af/dags/d%2F1/tasks/t");
    expect(three.logs("d", "r+1")("t", true)).toBe("https://h/af/dags/d/runs/r%2B1/tasks/t/mapped");
  });
});
