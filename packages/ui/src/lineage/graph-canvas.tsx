import { ReactFlow, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { useEffect, useMemo, useRef, type KeyboardEvent } from "react";
import { counted, kind } from "../format.ts";
import { around, endBox, type Graph } from "./graph-state.ts";
import { GraphLines, type Lit } from "./graph-lines.tsx";
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
  const flow = useReactFlow();
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
  const focus = (id: string) => {
    const box = scene.boxes.get(id);
    if (!box) return;
    select(id);
    void flow.setCenter(box.x + box.width / 2, box.y + box.height / 2, { zoom: Math.max(flow.getZoom(), readable) });
    // After two frames the node is drawn, also when it was outside.
    requestAnimationFrame(() =>
      requestAnimationFrame(() =>
        frame.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)?.focus({ preventScroll: true }),
      ),
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    const active = actions.active ?? graph.root;
    if (event.key === "+" || event.key === "=") void flow.zoomIn();
    else if (event.key === "-") void flow.zoomOut();
    else if (event.key === "0") void flow.fitView();
    else if (event.key === "Enter" && target.tagName !== "BUTTON" && target.tagName !== "A") props.openEntity(active);
    else if (event.key === "Escape") select(undefined);
    else {
      const next = neighbour(graph, scene, active, event.key);
      if (next === undefined) return;
      focus(next);
    }
    event.preventDefault();
  };
  return (
    <div
      ref={frame}
      className="canvas"
      role="group"
      aria-label={`Lineage graph of ${props.name}: ${counted(graph.nodes.size, "entity", "entities")}`}
      aria-describedby="graph-keys"
      data-nodes={scene.boxes.size}
      onKeyDown={onKeyDown}
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
          <GraphLines scene={scene} lit={props.lit} select={props.selectLine} />
          <GraphButtons />
        </ReactFlow>
      </NodeContext>
      <p id="graph-keys" className="hidden">
        Arrow keys go to neighbours, Enter opens the entity, plus and minus zoom, 0 shows all, Escape ends the choice.
      </p>
    </div>
  );
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

/** The node to which an arrow key leads. */
function neighbour(graph: Graph, scene: Scene, id: string, key: string): string | undefined {
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
