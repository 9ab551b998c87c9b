import type { CatalogEdge, Neighbourhood } from "@omd/core";
import { shownDetails } from "./lineage-details.ts";

/** Steps to go each way. */
export interface Depth {
  readonly upstream: number;
  readonly downstream: number;
}

/** The edges of a neighbourhood that lead to the entity, and those that lead away from it: in a cycle an edge does both. */
export function splitEdges(
  { entity, edges }: Neighbourhood,
  depth: Depth,
): { upstream: CatalogEdge[]; downstream: CatalogEdge[] } {
  return {
    upstream: walked(entity.id, edges, ["to", "from"], depth.upstream),
    downstream: walked(entity.id, edges, ["from", "to"], depth.downstream),
  };
}

type End = "from" | "to";

function walked(start: string, edges: readonly CatalogEdge[], [near, far]: [End, End], steps: number): CatalogEdge[] {
  const byNear = Map.groupBy(edges, (edge) => edge[near].id);
  const seen = new Set([start]);
  const found: CatalogEdge[] = [];
  let front = [start];
  for (let step = 0; step < steps && front.length > 0; step += 1) {
    const next = front.flatMap((id) => byNear.get(id) ?? []);
    found.push(...next);
    front = [...new Set(next.map((edge) => edge[far].id))].filter((id) => !seen.has(id));
    for (const id of front) seen.add(id);
  }
  return found;
}

/** OpenMetadata's EntityLineage: edges name their ends by id. */
export function entityLineage(around: Neighbourhood, depth: Depth): unknown {
  const row = (edge: CatalogEdge) => ({
    fromEntity: edge.from.id,
    toEntity: edge.to.id,
    ...(edge.details.description === undefined ? {} : { description: edge.details.description }),
    lineageDetails: shownDetails(edge),
  });
  const { upstream, downstream } = splitEdges(around, depth);
  return {
    entity: around.entity,
    nodes: around.nodes,
    upstreamEdges: upstream.map(row),
    downstreamEdges: downstream.map(row),
  };
}
