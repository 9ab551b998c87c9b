/**
 * An Airflow that costs next to nothing: what is measured before it is the client, not the server. It answers in the shapes of 2.11 (/api/v1)
 * and 3.3 (/api/v2), pages of at most 100 rows, from texts made once.
 * node bench/airflow-standin.mjs --dags 1000 --tasks 20 --runs 10 --latency 0 --api v2|v1|both --port 0
 */
import { numbers, serve } from "./local-http.mjs";

const options = numbers({ dags: 1000, tasks: 20, runs: 10, latency: 0, api: "v2", port: 0 });
const cap = 100;
const pad = (number, width = 2) => String(number).padStart(width, "0");
const dagIds = Array.from({ length: options.dags }, (_, n) => `dag_${pad(n, 5)}`);
const numberOf = new Map(dagIds.map((id, n) => [id, n]));
const runTime = (run) => Date.UTC(2026, 0, 1) + run * 3_600_000;
const runIds = Array.from({ length: options.runs }, (_, run) => `scheduled__${new Date(runTime(run)).toISOString()}`);
const runNumber = new Map(runIds.map((id, n) => [id, n]));
const dagFile = (n) => `team_${pad(n % 50)}/pipelines_${pad(n, 5)}.py`;

function dagRow(id, n, v2) {
  const tags = ["bench", `team-${n % 7}`].map((name) => (v2 ? { name, dag_id: id, dag_display_name: id } : { name }));
  const both = {
    dag_id: id,
    dag_display_name: id,
    description: `Loads the data of shop ${n}`,
    fileloc: `/opt/airflow/dags/${dagFile(n)}`,
    file_token: `token.${n}`,
    has_import_errors: false,
    has_task_concurrency_limits: false,
    is_paused: false,
    last_parsed_time: "2026-01-01T00:00:00Z",
    max_active_runs: 16,
    max_active_tasks: 16,
    max_consecutive_failed_dag_runs: 0,
    owners: [`owner-${n % 7}`],
    tags,
    timetable_description: "At 04:15",
  };
  return JSON.stringify(
    v2
      ? {
          ...both,
          is_stale: false,
          bundle_name: "dags-folder",
          bundle_version: null,
          relative_fileloc: dagFile(n),
          timetable_summary: "15 4 * * *",
        }
      : {
          ...both,
          is_active: true,
          is_subdag: false,
          schedule_interval: { __type: "CronExpression", value: "15 4 * * *" },
        },
  );
}

function taskRow(task) {
  return {
    class_ref: { class_name: "BashOperator", module_path: "airflow.operators.bash" },
    depends_on_past: false,
    doc_md: null,
    downstream_task_ids: task + 1 < options.tasks ? [`group.task_${pad(task + 1)}`] : [],
    end_date: null,
    execution_timeout: null,
    extra_links: [],
    is_mapped: false,
    operator_name: "BashOperator",
    owner: "airflow",
    params: {},
    pool: "default_pool",
    pool_slots: 1,
    priority_weight: 1,
    queue: "default",
    retries: 0,
    retry_delay: { __type: "TimeDelta", days: 0, microseconds: 0, seconds: 300 },
    retry_exponential_backoff: false,
    start_date: "2026-01-01T00:00:00+00:00",
    task_display_name: `group.task_${pad(task)}`,
    task_id: `group.task_${pad(task)}`,
    template_fields: ["bash_command", "env"],
    trigger_rule: "all_success",
    ui_color: "#f0ede4",
    ui_fgcolor: "#000",
    wait_for_downstream: false,
    weight_rule: "downstream",
  };
}

/** The part of a run's row behind its DAG id. */
function runRest(run, v2) {
  const at = new Date(runTime(run)).toISOString();
  const row = {
    conf: {},
    dag_run_id: runIds[run],
    data_interval_end: at,
    data_interval_start: at,
    start_date: at,
    end_date: new Date(runTime(run) + 60_000).toISOString(),
    last_scheduling_decision: at,
    logical_date: at,
    note: null,
    run_type: "scheduled",
    state: run % 5 === 4 ? "failed" : "success",
  };
  const more = v2
    ? { run_after: at, dag_versions: [{ version_number: 1 }], triggered_by: "timetable" }
    : { execution_date: at, external_trigger: false };
  return JSON.stringify({ ...row, ...more }).slice(1);
}

/** The part of a task instance's row behind its DAG id. */
function instanceRest(run, task, v2) {
  const start = runTime(run) + task * 2000;
  const row = {
    dag_run_id: runIds[run],
    duration: 1.5,
    start_date: new Date(start).toISOString(),
    end_date: new Date(start + 1500).toISOString(),
    executor: null,
    executor_config: "{}",
    hostname: "worker-1",
    logical_date: new Date(runTime(run)).toISOString(),
    map_index: -1,
    max_tries: 0,
    note: null,
    operator: "BashOperator",
    pid: 4711,
    pool: "default_pool",
    pool_slots: 1,
    priority_weight: 1,
    queue: "default",
    queued_when: new Date(start - 500).toISOString(),
    rendered_fields: { bash_command: "echo hello", env: null, cwd: null },
    rendered_map_index: null,
    state: run % 5 === 4 && task === options.tasks - 1 ? "failed" : "success",
    task_display_name: `group.task_${pad(task)}`,
    task_id: `group.task_${pad(task)}`,
    trigger: null,
    triggerer_job: null,
    try_number: 1,
    unixname: "airflow",
  };
  return JSON.stringify(v2 ? { ...row, dag_version: { version_number: 1 } } : row).slice(1);
}

const tasksAnswer = Buffer.from(
  JSON.stringify({
    tasks: Array.from({ length: options.tasks }, (_, task) => taskRow(task)),
    total_entries: options.tasks,
  }),
);
const versions = Object.fromEntries(
  ["v1", "v2"].map((api) => [
    api,
    {
      dags: dagIds.map((id, n) => dagRow(id, n, api === "v2")),
      runs: runIds.map((_, run) => runRest(run, api === "v2")),
      instances: runIds.map((_, run) =>
        Array.from({ length: options.tasks }, (_unused, task) => instanceRest(run, task, api === "v2")),
      ),
    },
  ]),
);

function page(key, total, offset, limit, row) {
  const rows = [];
  const size = Math.min(Number(limit ?? cap), cap);
  for (let at = Number(offset ?? 0); at < total && rows.length < size; at += 1) rows.push(row(at));
  return [200, `{"${key}":[${rows.join(",")}],"total_entries":${total}}`];
}

function listed(ids, numbersById, all) {
  if (!Array.isArray(ids) || ids.length === 0) return all;
  return ids.flatMap((id) => numbersById.get(id) ?? []);
}
const everyDag = dagIds.map((_, n) => n);
const everyRun = runIds.map((_, n) => n);

/** Newest runs first, whatever order is asked for. */
function dagRuns(api, body) {
  const wanted = body === undefined || body.length === 0 ? {} : JSON.parse(body);
  const dags = listed(wanted.dag_ids, numberOf, everyDag);
  return page("dag_runs", dags.length * options.runs, wanted.page_offset, wanted.page_limit, (at) => {
    const run = options.runs - 1 - Math.floor(at / dags.length);
    return `{"dag_id":"${dagIds[dags[at % dags.length]]}",${versions[api].runs[run]}`;
  });
}

function taskInstances(api, body) {
  const wanted = body === undefined || body.length === 0 ? {} : JSON.parse(body);
  const dags = listed(wanted.dag_ids, numberOf, everyDag);
  const runs = listed(wanted.dag_run_ids, runNumber, everyRun);
  const perDag = runs.length * options.tasks;
  return page("task_instances", dags.length * perDag, wanted.page_offset, wanted.page_limit, (at) => {
    const within = at % perDag;
    const rest = versions[api].instances[runs[Math.floor(within / options.tasks)]][within % options.tasks];
    return `{"dag_id":"${dagIds[dags[Math.floor(at / perDag)]]}",${rest}`;
  });
}

const datasets = Math.floor(options.dags / 10);
/** Each tenth DAG writes what the next one reads. */
function dataset(n) {
  const [from, to] = [dagIds[n * 10], dagIds[n * 10 + 1] ?? dagIds[0]];
  return JSON.stringify({
    id: n + 1,
    name: `s3://lake/bench/${n}.parquet`,
    uri: `s3://lake/bench/${n}.parquet`,
    producing_tasks: [{ dag_id: from, task_id: "group.task_00" }],
    consuming_dags: [{ dag_id: to }],
    scheduled_dags: [{ dag_id: to }],
    consuming_tasks: [],
  });
}

function dagVersion(n) {
  const id = dagIds[options.dags - 1 - n];
  return JSON.stringify({
    id: `01a1fc4d-5182-7869-b05d-${pad(n, 12)}`,
    version_number: 1,
    dag_id: id,
    created_at: "2026-01-01T00:00:00Z",
  });
}

const notFound = [404, '{"title":"Not Found","status":404,"detail":"Not Found"}'];

function answer(method, url, body) {
  if (url.pathname === "/auth/token")
    return options.api === "v1" ? notFound : [201, '{"access_token":"bench.token.only"}'];
  const match = /^\/api\/(v1|v2)\/(.*)$/u.exec(url.pathname);
  if (match === null || (options.api !== "both" && options.api !== match[1])) return notFound;
  const [, api, path] = match;
  const query = (name) => url.searchParams.get(name) ?? undefined;
  const listing = (key, total, row) => page(key, total, query("offset"), query("limit"), row);
  if (path === "dags") return listing("dags", options.dags, (at) => versions[api].dags[at]);
  if (path === "dags/~/dagRuns/list") return dagRuns(api, body);
  if (path === "dags/~/dagRuns/~/taskInstances/list") return taskInstances(api, body);
  if (path === "dags/~/dagVersions") return api === "v2" ? listing("dag_versions", options.dags, dagVersion) : notFound;
  if (path === (api === "v1" ? "datasets" : "assets")) return listing(path, datasets, dataset);
  if (path === "importErrors") return listing("import_errors", 0, () => "");
  if (path === "version") return [200, `{"version":"${api === "v1" ? "2.11.2" : "3.3.2"}","git_version":null}`];
  if (path.startsWith("dagSources/")) return [200, JSON.stringify({ content: `# ${path}\n` })];
  const [, dagId, tasks] = /^dags\/([^/]+)(\/tasks)?$/u.exec(path) ?? [];
  const number = dagId === undefined ? undefined : numberOf.get(decodeURIComponent(dagId));
  if (number === undefined) return notFound;
  return [200, tasks === undefined ? versions[api].dags[number] : tasksAnswer];
}

serve({
  ...options,
  answer,
  kindOf: (path) =>
    path
      .replace(/^\/api\/v\d/u, "")
      .replace(/dags\/dag_\d+/u, "dags/{id}")
      .replace(/dagSources\/.*/u, "dagSources/{id}"),
});
