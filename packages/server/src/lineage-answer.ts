import type { CatalogEdge, Neighbourhood } from "@omd/core";
import { shownDetails } from "./lineage-details.ts";

/** The edges of a neighbourhood: those that lead away from the entity, and the rest. */
export function splitEdges({ entity, edges }: Neighbourhood): { upstream: CatalogEdge[]; downstream: CatalogEdge[] } {
  const leaving = Map.groupBy(edges, (edge) => edge.from.id);
  const reached = new Set([entity.id]);
  const downstream = new Set<CatalogEdge>();
  // A set may grow while it is walked.
  for (const id of reached) {
    for (const edge of leaving.get(id) ?? []) {
      downstream.add(edge);
      reached.add(edge.to.id);
    }
  }
  return { upstream: edges.filter((edge) => !downstream.has(edge)), downstream: [...downstream] };
}

/** OpenMetadata's EntityLineage: edges name their ends by id. */
export function entityLineage(around: Neighbourhood): unknown {
  const row = (edge: CatalogEdge) => ({
    fromEntity: edge.from.id,
    toEntity: edge.to.id,
    ...(edge.details.description === undefined ? {} : { description: edge.details.description }),
    lineageDetails: shownDetails(edge),
  });
  const { upstream, downstream } = splitEdges(around);
  return {
    entity: around.entity,
    nodes: around.nodes,
    upstreamEdges: upstream.map(row),
    downstreamEdges: downstream.map(row),
  };
}
