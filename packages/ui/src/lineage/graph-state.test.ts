import { expect, test } from "@jest/globals";
import type { LineageAnswer, LineageEdge, LineageNode } from "../api-types.ts";
import { around, columnTrace, graphOf, merged, mostNodes } from "./graph-state.ts";

const node = (id: string, moreUpstream = 0, moreDownstream = 0): LineageNode => ({
  id,
  type: "table",
  name: id,
  fqn: `s.${id}`,
  deleted: false,
  moreUpstream,
  moreDownstream,
});
const edge = (from: string, to: string, more: Partial<LineageEdge> = {}): LineageEdge => ({
  from,
  to,
  source: "PipelineLineage",
  pipelines: [],
  columns: [],
  ...more,
});
const answer = (nodes: LineageNode[], edges: LineageEdge[]): LineageAnswer => ({
  root: nodes[0]?.id ?? "",
  nodes,
  edges,
  unresolved: [],
  truncated: false,
});

test("expanding adds neighbours, and counts only those that are still not drawn", () => {
  const graph = graphOf(answer([node("a"), node("b", 0, 2)], [edge("a", "b")]));
  // Asked downstream of b: the answer does not hold a, so it counts it as missing.
  const next = merged(graph, answer([node("b", 1, 0), node("c"), node("d", 0, 4)], [edge("b", "c"), edge("b", "d")]));
  expect(
    [...next.nodes.values()].map(({ id, moreUpstream, moreDownstream }) => [id, moreUpstream, moreDownstream]),
  ).toEqual([
    ["a", 0, 0],
    ["b", 0, 0],
    ["c", 0, 0],
    ["d", 0, 4],
  ]);
  expect(around(next, "b")).toEqual({ up: ["a"], down: ["c", "d"] });
  expect(next.full).toBe(false);
});

test("no more than the most entities are drawn, and edges lead to none that is not", () => {
  const many = Array.from({ length: mostNodes }, (_nothing, index) => node(`n${index}`));
  const graph = graphOf(answer(many, []));
  const next = merged(graph, answer([node("n0"), node("late")], [edge("n0", "late")]));
  expect([next.nodes.size, next.nodes.has("late"), next.edges.size, next.full]).toEqual([mostNodes, false, 0, true]);
  // What was left out stays offered.
  expect(next.nodes.get("n0")?.moreDownstream).toBe(1);
});

test("two edges between the same entities are one, with the pipelines of both", () => {
  const [one, two] = ["p", "q"].map((id) => ({ id, name: id, fqn: `s.${id}` }));
  const columns = (from: string) => [{ from: [from], to: "s.b.x" }];
  const graph = graphOf(
    answer(
      [node("a"), node("b")],
      [
        edge("a", "b", { pipelines: one ? [one] : [], columns: columns("s.a.x") }),
        edge("a", "b", { pipelines: one && two ? [one, two] : [], columns: columns("s.a.y") }),
      ],
    ),
  );
  const [only] = graph.edges.values();
  expect([graph.edges.size, only?.pipelines.map(({ id }) => id), only?.columns]).toEqual([
    1,
    ["p", "q"],
    [{ from: ["s.a.x", "s.a.y"], to: "s.b.x" }],
  ]);
});

test("unresolved ends of two answers are told apart by what they are, not by their numbers", () => {
  const end = (name: string) => ({
    id: "unresolved:0",
    near: "a",
    side: "upstream" as const,
    name,
    reason: "r",
    nearest: [],
  });
  const graph = graphOf({ ...answer([node("a")], []), unresolved: [end("s3://x")] });
  const next = merged(graph, { ...answer([node("a")], []), unresolved: [end("s3://y"), end("s3://x")] });
  expect(next.unresolved.map(({ name }) => name)).toEqual(["s3://x", "s3://y"]);
  expect(new Set(next.unresolved.map(({ id }) => id)).size).toBe(2);
});

test("a column is followed both ways over all edges, and not into its siblings", () => {
  const edges = [
    edge("a", "b", {
      columns: [
        { from: ["a.x"], to: "b.x" },
        { from: ["a.z"], to: "b.z" },
      ],
    }),
    edge("b", "c", { columns: [{ from: ["b.x", "b.z"], to: "c.sum" }] }),
    edge("c", "a", { columns: [{ from: ["c.sum"], to: "a.back" }] }),
  ];
  expect([...columnTrace(edges, "b.x")].sort()).toEqual(["a.back", "a.x", "b.x", "c.sum"]);
});
