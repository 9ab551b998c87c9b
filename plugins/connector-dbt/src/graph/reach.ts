import type { ProjectView } from "../project/view.ts";

/**
 * The nearest things above that data can come from: models with a table of their own, seeds, snapshots, sources, semantic models, metrics.
 * Ephemeral models and saved queries are passed through. Sorted, each once.
 */
export function reach(view: ProjectView, dependsOn: readonly string[]): readonly string[] {
  const met = new Set<string>();
  const open = [...dependsOn];
  const found: string[] = [];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (met.has(id)) continue;
    met.add(id);
    const through = passed(view, id);
    if (through !== undefined) open.push(...through);
    else if (view.relations.has(id) || /^(?:metric|semantic_model)\./u.test(id)) found.push(id);
  }
  return found.toSorted();
}

/** What lies above something that is no entity itself; undefined for all else. */
function passed(view: ProjectView, id: string): readonly string[] | undefined {
  const relation = view.relations.get(id);
  if (relation !== undefined) return relation.isEphemeral ? relation.dependsOn : undefined;
  return id.startsWith("saved_query.") ? (view.load("savedQuery", id)?.dependsOn ?? []) : undefined;
}

/** What a thing of the project depends on; undefined when the project has none of this id. */
export function dependenciesOf(view: ProjectView, id: string): readonly string[] | undefined {
  const relation = view.relations.get(id);
  if (relation !== undefined) return relation.dependsOn;
  if (id.startsWith("metric.")) return view.load("metric", id)?.dependsOn;
  if (id.startsWith("semantic_model.")) return view.load("semanticModel", id)?.dependsOn;
  return id.startsWith("exposure.") ? view.load("exposure", id)?.dependsOn : undefined;
}
