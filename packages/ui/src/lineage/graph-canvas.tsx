import { ReactFlow, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { useEffect, useMemo, useRef, type KeyboardEvent } from "react";
import { counted, kind } from "../format.ts";
import { middleOf } from "../graph/paths.ts";
import type { PathAnswer } from "../api-types.ts";
import type { Graph } from "./graph-state.ts";
import { GraphLines, type Lit } from "./graph-lines.tsx";
import { linesAt, neighbour, nextLine } from "./graph-walk.ts";
import { BoxView, NodeContext, type BoxNode, type NodeActions } from "./graph-nodes.tsx";
import type { Scene, SceneBox, SceneLine } from "./scene.ts";

const nodeTypes = { box: BoxView };
/** Below this the names can't be read: the graph starts at its root instead of as a whole. */
const readable = 0.7;

interface CanvasProps {
  readonly graph: Graph;
  readonly scene: Scene;
  readonly lit: Lit;
  readonly actions: NodeActions;
  readonly select: (id: string | undefined) => void;
  readonly selectLine: (line: SceneLine) => void;
  readonly openEntity: (id: string) => void;
  readonly name: string;
  /** A path to bring into view. */
  readonly path: PathAnswer | undefined;
}

/** The graph: pan, zoom, choose with mouse or keys. */
export function GraphCanvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function describe({ node, end }: SceneBox): string {
  if (end) return `${end.name}, not in the catalog: ${end.reason}`;
  if (!node) return "";
  const more = [
    node.moreUpstream > 0 && `${node.moreUpstream} more upstream`,
    node.moreDownstream > 0 && `${node.moreDownstream} more downstream`,
  ].filter(Boolean);
  return [`${kind(node.type)} ${node.displayName ?? node.name}`, ...more].join(", ");
}

function Canvas(props: CanvasProps) {
  const { graph, scene, actions, select } = props;
  const frame = useRef<HTMLDivElement>(null);
  const nodes = useMemo(
    () =>
      [...scene.boxes.values()].map((box): BoxNode => ({
        id: box.id,
        type: "box",
        position: { x: box.x, y: box.y },
        width: box.width,
        height: box.height,
        measured: { width: box.width, height: box.height },
        data: { box },
        // One stop for the tab key; arrows lead on from there.
        focusable: box.id === (actions.active ?? graph.root),
        ariaLabel: describe(box),
      })),
    [scene, actions.active, graph.root],
  );
  useViewport(scene, graph, frame);
  useShown(scene, props.path);
  const walk = useWalk(props, frame);
  return (
    <div
      ref={frame}
      className="canvas"
      role="group"
      aria-label={`Lineage graph of ${props.name}: ${counted(graph.nodes.size, "entity", "entities")}`}
      aria-describedby="graph-keys"
      data-nodes={scene.boxes.size}
      onKeyDown={walk.onKeyDown}
    >
      <NodeContext value={actions}>
        <ReactFlow<BoxNode>
          nodes={nodes}
          edges={[]}
          nodeTypes={nodeTypes}
          minZoom={0.05}
          maxZoom={2}
          nodesDraggable={false}
          nodesConnectable={false}
          elementsSelectable={false}
          nodesFocusable
          disableKeyboardA11y
          deleteKeyCode={null}
          selectionKeyCode={null}
          onlyRenderVisibleElements={scene.boxes.size > 60}
          onNodeClick={(_event, node) => select(node.id)}
          onNodeDoubleClick={(_event, node) => props.openEntity(node.id)}
          onPaneClick={() => select(undefined)}
          zoomOnDoubleClick={false}
        >
          <GraphLines
            scene={scene}
            lit={props.lit}
            active={actions.active}
            stop={walk.stop}
            select={props.selectLine}
            reached={walk.showLine}
          />
          <GraphButtons />
        </ReactFlow>
      </NodeContext>
      <p id="graph-keys" className="hidden">
        Arrow keys go to neighbours, Enter opens the entity, plus and minus zoom, 0 shows all, Escape ends the choice.
        Tab goes on to the edges of the entity: up and down go to the next one, Enter tells about it, left and right go
        to its ends.
      </p>
    </div>
  );
}

/** Brings a path into view, once, when all of it is drawn. */
function useShown(scene: Scene, path: PathAnswer | undefined): void {
  const flow = useReactFlow();
  const shown = useRef<PathAnswer | undefined>(undefined);
  useEffect(() => {
    if (!path || path === shown.current) return;
    const boxes = path.nodes.flatMap(({ id }) => scene.boxes.get(id) ?? []);
    if (boxes.length === 0 || boxes.length < path.nodes.length) return;
    shown.current = path;
    const [x, y] = [Math.min(...boxes.map((box) => box.x)), Math.min(...boxes.map((box) => box.y))];
    const width = Math.max(...boxes.map((box) => box.x + box.width)) - x;
    const height = Math.max(...boxes.map((box) => box.y + box.height)) - y;
    void flow.fitBounds({ x, y, width, height }, { padding: 0.1 });
  }, [scene, path]);
}

/** What keys do in the graph, and which edge the tab key stops at: the chosen one, or the first of the chosen entity. */
function useWalk(props: CanvasProps, frame: { readonly current: HTMLElement | null }) {
  const { graph, scene, actions, select } = props;
  const flow = useReactFlow();
  const active = actions.active ?? graph.root;
  // Edges are walked around the entity that was chosen last.
  const box = useRef(graph.root);
  if (scene.boxes.has(active)) box.current = active;
  const chosen = graph.edges.has(active) ? active : undefined;
  const stop = chosen ?? linesAt(scene, box.current)[0]?.id;
  const focusIn = (attribute: string, id: string) => {
    // After two frames it is drawn, also when it was outside.
    requestAnimationFrame(() =>
      requestAnimationFrame(() =>
        frame.current?.querySelector<HTMLElement>(`[${attribute}="${CSS.escape(id)}"]`)?.focus({ preventScroll: true }),
      ),
    );
  };
  const zoom = () => Math.max(flow.getZoom(), readable);
  const focusBox = (id: string | undefined) => {
    const found = id === undefined ? undefined : scene.boxes.get(id);
    if (!found) return;
    select(found.id);
    void flow.setCenter(found.x + found.width / 2, found.y + found.height / 2, { zoom: zoom() });
    focusIn("data-id", found.id);
  };
  const showLine = ({ from, to, via }: SceneLine) => {
    const middle = middleOf(from, to, via);
    const seen = flow.flowToScreenPosition(middle);
    const { left = 0, right = 0, top = 0, bottom = 0 } = frame.current?.getBoundingClientRect() ?? {};
    if (seen.x < left || seen.x > right || seen.y < top || seen.y > bottom)
      void flow.setCenter(middle.x, middle.y, { zoom: zoom() });
  };
  const keyOnLine = (line: SceneLine, key: string): boolean => {
    if (key === "Enter" || key === " ") props.selectLine(line);
    else if (key === "ArrowLeft") focusBox(line.source);
    else if (key === "ArrowRight") focusBox(line.target);
    else if (key === "Escape") focusBox(box.current);
    else {
      const at = line.source === box.current || line.target === box.current ? box.current : line.source;
      const next = nextLine(scene, at, line.id, key);
      if (next) focusIn("data-line", next.id);
      return next !== undefined;
    }
    return true;
  };
  const keyOnBox = (key: string, onControl: boolean): boolean => {
    const next = neighbour(graph, scene, box.current, key);
    if (key === "Enter" && !onControl) props.openEntity(box.current);
    else if (key === "Escape") select(undefined);
    else if (next !== undefined) focusBox(next);
    else return false;
    return true;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { key } = event;
    const target = event.target as HTMLElement;
    const id = target.closest("[data-line]")?.getAttribute("data-line");
    const line = scene.lines.find((one) => one.id === id);
    if (key === "+" || key === "=") void flow.zoomIn();
    else if (key === "-") void flow.zoomOut();
    else if (key === "0") void flow.fitView();
    else if (!(line ? keyOnLine(line, key) : keyOnBox(key, target.tagName === "BUTTON" || target.tagName === "A")))
      return;
    event.preventDefault();
  };
  return { onKeyDown, showLine, stop };
}

function GraphButtons() {
  const flow = useReactFlow();
  return (
    <div className="zoom" role="group" aria-label="Zoom">
      <button type="button" aria-label="Zoom in" onClick={() => void flow.zoomIn()}>
        +
      </button>
      <button type="button" aria-label="Zoom out" onClick={() => void flow.zoomOut()}>
        −
      </button>
      <button type="button" onClick={() => void flow.fitView({ padding: 0.08, maxZoom: 1 })}>
        All
      </button>
    </div>
  );
}

/** Shows the whole graph, or its root when the whole is too small to read; what was expanded leaves the root where it is. */
function useViewport(scene: Scene, graph: Graph, frame: { readonly current: HTMLElement | null }): void {
  const flow = useReactFlow();
  const before = useRef<{ root: string; scene: Scene } | undefined>(undefined);
  useEffect(() => {
    const root = scene.boxes.get(graph.root);
    const last = before.current;
    before.current = { root: graph.root, scene };
    const old = last?.root === graph.root ? last.scene.boxes.get(graph.root) : undefined;
    const view = flow.getViewport();
    if (old && root) {
      void flow.setViewport({
        ...view,
        x: view.x + (old.x - root.x) * view.zoom,
        y: view.y + (old.y - root.y) * view.zoom,
      });
      return;
    }
    const { width = 0, height = 0 } = frame.current?.getBoundingClientRect() ?? {};
    const zoom = Math.min((width * 0.94) / scene.width, (height * 0.9) / scene.height, 1);
    if (root && zoom < readable) {
      const near = 0.85;
      void flow.setViewport({
        zoom: near,
        x: width / 2 - (root.x + root.width / 2) * near,
        y: height / 2 - (root.y + root.height / 2) * near,
      });
    } else {
      void flow.setViewport({ zoom, x: (width - scene.width * zoom) / 2, y: (height - scene.height * zoom) / 2 });
    }
  }, [scene, graph.root]);
  useEffect(() => {
    const painted = requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        if (frame.current) frame.current.dataset["painted"] = String(scene.boxes.size);
        performance.mark("omd-lineage-painted", { detail: scene.boxes.size });
      }),
    );
    return () => cancelAnimationFrame(painted);
  }, [scene]);
}
