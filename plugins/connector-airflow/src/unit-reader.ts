import type { SourceContext } from "@omd/core";
import type { FQN } from "@omd/schema";
import type { AirflowClient } from "./client.ts";
import type { AirflowConnection } from "./config.ts";
import { inParallel } from "./parallel.ts";
import { endsRun, explained } from "./permissions.ts";
import { fingerprintOf, rememberedRuns, type RunMemory, type TaskMemory } from "./remembered.ts";
import { RunReader } from "./runs.ts";
import type { Scopes } from "./scopes.ts";
import type { DagRow, RunRow, TaskRow } from "./shapes.ts";
import { isFinished } from "./status-mapping.ts";
import { runKey, TaskInstanceReader, type RunInstances } from "./task-instances.ts";
import type { TaskEvidence, TaskRefresh } from "./task-refresh.ts";

const parallelTasks = 12;

/** The tasks of one DAG: read now, known from before, or not to be had. */
export type DagTasks =
  | { readonly kind: "read"; readonly rows: readonly TaskRow[]; readonly evidence: TaskEvidence | undefined }
  | { readonly kind: "remembered"; readonly memory: TaskMemory }
  | { readonly kind: "failed"; readonly error: unknown };

/** All that was read of one DAG. */
export interface DagReading {
  readonly dag: DagRow;
  readonly fqn: FQN;
  readonly tasks: DagTasks;
  /** The catalog has its pipeline: what was written of it is still there. */
  readonly isKnown: boolean;
  /** The newest runs; undefined when they could not be read. */
  readonly runs: readonly RunRow[] | undefined;
  /** Runs that the catalog has in this form already. */
  readonly written: ReadonlyMap<string, RunMemory>;
  /** Task instances of the other runs, by {@link runKey}. */
  readonly instances: ReadonlyMap<string, RunInstances>;
}

export interface ListedDag {
  readonly dag: DagRow;
  readonly fqn: FQN;
}

/** Reads a unit of DAGs: runs, tasks and task instances, as few calls as the API allows. */
export class UnitReader {
  readonly #client: AirflowClient;
  readonly #context: SourceContext;
  readonly #scopes: Scopes;
  readonly #refresh: TaskRefresh;
  readonly #runs: RunReader | undefined;
  readonly #instances: TaskInstanceReader;
  #runsRefused = false;

  constructor(
    client: AirflowClient,
    context: SourceContext,
    scopes: Scopes,
    refresh: TaskRefresh,
    connection: Pick<AirflowConnection, "numberOfStatus">,
  ) {
    this.#client = client;
    this.#context = context;
    this.#scopes = scopes;
    this.#refresh = refresh;
    this.#runs = connection.numberOfStatus > 0 ? new RunReader(client, connection.numberOfStatus) : undefined;
    this.#instances = new TaskInstanceReader(client);
  }

  /** Throws only what ends the run: refused credentials, an abort. `dagCount` is the number of DAGs of the server, as far as known. */
  async read(unit: readonly ListedDag[], dagCount: number): Promise<DagReading[]> {
    this.#context.signal.throwIfAborted();
    this.#refresh.note(unit.map(({ dag }) => dag));
    this.#refresh.begin(dagCount);
    const existing = await this.#existing(unit);
    const runs = await this.#latestRuns(unit);
    const written = new Map(unit.map(({ dag }) => [dag.dag_id, this.#written(dag, existing, runs)]));
    const evidence = await this.#refresh.gather(
      unit.map(({ dag }) => dag),
      runs ?? new Map(),
      dagCount,
    );
    const wanted = unit.flatMap(({ dag }) =>
      (runs?.get(dag.dag_id) ?? []).filter((run) => !written.get(dag.dag_id)?.has(run.dag_run_id)),
    );
    const versions = await this.#refresh.versions();
    const [tasks, instances] = await Promise.all([
      inParallel(unit, parallelTasks, async ({ dag }) => {
        const known = evidence.get(dag.dag_id);
        const memory = existing.has(dag.dag_id) ? this.#refresh.unchanged(dag.dag_id, known, versions) : undefined;
        return memory ? ({ kind: "remembered", memory } as const) : await this.#tasks(dag, known);
      }),
      this.#taskInstances(wanted),
    ]);
    return await inParallel([...unit.entries()], parallelTasks, async ([at, { dag, fqn }]) => {
      const before = tasks[at] ?? { kind: "failed", error: new Error("not read") };
      const stale = before.kind === "remembered" && showsOtherTask(dag, runs, instances, before.memory);
      return {
        dag,
        fqn,
        isKnown: existing.has(dag.dag_id),
        tasks: stale ? await this.#tasks(dag, evidence.get(dag.dag_id)) : before,
        runs: runs?.get(dag.dag_id),
        written: written.get(dag.dag_id) ?? new Map<string, RunMemory>(),
        instances,
      };
    });
  }

  /** DAGs that the catalog has: only for those may anything be skipped. */
  async #existing(unit: readonly ListedDag[]): Promise<ReadonlySet<string>> {
    const known = await inParallel(unit, parallelTasks, async ({ dag, fqn }) =>
      (await this.#context.known("pipeline", fqn)) ? [dag.dag_id] : [],
    );
    return new Set(known.flat());
  }

  async #latestRuns(unit: readonly ListedDag[]): Promise<Map<string, RunRow[]> | undefined> {
    if (this.#runs === undefined || this.#runsRefused) return undefined;
    const scope = this.#scopes.open("runs");
    try {
      const runs = await this.#runs.latest(unit.map(({ dag }) => dag.dag_id));
      scope.received([...runs.values()].reduce((sum, some) => sum + some.length, 0));
      return runs;
    } catch (thrown) {
      if (endsRun(thrown)) throw explained(thrown, "DAG Runs");
      const error = explained(thrown, "DAG Runs");
      // A refusal stays one for the next unit too.
      this.#runsRefused = error !== thrown;
      this.#scopes.gap("runs", `runs of ${namesOf(unit)}`, thrown, "DAG Runs");
      if (this.#runsRefused) scope.fail(`runs cannot be read: ${String(error)}`);
      return undefined;
    }
  }

  #written(
    dag: DagRow,
    existing: ReadonlySet<string>,
    runs: ReadonlyMap<string, readonly RunRow[]> | undefined,
  ): Map<string, RunMemory> {
    if (!existing.has(dag.dag_id)) return new Map();
    const remembered = rememberedRuns(this.#context.marks, dag.dag_id);
    const same = (runs?.get(dag.dag_id) ?? []).filter(
      (run) => isFinished(run) && remembered.get(run.dag_run_id)?.fingerprint === fingerprintOf(run),
    );
    const ids = new Set(same.map((run) => run.dag_run_id));
    return new Map([...remembered].filter(([id]) => ids.has(id)));
  }

  async #tasks(dag: DagRow, evidence: TaskEvidence | undefined): Promise<DagTasks> {
    const scope = this.#scopes.open("tasks");
    try {
      const rows = await this.#client.tasks(dag.dag_id);
      scope.received(rows.length);
      return { kind: "read", rows, evidence };
    } catch (thrown) {
      if (endsRun(thrown)) throw explained(thrown, "DAGs");
      this.#scopes.gap("tasks", `tasks of ${dag.dag_id}`, thrown, "DAGs");
      return { kind: "failed", error: explained(thrown, "DAGs") };
    }
  }

  async #taskInstances(wanted: readonly RunRow[]): Promise<ReadonlyMap<string, RunInstances>> {
    if (wanted.length === 0) return new Map();
    const scope = this.#scopes.open("task-instances");
    const found = await this.#instances.of(wanted);
    const failures = new Map<unknown, string[]>();
    for (const [key, result] of found) {
      if (result.error === undefined) scope.received(result.rows?.length ?? 0);
      else failures.set(result.error, [...(failures.get(result.error) ?? []), key.replace("\n", " ")]);
    }
    for (const [error, keys] of failures) {
      if (endsRun(error)) throw explained(error, "Task Instances");
      this.#scopes.gap("task-instances", `${keys.length} runs, first ${keys[0] ?? ""}`, error, "Task Instances");
    }
    return found;
  }
}

/** Whether a new run has a task that was not there when the tasks were read. */
function showsOtherTask(
  dag: DagRow,
  runs: ReadonlyMap<string, readonly RunRow[]> | undefined,
  instances: ReadonlyMap<string, RunInstances>,
  memory: TaskMemory,
): boolean {
  const known = new Set(memory.tasks);
  return (runs?.get(dag.dag_id) ?? []).some((run) =>
    (instances.get(runKey(run))?.rows ?? []).some((row) => row.state !== "removed" && !known.has(row.taskId)),
  );
}

function namesOf(unit: readonly ListedDag[]): string {
  const [first, ...others] = unit.map(({ dag }) => dag.dag_id);
  return others.length === 0 ? (first ?? "") : `${first ?? ""} and ${others.length} other DAGs`;
}
