import { ViewportPortal, useStore } from "@xyflow/react";
import { memo } from "react";
import { curve, middleOf } from "../graph/paths.ts";
import { short } from "../graph/short.ts";
import { lineLabel, lineName, sourceText } from "./line-label.ts";
import type { Scene, SceneLine } from "./scene.ts";

/** What is lit in the graph. */
export interface Lit {
  readonly lines: ReadonlySet<string>;
  readonly columns: ReadonlySet<string>;
}

/** Whether a line is lit; undefined: nothing is, all are alike. */
export function lineLit(line: SceneLine, lit: Lit): boolean | undefined {
  if (line.columns && lit.columns.size > 0)
    return lit.columns.has(line.columns.from) && lit.columns.has(line.columns.to);
  if (lit.lines.size > 0) return lit.lines.has(line.id);
  return lit.columns.size > 0 ? false : undefined;
}

/** All lines in one drawing below the boxes. Edges are buttons; `stop` is the one that the tab key leads to. */
export const GraphLines = memo(function GraphLines(props: {
  readonly scene: Scene;
  readonly lit: Lit;
  readonly active: string | undefined;
  readonly stop: string | undefined;
  readonly select: (line: SceneLine) => void;
  /** Told of the edge that the keyboard has come to. */
  readonly reached: (line: SceneLine) => void;
}) {
  const near = useStore((state) => state.transform[2] > 0.55);
  const { scene, lit } = props;
  return (
    <ViewportPortal>
      <svg className="lines" width={1} height={1} role="group" aria-label="Edges">
        <defs>
          {["", "lit"].map((name) => (
            <marker
              key={name}
              id={`tip${name}`}
              className={`tip ${name}`}
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerUnits="userSpaceOnUse"
              markerWidth="10"
              markerHeight="10"
              orient="auto"
            >
              <path d="M0,0.5L7.5,4L0,7.5z" />
            </marker>
          ))}
        </defs>
        {scene.lines.map((line) => {
          const on = lineLit(line, lit);
          const path = curve(line.from, line.to, line.via);
          const state = on === undefined ? "" : on ? "lit" : "faint";
          const button = line.edge && {
            role: "button",
            tabIndex: line.id === props.stop ? 0 : -1,
            "aria-label": lineName(line, scene),
            "aria-pressed": line.id === props.active,
            "data-line": line.id,
            onFocus: () => props.reached(line),
          };
          return (
            <g key={line.id} className={`${line.kind} ${state}`} {...(button ?? { "aria-hidden": true })}>
              <path
                className="stroke"
                d={path}
                markerEnd={line.kind === "column" ? undefined : `url(#tip${on === true ? "lit" : ""})`}
              />
              {line.edge ? (
                <path className="hit" d={path} onClick={() => props.select(line)}>
                  <title>{lineLabel(line) || sourceText(line.edge)}</title>
                </path>
              ) : undefined}
            </g>
          );
        })}
        {near ? scene.lines.map((line) => <LineLabel key={line.id} line={line} lit={lineLit(line, lit)} />) : undefined}
      </svg>
    </ViewportPortal>
  );
});

function LineLabel({ line, lit }: { readonly line: SceneLine; readonly lit: boolean | undefined }) {
  const label = lineLabel(line);
  if (label === "" || lit === false) return undefined;
  const { x, y, width } = middleOf(line.from, line.to, line.via);
  const room = Math.max(8, Math.floor(width / 6.2));
  return (
    <text x={x} y={y - 6} textAnchor="middle" aria-hidden="true">
      {short(label, room)}
    </text>
  );
}
