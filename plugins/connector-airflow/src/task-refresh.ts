import type { SourceContext } from "@omd/core";
import type { AirflowClient } from "./client.ts";
import type { AirflowConnection } from "./config.ts";
import { readDagVersions, type DagVersions } from "./dag-versions.ts";
import { inParallel } from "./parallel.ts";
import { endsRun, explained } from "./permissions.ts";
import { earliestSince, rememberedTasks, rowHash, type TaskMemory } from "./remembered.ts";
import type { DagRow, RunRow } from "./shapes.ts";

const hourMs = 3_600_000;
/** Sources are worth reading when files hold at least this many DAGs on average. */
const dagsPerFile = 4;

/** What was found out about a DAG before its tasks are read; becomes its memory once they are. */
export type TaskEvidence = Omit<TaskMemory, "tasks">;

/** What a DAG's source is asked for by. */
type SourceKeys = Pick<DagRow, "dag_id" | "file_token">;

/** Decides which DAGs' tasks must be read again. */
export class TaskRefresh {
  readonly #client: AirflowClient;
  readonly #context: SourceContext;
  readonly #connection: Pick<AirflowConnection, "taskRefresh" | "taskMaxAgeHours">;
  readonly #settings: string;
  readonly #sources = new Map<string, Promise<string | undefined>>();
  readonly #firstOfFile = new Map<string, SourceKeys>();
  #sourcesRefused = false;
  #versions: Promise<DagVersions | undefined> | undefined;

  /** `settings` stands for whatever else the mapping depends on. */
  constructor(
    client: AirflowClient,
    context: SourceContext,
    connection: Pick<AirflowConnection, "taskRefresh" | "taskMaxAgeHours">,
    settings: string,
  ) {
    this.#client = client;
    this.#context = context;
    this.#connection = connection;
    this.#settings = settings;
  }

  /** Begins to read what {@link TaskRefresh.gather} will need; what goes wrong comes out there. `dagCount`: DAGs of the server. */
  begin(dagCount: number): void {
    if (this.#connection.taskRefresh !== "always") this.#dagVersions(dagCount).catch(() => undefined);
  }

  /** Evidence for each DAG of a unit; to be gathered before any of their tasks are read, so that a change in between is seen the next time. */
  async gather(
    dags: readonly DagRow[],
    runs: ReadonlyMap<string, readonly RunRow[]>,
    dagCount: number,
  ): Promise<Map<string, TaskEvidence>> {
    const evidence = new Map<string, TaskEvidence>();
    if (this.#connection.taskRefresh === "always") return evidence;
    const versions = await this.#dagVersions(dagCount);
    for (const dag of dags) {
      const row = rowHash(dag, this.#settings);
      const basic = { row, at: Date.now() };
      evidence.set(dag.dag_id, versions ? this.#withVersion(dag, basic, versions, runs.get(dag.dag_id) ?? []) : basic);
    }
    const unproven = dags.filter((dag) => evidence.get(dag.dag_id)?.ran !== true);
    await this.#addSources(unproven, Math.floor(dags.length / dagsPerFile), evidence);
    return evidence;
  }

  /** What is remembered of a DAG's tasks if it still holds, else undefined. */
  unchanged(
    dagId: string,
    evidence: TaskEvidence | undefined,
    versions: DagVersions | undefined,
  ): TaskMemory | undefined {
    const memory = rememberedTasks(this.#context.marks, dagId);
    if (memory === undefined || evidence === undefined || memory.row !== evidence.row) return undefined;
    if (Date.now() - memory.at >= this.#connection.taskMaxAgeHours * hourMs) return undefined;
    const bySource = memory.source !== undefined && memory.source === evidence.source;
    return bySource || (versions !== undefined && hasNoNewVersion(dagId, memory, versions)) ? memory : undefined;
  }

  /** To be told of DAGs in the order of the list: a file's source is asked for by its first DAG, so that equal runs make equal calls. */
  note(dags: readonly DagRow[]): void {
    for (const dag of dags) {
      const file = fileOf(dag);
      if (file !== undefined && !this.#firstOfFile.has(file)) this.#firstOfFile.set(file, keysOf(dag));
    }
  }

  /** The list of versions, once read; undefined in v1 and when it could not be read. */
  versions(): Promise<DagVersions | undefined> {
    return this.#versions ?? Promise.resolve(undefined);
  }

  #dagVersions(dagCount: number): Promise<DagVersions | undefined> {
    if (this.#client.version === "v1") return Promise.resolve(undefined);
    this.#versions ??= readDagVersions(this.#client, dagCount, earliestSince(this.#context.marks)).catch(
      (thrown: unknown) => {
        if (endsRun(thrown)) throw explained(thrown, "DAGs");
        this.#context.log.debug(`DAG versions cannot be read, tasks are compared by source: ${String(thrown)}`);
        return undefined;
      },
    );
    return this.#versions;
  }

  #withVersion(
    dag: DagRow,
    basic: { row: string; at: number },
    versions: DagVersions,
    runs: readonly RunRow[],
  ): TaskEvidence {
    const memory = rememberedTasks(this.#context.marks, dag.dag_id);
    const number = versions.newest(dag.dag_id)?.number ?? memory?.version;
    if (number === undefined) return { ...basic, since: versions.since };
    const ranNow = runs.some((run) => (run.dag_versions ?? []).some((one) => one.version_number >= number));
    const ran = ranNow || (memory?.ran === true && memory.version === number);
    return { ...basic, since: versions.since, version: number, ran };
  }

  /** Adds the hash of the DAG file's source, if there are few files to read. */
  async #addSources(dags: readonly DagRow[], mostFiles: number, evidence: Map<string, TaskEvidence>): Promise<void> {
    const files = new Map<string, SourceKeys>();
    for (const dag of dags) {
      const file = fileOf(dag);
      if (file !== undefined && !files.has(file)) files.set(file, this.#firstOfFile.get(file) ?? dag);
    }
    const unread = [...files].filter(([file]) => !this.#sources.has(file));
    if (!this.#sourcesRefused && unread.length <= mostFiles)
      await inParallel(unread, 8, async ([file, dag]) => {
        const reading = this.#sourceHash(dag);
        this.#sources.set(file, reading);
        await reading;
      });
    for (const dag of dags) {
      const source = await this.#sources.get(fileOf(dag) ?? "");
      const known = evidence.get(dag.dag_id);
      if (source !== undefined && known !== undefined) evidence.set(dag.dag_id, { ...known, source });
    }
  }

  async #sourceHash(dag: SourceKeys): Promise<string | undefined> {
    try {
      return await this.#client.sourceHash(dag);
    } catch (thrown) {
      if (endsRun(thrown)) throw explained(thrown, "DAG Code");
      this.#sourcesRefused = true;
      this.#context.log.debug(`sources of DAG files cannot be read, tasks are read in every run: ${String(thrown)}`);
      return undefined;
    }
  }
}

function hasNoNewVersion(dagId: string, memory: TaskMemory, versions: DagVersions): boolean {
  if (memory.ran !== true || memory.since === undefined || !versions.covers(memory.since)) return false;
  const newest = versions.newest(dagId);
  return newest === undefined || newest.number === memory.version || newest.createdMs <= memory.since;
}

/** Not the whole row: one of each file is kept to the end of the run. */
function keysOf({ dag_id, file_token }: DagRow): SourceKeys {
  return { dag_id, file_token };
}

function fileOf(dag: DagRow): string | undefined {
  const file = dag.relative_fileloc ?? dag.fileloc;
  return file === null || file === undefined ? undefined : `${dag.bundle_name ?? ""}\n${file}`;
}
