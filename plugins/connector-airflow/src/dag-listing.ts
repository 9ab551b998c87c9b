import type { Scope, SourceContext } from "@omd/core";
import { childFqn, decodeName, encodeName, filterMatcher, splitFqn, unquoteName, type FQN } from "@omd/schema";
import type { AirflowClient } from "./client.ts";
import type { PipelineMetadata } from "./config.ts";
import type { DagRow } from "./shapes.ts";
import type { ListedDag } from "./unit-reader.ts";

const dagsPerUnit = 24;

/** The DAGs of the server: which there are, and which of them are wanted. */
export class DagListing {
  readonly #client: AirflowClient;
  readonly #context: SourceContext;
  readonly #options: Pick<PipelineMetadata, "includeUnDeployedPipelines">;
  readonly #passes: (name: string) => boolean;
  /** Ids of all DAGs listed so far. */
  readonly listed = new Set<string>();
  /** Ids of those that passed the filters. */
  readonly kept = new Set<string>();
  /** DAGs of the server, once the first page told. */
  announced = 0;

  constructor(client: AirflowClient, context: SourceContext, options: PipelineMetadata) {
    this.#client = client;
    this.#context = context;
    this.#options = options;
    this.#passes = filterMatcher(options.pipelineFilterPattern);
  }

  /** Wanted DAGs in units. Throws HttpErrors; what was listed before an error has been given out. */
  async *units(scope: Scope): AsyncGenerator<readonly ListedDag[]> {
    let unit: ListedDag[] = [];
    const failures: unknown[] = [];
    const { limit } = this.#context.selection;
    for await (const row of endingWith(this.#rows(scope), failures)) {
      const listed = this.#take(row, scope);
      if (listed) unit.push(listed);
      const full = limit !== undefined && this.kept.size >= limit;
      if (unit.length >= dagsPerUnit) {
        yield unit;
        unit = [];
      }
      if (full) break;
    }
    if (unit.length > 0) yield unit;
    if (failures.length > 0) throw failures[0];
  }

  /** Whether Airflow itself says that a DAG which was not listed is gone. Throws HttpErrors. */
  async isGone(fqn: FQN): Promise<boolean> {
    const id = this.dagIdOf(fqn);
    const dag = id === undefined ? undefined : await this.#client.dag(id);
    return dag === undefined || dag.is_active === false || dag.is_stale === true;
  }

  fqnOf(dagId: string): FQN {
    return childFqn(this.#context.service, encodeName(dagId));
  }

  /** The id behind {@link fqnOf}; undefined for anything that is not a pipeline of this service. */
  dagIdOf(fqn: FQN): string | undefined {
    const parts = splitFqn(fqn);
    const isOurs = parts.length === 2 && parts[0] === this.#context.service;
    return isOurs ? decodeName(unquoteName(parts[1] ?? "")) : undefined;
  }

  async *#rows(scope: Scope): AsyncGenerator<DagRow> {
    const { only } = this.#context.selection;
    // Who asks for the service asks for all that lies in it.
    if (only.length > 0 && !only.includes(this.#context.service)) {
      yield* this.#selected(only);
      return;
    }
    const observer = {
      announced: (total: number) => {
        this.announced = total;
        scope.announced(total);
      },
      received: (rows: number) => {
        scope.received(rows);
      },
    };
    for await (const page of this.#client.dags(observer)) yield* page;
  }

  async *#selected(only: readonly FQN[]): AsyncGenerator<DagRow> {
    this.announced = only.length;
    for (const fqn of only) {
      const id = this.dagIdOf(fqn);
      const dag = id === undefined ? undefined : await this.#client.dag(id);
      if (dag) yield dag;
      else this.#context.warn(fqn, id === undefined ? "not a pipeline of this service" : "Airflow has no such DAG");
    }
  }

  #take(dag: DagRow, scope: Scope): ListedDag | undefined {
    // Pages overlap when DAGs come while they are read.
    if (this.listed.has(dag.dag_id)) return undefined;
    this.listed.add(dag.dag_id);
    const fqn = this.fqnOf(dag.dag_id);
    scope.saw(fqn);
    if (!this.#passes(dag.dag_id)) {
      this.#context.filtered(dag.dag_id, "pipelineFilterPattern");
      return undefined;
    }
    const isOff = dag.is_paused === true || dag.is_active === false || dag.is_stale === true;
    if (isOff && !this.#options.includeUnDeployedPipelines) {
      this.#context.filtered(dag.dag_id, "paused or inactive, and includeUnDeployedPipelines is false");
      return undefined;
    }
    this.kept.add(dag.dag_id);
    return { dag, fqn };
  }
}

/** The rows up to an error, which is put aside, so that what came before it is not lost. */
async function* endingWith<Row>(rows: AsyncGenerator<Row>, failures: unknown[]): AsyncGenerator<Row> {
  try {
    yield* rows;
  } catch (thrown) {
    failures.push(thrown);
  }
}
