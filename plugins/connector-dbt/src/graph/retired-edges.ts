import type { SourceContext } from "@omd/core";
import { parentFqn, type FQN } from "@omd/schema";
import type { ProjectView } from "../project/view.ts";
import { partsOfKey, projectPrefix, rememberedEdge, type EdgeMemory } from "./edge-memory.ts";
import type { ProjectEdges } from "./project-edges.ts";
import { dependenciesOf, reach } from "./reach.ts";

/**
 * Keys of marks whose edges the project no longer has. To be asked once its edges are drawn. An edge stays that only cannot be drawn now:
 * because a table was filtered out or is not in the catalog, or because it is of another environment of the same project.
 */
export function goneEdges(context: Pick<SourceContext, "marks">, view: ProjectView, edges: ProjectEdges): string[] {
  const here = new Set([...view.relations.keys()].flatMap((id) => schemaOf(view.table(id)?.fqn) ?? []));
  const elsewhere = new Set<FQN>();
  const left: { key: string; toId: string; memory: EdgeMemory | undefined }[] = [];
  for (const { key, value } of context.marks.withPrefix(projectPrefix(view.name))) {
    if (edges.standing.has(key)) continue;
    const { toId } = partsOfKey(key);
    const memory = rememberedEdge(value);
    left.push({ key, toId, memory });
    const schema = schemaOf(tableOf(memory));
    if (schema !== undefined && !here.has(schema) && view.relations.has(toId)) elsewhere.add(schema);
  }
  return left.flatMap(({ key, toId, memory }) => {
    const schema = schemaOf(tableOf(memory));
    const isElsewhere = schema !== undefined && !here.has(schema) && elsewhere.has(schema);
    return isElsewhere || canReturn(view, edges, toId, memory) ? [] : [key];
  });
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

/** The table that the edge leads to, else the one that it comes from. */
function tableOf(memory: EdgeMemory | undefined): FQN | undefined {
  const ends = memory?.removal ? [memory.removal.to, memory.removal.from] : [];
  return ends.find(({ entityType }) => entityType === "table")?.fqn;
}

function schemaOf(table: FQN | undefined): FQN | undefined {
  return table && parentFqn(table);
}
