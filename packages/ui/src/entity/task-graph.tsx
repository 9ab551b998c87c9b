import { useEffect, useMemo, useState } from "react";
import type { TaskRun } from "../api-types.ts";
import { duration, kind } from "../format.ts";
import { arrange, type Arrangement } from "../graph/layout.ts";
import { roundedPath } from "../graph/paths.ts";
import { short } from "../graph/short.ts";
import { tone } from "../parts/marks.tsx";
import { text, texts, type Json } from "./entity-fields.ts";
import { taskLength } from "./run-figures.ts";

const box = { width: 152, height: 44 };
const edge = 2;
/** Below this share of its size the words in the graph are hard to read. */
const least = 0.75;

/** Tasks and their order, coloured by the states of one run. The table of tasks below says the same in words. */
export function TaskGraph(props: { readonly tasks: readonly Json[]; readonly states: ReadonlyMap<string, TaskRun> }) {
  const { tasks, states } = props;
  const lines = useMemo(() => linesOf(tasks), [tasks]);
  const [laid, setLaid] = useState<Arrangement>();
  const [error, setError] = useState(false);
  useEffect(() => {
    let current = true;
    const boxes = tasks.map((task) => ({ id: text(task, "name") ?? "", ...box }));
    arrange(boxes, lines, { layerGap: 28, routing: "ORTHOGONAL" }).then(
      (arrangement) => current && setLaid(arrangement),
      () => current && setError(true),
    );
    return () => {
      current = false;
    };
  }, [tasks, lines]);
  if (error) return <p className="muted">The graph could not be laid out; the table below has all tasks.</p>;
  if (!laid) return <p className="muted">Drawing …</p>;
  const [width, height] = [laid.width + 2 * edge, laid.height + 2 * edge];
  return (
    <div className="taskgraph" role="region" aria-label="Task graph" tabIndex={0}>
      <svg
        // A little smaller rather than cut off; what is too wide even then is scrolled.
        style={{ width: `max(${width * least}px, min(${width}px, 100%))` }}
        viewBox={`${-edge} ${-edge} ${width} ${height}`}
        role="img"
        aria-label={`${tasks.length} tasks; their order and states are in the table of tasks`}
      >
        {lines.map(({ id }) => (
          <path key={id} className="line" d={roundedPath(laid.routes.get(id) ?? [])} />
        ))}
        {tasks.map((task) => {
          const name = text(task, "name") ?? "";
          const place = laid.places.get(name);
          return place ? <TaskBox key={name} task={task} state={states.get(name)} {...place} /> : undefined;
        })}
      </svg>
    </div>
  );
}

function TaskBox(props: {
  readonly task: Json;
  readonly state: TaskRun | undefined;
  readonly x: number;
  readonly y: number;
}) {
  const { task, state } = props;
  const name = text(task, "displayName") ?? text(task, "name") ?? "";
  const length = state && taskLength(state);
  const words = state?.executionStatus.toLowerCase() ?? text(task, "taskType") ?? "";
  return (
    <g className={`task ${tone(state?.executionStatus)}`} transform={`translate(${props.x} ${props.y})`}>
      <title>{`${name}: ${state ? words : "not run"}${text(task, "taskType") === undefined ? "" : ` (${text(task, "taskType")})`}`}</title>
      <rect width={box.width} height={box.height} rx={5} />
      <rect className="stripe" width={4} height={box.height - 12} x={6} y={6} rx={2} />
      <text x={18} y={18}>
        {short(name, 18)}
      </text>
      <text x={18} y={34} className="second">
        {short(length === undefined ? kind(words) : `${words}, ${duration(length)}`, 23)}
      </text>
    </g>
  );
}

function linesOf(tasks: readonly Json[]) {
  const names = new Set(tasks.map((task) => text(task, "name")));
  return tasks.flatMap((task) => {
    const from = text(task, "name") ?? "";
    return texts(task, "downstreamTasks")
      .filter((to) => names.has(to))
      .map((to) => ({ id: JSON.stringify([from, to]), from, to }));
  });
}
