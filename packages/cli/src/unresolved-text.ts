import { counted, wrapText, type Report } from "@omd/core";

export type UnresolvedEdge = Report["unresolved"][number];

export interface UnresolvedGroup {
  readonly reason: string;
  readonly edges: readonly UnresolvedEdge[];
}

/** Edges by reason, the most frequent first; with `name` only those that have it at an end. */
export function groupUnresolved(edges: readonly UnresolvedEdge[], name?: string): UnresolvedGroup[] {
  const wanted = name?.toLowerCase();
  const about = edges.filter(
    (edge) => wanted === undefined || [edge.from, edge.to].some((end) => end.toLowerCase().includes(wanted)),
  );
  return [...Map.groupBy(about, (edge) => edge.reason)]
    .map(([reason, members]) => ({ reason, edges: members }))
    .sort((one, other) => other.edges.length - one.edges.length);
}

export function unresolvedText(groups: readonly UnresolvedGroup[], width: number): string {
  return groups
    .map(({ reason, edges }) => {
      const lines = edges.flatMap((edge) => [
        ...indented(`${edge.from} → ${edge.to}`, 2, width),
        ...(edge.nearest.length > 0 ? indented(`nearest: ${edge.nearest.join(", ")}`, 6, width) : []),
      ]);
      return [...wrapText(`${reason} (${counted(edges.length, "edge")})`, width), ...lines].join("\n");
    })
    .join("\n\n");
}

function indented(text: string, by: number, width: number): string[] {
  return wrapText(text, width - by).map((line) => " ".repeat(by) + line);
}
