import { expect, test } from "@jest/globals";
import { linesAt, neighbour, nextLine } from "./graph-walk.ts";
import { graphOf } from "./graph-state.ts";
import { lineName } from "./line-label.ts";
import type { Scene, SceneLine } from "./scene.ts";

const size = { width: 208, height: 52 };
const names = { a: [0, 0], b: [0, 100], hub: [300, 50], c: [600, 0], d: [600, 100] } as const;
const nodes = Object.keys(names).map((id) => ({
  id,
  type: "table",
  name: `table ${id}`,
  fqn: `s.${id}`,
  deleted: false,
  moreUpstream: 0,
  moreDownstream: 0,
}));
const edges = (
  [
    ["b", "hub", ["p", "q"]],
    ["a", "hub", []],
    ["hub", "c", []],
    ["hub", "d", []],
    ["a", "d", []],
  ] as const
).map(([from, to, pipelines]) => ({
  from,
  to,
  source: "QueryLineage",
  pipelines: pipelines.map((name) => ({ id: name, name, fqn: `s.${name}` })),
  columns: [],
}));
const end = { id: "unresolved:0", near: "hub", side: "downstream" as const, name: "s3://x", reason: "r", nearest: [] };
const graph = graphOf({ root: "hub", nodes, edges, unresolved: [end], truncated: false });
const scene: Scene = {
  boxes: new Map(
    nodes.map((node) => {
      const [x, y] = names[node.id as keyof typeof names];
      return [node.id, { ...size, x, y, id: node.id, node }];
    }),
  ),
  lines: [
    ...edges.map((edge): SceneLine => {
      const point = (id: string) => {
        const [x, y] = names[id as keyof typeof names];
        return { x, y };
      };
      const ends = { source: edge.from, target: edge.to, from: point(edge.from), to: point(edge.to) };
      return { id: `${edge.from} ${edge.to}`, kind: "edge", edge, ...ends };
    }),
    { id: end.id, kind: "unresolved", source: "hub", target: "end", from: { x: 300, y: 50 }, to: { x: 600, y: 200 } },
  ],
  width: 808,
  height: 152,
};

test("arrows lead to neighbours and along a layer", () => {
  expect(
    ["ArrowLeft", "ArrowRight", "ArrowUp", "x"].map((key) => neighbour(graph, { ...scene, lines: [] }, "hub", key)),
  ).toEqual(["b", "c", undefined, undefined]);
  expect(neighbour(graph, scene, "a", "ArrowDown")).toBe("b");
});

test("the edges of an entity are walked from top to bottom, and an end that is not in the catalog is none", () => {
  expect(linesAt(scene, "hub").map(({ id }) => id)).toEqual(["a hub", "hub c", "b hub", "hub d"]);
  const walk = (id: string, key: string) => nextLine(scene, "hub", id, key)?.id;
  expect([walk("a hub", "ArrowDown"), walk("b hub", "ArrowUp"), walk("hub d", "ArrowUp")]).toEqual([
    "hub c",
    "hub c",
    "b hub",
  ]);
  expect([walk("hub d", "ArrowDown"), walk("a hub", "ArrowUp"), walk("a d", "ArrowUp"), walk("a hub", "x")]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("an edge is told by its ends and what makes it", () => {
  expect(scene.lines.slice(0, 2).map((line) => lineName(line, scene))).toEqual([
    "Edge from table b to table hub, made by p, q",
    "Edge from table a to table hub, QueryLineage",
  ]);
});
