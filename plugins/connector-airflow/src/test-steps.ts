import type { TestStep } from "@omd/core";
import type { AirflowClient } from "./client.ts";
import { explained, type Resource } from "./permissions.ts";
import { reachable } from "./reachability.ts";

/** The steps of `omd check`. Each failed one says which permission is missing. */
export function testSteps(connect: () => Promise<AirflowClient>): readonly TestStep[] {
  const step = (
    name: string,
    description: string,
    mandatory: boolean,
    resource: Resource,
    run: (client: AirflowClient) => Promise<string>,
  ): TestStep => ({
    name,
    description,
    mandatory,
    run: async () => {
      try {
        return await run(await connect());
      } catch (thrown) {
        throw reachable(explained(thrown, resource));
      }
    },
  });
  let asked: ReturnType<typeof firstDagOf> | undefined;
  // One call serves the first steps.
  const firstDag = (client: AirflowClient): ReturnType<typeof firstDagOf> => (asked ??= firstDagOf(client));
  return [
    step("CheckAccess", "Finds the API version and logs in.", true, "DAGs", async (client) => {
      await firstDag(client);
      return `Airflow ${client.release}, API ${client.version}`;
    }),
    step("PipelineDetailsAccess", "Lists DAGs.", true, "DAGs", async (client) => {
      const { total } = await firstDag(client);
      return `${total} DAGs`;
    }),
    step("TaskDetailAccess", "Reads the tasks of one DAG.", false, "DAGs", async (client) => {
      const { dagId } = await firstDag(client);
      if (dagId === undefined) return "no DAG to look at";
      const tasks = await client.tasks(dagId);
      return `${tasks.length} tasks in ${dagId}`;
    }),
    step("RunAccess", "Lists runs.", false, "DAG Runs", async (client) => {
      const instances = client
        .taskInstances({ page_limit: 1 }, () => undefined)
        .catch((thrown: unknown) => {
          throw explained(thrown, "Task Instances");
        });
      const [{ total }] = await Promise.all([client.runs({ page_limit: 1 }), instances]);
      return `${total} runs`;
    }),
    step("LineageAccess", "Lists datasets or assets.", false, "Datasets", async (client) => {
      const total = await client.datasetCount().catch((thrown: unknown) => {
        throw explained(thrown, client.version === "v1" ? "Datasets" : "Assets");
      });
      return `${total} datasets`;
    }),
  ];
}

async function firstDagOf(
  client: AirflowClient,
): Promise<{ readonly total: number; readonly dagId: string | undefined }> {
  const { rows, total } = await client.someDags(1);
  return { total, dagId: rows[0]?.dag_id };
}
