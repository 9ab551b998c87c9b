import { describe, expect, test } from "@jest/globals";
import { entityName } from "@omd/schema";
import { parseEvent } from "./event.ts";
import { fittingName, placeJob, type Placing } from "./placing.ts";

const own = "3f5e83fa-3480-44ff-99c5-ff943904e5e8";

interface Given {
  readonly producer?: string;
  readonly name?: string;
  readonly jobType?: object;
  readonly parent?: string;
  readonly engine?: string;
}

function placed({
  producer = "https://example.org",
  name = "job",
  jobType,
  parent,
  engine,
}: Given): Placing | undefined {
  return placeJob(
    parseEvent({
      eventTime: "2026-01-01T00:00:00Z",
      producer,
      run: {
        runId: own,
        facets: {
          ...(parent === undefined
            ? {}
            : { parent: { run: { runId: "parents" }, job: { namespace: "n", name: parent } } }),
          ...(engine === undefined ? {} : { processing_engine: { name: engine } }),
        },
      },
      job: { namespace: "n", name, facets: { jobType } },
    }),
  );
}

describe("placeJob", () => {
  test("a job without a parent is a pipeline", () => {
    expect(placed({})).toEqual({
      namespace: "n",
      name: "job",
      task: undefined,
      runId: own,
      service: "openlineage",
      serviceType: "OpenLineage",
    });
  });

  test.each([
    ["dag.task", "dag", "task"],
    ["dag.group.task", "dag", "group.task"],
    ["model", "dbt-run", "model"],
    ["dag.", "dag", "dag."],
  ])("%s below %s is its task %s", (name, parent, task) => {
    expect(placed({ name, parent })).toMatchObject({ name: parent, task, runId: "parents" });
  });

  test("a job that names itself as its parent is a pipeline", () => {
    expect(placed({ name: "same", parent: "same" })).toMatchObject({ name: "same", task: undefined, runId: own });
  });

  test.each(["DAG", "application", "JOB"])("a %s is a pipeline also when something else started it", (jobType) => {
    expect(placed({ parent: "outer", jobType: { jobType } })).toMatchObject({
      name: "job",
      task: undefined,
      runId: own,
    });
  });

  test.each<[Given, string, string]>([
    [{ jobType: { integration: "SPARK" } }, "spark_openlineage", "Spark"],
    [{ jobType: { integration: "DBT" }, producer: "https://x/integration/spark" }, "dbt_openlineage", "DBTCloud"],
    [
      { producer: "https://github.com/OpenLineage/OpenLineage/tree/1.54.0/integration/flink" },
      "flink_openlineage",
      "Flink",
    ],
    [
      { producer: "https://github.com/apache/airflow/tree/providers-openlineage/2.14.0" },
      "airflow_openlineage",
      "Airflow",
    ],
    [{ producer: "https://github.com/trinodb/trino/plugin/trino-openlineage" }, "trino_openlineage", "OpenLineage"],
    [{ engine: "My Engine!" }, "my_engine_openlineage", "OpenLineage"],
    [{ jobType: { integration: "..." } }, "openlineage", "OpenLineage"],
  ])("%j belongs to %s", (given, service, serviceType) => {
    expect(placed(given)).toMatchObject({ service, serviceType });
  });

  test("events of a dataset alone have no place", () => {
    const dataset = { eventTime: "2026-01-01T00:00:00Z", producer: "p", dataset: { namespace: "n", name: "d" } };
    expect(placeJob(parseEvent(dataset))).toBeUndefined();
  });
});

test.each(["a::b", "a\0b", "\ud83d", "💥".repeat(300), `a${"💥".repeat(300)}`])("%j becomes a name", (name) => {
  expect(entityName.safeParse(fittingName(name)).success).toBe(true);
  expect(fittingName(name)).not.toBe(fittingName(`${name}x`));
});
