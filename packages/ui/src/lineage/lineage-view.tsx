import { useMemo, useState } from "react";
import { counted } from "../format.ts";
import { warmLayout } from "../graph/layout.ts";
import { ErrorNotice, Loaded } from "../parts/notice.tsx";
import { go } from "../router.ts";
import { to } from "../routes.ts";
import "../style/lineage.css";
import { DetailsPanel } from "./details-panel.tsx";
import { GraphCanvas } from "./graph-canvas.tsx";
import type { Lit } from "./graph-lines.tsx";
import type { NodeActions } from "./graph-nodes.tsx";
import { columnTrace, edgeKey, endBox, mostNodes, pathKeys, type Graph } from "./graph-state.ts";
import { ImpactView } from "./impact-view.tsx";
import { LineageTable } from "./lineage-table.tsx";
import { LineageToolbar } from "./lineage-toolbar.tsx";
import { useChoice, useLineage, useScene, type LineageState } from "./use-lineage.ts";
import type { Scene } from "./scene.ts";

// While the data is asked for, the worker gets ready.
warmLayout();

const none: ReadonlySet<string> = new Set();

/** Graph, table and impact list of an entity. What is chosen is in the address. */
export default function LineageView({ type, fqn }: { readonly type: string; readonly fqn: string }) {
  const [choice, change] = useChoice();
  const state = useLineage(type, fqn, choice);
  const [open, setOpen] = useState(none);
  const level = useMemo(() => (choice.columns ? { open } : undefined), [choice.columns, open]);
  const { scene, error } = useScene(state.graph, level);
  return (
    <>
      <LineageToolbar choice={choice} change={change} graph={state.graph} scene={scene} name={fqn} />
      <p className={state.said || state.graph?.full ? "muted" : "hidden"} role="status" aria-live="polite">
        {state.graph ? summary(state.graph) : ""} {state.said}
      </p>
      {choice.view === "impact" ? (
        <ImpactView
          type={type}
          fqn={fqn}
          direction={choice.impact}
          choose={(direction) => change({ impact: direction })}
        />
      ) : (
        <Loaded load={state.load} what="the lineage">
          {() =>
            state.graph === undefined ? undefined : choice.view === "table" ? (
              <LineageTable graph={state.graph} />
            ) : error !== undefined ? (
              <>
                <ErrorNotice error={new Error("The graph could not be laid out. Its table follows.")} />
                <LineageTable graph={state.graph} />
              </>
            ) : scene ? (
              <Drawn
                key={state.graph.root}
                state={state}
                graph={state.graph}
                scene={scene}
                choosePath={(id) => change({ path: id })}
                openColumns={(id) => setOpen((before) => new Set([...before, id]))}
              />
            ) : (
              <div className="canvas">
                <p className="notice">Drawing …</p>
              </div>
            )
          }
        </Loaded>
      )}
    </>
  );
}

function summary(graph: Graph): string {
  const words = `${counted(graph.nodes.size, "entity", "entities")} and ${counted(graph.edges.size, "edge")} drawn.`;
  return graph.full ? `${words} There is more: at most ${mostNodes} are drawn at a time.` : words;
}

function Drawn(props: {
  readonly state: LineageState;
  readonly graph: Graph;
  readonly scene: Scene;
  readonly choosePath: (id: string | undefined) => void;
  readonly openColumns: (id: string) => void;
}) {
  const { state, graph, scene, openColumns } = props;
  const [active, setActive] = useState<string>();
  const [column, setColumn] = useState<string>();
  const path = state.path.value;
  const lit = useMemo((): Lit => {
    const edges = [...graph.edges.values()];
    if (column !== undefined) return { lines: none, columns: columnTrace(edges, column) };
    if (active !== undefined) {
      const touching = edges.filter(({ from, to: end }) => from === active || end === active).map(edgeKey);
      const ends = graph.unresolved.filter((end) => endBox(end) === active || end.near === active).map(({ id }) => id);
      return { lines: new Set(graph.edges.has(active) ? [active] : [...touching, ...ends]), columns: none };
    }
    return { lines: path ? pathKeys(path) : none, columns: none };
  }, [graph, column, active, path]);
  const actions = useMemo(
    (): NodeActions => ({
      root: graph.root,
      active,
      columns: lit.columns,
      expand: state.expand,
      openColumns,
      chooseColumn: (fqn) => setColumn((before) => (before === fqn ? undefined : fqn)),
    }),
    [graph.root, active, lit.columns, state.expand, openColumns],
  );
  const select = (id: string | undefined) => {
    setActive(id);
    setColumn(undefined);
  };
  const root = graph.nodes.get(graph.root);
  return (
    <div className="drawn">
      <GraphCanvas
        graph={graph}
        scene={scene}
        lit={lit}
        actions={actions}
        name={root?.name ?? ""}
        path={path}
        select={select}
        selectLine={(line) => select(line.id)}
        openEntity={(id) => {
          const node = graph.nodes.get(id);
          if (node) go(to.entity(node.type, node.fqn));
        }}
      />
      <DetailsPanel
        graph={graph}
        active={active ?? graph.root}
        path={state.path}
        select={select}
        expand={state.expand}
        choosePath={props.choosePath}
      />
    </div>
  );
}
