import { useEffect, useRef } from "react";
import type { PipelineRun } from "../api-types.ts";
import { duration, moment } from "../format.ts";
import { tone } from "../parts/marks.tsx";
import { beganAt, lengthOf } from "./run-figures.ts";

const height = 72;
const least = 6;

/** Runs as bars, as high as they were long. Keys: left, right, home, end. */
export function RunsTimeline(props: {
  readonly runs: readonly PipelineRun[];
  readonly chosen: PipelineRun | undefined;
  readonly choose: (run: PipelineRun) => void;
}) {
  const oldestFirst = [...props.runs].reverse();
  const lengths = oldestFirst.map((run) => lengthOf(run) ?? 0);
  const longest = Math.max(1, ...lengths);
  const known = lengths.filter((length) => length > 0).sort((a, b) => a - b);
  const middle = known[Math.floor(known.length / 2)];
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The newest are at the right end.
    if (box.current) box.current.scrollLeft = box.current.scrollWidth;
  }, [props.runs]);
  const at = props.chosen ? oldestFirst.indexOf(props.chosen) : -1;
  const move = (key: string): boolean => {
    const last = oldestFirst.length - 1;
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[key];
    if (next === undefined) return false;
    const index = Math.min(last, Math.max(0, next));
    const run = oldestFirst[index];
    if (run) props.choose(run);
    box.current?.querySelectorAll("button")[index]?.focus();
    return true;
  };
  return (
    <>
      <div
        ref={box}
        className="timeline"
        role="group"
        aria-label="Runs, oldest first"
        onKeyDown={(event) => {
          if (move(event.key)) event.preventDefault();
        }}
      >
        {oldestFirst.map((run, index) => {
          const length = lengths[index] ?? 0;
          const words = `${run.executionStatus.toLowerCase()}, ${moment(beganAt(run))}${length > 0 ? `, ${duration(length)}` : ""}`;
          return (
            <button
              key={run.timestamp}
              type="button"
              className={`bar ${tone(run.executionStatus)}`}
              aria-pressed={run === props.chosen}
              aria-label={words}
              title={`${words}${run.executionId === undefined ? "" : `\n${run.executionId}`}`}
              tabIndex={index === Math.max(0, at) ? 0 : -1}
              onClick={() => props.choose(run)}
            >
              <span style={{ height: Math.max(least, (length / longest) * height) }} />
            </button>
          );
        })}
      </div>
      <p className="muted small row">
        <span>{span(oldestFirst)}</span>
        <span className="spread">
          longest {duration(longest)}
          {middle === undefined ? "" : `, middle ${duration(middle)}`}
        </span>
      </p>
    </>
  );
}

/** When the first and the last of the runs began. */
function span(oldestFirst: readonly PipelineRun[]): string {
  const [first, last] = [oldestFirst[0], oldestFirst.at(-1)].map((run) => run && moment(beganAt(run)));
  return first === last ? (first ?? "") : `${first} to ${last}`;
}
