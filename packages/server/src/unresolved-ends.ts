import type { EventEnd, GraphNode } from "@omd/catalog";
import type { Report } from "@omd/core";

/** A lineage edge whose one end is a node and whose other end is not in the catalog. */
export interface UnresolvedEnd {
  readonly id: string;
  /** Id of the node. */
  readonly near: string;
  readonly side: "upstream" | "downstream";
  /** How the source names what is missing. */
  readonly name: string;
  readonly reason: string;
  /** FQNs of entities with a like name. */
  readonly nearest: readonly string[];
}

/** The unresolved ends at these nodes, as the reports and then the OpenLineage events tell them; each once. */
export function unresolvedEnds(
  reports: readonly Report[],
  events: readonly EventEnd[],
  nodes: readonly GraphNode[],
): UnresolvedEnd[] {
  const ids = new Map<string, string>(nodes.map((node) => [node.fqn, node.id]));
  const found = new Map<string, UnresolvedEnd>();
  const add = (
    near: string | undefined,
    side: UnresolvedEnd["side"],
    name: string,
    { reason, nearest }: Pick<EventEnd, "reason" | "nearest">,
  ): void => {
    if (near === undefined) return;
    const key = JSON.stringify([near, side, name]);
    if (found.has(key)) return;
    found.set(key, { id: `unresolved:${found.size}`, near, side, name, reason, nearest });
  };
  for (const edge of reports.flatMap((report) => report.unresolved)) {
    const from = ids.get(edge.from);
    const to = ids.get(edge.to);
    if (to === undefined) add(from, "downstream", edge.to, edge);
    if (from === undefined) add(to, "upstream", edge.from, edge);
  }
  for (const end of events) add(end.near, end.side, end.name, end);
  return [...found.values()];
}
