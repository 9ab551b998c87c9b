import { failureOf, left, right, type Either, type SourceContext } from "@omd/core";
import type { EntityReference, MetadataRecord, PipelineStatus } from "@omd/schema";
import type { Links } from "./links.ts";
import { ownerNames, pipelineOf, tagRecordsOf, type MappingSettings } from "./mapping.ts";
import { inParallel } from "./parallel.ts";
import {
  fingerprintOf,
  fingerprintOfStatus,
  rememberedRuns,
  runsMark,
  tasksMark,
  type RunMemory,
} from "./remembered.ts";
import type { DagRow, TaskRow } from "./shapes.ts";
import { isFinished, pipelineStatusOf, timestampsOf } from "./status-mapping.ts";
import { runKey } from "./task-instances.ts";
import type { DagReading } from "./unit-reader.ts";

const parallelOwners = 16;

export interface RecordSettings {
  readonly serviceName: string;
  readonly links: Links;
  readonly includeTags: boolean;
  readonly includeOwners: boolean;
}

/** Turns what was read of DAGs into records: tags (each once), pipeline, runs. */
export class UnitRecords {
  readonly #context: SourceContext;
  readonly #settings: RecordSettings;
  readonly #tags = new Set<string>();
  readonly #owners = new Map<string, EntityReference | undefined>();

  constructor(context: SourceContext, settings: RecordSettings) {
    this.#context = context;
    this.#settings = settings;
  }

  /** Looks up the owners of a whole unit side by side: one after the other they would hold up everything behind them. */
  async prepare(unit: readonly DagReading[]): Promise<void> {
    if (!this.#settings.includeOwners) return;
    const names = unit.flatMap(({ dag, tasks }) =>
      tasks.kind === "read" ? ownerNames(ownerFields(dag, tasks.rows)) : [],
    );
    const unknown = [...new Set(names)].filter((name) => !this.#owners.has(name));
    await inParallel(unknown, parallelOwners, async (name) => {
      // An owner that cannot be looked up is looked up again, and fails, with its DAG.
      const found = await this.#context.resolver.owner(name).catch(() => undefined);
      if (found) this.#owners.set(name, found);
    });
  }

  async *of(reading: DagReading): AsyncGenerator<Either<MetadataRecord>> {
    const { dag, fqn, tasks } = reading;
    if (tasks.kind === "failed") {
      // Without its tasks a pipeline would lose those it has in the catalog; its runs need their names.
      yield left(failureOf(fqn, tasks.error));
      return;
    }
    try {
      if (tasks.kind === "read") {
        if (this.#settings.includeTags)
          for (const record of tagRecordsOf(dag)) {
            if (this.#tags.has(record.tag.name)) continue;
            this.#tags.add(record.tag.name);
            yield right(record);
          }
        const request = pipelineOf(dag, tasks.rows, await this.#mapping(ownerFields(dag, tasks.rows)));
        const names = tasks.rows.map((row) => row.task_id);
        const marks = tasks.evidence ? [tasksMark(dag.dag_id, { ...tasks.evidence, tasks: names })] : undefined;
        yield right({ kind: "entity", entityType: "pipeline", request, marks });
      }
      const names = tasks.kind === "read" ? tasks.rows.map((row) => row.task_id) : tasks.memory.tasks;
      const statuses = this.#statuses(reading, new Set(names));
      if (statuses) yield right(statuses);
    } catch (thrown) {
      yield left(failureOf(fqn, thrown));
    }
  }

  async #mapping(fields: readonly string[]): Promise<MappingSettings> {
    const { serviceName, links, includeTags, includeOwners } = this.#settings;
    if (includeOwners)
      for (const name of ownerNames(fields))
        if (!this.#owners.has(name)) this.#owners.set(name, await this.#context.resolver.owner(name));
    const owners = includeOwners ? (name: string) => this.#owners.get(name) : undefined;
    return { serviceName, links, includeTags, owners };
  }

  /** New and changed runs of a DAG as one record; undefined when there is nothing to send. */
  #statuses(reading: DagReading, taskNames: ReadonlySet<string>): MetadataRecord | undefined {
    const { dag, fqn, runs, written, instances, isKnown } = reading;
    if (runs === undefined) return undefined;
    const given = new Map([...written].map(([id, { timestamp }]) => [id, timestamp]));
    const stamps = timestampsOf(runs, given);
    const memory = new Map<string, RunMemory>(written);
    // Of runs that are over the reader has told already which are written.
    const goesOn = isKnown && runs.some((run) => !isFinished(run));
    const before = goesOn ? rememberedRuns(this.#context.marks, dag.dag_id) : undefined;
    const statuses: PipelineStatus[] = [];
    const gone = new Set<string>();
    for (const run of runs) {
      const stamp = stamps.get(run.dag_run_id);
      const rows = instances.get(runKey(run))?.rows;
      if (written.has(run.dag_run_id) || rows === undefined) continue;
      if (stamp === undefined) {
        this.#context.warn(`${dag.dag_id} ${run.dag_run_id}`, "the run has no date, so it has no place in time");
        continue;
      }
      const present = rows.filter((row) => taskNames.has(row.taskId));
      for (const row of rows) if (!taskNames.has(row.taskId) && row.state !== "removed") gone.add(row.taskId);
      const status = pipelineStatusOf(run, stamp, present, this.#settings.links);
      const fingerprint = isFinished(run) ? fingerprintOf(run) : fingerprintOfStatus(status);
      memory.set(run.dag_run_id, { fingerprint, timestamp: stamp });
      if (isFinished(run) || before?.get(run.dag_run_id)?.fingerprint !== fingerprint) statuses.push(status);
    }
    if (gone.size > 0)
      this.#context.warn(
        dag.dag_id,
        `runs of tasks that the DAG no longer has are left out: ${[...gone].toSorted().join(", ")}`,
      );
    if (statuses.length === 0) return undefined;
    return { kind: "pipelineStatus", pipeline: fqn, statuses, marks: [runsMark(dag.dag_id, memory)] };
  }
}

function ownerFields(dag: DagRow, rows: readonly TaskRow[]): string[] {
  return [...(dag.owners ?? []), ...rows.flatMap((row) => row.owner ?? [])];
}
