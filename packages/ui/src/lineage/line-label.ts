import type { SceneLine } from "./scene.ts";

/** Words on a line: the pipelines that make the edge. */
export function lineLabel({ edge }: Pick<SceneLine, "edge">): string {
  const [first, ...others] = edge?.pipelines ?? [];
  if (!first) return "";
  return others.length === 0 ? first.name : `${first.name} and ${others.length} more`;
}
