import type { SourceContext } from "@omd/core";
import type { ProjectView } from "../project/view.ts";
import { partsOfKey, projectPrefix, rememberedEdge, type EdgeMemory } from "./edge-memory.ts";
import type { ProjectEdges } from "./project-edges.ts";
import { dependenciesOf, reach } from "./reach.ts";

/**
 * Keys of marks whose edges the project no longer has. To be asked once its edges are drawn. An edge stays that only cannot be drawn now,
 * because a table was filtered out or is not in the catalog.
 */
export function goneEdges(context: Pick<SourceContext, "marks">, view: ProjectView, edges: ProjectEdges): string[] {
  const gone: string[] = [];
  for (const { key, value } of context.marks.withPrefix(projectPrefix(view.home))) {
    if (edges.standing.has(key)) continue;
    if (!canReturn(view, edges, partsOfKey(key).toId, rememberedEdge(value))) gone.push(key);
  }
  return gone;
}

/** Whether dbt still says it, and only the catalog or a filter keeps it from being drawn. */
function canReturn(view: ProjectView, edges: ProjectEdges, toId: string, memory: EdgeMemory | undefined): boolean {
  const dependencies = dependenciesOf(view, toId);
  // What has no table of its own any more is passed through.
  if (dependencies === undefined || view.relations.get(toId)?.isEphemeral === true) return false;
  if (!edges.judged.has(toId)) return true;
  const via = memory?.via ?? "";
  return view.relations.has(via) && view.table(via) === undefined && reach(view, dependencies).includes(via);
}
