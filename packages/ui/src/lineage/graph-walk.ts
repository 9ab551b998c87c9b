import { around, endBox, type Graph } from "./graph-state.ts";
import type { Scene, SceneBox, SceneLine } from "./scene.ts";

/** The box to which an arrow key leads from a box. */
export function neighbour(graph: Graph, scene: Scene, id: string, key: string): string | undefined {
  const here = scene.boxes.get(id);
  if (!here) return undefined;
  const nearest = (candidates: Iterable<SceneBox>) =>
    [...candidates].sort((a, b) => Math.abs(a.y - here.y) - Math.abs(b.y - here.y))[0]?.id;
  const boxes = (ids: readonly string[]) =>
    ids.flatMap((one) => {
      const box = scene.boxes.get(one);
      return box ? [box] : [];
    });
  const ends = (side: string) => graph.unresolved.filter((end) => end.near === id && end.side === side).map(endBox);
  if (here.end && (key === "ArrowLeft" || key === "ArrowRight")) {
    const side = key === "ArrowLeft" ? "downstream" : "upstream";
    const near = graph.unresolved.filter((end) => endBox(end) === id && end.side === side).map((end) => end.near);
    return nearest(boxes(near));
  }
  if (key === "ArrowLeft") return nearest(boxes([...around(graph, id).up, ...ends("upstream")]));
  if (key === "ArrowRight") return nearest(boxes([...around(graph, id).down, ...ends("downstream")]));
  if (key !== "ArrowUp" && key !== "ArrowDown") return undefined;
  const sameLayer = [...scene.boxes.values()].filter((box) => Math.abs(box.x - here.x) < box.width / 2);
  return nearest(sameLayer.filter((box) => (key === "ArrowUp" ? box.y < here.y : box.y > here.y)));
}

/** The edges at a box, from the top of the drawing to its bottom. */
export function linesAt(scene: Scene, box: string): readonly SceneLine[] {
  const middle = ({ from, to }: SceneLine) => from.y + to.y;
  return scene.lines
    .filter(({ edge, source, target }) => edge !== undefined && (source === box || target === box))
    .sort((a, b) => middle(a) - middle(b));
}

/** The edge to which up and down lead from an edge, among those at a box; undefined at the ends and for other keys. */
export function nextLine(scene: Scene, box: string, id: string, key: string): SceneLine | undefined {
  const step = key === "ArrowUp" ? -1 : key === "ArrowDown" ? 1 : undefined;
  const lines = linesAt(scene, box);
  const at = lines.findIndex((line) => line.id === id);
  return step === undefined || at < 0 ? undefined : lines[at + step];
}
