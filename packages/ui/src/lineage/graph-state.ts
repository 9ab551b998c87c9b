import type { LineageAnswer, LineageEdge, LineageNode, PathAnswer, UnresolvedEnd } from "../api-types.ts";

/** The most entities that are drawn at a time. */
export const mostNodes = 300;

/** What is drawn: a neighbourhood, and what was expanded since. */
export interface Graph {
  readonly root: string;
  readonly nodes: ReadonlyMap<string, LineageNode>;
  /** By {@link edgeKey}. */
  readonly edges: ReadonlyMap<string, LineageEdge>;
  readonly unresolved: readonly UnresolvedEnd[];
  /** There is more than was drawn because of {@link mostNodes}. */
  readonly full: boolean;
}

/** One edge is drawn between two entities, whatever made it. */
export function edgeKey(edge: Pick<LineageEdge, "from" | "to">): string {
  return `${edge.from} ${edge.to}`;
}

/** A graph of one answer. */
export function graphOf(answer: LineageAnswer): Graph {
  return {
    root: answer.root,
    nodes: new Map(answer.nodes.map((node) => [node.id, node])),
    edges: mergeEdges(new Map(), answer.edges),
    unresolved: unique(answer.unresolved),
    full: answer.truncated,
  };
}

/**
 * The graph with what an answer adds, up to {@link mostNodes} entities. `more…` of each entity then counts the neighbours to which no
 * edge is drawn: all its neighbours (in the answer: drawn there or counted there) without those drawn now.
 */
export function merged(graph: Graph, answer: Pick<LineageAnswer, "nodes" | "edges"> & Partial<LineageAnswer>): Graph {
  const total = new Map<string, { up: number; down: number }>();
  const note = (nodes: Iterable<LineageNode>, edges: Iterable<LineageEdge>) => {
    const drawn = neighbours(edges);
    for (const { id, moreUpstream, moreDownstream } of nodes) {
      const before = total.get(id);
      total.set(id, {
        up: Math.max(before?.up ?? 0, moreUpstream + drawn.up(id)),
        down: Math.max(before?.down ?? 0, moreDownstream + drawn.down(id)),
      });
    }
  };
  note(graph.nodes.values(), graph.edges.values());
  note(answer.nodes, answer.edges);
  const nodes = new Map(graph.nodes);
  let full = graph.full || answer.truncated === true;
  for (const node of answer.nodes) {
    if (nodes.has(node.id)) continue;
    if (nodes.size >= mostNodes) full = true;
    else nodes.set(node.id, node);
  }
  const edges = mergeEdges(
    graph.edges,
    answer.edges.filter(({ from, to }) => nodes.has(from) && nodes.has(to)),
  );
  const drawn = neighbours(edges.values());
  for (const [id, node] of nodes) {
    const { up = 0, down = 0 } = total.get(id) ?? {};
    nodes.set(id, {
      ...node,
      moreUpstream: Math.max(0, up - drawn.up(id)),
      moreDownstream: Math.max(0, down - drawn.down(id)),
    });
  }
  return {
    root: graph.root,
    nodes,
    edges,
    unresolved: unique([...graph.unresolved, ...(answer.unresolved ?? [])]).filter(({ near }) => nodes.has(near)),
    full,
  };
}

/** Id of the box of an unresolved end: ends of one name are one box, whatever they are near to. */
export function endBox({ name }: Pick<UnresolvedEnd, "name">): string {
  return `unresolved:${name}`;
}

/** Keys of the edges of a path. */
export function pathKeys(path: PathAnswer): ReadonlySet<string> {
  return new Set(path.edges.map(edgeKey));
}

/** Entities before and behind one, in the graph. */
export function around(graph: Graph, id: string): { readonly up: readonly string[]; readonly down: readonly string[] } {
  const edges = [...graph.edges.values()];
  return {
    up: edges.filter(({ to, from }) => to === id && graph.nodes.has(from)).map(({ from }) => from),
    down: edges.filter(({ from, to }) => from === id && graph.nodes.has(to)).map(({ to }) => to),
  };
}

/** Columns that a column comes from, and those that come from it, over all edges; itself included. */
export function columnTrace(edges: Iterable<LineageEdge>, start: string): ReadonlySet<string> {
  const steps = [...edges].flatMap(({ columns }) => columns);
  const walk = (next: (column: string) => readonly string[]) => {
    const seen = new Set([start]);
    for (const column of seen) for (const other of next(column)) seen.add(other);
    return seen;
  };
  const up = walk((column) => steps.filter(({ to }) => to === column).flatMap(({ from }) => from));
  const down = walk((column) => steps.filter(({ from }) => from.includes(column)).map(({ to }) => to));
  return up.union(down);
}

function mergeEdges(
  before: ReadonlyMap<string, LineageEdge>,
  added: readonly LineageEdge[],
): ReadonlyMap<string, LineageEdge> {
  const edges = new Map(before);
  for (const edge of added) {
    const key = edgeKey(edge);
    const known = edges.get(key);
    edges.set(
      key,
      known
        ? {
            ...known,
            ...edge,
            pipelines: byId([...known.pipelines, ...edge.pipelines]),
            columns: byTarget([...known.columns, ...edge.columns]),
          }
        : edge,
    );
  }
  return edges;
}

function byId(pipelines: LineageEdge["pipelines"]): LineageEdge["pipelines"] {
  return [...new Map(pipelines.map((pipeline) => [pipeline.id, pipeline])).values()];
}

function byTarget(columns: LineageEdge["columns"]): LineageEdge["columns"] {
  const from = new Map<string, readonly string[]>();
  for (const column of columns) from.set(column.to, [...new Set([...(from.get(column.to) ?? []), ...column.from])]);
  return [...from].map(([to, sources]) => ({ from: sources, to }));
}

/** Answers number their unresolved ends from zero: what is the same is told by its content. */
function unique(ends: readonly UnresolvedEnd[]): readonly UnresolvedEnd[] {
  const known = new Map<string, UnresolvedEnd>();
  for (const end of ends) {
    const id = `unresolved:${end.near} ${end.side} ${end.name}`;
    if (!known.has(id)) known.set(id, { ...end, id });
  }
  return [...known.values()];
}

function neighbours(edges: Iterable<LineageEdge>) {
  const up = new Map<string, Set<string>>();
  const down = new Map<string, Set<string>>();
  const add = (map: Map<string, Set<string>>, key: string, value: string) =>
    map.set(key, (map.get(key) ?? new Set<string>()).add(value));
  for (const { from, to } of edges) {
    add(up, to, from);
    add(down, from, to);
  }
  return { up: (id: string) => up.get(id)?.size ?? 0, down: (id: string) => down.get(id)?.size ?? 0 };
}
