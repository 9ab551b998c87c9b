import type { EntityKey } from "@omd/schema";
import type { EdgeMemory } from "./edge-memory.ts";
import { flowsOf, type DatasetBook, type Ground } from "./lineage.ts";

/** What is known of the source at the end of a run. */
export interface SourceView {
  /** The DAG behind a pipeline of this service. */
  dagIdOf(fqn: EntityKey["fqn"]): string | undefined;
  /** Ids of all DAGs that there are. */
  readonly listed: ReadonlySet<string>;
  /** Ids of those whose lineage was read. */
  readonly kept: ReadonlySet<string>;
  readonly book: DatasetBook;
  /** Whether the catalog has an entity for the URI. */
  isResolved(uri: string): boolean;
}

/**
 * Whether an edge that this run did not draw is gone at the source. It is not when its DAG was filtered out or hidden, and not when the source still says it
 * and only the catalog no longer has an end of it. To be asked with complete lists of DAGs and datasets only.
 */
export function isRetired({ removal, grounds }: EdgeMemory, view: SourceView): boolean {
  const keys = removal.pipeline ? [removal.pipeline] : [removal.from, removal.to];
  const dags = keys.flatMap((key) => (key.entityType === "pipeline" ? [view.dagIdOf(key.fqn)] : []));
  if (dags.length === 0 || dags.includes(undefined)) return false;
  const ids = dags.filter((id) => id !== undefined);
  if (ids.some((id) => !view.listed.has(id))) return true;
  if (ids.some((id) => !view.kept.has(id))) return false;
  return !grounds.some((ground) => isSaid(ground, ids, view) && !canBeDrawn(ground, view));
}

/** Whether the source still says it. Of two DAGs the first writes what the second reads. */
function isSaid({ from, to }: Ground, [first = "", second]: readonly string[], { book }: SourceView): boolean {
  if (second !== undefined) {
    const use = book.byUri.get(from ?? "");
    return use !== undefined && use.producers.has(first) && use.consumers.has(second);
  }
  const datasets = book.byDag.get(first);
  if (datasets === undefined) return false;
  if (from !== undefined && to !== undefined)
    return flowsOf(datasets).some((flow) => flow.from === from && flow.to === to);
  return from === undefined ? datasets.outputs.has(to ?? "") : datasets.inputs.has(from);
}

/** Whether the catalog lets it be drawn, so that what was drawn before is superseded. Between pipelines that is when the dataset has an entity of its own. */
function canBeDrawn({ from, to }: Ground, view: SourceView): boolean {
  return [from, to].every((uri) => uri === undefined || view.isResolved(uri));
}
