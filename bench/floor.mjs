/**
 * The floor: the fewest requests that carry the same data from Airflow to OpenMetadata, and the least work on it. No checks, no retries, no ledger,
 * no deletes. 16 sockets to each side. node bench/floor.mjs --source URL --sink URL
 */
import { Agent, request as open } from "node:http";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: { source: { type: "string" }, sink: { type: "string" }, sockets: { type: "string", default: "16" } },
});
const sockets = Number(values.sockets);
const pageSize = 100;
const service = "floor";
const agents = {
  source: new Agent({ keepAlive: true, maxSockets: sockets }),
  sink: new Agent({ keepAlive: true, maxSockets: sockets }),
};
let token = "";
let calls = 0;

function call(side, method, path, body) {
  calls += 1;
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const headers = { authorization: `Bearer ${token}` };
    if (payload !== undefined)
      Object.assign(headers, { "content-type": "application/json", "content-length": payload.length });
    const outgoing = open(values[side] + path, { method, headers, agent: agents[side] }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        const text = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
        if (answer.statusCode >= 300) reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
        else resolve(text.length === 0 ? undefined : JSON.parse(text));
      });
    });
    outgoing.on("error", reject);
    outgoing.end(payload);
  });
}

/** The first page, then all others at once; the agent's sockets are the limit. */
async function everyPage(fetchPage, key) {
  const first = await fetchPage(0);
  const offsets = [];
  for (let at = first[key].length; at < first.total_entries; at += pageSize) offsets.push(at);
  const pages = await Promise.all(offsets.map(fetchPage));
  return [first, ...pages].flatMap((one) => one[key]);
}

const post = (path, body) => call("source", "POST", `/api/v2${path}`, body);
const status = (state) => (state === "success" ? "Successful" : state === "failed" ? "Failed" : "Pending");

async function statuses(dags) {
  const dagIds = dags.map((dag) => dag.dag_id);
  const selection = (at) => ({ dag_ids: dagIds, page_offset: at, page_limit: pageSize });
  const [runs, instances] = await Promise.all([
    everyPage((at) => post("/dags/~/dagRuns/list", { ...selection(at), order_by: "-run_after" }), "dag_runs"),
    everyPage((at) => post("/dags/~/dagRuns/~/taskInstances/list", selection(at)), "task_instances"),
  ]);
  const byDag = new Map(dagIds.map((id) => [id, []]));
  const byRun = new Map();
  for (const run of runs) {
    const taskStatus = [];
    byDag
      .get(run.dag_id)
      .push({ timestamp: Date.parse(run.logical_date), executionStatus: status(run.state), taskStatus });
    byRun.set(`${run.dag_id}\n${run.dag_run_id}`, taskStatus);
  }
  for (const one of instances) {
    byRun.get(`${one.dag_id}\n${one.dag_run_id}`)?.push({
      name: one.task_id,
      executionStatus: status(one.state),
      startTime: Date.parse(one.start_date),
      endTime: Date.parse(one.end_date),
    });
  }
  return byDag;
}

const ids = new Map();
const tags = new Map();

/** Each tag once. */
function writeTags(list) {
  return Promise.all(
    list.map(({ name }) => {
      const known = tags.get(name);
      if (known !== undefined) return known;
      const written = call("sink", "PUT", "/api/v1/tags", { name, description: name, classification: "AirflowTags" });
      tags.set(name, written);
      return written;
    }),
  );
}

async function pipeline(dag) {
  const { tasks } = await call("source", "GET", `/api/v2/dags/${dag.dag_id}/tasks`);
  await writeTags(dag.tags);
  const { id } = await call("sink", "PUT", "/api/v1/pipelines", {
    name: dag.dag_id,
    displayName: dag.dag_display_name,
    description: dag.description,
    service,
    scheduleInterval: dag.timetable_summary,
    sourceUrl: `${values.source}/dags/${dag.dag_id}`,
    tags: dag.tags.map((tag) => ({
      tagFQN: `AirflowTags.${tag.name}`,
      source: "Classification",
      labelType: "Automated",
      state: "Suggested",
    })),
    tasks: tasks.map((task) => ({
      name: task.task_id,
      displayName: task.task_display_name,
      taskType: task.class_ref.class_name,
      downstreamTasks: task.downstream_task_ids,
      sourceUrl: `${values.source}/dags/${dag.dag_id}/tasks/${task.task_id}`,
    })),
  });
  ids.set(dag.dag_id, id);
}

/** One edge for each asset that one DAG writes and another one starts by. */
async function writeLineage() {
  const assets = await everyPage(
    (at) => call("source", "GET", `/api/v2/assets?limit=${pageSize}&offset=${at}`),
    "assets",
  );
  const reference = (dag) => ({ id: ids.get(dag), type: "pipeline" });
  const edges = assets.flatMap((asset) =>
    asset.producing_tasks.flatMap((from) => asset.scheduled_dags.map((to) => [from.dag_id, to.dag_id])),
  );
  const write = ([from, to]) =>
    call("sink", "PUT", "/api/v1/lineage", {
      edge: { fromEntity: reference(from), toEntity: reference(to), lineageDetails: { source: "PipelineLineage" } },
    });
  await Promise.all(edges.map(write));
}

async function group(dags) {
  const [byDag] = await Promise.all([statuses(dags), ...dags.map(pipeline)]);
  const write = ([id, list]) => call("sink", "PUT", `/api/v1/pipelines/${service}.${id}/status/bulk`, list);
  await Promise.all([...byDag].filter(([, list]) => list.length > 0).map(write));
}

const started = performance.now();
token = (await call("source", "POST", "/auth/token", { username: "bench", password: "bench" })).access_token;
await call("sink", "PUT", "/api/v1/services/pipelineServices", { name: service, serviceType: "Airflow" });
await call("sink", "PUT", "/api/v1/classifications", { name: "AirflowTags", description: "Tags of Airflow" });
const dags = await everyPage((at) => call("source", "GET", `/api/v2/dags?limit=${pageSize}&offset=${at}`), "dags");
// Groups of ten DAGs, four at a time: memory stays flat, the sockets stay busy.
const groups = Array.from({ length: Math.ceil(dags.length / 10) }, (_, at) => dags.slice(at * 10, at * 10 + 10));
await Promise.all(
  Array.from({ length: 4 }, async () => {
    for (let next = groups.shift(); next !== undefined; next = groups.shift()) await group(next);
  }),
);
await writeLineage();
process.stdout.write(`${JSON.stringify({ calls, ms: Math.round(performance.now() - started) })}\n`);
agents.source.destroy();
agents.sink.destroy();
