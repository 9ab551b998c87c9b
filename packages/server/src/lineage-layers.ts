import type { CatalogEdge, Neighbourhood } from "@omd/core";
import type { EntityReference } from "@omd/schema";
import { isEntityType } from "./entity-kinds.ts";
import { shownDetails } from "./lineage-details.ts";
import { splitEdges, type Depth } from "./lineage-answer.ts";
import type { ServerParts } from "./parts.ts";

/** OpenMetadata's SearchLineageResult: nodes by FQN with their distance (upstream is negative), edges by the pair of ids. */
export async function layeredLineage(
  catalog: ServerParts["catalog"],
  around: Neighbourhood,
  steps: Depth,
): Promise<unknown> {
  const { upstream, downstream } = splitEdges(around, steps);
  const depth = new Map([[around.entity.id, 0]]);
  walk(around.entity.id, downstream, "from", "to", 1, depth);
  walk(around.entity.id, upstream, "to", "from", -1, depth);
  const nodes: Record<string, unknown> = {};
  for (const node of [around.entity, ...around.nodes]) {
    const entity = await entityOf(catalog, node);
    nodes[node.fullyQualifiedName ?? node.id] = { entity, paging: {}, nodeDepth: depth.get(node.id) ?? 0 };
  }
  return { nodes, upstreamEdges: byPair(upstream), downstreamEdges: byPair(downstream) };
}

async function entityOf(catalog: ServerParts["catalog"], node: EntityReference): Promise<unknown> {
  const whole = isEntityType(node.type) ? await catalog.getById(node.type, node.id) : undefined;
  return whole ? { ...whole, entityType: node.type } : node;
}

type End = "from" | "to";

function walk(
  start: string,
  edges: CatalogEdge[],
  near: End,
  far: End,
  step: number,
  depth: Map<string, number>,
): void {
  const byNear = Map.groupBy(edges, (edge) => edge[near].id);
  const queue = [start];
  for (const id of queue) {
    for (const edge of byNear.get(id) ?? []) {
      const next = edge[far].id;
      if (depth.has(next)) continue;
      depth.set(next, (depth.get(id) ?? 0) + step);
      queue.push(next);
    }
  }
}

function byPair(edges: readonly CatalogEdge[]): Record<string, unknown> {
  const end = ({ id, type, fullyQualifiedName }: EntityReference) => ({ id, type, fullyQualifiedName });
  return Object.fromEntries(
    edges.map((edge) => {
      const { columnsLineage, ...details } = shownDetails(edge);
      const ends = { fromEntity: end(edge.from), toEntity: end(edge.to) };
      return [`${edge.from.id}--->${edge.to.id}`, { ...ends, ...details, columns: columnsLineage ?? [] }];
    }),
  );
}
