import type { Resolution } from "@omd/core";
import type { EntityKey, LineageRecord } from "@omd/schema";
import type { DatasetRow } from "./shapes.ts";

/** Which datasets a DAG reads and writes, by URI. */
export interface DagDatasets {
  readonly inputs: Set<string>;
  readonly outputs: Set<string>;
  /** Per task, where the API tells: only v2 knows what a task reads. */
  readonly tasks: Map<string, { readonly inputs: Set<string>; readonly outputs: Set<string> }>;
}

/** Who writes and reads a dataset; DAG ids. */
export interface DatasetUse {
  readonly producers: Set<string>;
  readonly consumers: Set<string>;
}

/** Datasets by DAG and DAGs by dataset, from the rows of `/datasets` (v1) or `/assets` (v2). */
export class DatasetBook {
  readonly byDag = new Map<string, DagDatasets>();
  readonly byUri = new Map<string, DatasetUse>();

  add(row: DatasetRow): void {
    const use = this.byUri.get(row.uri) ?? { producers: new Set(), consumers: new Set() };
    this.byUri.set(row.uri, use);
    for (const task of row.producing_tasks ?? []) {
      use.producers.add(task.dag_id);
      this.#dag(task.dag_id).outputs.add(row.uri);
      this.#task(task).outputs.add(row.uri);
    }
    for (const task of row.consuming_tasks ?? []) {
      use.consumers.add(task.dag_id);
      this.#dag(task.dag_id).inputs.add(row.uri);
      this.#task(task).inputs.add(row.uri);
    }
    for (const dag of [...(row.consuming_dags ?? []), ...(row.scheduled_dags ?? [])]) {
      use.consumers.add(dag.dag_id);
      this.#dag(dag.dag_id).inputs.add(row.uri);
    }
  }

  #dag(dagId: string): DagDatasets {
    const found = this.byDag.get(dagId) ?? { inputs: new Set(), outputs: new Set(), tasks: new Map() };
    this.byDag.set(dagId, found);
    return found;
  }

  #task(task: { readonly dag_id: string; readonly task_id: string }) {
    const { tasks } = this.#dag(task.dag_id);
    const found = tasks.get(task.task_id) ?? { inputs: new Set<string>(), outputs: new Set<string>() };
    tasks.set(task.task_id, found);
    return found;
  }
}

export interface Flow {
  readonly from: string;
  readonly to: string;
}

/**
 * What flows into what within a DAG. A task that has both inputs and outputs tells exactly. Inputs that no such task has (a schedule) flow into all
 * outputs; outputs of tasks without inputs come from all inputs that the DAG does not make itself.
 */
export function flowsOf(datasets: DagDatasets): Flow[] {
  const flows = new Map<string, Flow>();
  const add = (from: string, to: string): void => {
    if (from !== to) flows.set(`${from}\n${to}`, { from, to });
  };
  const boundInputs = new Set<string>();
  const boundOutputs = new Set<string>();
  for (const task of datasets.tasks.values()) {
    if (task.inputs.size === 0 || task.outputs.size === 0) continue;
    for (const from of task.inputs) {
      boundInputs.add(from);
      for (const to of task.outputs) add(from, to);
    }
    for (const to of task.outputs) boundOutputs.add(to);
  }
  for (const from of datasets.inputs)
    for (const to of datasets.outputs) {
      const internal = datasets.outputs.has(from);
      if (!boundInputs.has(from) && !internal) add(from, to);
      else if (!boundOutputs.has(to) && !internal) add(from, to);
    }
  return [...flows.values()];
}

/** An edge that cannot be drawn. */
export interface MissingEdge {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  readonly nearest: readonly string[];
}

/** An edge and what at the source it follows from. */
export interface DrawnEdge {
  readonly record: LineageRecord;
  readonly grounds: readonly Ground[];
}

/** A flow of a DAG; a dataset that it reads (`from` alone) or writes (`to` alone); between pipelines the dataset that joins them, as both. */
export type Ground = Partial<Flow>;

export interface DagLineage {
  readonly edges: readonly DrawnEdge[];
  readonly missing: MissingEdge[];
}

/** The edges of one DAG. `resolution` knows every URI of it. Pure. */
export function dagLineage(
  pipeline: EntityKey,
  datasets: DagDatasets,
  resolution: (uri: string) => Resolution,
): DagLineage {
  const edges = new Map<string, { readonly record: LineageRecord; readonly grounds: Ground[] }>();
  const missing: MissingEdge[] = [];
  const add = (from: EntityKey, to: EntityKey, ground: Ground, through?: EntityKey): void => {
    if (from.entityType === to.entityType && from.fqn === to.fqn) return;
    const plain: LineageRecord = { kind: "lineage", from, to, source: "PipelineLineage" };
    const record = through ? { ...plain, pipeline: through } : plain;
    const edge = edges.get(edgeKey(record)) ?? { record, grounds: [] };
    edge.grounds.push(ground);
    edges.set(edgeKey(record), edge);
  };
  const flows = flowsOf(datasets);
  const drawn = new Set<string>();
  for (const { from, to } of flows) {
    const [input, output] = [resolution(from), resolution(to)];
    if (input.kind === "resolved" && output.kind === "resolved") {
      add(input.entity, output.entity, { from, to }, pipeline);
      drawn.add(`in\n${from}`).add(`out\n${to}`);
    } else {
      const end = [input, output].find((one) => one.kind === "unresolved");
      // The end that is known goes by its name in the catalog: there the other one is drawn.
      const name = (found: Resolution, uri: string) => (found.kind === "resolved" ? found.entity.fqn : uri);
      if (end)
        missing.push({ from: name(input, from), to: name(output, to), reason: end.reason, nearest: end.nearest });
    }
  }
  const sides = [
    ["in", datasets.inputs],
    ["out", datasets.outputs],
  ] as const;
  for (const [side, uris] of sides)
    for (const uri of uris) {
      const found = resolution(uri);
      const inFlow = flows.some((flow) => (side === "in" ? flow.from : flow.to) === uri);
      const ends = side === "in" ? [uri, pipeline.fqn] : [pipeline.fqn, uri];
      if (found.kind === "unresolved") {
        if (!inFlow)
          missing.push({ from: ends[0] ?? "", to: ends[1] ?? "", reason: found.reason, nearest: found.nearest });
      } else if (!drawn.has(`${side}\n${uri}`)) {
        if (side === "in") add(found.entity, pipeline, { from: uri });
        else add(pipeline, found.entity, { to: uri });
      }
    }
  return { edges: [...edges.values()], missing };
}

/** A stable name of an edge. */
export function edgeKey(record: Pick<LineageRecord, "from" | "to" | "pipeline">): string {
  const { from, to, pipeline } = record;
  return [from.entityType, from.fqn, to.entityType, to.fqn, pipeline?.fqn ?? ""].join(">");
}

/** Edges from pipelines that write unknown datasets to those that read them: that fact needs no table. */
export function pipelineEdges(
  unresolved: ReadonlyMap<string, DatasetUse>,
  pipelineOf: (dagId: string) => EntityKey | undefined,
): DrawnEdge[] {
  const pairs = new Map<string, { from: EntityKey; to: EntityKey; uris: string[] }>();
  for (const [uri, { producers, consumers }] of unresolved)
    for (const producer of producers)
      for (const consumer of consumers) {
        const [from, to] = [pipelineOf(producer), pipelineOf(consumer)];
        if (producer === consumer || !from || !to) continue;
        const pair = pairs.get(`${producer}\n${consumer}`) ?? { from, to, uris: [] };
        pair.uris.push(uri);
        pairs.set(`${producer}\n${consumer}`, pair);
      }
  return [...pairs.values()].map(({ from, to, uris }) => ({
    record: {
      kind: "lineage",
      from,
      to,
      source: "PipelineLineage",
      description: `through dataset${uris.length > 1 ? "s" : ""} ${uris.toSorted().join(", ")}`,
    },
    grounds: uris.map((uri) => ({ from: uri, to: uri })),
  }));
}
