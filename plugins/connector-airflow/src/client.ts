import { hash } from "node:crypto";
import { OmdError, type SourceContext } from "@omd/core";
import { isHttpError, offsetPages, type HttpClient, type HttpClientOptions, type PageObserver } from "@omd/http";
import { z } from "zod";
import { plainAuth, tokenAuth, type Credentials } from "./authentication.ts";
import { explained } from "./permissions.ts";
import { reachable } from "./reachability.ts";
import { SessionClient } from "./session-login.ts";
import * as shapes from "./shapes.ts";
import type { ApiVersion, DagRow, DagVersionRow, DatasetRow, ImportErrorRow, RunRow, TaskRow } from "./shapes.ts";

/** Rows that Airflow sends at most in one answer, unless its administrator chose otherwise. */
export const pageSize = 100;
const parallelPages = 8;

export interface ClientOptions {
  readonly hostPort: string;
  readonly apiVersion: "auto" | ApiVersion;
  readonly sessionLogin: "auto" | "never";
  readonly verifySSL: boolean;
  readonly credentials: Credentials;
}

export interface BatchPage<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}

/** What the reading of a listing goes on by. */
export interface PageCount {
  readonly received: number;
  readonly total: number;
}

export function countOf(page: BatchPage<unknown>): PageCount {
  return { received: page.rows.length, total: page.total };
}

/**
 * Reads `{[key]: rows, total_entries}`. Without a total one page would be taken for all, so it is required.
 * Rows that `isRow` knows are taken as they are; the schema says what is wrong with the others.
 */
function rowsUnder<Row>(
  key: string,
  row: z.ZodType<Row>,
  isRow?: (value: unknown) => value is Row,
): (value: unknown) => BatchPage<Row> {
  const total_entries = z.int().min(0);
  const known = isRow && z.object({ [key]: z.custom((all) => Array.isArray(all) && all.every(isRow)), total_entries });
  const parse = shapes.shaped(z.object({ [key]: z.array(row), total_entries }));
  return (value) => {
    const quick = known?.safeParse(value);
    const answer = (quick?.success === true ? quick.data : parse(value)) as { total_entries: number } & Record<
      string,
      unknown
    >;
    return { rows: answer[key] as readonly Row[], total: answer.total_entries };
  };
}

/** Made once: a schema is compiled when it is first used, and there are thousands of answers. */
const rowsOf = {
  dags: rowsUnder("dags", shapes.dagRow),
  runs: rowsUnder("dag_runs", shapes.runRow),
  taskInstances: rowsUnder("task_instances", shapes.taskInstanceRow, shapes.isTaskInstanceRow),
  datasets: rowsUnder("datasets", shapes.datasetRow),
  assets: rowsUnder("assets", shapes.datasetRow),
  importErrors: rowsUnder("import_errors", shapes.importErrorRow),
  dagVersions: rowsUnder("dag_versions", shapes.dagVersionRow),
};

/** Airflow's REST API in either version. Methods throw HttpErrors. */
export class AirflowClient {
  readonly version: ApiVersion;
  /** As the server tells it, for instance `2.11.2`. */
  readonly release: string;
  readonly #http: HttpClient;

  constructor(http: HttpClient, version: ApiVersion, release: string) {
    this.#http = http;
    this.version = version;
    this.release = release;
  }

  /** Finds the API version and logs in. Throws OMD_PERMISSION for refused credentials, OMD_CONNECTION when there is no Airflow API. */
  static async connect(
    options: ClientOptions,
    context: Pick<SourceContext, "http" | "secret" | "log">,
  ): Promise<AirflowClient> {
    const base: HttpClientOptions = {
      name: "airflow",
      baseUrl: options.hostPort.replace(/\/+$/u, ""),
      // Names a file; without it a replay could not ask for the same one.
      keepInRecordings: ["file_token"],
      ...(options.verifySSL ? {} : { tls: { verify: "ignore" } }),
    };
    try {
      const first = context.http({ ...base, auth: plainAuth(options.credentials) });
      const { version, release } = await detect(first, options.apiVersion);
      const { credentials, sessionLogin } = options;
      if (version === "v1") {
        const byForm = credentials.kind === "basic" && sessionLogin === "auto";
        const http = byForm ? new SessionClient(first, { base, ...credentials }, context) : first;
        return new AirflowClient(http, version, release);
      }
      const auth = await tokenAuth(credentials, context.http(base), context);
      return new AirflowClient(context.http({ ...base, auth }), version, release);
    } catch (thrown) {
      throw reachable(explained(thrown, "DAGs"));
    }
  }

  /** DAGs of the current DAG files; with `gone` those too whose file no longer has them. */
  dags(observer: PageObserver, gone = false): AsyncGenerator<readonly DagRow[]> {
    const active = this.version === "v1" ? { only_active: !gone } : { exclude_stale: !gone };
    return this.#pages("/dags", active, rowsOf.dags, { observer });
  }

  /** The first DAGs, to see whether they can be read. */
  someDags(limit: number): Promise<BatchPage<DagRow>> {
    return this.#http.json({ path: this.#path("/dags"), query: { limit } }, rowsOf.dags);
  }

  /** One DAG, or undefined when there is none of that id. */
  async dag(dagId: string): Promise<DagRow | undefined> {
    try {
      return await this.#http.json(
        { path: this.#path(`/dags/${encodeURIComponent(dagId)}`) },
        shapes.shaped(shapes.dagRow),
      );
    } catch (thrown) {
      if (isHttpError(thrown) && thrown.status === 404) return undefined;
      throw thrown;
    }
  }

  /** All tasks of one DAG. */
  async tasks(dagId: string): Promise<readonly TaskRow[]> {
    const path = this.#path(`/dags/${encodeURIComponent(dagId)}/tasks`);
    const answer = await this.#http.json({ path }, shapes.shaped(shapes.tasksAnswer));
    return answer.tasks;
  }

  /** Runs of many DAGs. `order` is a field of the API's own version, or undefined. */
  runs(body: Readonly<Record<string, unknown>>): Promise<BatchPage<RunRow>> {
    return this.#batch("/dags/~/dagRuns/list", body, rowsOf.runs);
  }

  /**
   * Task instances of many runs, given to `take` and then forgotten. A promise that waited for the call is old for V8, and what it would carry
   * would be kept until the next full collection.
   */
  taskInstances(
    body: Readonly<Record<string, unknown>>,
    take: (rows: readonly shapes.TaskInstanceRow[]) => void,
  ): Promise<PageCount> {
    return this.#batch("/dags/~/dagRuns/~/taskInstances/list", body, (value) => {
      const page = rowsOf.taskInstances(value);
      take(page.rows);
      return countOf(page);
    });
  }

  /** Datasets (v1) or assets (v2). */
  datasets(observer: PageObserver): AsyncGenerator<readonly DatasetRow[]> {
    const name = this.#datasetsName();
    return this.#pages(`/${name}`, {}, rowsOf[name], { observer });
  }

  async datasetCount(): Promise<number> {
    const name = this.#datasetsName();
    const request = { path: this.#path(`/${name}`), query: { limit: 1 } };
    return (await this.#http.json(request, rowsOf[name])).total;
  }

  importErrors(observer: PageObserver): AsyncGenerator<readonly ImportErrorRow[]> {
    return this.#pages("/importErrors", {}, rowsOf.importErrors, { observer });
  }

  /** v2 only: versions of all DAGs, newest first (their ids are UUIDs of version 7). */
  dagVersions(parallel: number): AsyncGenerator<readonly DagVersionRow[]> {
    return this.#pages("/dags/~/dagVersions", { order_by: "-id" }, rowsOf.dagVersions, { parallel });
  }

  /** Hash of the source of the file that a DAG is in; undefined when the API cannot give it. */
  async sourceHash(dag: Pick<DagRow, "dag_id" | "file_token">): Promise<string | undefined> {
    const key = this.version === "v1" ? dag.file_token : dag.dag_id;
    if (key === undefined || key === null) return undefined;
    const path = this.#path(`/dagSources/${encodeURIComponent(key)}`);
    const request = { path, headers: { accept: "application/json" } };
    const { content } = await this.#http.json(request, shapes.shaped(shapes.sourceAnswer));
    return content === undefined || content === null ? undefined : hash("sha1", content, "base64url");
  }

  #datasetsName(): "datasets" | "assets" {
    return this.version === "v1" ? "datasets" : "assets";
  }

  #path(path: string): string {
    return `/api/${this.version}${path}`;
  }

  #pages<Row>(
    path: string,
    query: Readonly<Record<string, string | number | boolean>>,
    parse: (value: unknown) => BatchPage<Row>,
    options: { readonly observer?: PageObserver; readonly parallel?: number },
  ): AsyncGenerator<readonly Row[]> {
    return offsetPages(this.#http, {
      request: (offset, limit) => ({ path: this.#path(path), query: { ...query, limit, offset } }),
      parse,
      limit: pageSize,
      parallel: parallelPages,
      ...options,
    });
  }

  #batch<Answer>(
    path: string,
    json: Readonly<Record<string, unknown>>,
    parse: (value: unknown) => Answer,
  ): Promise<Answer> {
    return this.#http.json({ method: "POST", path: this.#path(path), json, idempotent: true }, parse);
  }
}

async function detect(
  http: HttpClient,
  wanted: "auto" | ApiVersion,
): Promise<{ version: ApiVersion; release: string }> {
  const candidates: readonly ApiVersion[] = wanted === "auto" ? ["v2", "v1"] : [wanted];
  const seen: string[] = [];
  for (const version of candidates) {
    try {
      const answer = await http.json({ path: `/api/${version}/version` }, shapes.shaped(shapes.versionAnswer));
      return { version, release: answer.version };
    } catch (thrown) {
      // Refused credentials, an unreachable host or an overload say nothing about the version.
      if (!isHttpError(thrown) || !saysOtherVersion(thrown)) throw thrown;
      seen.push(`/api/${version}/version: ${thrown.message}`);
    }
  }
  throw new OmdError("OMD_CONNECTION", `no Airflow REST API at ${http.baseUrl}: ${seen.join("; ")}`, {
    hint: "hostPort must be the address of Airflow's web server, with the path it is served under; check apiVersion.",
  });
}

function saysOtherVersion(error: { readonly code: string; readonly status: number | undefined }): boolean {
  return error.status === 404 || error.status === 405 || error.code === "ERR_NOT_JSON" || error.code === "ERR_SHAPE";
}
