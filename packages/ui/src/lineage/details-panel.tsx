import type { ReactNode } from "react";
import type { Direction } from "../api.ts";
import type { LineageEdge, PathAnswer } from "../api-types.ts";
import { count, counted } from "../format.ts";
import { Breakable } from "../parts/breakable.tsx";
import { EntityLink } from "../parts/entity-link.tsx";
import { Link } from "../parts/link.tsx";
import { Kind, Mark } from "../parts/marks.tsx";
import { to } from "../routes.ts";
import type { Load } from "../use-load.ts";
import { EntityPicker } from "./entity-picker.tsx";
import { around, endBox, type Graph } from "./graph-state.ts";
import { sourceText } from "./line-label.ts";

interface DetailsProps {
  readonly graph: Graph;
  /** Id of an entity or an end, or key of an edge. */
  readonly active: string;
  readonly path: Load<PathAnswer>;
  readonly select: (id: string | undefined) => void;
  readonly expand: (id: string, direction: Direction) => void;
  readonly choosePath: (id: string | undefined) => void;
}

/** What is chosen in the graph, in words, and what can be done with it. */
export function DetailsPanel(props: DetailsProps) {
  const { graph, active } = props;
  const edge = graph.edges.get(active);
  const end = graph.unresolved.find((one) => endBox(one) === active);
  return (
    <aside className="panel details" aria-label="Chosen in the graph">
      {edge ? (
        <EdgeDetails {...props} edge={edge} />
      ) : end ? (
        <div className="body">
          <p className="muted small">Not in the catalog</p>
          <h2 className="wrap">
            <Breakable text={end.name} />
          </h2>
          <p>{end.reason}</p>
          {end.nearest.length > 0 ? <p className="muted">Nearest names: {end.nearest.join(", ")}</p> : undefined}
        </div>
      ) : (
        <EntityDetails {...props} />
      )}
      <PathPart {...props} />
    </aside>
  );
}

function EdgeDetails({ graph, edge, select }: DetailsProps & { readonly edge: LineageEdge }) {
  const name = (id: string) => (
    <button type="button" className="bare" onClick={() => select(id)}>
      <Breakable text={shownName(graph, id)} />
    </button>
  );
  return (
    <div className="body">
      <p className="muted small">Edge, {sourceText(edge)}</p>
      <h2 className="wrap">
        {name(edge.from)} → {name(edge.to)}
      </h2>
      <h3>Made by</h3>
      {edge.pipelines.length === 0 ? (
        <p className="muted">
          {edge.assetEdges === undefined ? "No pipeline is named." : "It follows from what leads between their assets."}
        </p>
      ) : undefined}
      <ul>
        {edge.pipelines.map((pipeline) => (
          <li key={pipeline.id}>
            <EntityLink type="pipeline" fqn={pipeline.fqn} name={pipeline.name} />
          </li>
        ))}
      </ul>
      {edge.columns.length > 0 ? (
        <>
          <h3>{counted(edge.columns.length, "column")}</h3>
          <ul className="small mono">
            {edge.columns.map((column) => (
              <li key={column.to}>
                {column.from.map(lastPart).join(", ")} → {lastPart(column.to)}
              </li>
            ))}
          </ul>
        </>
      ) : undefined}
      {edge.sqlQuery === undefined ? undefined : <pre className="small">{edge.sqlQuery}</pre>}
    </div>
  );
}

function lastPart(fqn: string): string {
  return /(?:"(?:[^"]|"")+"|[^."]+)$/.exec(fqn)?.[0] ?? fqn;
}

function EntityDetails({ graph, active, select, expand, choosePath }: DetailsProps) {
  const node = graph.nodes.get(active);
  if (!node) return undefined;
  const { up, down } = around(graph, active);
  return (
    <div className="body">
      <p>
        <Kind type={node.type} /> {node.deleted ? <Mark state="deleted" /> : undefined}{" "}
        <span className="muted small">{node.service}</span>
      </p>
      <h2 className="wrap">
        <Breakable text={node.displayName ?? node.name} />
      </h2>
      <p className="mono small muted wrap">
        <Breakable text={node.fqn} />
      </p>
      <p className="row">
        <Link className="button" href={to.entity(node.type, node.fqn)}>
          Open
        </Link>
        {active === graph.root ? undefined : (
          <>
            <Link className="button" href={to.lineage(node.type, node.fqn)}>
              Start here
            </Link>
            <button type="button" onClick={() => choosePath(active)}>
              Path from start
            </button>
          </>
        )}
      </p>
      <Side title="Upstream" ids={up} more={node.moreUpstream} graph={graph} select={select}>
        <button type="button" onClick={() => expand(active, "upstream")}>
          Show {count(node.moreUpstream)} more
        </button>
      </Side>
      <Side title="Downstream" ids={down} more={node.moreDownstream} graph={graph} select={select}>
        <button type="button" onClick={() => expand(active, "downstream")}>
          Show {count(node.moreDownstream)} more
        </button>
      </Side>
    </div>
  );
}

function shownName(graph: Graph, id: string): string {
  const node = graph.nodes.get(id);
  return node?.displayName ?? node?.name ?? id;
}

const fewNames = 12;

function Side(props: {
  readonly title: string;
  readonly ids: readonly string[];
  readonly more: number;
  readonly graph: Graph;
  readonly select: (id: string) => void;
  readonly children: ReactNode;
}) {
  const { ids, more, graph } = props;
  return (
    <section aria-label={props.title}>
      <h3>
        {props.title} <span className="muted">{count(ids.length + more)}</span>
      </h3>
      <ul>
        {ids.slice(0, fewNames).map((id) => (
          <li key={id}>
            <button type="button" className="bare" onClick={() => props.select(id)}>
              <Breakable text={shownName(graph, id)} />
            </button>
          </li>
        ))}
      </ul>
      {ids.length > fewNames ? (
        <p className="muted small">and {count(ids.length - fewNames)} in the graph</p>
      ) : undefined}
      {ids.length + more === 0 ? <p className="muted small">Nothing known.</p> : undefined}
      {more > 0 ? props.children : undefined}
    </section>
  );
}

/** Whether the path's first edge leads on from where it begins. */
function withTheData(path: PathAnswer | undefined): boolean {
  const [first, second] = path?.nodes ?? [];
  return path?.edges.some((edge) => edge.from === first?.id && edge.to === second?.id) === true;
}

function PathPart({ graph, path, select, choosePath }: DetailsProps) {
  const nodes = path.value?.nodes ?? [];
  const root = graph.nodes.get(graph.root);
  return (
    <section className="body" aria-label="Path">
      <h3>Path to another entity</h3>
      <EntityPicker
        label={`Entity at the other end of the path from ${root?.displayName ?? root?.name ?? "the start"}`}
        choose={(hit) => choosePath(hit.id)}
      />
      <div aria-live="polite">
        {path.error === undefined ? undefined : <p className="minus">{(path.error as Error).message}</p>}
        {path.value && nodes.length === 0 ? <p>No path leads from one to the other.</p> : undefined}
        {nodes.length > 0 ? (
          <>
            <p className="muted small">
              {counted(nodes.length - 1, "step")}, {withTheData(path.value) ? "in" : "against"} the direction of the
              data
            </p>
            <ol className="steps">
              {nodes.map((node) => (
                <li key={node.id}>
                  <button type="button" className="bare" onClick={() => select(node.id)}>
                    {node.displayName ?? node.name}
                  </button>
                </li>
              ))}
            </ol>
            <button type="button" onClick={() => choosePath(undefined)}>
              Clear path
            </button>
          </>
        ) : undefined}
      </div>
    </section>
  );
}
