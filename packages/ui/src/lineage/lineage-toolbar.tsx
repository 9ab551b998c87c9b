import { useState } from "react";
import { save } from "../graph/save.ts";
import { pngOf, svgOf } from "./drawing.ts";
import type { Graph } from "./graph-state.ts";
import type { Scene } from "./scene.ts";
import { deepest, type LineageChoice, type View } from "./use-lineage.ts";

const views: readonly { readonly key: View; readonly name: string }[] = [
  { key: "graph", name: "Graph" },
  { key: "table", name: "Table" },
  { key: "impact", name: "Impact" },
];

/** What is shown of the lineage, and pictures of it. */
export function LineageToolbar(props: {
  readonly choice: LineageChoice;
  readonly change: (values: Readonly<Record<string, string | undefined>>) => void;
  readonly graph: Graph | undefined;
  readonly scene: Scene | undefined;
  readonly name: string;
}) {
  const { choice, change, graph, scene } = props;
  const [said, setSaid] = useState("");
  const savePng = () => {
    if (!scene || !graph) return;
    pngOf(scene, graph.root).then(
      (blob) => save(`${props.name}.png`, blob),
      (error: unknown) => setSaid(error instanceof Error ? error.message : "The picture could not be made."),
    );
  };
  return (
    <div className="row toolbar" role="toolbar" aria-label="Lineage">
      <span className="segments" role="group" aria-label="View">
        {views.map(({ key, name }) => (
          <button
            key={key}
            type="button"
            aria-pressed={choice.view === key}
            onClick={() => change({ view: key === "graph" ? undefined : key })}
          >
            {name}
          </button>
        ))}
      </span>
      {choice.view === "impact" ? undefined : (
        <>
          <Depth name="Upstream" value={choice.up} choose={(value) => change({ up: value })} />
          <Depth name="Downstream" value={choice.down} choose={(value) => change({ down: value })} />
        </>
      )}
      {choice.view === "graph" ? (
        <>
          <button
            type="button"
            aria-pressed={choice.columns}
            onClick={() => change({ level: choice.columns ? undefined : "column" })}
          >
            Columns
          </button>
          <span className="row spread">
            <span role="status" className="muted">
              {said}
            </span>
            <button
              type="button"
              disabled={!scene}
              onClick={() => scene && graph && save(`${props.name}.svg`, svgOf(scene, graph.root))}
            >
              Save SVG
            </button>
            <button type="button" disabled={!scene} onClick={savePng}>
              Save PNG
            </button>
          </span>
        </>
      ) : undefined}
    </div>
  );
}

function Depth(props: { readonly name: string; readonly value: number; readonly choose: (value: string) => void }) {
  return (
    <label className="row tight">
      {props.name}
      <select value={props.value} onChange={(event) => props.choose(event.target.value)}>
        {Array.from({ length: deepest + 1 }, (_nothing, depth) => (
          <option key={depth}>{depth}</option>
        ))}
      </select>
    </label>
  );
}
