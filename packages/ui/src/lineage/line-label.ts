import type { LineageEdge } from "../api-types.ts";
import { counted } from "../format.ts";
import type { Scene, SceneLine } from "./scene.ts";

/** Words on a line: the pipelines that make the edge, or how many edges of assets it stands for. */
export function lineLabel({ edge }: Pick<SceneLine, "edge">): string {
  const [first, ...others] = edge?.pipelines ?? [];
  if (!first) return edge?.assetEdges === undefined ? "" : counted(edge.assetEdges, "edge");
  return others.length === 0 ? first.name : `${first.name} and ${others.length} more`;
}

/** An edge for those who do not see the line. */
export function lineName(
  { edge, source, target }: Pick<SceneLine, "edge" | "source" | "target">,
  scene: Scene,
): string {
  const name = (id: string) => {
    const node = scene.boxes.get(id)?.node;
    return node?.displayName ?? node?.name ?? id;
  };
  return `Edge from ${name(source)} to ${name(target)}, ${madeBy(edge)}`;
}

function madeBy(edge: LineageEdge | undefined): string {
  const names = edge?.pipelines.map((pipeline) => pipeline.name) ?? [];
  return names.length === 0 ? (edge ? sourceText(edge) : "") : `made by ${names.join(", ")}`;
}

/** Where an edge without pipelines comes from. */
export function sourceText({ source, assetEdges }: Pick<LineageEdge, "source" | "assetEdges">): string {
  if (assetEdges === undefined) return source;
  const assets = `${counted(assetEdges, "edge")} between their assets`;
  return source === "ChildAssets" ? assets : `${source}, ${assets}`;
}
