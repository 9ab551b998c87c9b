import type { Node, NodeProps } from "@xyflow/react";
import { createContext, memo, use } from "react";
import type { Direction } from "../api.ts";
import { count, counted, kind } from "../format.ts";
import { short } from "../graph/short.ts";
import type { SceneBox } from "./scene.ts";

/** What nodes need to know of the whole. */
export interface NodeActions {
  readonly root: string;
  readonly active: string | undefined;
  readonly columns: ReadonlySet<string>;
  readonly expand: (id: string, direction: Direction) => void;
  readonly openColumns: (id: string) => void;
  readonly chooseColumn: (fqn: string) => void;
}

/** Given by the graph to its nodes. */
export const NodeContext = createContext<NodeActions | undefined>(undefined);

/** A node of the drawing. */
export type BoxNode = Node<{ readonly box: SceneBox }, "box">;

/** An entity, or an end that is not in the catalog. */
export const BoxView = memo(function BoxView({ data: { box } }: NodeProps<BoxNode>) {
  return box.end ? <EndBox box={box} /> : <EntityBox box={box} />;
});

function EndBox({ box: { end } }: { readonly box: SceneBox }) {
  return (
    <div className="box end" title={`${end?.name}: ${end?.reason}`}>
      <div className="meta">not in the catalog</div>
      <Name text={end?.name ?? ""} />
    </div>
  );
}

/** Most letters at the end of a name that stay when it is too long for its box: names that begin alike often differ there. */
const keptLetters = 15;

function Name({ text, title }: { readonly text: string; readonly title?: string }) {
  const last = text.slice(text.lastIndexOf("/") + 1);
  const end =
    last !== "" && last.length <= keptLetters
      ? last
      : Array.from(text)
          .slice(3 - keptLetters)
          .join("");
  return (
    <div className="name" title={title}>
      <span>{text.slice(0, text.length - end.length)}</span>
      <span>{end}</span>
    </div>
  );
}

function EntityBox({ box }: { readonly box: SceneBox }) {
  const actions = use(NodeContext);
  const { node, shown } = box;
  if (!node || !actions) return undefined;
  const state = `${node.id === actions.root ? "root" : ""} ${node.id === actions.active ? "active" : ""} ${node.deleted ? "gone" : ""}`;
  const tab = node.id === actions.active ? 0 : -1;
  return (
    <div className={`box ${state}`}>
      <div className="meta">
        {kind(node.type)}
        {node.service === undefined ? "" : ` · ${short(node.service, 20)}`}
        {node.deleted ? " · deleted" : ""}
      </div>
      <Name text={node.displayName ?? node.name} title={node.fqn} />
      <More box={box} direction="upstream" tab={tab} />
      <More box={box} direction="downstream" tab={tab} />
      {shown && shown.columns.length > 0 ? (
        <ul className="cols nodrag">
          {shown.columns.map((column) => (
            <li key={column.fqn}>
              <button
                type="button"
                tabIndex={tab}
                className="nodrag"
                aria-pressed={actions.columns.has(column.fqn)}
                onClick={(event) => {
                  event.stopPropagation();
                  actions.chooseColumn(column.fqn);
                }}
              >
                <span>{short(column.name, 18)}</span>
                <span className="type">{short(column.dataType?.toLowerCase() ?? "", 12)}</span>
              </button>
            </li>
          ))}
          {shown.left > 0 ? (
            <li>
              <button
                type="button"
                tabIndex={tab}
                className="nodrag"
                onClick={(event) => {
                  event.stopPropagation();
                  actions.openColumns(node.id);
                }}
              >
                {counted(shown.left, "more column")}
              </button>
            </li>
          ) : undefined}
        </ul>
      ) : undefined}
    </div>
  );
}

function More(props: { readonly box: SceneBox; readonly direction: Direction; readonly tab: number }) {
  const actions = use(NodeContext);
  const { node } = props.box;
  const left = props.direction === "upstream" ? node?.moreUpstream : node?.moreDownstream;
  if (!node || !actions || !left) return undefined;
  return (
    <button
      type="button"
      tabIndex={props.tab}
      className={`more nodrag ${props.direction}`}
      aria-label={`Show ${count(left)} more ${props.direction} of ${node.name}`}
      title={`${count(left)} more ${props.direction}`}
      onClick={(event) => {
        event.stopPropagation();
        actions.expand(node.id, props.direction);
      }}
    >
      +{count(left)}
    </button>
  );
}
