import type { CatalogEdge, Neighbourhood } from "@omd/core";
import type { EntityReference } from "@omd/schema";

type Direction = "upstream" | "downstream";

/**
 * A neighbourhood as two trees: what the entity is made of, and what is made of it. A node that was drawn before is not unfolded again. `made`: the edges
 * that a pipeline makes between others.
 */
export function lineageText(
  around: Neighbourhood,
  directions: readonly Direction[],
  made: readonly CatalogEdge[] = [],
): string {
  const parts = directions.map((direction) => {
    const lines = branch(around, around.entity.id, { direction, indent: "  ", drawn: new Set([around.entity.id]) });
    return `${direction}${lines.length === 0 ? ": none" : ""}\n${lines.join("\n")}`.trimEnd();
  });
  const { id } = around.entity;
  const others = made.filter(({ from, to }) => from.id !== id && to.id !== id).map(madeLine);
  return [named(around.entity), ...parts, ...(others.length > 0 ? ["makes", ...others] : [])].join("\n");
}

function madeLine(edge: CatalogEdge): string {
  const { pipeline: _, ...rest } = edge.details;
  return `  ${named(edge.from)} → ${named(edge.to)}${details({ ...edge, details: rest })}`;
}

interface Walk {
  readonly direction: Direction;
  readonly indent: string;
  readonly drawn: Set<string>;
}

function branch(around: Neighbourhood, id: string, walk: Walk): string[] {
  const isUp = walk.direction === "upstream";
  const edges = around.edges.filter((edge) => (isUp ? edge.to.id : edge.from.id) === id);
  return edges.flatMap((edge) => {
    const next = isUp ? edge.from : edge.to;
    const node = [around.entity, ...around.nodes].find((candidate) => candidate.id === next.id) ?? next;
    const isNew = !walk.drawn.has(next.id);
    walk.drawn.add(next.id);
    const line = `${walk.indent}${isUp ? "←" : "→"} ${named(node)}${details(edge)}${isNew ? "" : " (see above)"}`;
    return [line, ...(isNew ? branch(around, next.id, { ...walk, indent: `${walk.indent}  ` }) : [])];
  });
}

function named(reference: EntityReference): string {
  return `${reference.type} ${reference.fullyQualifiedName ?? reference.name ?? reference.id}`;
}

function details({ details: { pipeline, columnsLineage, source, assetEdges } }: CatalogEdge): string {
  const columns = columnsLineage?.length ?? 0;
  const parts = [
    pipeline && `by ${pipeline.fullyQualifiedName ?? pipeline.name ?? pipeline.id}`,
    columns > 0 ? `${columns} column${columns === 1 ? "" : "s"}` : undefined,
    assetEdges && `${assetEdges} edge${assetEdges === 1 ? "" : "s"} of assets`,
    source,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}
