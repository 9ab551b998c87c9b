import type { ApiVersion } from "./shapes.ts";

/** Pages of Airflow's web server. Ids are percent-encoded. */
export interface Links {
  dag(dagId: string): string;
  task(dagId: string, taskId: string): string;
  /** The logs of the tasks of a run. */
  logs(dagId: string, runId: string): LogLink;
}

/** The log of one task; of a mapped task, the list of its instances. */
export type LogLink = (taskId: string, mapped: boolean) => string;

/** Airflow 2 and 3 have other routes; `hostPort` may end in a slash. */
export function linksOf(hostPort: string, version: ApiVersion): Links {
  const host = hostPort.replace(/\/+$/u, "");
  const of = encodeURIComponent;
  if (version === "v1")
    return {
      dag: (dagId) => `${host}/dags/${of(dagId)}/grid`,
      task: (dagId, taskId) => `${host}/taskinstance/list/?_flt_3_dag_id=${of(dagId)}&_flt_3_task_id=${of(taskId)}`,
      logs: (dagId, runId) => {
        const run = `${host}/dags/${of(dagId)}/grid?dag_run_id=${of(runId)}`;
        return (taskId, mapped) => `${run}&task_id=${of(taskId)}&tab=${mapped ? "mapped_tasks" : "logs"}`;
      },
    };
  return {
    dag: (dagId) => `${host}/dags/${of(dagId)}`,
    task: (dagId, taskId) => `${host}/dags/${of(dagId)}/tasks/${of(taskId)}`,
    logs: (dagId, runId) => {
      const run = `${host}/dags/${of(dagId)}/runs/${of(runId)}`;
      return (taskId, mapped) => `${run}/tasks/${of(taskId)}${mapped ? "/mapped" : ""}`;
    },
  };
}
