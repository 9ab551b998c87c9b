import type { LineageEdge, LineageNode, UnresolvedEnd } from "../api-types.ts";
import { arrange, type Point } from "../graph/layout.ts";
import {
  headHeight,
  nodeHeight,
  nodeWidth,
  rowMiddle,
  shownColumns,
  usedColumns,
  type ShownColumns,
} from "./node-box.ts";
import { endBox, type Graph } from "./graph-state.ts";

/** A box of the drawing: an entity, or an end that is not in the catalog. */
export interface SceneBox extends Point {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly node?: LineageNode;
  readonly end?: UnresolvedEnd;
  readonly shown?: ShownColumns;
}

/** A line of the drawing, with its ends in pixels. */
export interface SceneLine {
  readonly id: string;
  readonly from: Point;
  readonly to: Point;
  /** Where it passes between boxes. */
  readonly via?: readonly Point[];
  readonly source: string;
  readonly target: string;
  readonly kind: "edge" | "column" | "unresolved";
  readonly edge?: LineageEdge;
  readonly columns?: { readonly from: string; readonly to: string };
}

/** Everything that is drawn, laid out. */
export interface Scene {
  readonly boxes: ReadonlyMap<string, SceneBox>;
  readonly lines: readonly SceneLine[];
  readonly width: number;
  readonly height: number;
}

/** Which columns are drawn; undefined: none. */
export interface ColumnLevel {
  readonly open: ReadonlySet<string>;
}

/** Lays a graph out. Rejects when the layout worker does. */
export async function sceneOf(graph: Graph, level: ColumnLevel | undefined): Promise<Scene> {
  const used = usedColumns(graph.edges.values());
  const boxes = [
    ...[...graph.nodes.values()].map((node) => {
      const shown = level ? shownColumns(node, used, level.open.has(node.id)) : undefined;
      return { id: node.id, width: nodeWidth, height: nodeHeight(shown), node, ...(shown ? { shown } : {}) };
    }),
    ...new Map(graph.unresolved.map((end) => [endBox(end), end]))
      .entries()
      .map(([id, end]) => ({ id, width: nodeWidth, height: headHeight, end })),
  ];
  const ids = new Set(boxes.map(({ id }) => id));
  const edges = [...graph.edges].filter(([, { from, to }]) => ids.has(from) && ids.has(to));
  const ends = graph.unresolved.map((end) => ({
    id: end.id,
    from: end.side === "upstream" ? endBox(end) : end.near,
    to: end.side === "upstream" ? end.near : endBox(end),
  }));
  const laid = await arrange(boxes, [...edges.map(([id, { from, to }]) => ({ id, from, to })), ...ends]);
  const placed = new Map<string, SceneBox>();
  for (const box of boxes) placed.set(box.id, { ...box, ...(laid.places.get(box.id) ?? { x: 0, y: 0 }) });
  // Lines of a circle run back, which the layout routes from other sides of the boxes.
  const via = (id: string): readonly Point[] => {
    const between = laid.routes.get(id)?.slice(1, -1) ?? [];
    return between.every((point, at) => at === 0 || point.x >= (between[at - 1]?.x ?? 0)) ? between : [];
  };
  const line = (id: string, source: string, target: string): Omit<SceneLine, "kind"> => ({
    id,
    source,
    target,
    from: side(placed.get(source), "right"),
    to: side(placed.get(target), "left"),
    via: via(id),
  });
  return {
    boxes: placed,
    lines: [
      ...edges.map(([id, edge]) => ({ ...line(id, edge.from, edge.to), kind: "edge" as const, edge })),
      ...ends.map(({ id, from, to }) => ({ ...line(id, from, to), kind: "unresolved" as const })),
      ...(level ? edges.flatMap(([id, edge]) => columnLines(id, edge, placed, via(id))) : []),
    ],
    width: laid.width,
    height: laid.height,
  };
}

/** Entities are joined at the middle of their heads, so that columns do not move the lines. */
function side(box: SceneBox | undefined, which: "left" | "right"): Point {
  if (!box) return { x: 0, y: 0 };
  return { x: box.x + (which === "right" ? box.width : 0), y: box.y + headHeight / 2 };
}

function columnLines(
  id: string,
  edge: LineageEdge,
  boxes: ReadonlyMap<string, SceneBox>,
  via: readonly Point[],
): readonly SceneLine[] {
  const [source, target] = [boxes.get(edge.from), boxes.get(edge.to)];
  if (!source || !target) return [];
  return edge.columns.flatMap((column) => {
    const to = columnPlace(target, column.to, "left");
    return column.from.flatMap((name) => {
      const from = columnPlace(source, name, "right");
      if (!from || !to) return [];
      const columns = { from: name, to: column.to };
      return [
        {
          id: `${id} ${name} ${column.to}`,
          source: edge.from,
          target: edge.to,
          from,
          to,
          via,
          kind: "column" as const,
          columns,
        },
      ];
    });
  });
}

function columnPlace(box: SceneBox, fqn: string, which: "left" | "right"): Point | undefined {
  const index = box.shown?.columns.findIndex((column) => column.fqn === fqn) ?? -1;
  return index < 0 ? undefined : { x: box.x + (which === "right" ? box.width : 0), y: box.y + rowMiddle(index) };
}
