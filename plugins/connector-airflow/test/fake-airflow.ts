import { readFileSync } from "node:fs";
import { afterAll } from "@jest/globals";
import nock from "nock";
import type { Asked, FakeLogin } from "./fake-login.ts";

export type Row = Record<string, unknown>;
// Core modules are shared by the test files of one worker: what nock puts in there must not outlive a file.
afterAll(() => {
  nock.cleanAll();
  nock.enableNetConnect();
  nock.restore();
});

export type FakeVersion = "v1" | "v2";

/** A call as it came over any line; lower-case names of headers. */
interface Received {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

/** Answers in place of the server: status and body, or undefined for the usual answer. */
export type Rule = (asked: Asked) => { status: number; body?: unknown; headers?: Record<string, string> } | undefined;

const fixtureDirectories = { v1: "airflow-2.11.2", v2: "airflow-3.3.2" } as const;

/** An answer recorded from the real server of that version. */
export function fixture(version: FakeVersion, name: string): Row {
  const file = new URL(`fixtures/${fixtureDirectories[version]}/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Row;
}

function rowsOf(version: FakeVersion, name: string, key: string): Row[] {
  return fixture(version, name)[key] as Row[];
}

/** The REST API over rows in memory, through nock: paging with a cap, filters and orders as the real servers do them. */
export class FakeAirflow {
  readonly host: string;
  readonly version: FakeVersion;
  dags: Row[] = [];
  readonly tasks = new Map<string, Row[]>();
  runs: Row[] = [];
  instances: Row[] = [];
  datasets: Row[] = [];
  importErrors: Row[] = [];
  dagVersions: Row[] = [];
  source = "from airflow import DAG";
  pageCap = 100;
  token = "jwt-1";
  /** Absent: there is no login page, and the API takes everything. */
  login: FakeLogin | undefined;
  readonly rules: Rule[] = [];
  readonly asked: Asked[] = [];
  readonly #prefix: string;

  constructor(version: FakeVersion, host = "http://airflow.test:8080", prefix = "") {
    this.version = version;
    this.host = host;
    this.#prefix = prefix;
    const reply = async (request: Request): Promise<nock.ReplyFnResult> => {
      const headers = Object.fromEntries(request.headers);
      const { method, url } = request;
      const answer = this.respond({ method, url: new URL(url), headers, text: await request.text() });
      return [answer.status, answer.text, answer.headers];
    };
    nock(host).persist().get(/.*/u).reply(reply);
    nock(host).persist().post(/.*/u).reply(reply);
  }

  /** The answer to one call, however it came. */
  respond({ method, url, headers, text }: Received): { status: number; text: string; headers: Record<string, string> } {
    const asked: Asked = {
      method,
      path: url.pathname,
      query: url.searchParams,
      body: bodyOf(text, headers["content-type"]),
      authorization: headers["authorization"],
      cookie: headers["cookie"],
    };
    this.asked.push(asked);
    const ruled = this.rules.map((rule) => rule(asked)).find((answer) => answer !== undefined);
    if (ruled === undefined && this.login && asked.path === `${this.#prefix}/login/`) return this.login.answer(asked);
    const answer = ruled ?? this.#answer(asked);
    const type = { "content-type": "application/json" };
    return { status: answer.status, text: JSON.stringify(answer.body ?? {}), headers: { ...type, ...answer.headers } };
  }

  /** The DAGs, runs and datasets of the real server that the fixtures come from. */
  static recorded(version: FakeVersion): FakeAirflow {
    const airflow = new FakeAirflow(version);
    airflow.dags = rowsOf(version, "dags", "dags");
    for (const dag of airflow.dags)
      airflow.tasks.set(String(dag["dag_id"]), rowsOf(version, `tasks.${String(dag["dag_id"])}`, "tasks"));
    airflow.runs = rowsOf(version, "dag-runs", "dag_runs");
    airflow.instances = rowsOf(version, "task-instances", "task_instances");
    airflow.importErrors = rowsOf(version, "import-errors", "import_errors");
    airflow.datasets = version === "v1" ? rowsOf(version, "datasets", "datasets") : rowsOf(version, "assets", "assets");
    airflow.dagVersions = version === "v1" ? [] : rowsOf(version, "dag-versions", "dag_versions");
    return airflow;
  }

  /** `count` DAGs, each with `runs` finished runs of two tasks. */
  static many(version: FakeVersion, count: number, runs: number): FakeAirflow {
    const airflow = new FakeAirflow(version);
    const [dag] = rowsOf(version, "dags", "dags");
    const taskRows = rowsOf(version, "tasks.shop.odd-name_ncode", "tasks");
    const [run] = rowsOf(version, "dag-runs", "dag_runs");
    const [instance] = rowsOf(version, "task-instances", "task_instances");
    for (let at = 0; at < count; at += 1) {
      const id = `bulk_${String(at).padStart(4, "0")}`;
      airflow.dags.push({ ...dag, dag_id: id, dag_display_name: id, tags: [] });
      airflow.tasks.set(id, taskRows);
      if (version === "v2")
        airflow.dagVersions.push({ dag_id: id, version_number: 1, created_at: "2026-01-01T00:00:00Z" });
      for (let day = 1; day <= runs; day += 1) airflow.addRun(id, `run_${day}`, day, { ...run }, { ...instance });
    }
    return airflow;
  }

  /** A finished run of a DAG on a day of January. */
  addRun(dagId: string, runId: string, day: number, run: Row = {}, instance: Row = {}): void {
    const date = `2026-01-${String(day).padStart(2, "0")}T00:00:00Z`;
    const times = { execution_date: date, logical_date: date, run_after: date, start_date: date, end_date: date };
    const ids = { dag_id: dagId, dag_run_id: runId };
    this.runs.push({ ...run, ...times, ...ids, state: "success", dag_versions: [{ version_number: 1 }] });
    for (const task of this.tasks.get(dagId) ?? [])
      this.instances.push({
        ...instance,
        ...times,
        ...ids,
        task_id: task["task_id"],
        map_index: -1,
        state: "success",
        try_number: 1,
      });
  }

  /** Answers a path (below `/api/vN`) with a status from now on. */
  fail(path: RegExp, status: number, body: unknown = { detail: "no" }): void {
    this.rules.push((asked) => (path.test(asked.path) ? { status, body } : undefined));
  }

  count(path: RegExp): number {
    return this.asked.filter((one) => path.test(one.path)).length;
  }

  #answer(asked: Asked): { status: number; body?: unknown; headers?: Record<string, string> } {
    if (asked.path === `${this.#prefix}/auth/token` && this.version === "v2")
      return { status: 201, body: { access_token: this.token } };
    const base = `${this.#prefix}/api/${this.version}`;
    if (!asked.path.startsWith(`${base}/`)) return { status: 404, body: { detail: "Not found" } };
    const path = decodeURIComponent(asked.path.slice(base.length));
    if (path === "/version") return { status: 200, body: fixture(this.version, "version") };
    if (this.version === "v2" && asked.authorization !== `Bearer ${this.token}`)
      return { status: 401, body: { detail: "Not authenticated" } };
    if (this.login && !this.#isLoggedIn(asked, this.login)) return { status: 403, body: { detail: "Forbidden" } };
    return this.#read(path, asked) ?? { status: 404, body: { detail: "Not found" } };
  }

  #isLoggedIn({ authorization, cookie }: Asked, { password, sessions }: FakeLogin): boolean {
    const basic = `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`;
    return authorization === undefined ? sessions.has(cookie ?? "") : authorization === basic;
  }

  #read(path: string, asked: Asked): { status: number; body?: unknown } | undefined {
    const listing = (key: string, rows: Row[]) => ({ status: 200, body: this.#page(key, rows, asked) });
    if (path === "/dags") {
      const gone = asked.query.get("only_active") === "false" || asked.query.get("exclude_stale") === "false";
      return listing(
        "dags",
        gone ? this.dags : this.dags.filter((dag) => dag["is_active"] !== false && dag["is_stale"] !== true),
      );
    }
    if (path === "/importErrors") return listing("import_errors", this.importErrors);
    if (path === "/datasets" || path === "/assets") return listing(path.slice(1), this.datasets);
    if (path === "/dags/~/dagVersions") return listing("dag_versions", this.dagVersions.toReversed());
    if (path.startsWith("/dagSources/")) return { status: 200, body: { content: this.source } };
    if (path === "/dags/~/dagRuns/list") return this.#runs(asked);
    if (path === "/dags/~/dagRuns/~/taskInstances/list") {
      if (this.version === "v1" && "order_by" in asked.body) return { status: 400, body: { detail: "Unknown field." } };
      const rows = this.instances.filter(
        (row) => wanted(asked.body, "dag_ids", row["dag_id"]) && wanted(asked.body, "dag_run_ids", row["dag_run_id"]),
      );
      return listing("task_instances", rows);
    }
    const tasks = /^\/dags\/([^/]+)\/tasks$/u.exec(path)?.[1];
    if (tasks !== undefined) return { status: 200, body: { tasks: this.tasks.get(tasks) ?? [], total_entries: 0 } };
    const dag = this.dags.find((row) => path === `/dags/${String(row["dag_id"])}`);
    return dag ? { status: 200, body: dag } : undefined;
  }

  #runs(asked: Asked): { status: number; body: unknown } {
    const order = asked.body["order_by"];
    const field = typeof order === "string" ? order.replace(/^-/u, "") : undefined;
    const allowed =
      this.version === "v1" ? ["execution_date", "start_date"] : ["run_after", "logical_date", "start_date"];
    if (field !== undefined && !allowed.includes(field)) return { status: 400, body: { detail: "disallowed" } };
    const rows = this.runs.filter((row) => wanted(asked.body, "dag_ids", row["dag_id"]));
    if (field !== undefined) rows.sort((one, two) => String(two[field]).localeCompare(String(one[field])));
    return { status: 200, body: this.#page("dag_runs", rows, asked) };
  }

  #page(key: string, rows: Row[], { query, body }: Asked): Row {
    const offset = Number(query.get("offset") ?? body["page_offset"] ?? 0);
    const limit = Math.min(Number(query.get("limit") ?? body["page_limit"] ?? 100), this.pageCap);
    return { [key]: rows.slice(offset, offset + limit), total_entries: rows.length };
  }
}

function bodyOf(text: string, type: string | undefined): Row {
  if (type?.startsWith("application/x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(text));
  return text === "" ? {} : (JSON.parse(text) as Row);
}

function wanted(body: Row, key: string, value: unknown): boolean {
  const list = body[key];
  return !Array.isArray(list) || list.includes(value);
}
