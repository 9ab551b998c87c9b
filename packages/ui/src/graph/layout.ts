import ELK, { type ElkNode } from "elkjs/lib/elk-api.js";
import workerUrl from "elkjs/lib/elk-worker.min.js?url";

/** A box to be placed; pixels. */
export interface Box {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

/** A line between two boxes. */
export interface Line {
  readonly id: string;
  readonly from: string;
  readonly to: string;
}

/** A place; pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where boxes lie (upper left corners) and which way lines go. */
export interface Arrangement {
  readonly places: ReadonlyMap<string, Point>;
  readonly routes: ReadonlyMap<string, readonly Point[]>;
  readonly width: number;
  readonly height: number;
}

const options = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.layered.spacing.nodeNodeBetweenLayers": "72",
  "elk.spacing.nodeNode": "18",
  "elk.spacing.edgeNode": "18",
  "elk.padding": "[top=4,left=2,bottom=4,right=2]",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
  "elk.layered.nodePlacement.bk.fixedAlignment": "BALANCED",
};

/** More boxes than this are laid out with less care: the first look at them counts more than a crossing less. */
const manyBoxes = 80;
const quick = { "elk.layered.considerModelOrder.strategy": "NONE", "elk.layered.thoroughness": "1" };

const firstGraph = {
  children: ["a", "b", "c", "d"].map((id) => ({ id, width: 9, height: 9 })),
  edges: ["ab", "ac", "bd", "cd", "ad"].map((id) => ({ id, sources: [id.slice(0, 1)], targets: [id.slice(1)] })),
};

let worker: InstanceType<typeof ELK> | undefined;

/** Starts the worker, so that it is ready when the first graph comes. */
export function warmLayout(): InstanceType<typeof ELK> {
  if (!worker) {
    worker = new ELK({ workerUrl, workerFactory: (url) => new Worker(url ?? workerUrl) });
    // A first graph of no use makes the worker load and compile its code while the data is still on its way.
    worker.layout({ id: "graph", layoutOptions: options, ...firstGraph }).catch(() => undefined);
  }
  return worker;
}

/** Lays a directed graph out from left to right, in a worker. `layerGap` is the room between layers in pixels. */
export async function arrange(
  boxes: readonly Box[],
  lines: readonly Line[],
  look: { readonly layerGap?: number; readonly routing?: "ORTHOGONAL" | "POLYLINE" } = {},
): Promise<Arrangement> {
  const graph: ElkNode = await warmLayout().layout({
    id: "graph",
    layoutOptions: {
      ...options,
      ...(boxes.length > manyBoxes ? quick : {}),
      "elk.edgeRouting": look.routing ?? "POLYLINE",
      "elk.layered.spacing.nodeNodeBetweenLayers": String(look.layerGap ?? 72),
    },
    children: boxes.map(({ id, width, height }) => ({ id, width, height })),
    edges: lines.map(({ id, from, to }) => ({ id, sources: [from], targets: [to] })),
  });
  const places = new Map<string, Point>();
  for (const { id, x = 0, y = 0 } of graph.children ?? []) places.set(id, { x, y });
  const routes = new Map<string, readonly Point[]>();
  for (const { id, sections } of graph.edges ?? []) {
    const section = sections?.[0];
    if (section) routes.set(id, [section.startPoint, ...(section.bendPoints ?? []), section.endPoint]);
  }
  return { places, routes, width: graph.width ?? 0, height: graph.height ?? 0 };
}
