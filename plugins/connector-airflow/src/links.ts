import type { ApiVersion } from "./shapes.ts";

/** Pages of Airflow's web server. Ids are percent-encoded. */
export interface Links {
  dag(dagId: string): string;
  task(dagId: string, taskId: string): string;
  /** The log of a task in a run; of a mapped task, the list of its instances. */
  log(dagId: string, runId: string, taskId: string, mapped: boolean): string;
}

/** Airflow 2 and 3 have other routes; `hostPort` may end in a slash. */
export function linksOf(hostPort: string, version: ApiVersion): Links {
  const host = hostPort.replace(/\/+$/u, "");
  const of = encodeURIComponent;
  if (version === "v1")
    return {
      dag: (dagId) => `${host}/dags/${of(dagId)}/grid`,
      task: (dagId, taskId) => `${host}/taskinstance/list/?_flt_3_dag_id=${of(dagId)}&_flt_3_task_id=${of(taskId)}`,
      log: (dagId, runId, taskId, mapped) =>
        `${host}/dags/${of(dagId)}/grid?dag_run_id=${of(runId)}&task_id=${of(taskId)}&tab=${mapped ? "mapped_tasks" : "logs"}`,
    };
  return {
    dag: (dagId) => `${host}/dags/${of(dagId)}`,
    task: (dagId, taskId) => `${host}/dags/${of(dagId)}/tasks/${of(taskId)}`,
    log: (dagId, runId, taskId, mapped) =>
      `${host}/dags/${of(dagId)}/runs/${of(runId)}/tasks/${of(taskId)}${mapped ? "/mapped" : ""}`,
  };
}
