import { useEffect, useState } from "react";
import { api, type Entity } from "../api.ts";
import type { PipelineRun, TaskRun } from "../api-types.ts";
import { counted, duration, moment } from "../format.ts";
import { DataTable, type DataColumn } from "../parts/data-table.tsx";
import { Markdown } from "../parts/markdown.tsx";
import { Mark } from "../parts/marks.tsx";
import { Empty, Loaded } from "../parts/notice.tsx";
import { Panel } from "../parts/page.tsx";
import { go, useAddress } from "../router.ts";
import { useLoad } from "../use-load.ts";
import { list, text, webAddress, type Json } from "./entity-fields.ts";
import { beganAt, failureOf, lengthOf, taskLength, taskStates } from "./run-figures.ts";
import { RunsTimeline } from "./runs-timeline.tsx";
import { TaskGraph } from "./task-graph.tsx";

/** Runs at first, and all that are shown at most. */
const shownRuns = { first: 60, most: 1000 };

/** Tasks and runs of a pipeline; a run that is chosen colours the tasks. */
export function PipelineView({ fqn, entity }: { readonly fqn: string; readonly entity: Entity }) {
  const { pathname, query } = useAddress();
  // In the address, so that a link leads to a run.
  const chosen = query.get("run");
  const [limit, setLimit] = useState(shownRuns.first);
  const load = useLoad(`${fqn} ${limit}`, (signal) => api.pipelineRuns("pipeline", fqn, limit, signal), fqn);
  const runs = load.value ?? [];
  const found = runs.find(({ timestamp }) => String(timestamp) === chosen);
  const run = found ?? runs[0];
  const isOlder = chosen !== null && !found && runs.length === limit && limit < shownRuns.most;
  useEffect(() => {
    if (isOlder) setLimit(shownRuns.most);
  }, [isOlder]);
  const tasks = list(entity, "tasks");
  const states = taskStates(run);
  const failure = failureOf(run);
  return (
    <>
      <Panel title="Tasks" aside={run ? <RunName run={run} latest={run === runs[0]} /> : counted(tasks.length, "task")}>
        {failure === undefined ? undefined : <p className="notice error">{failure}</p>}
        {tasks.length === 0 ? <Empty>This pipeline has no tasks.</Empty> : <TaskGraph tasks={tasks} states={states} />}
      </Panel>
      <Panel
        title="Runs"
        aside={runs.length > 0 ? "Oldest left, newest right; choose one to see its tasks" : undefined}
      >
        <Loaded load={load} what="the runs">
          {(all) =>
            all.length === 0 ? (
              <Empty>No run of this pipeline is known.</Empty>
            ) : (
              <>
                <RunsTimeline
                  runs={all}
                  chosen={run}
                  choose={(next) =>
                    go(next === runs[0] ? pathname : `${pathname}?run=${next.timestamp}`, { replace: true })
                  }
                />
                {all.length === limit && limit < shownRuns.most ? (
                  <p className="notice">
                    <button type="button" onClick={() => setLimit(shownRuns.most)}>
                      Show older runs
                    </button>
                  </p>
                ) : undefined}
              </>
            )
          }
        </Loaded>
      </Panel>
      {tasks.length === 0 ? undefined : (
        <Panel title="Tasks of the chosen run" aside={counted(tasks.length, "task")} flush>
          <TaskTable tasks={tasks} states={states} />
        </Panel>
      )}
    </>
  );
}

function RunName({ run, latest }: { readonly run: PipelineRun; readonly latest: boolean }) {
  const length = lengthOf(run);
  return (
    <span aria-live="polite">
      {latest ? "Latest run" : "Run"} of {moment(beganAt(run))} <Mark state={run.executionStatus} />
      {length === undefined ? "" : ` ${duration(length)}`}
    </span>
  );
}

function TaskTable(props: { readonly tasks: readonly Json[]; readonly states: ReadonlyMap<string, TaskRun> }) {
  const stateOf = (task: Json) => props.states.get(text(task, "name") ?? "");
  const logOf = (task: Json) => webAddress(stateOf(task)?.logLink);
  return (
    <DataTable<Json>
      label="Tasks"
      rows={props.tasks}
      rowKey={(task) => text(task, "name") ?? ""}
      columns={[
        {
          name: "Task",
          head: true,
          kind: "wrap",
          cell: (task) => {
            const source = webAddress(text(task, "sourceUrl"));
            const name = text(task, "displayName") ?? text(task, "name");
            return source === undefined ? (
              name
            ) : (
              <a href={source} target="_blank" rel="noreferrer">
                {name}
              </a>
            );
          },
        },
        { name: "Operator", kind: "wrap", cell: (task) => text(task, "taskType") ?? "" },
        ...(props.tasks.some((task) => text(task, "description") !== undefined)
          ? [
              {
                name: "Description",
                kind: "wrap" as const,
                cell: (task: Json) => <Markdown text={text(task, "description") ?? ""} />,
              },
            ]
          : []),
        {
          name: "State",
          kind: "tight",
          cell: (task) => {
            const state = stateOf(task);
            return state ? <Mark state={state.executionStatus} /> : <span className="muted">not run</span>;
          },
        },
        {
          name: "Took",
          kind: "num",
          cell: (task) => {
            const state = stateOf(task);
            const length = state && taskLength(state);
            return length === undefined ? "" : duration(length);
          },
        },
        ...(props.tasks.some((task) => list(task, "owners").length > 0) ? [owners] : []),
        ...(props.tasks.some((task) => logOf(task) !== undefined)
          ? [{ name: "Log", kind: "tight" as const, cell: (task: Json) => <LogLink task={task} log={logOf(task)} /> }]
          : []),
      ]}
    />
  );
}

const owners: DataColumn<Json> = {
  name: "Owners",
  kind: "wrap",
  cell: (task) =>
    list(task, "owners")
      .map((owner) => text(owner, "displayName") ?? text(owner, "name"))
      .join(", "),
};

function LogLink({ task, log }: { readonly task: Json; readonly log: string | undefined }) {
  return log === undefined ? undefined : (
    <a href={log} target="_blank" rel="noreferrer" aria-label={`Log of ${text(task, "name") ?? "the task"}`}>
      Log
    </a>
  );
}
