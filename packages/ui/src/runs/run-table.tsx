import type { ReactNode } from "react";
import type { RunSummary } from "../api-types.ts";
import { count, duration } from "../format.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Link } from "../parts/link.tsx";
import { Ago, Mark } from "../parts/marks.tsx";
import { to } from "../routes.ts";

/** Runs with their outcome and what they wrote; `choice` is put before each. */
export function RunTable(props: {
  readonly runs: readonly RunSummary[];
  readonly label: string;
  readonly choice?: (run: RunSummary) => ReactNode;
}) {
  const { choice } = props;
  return (
    <DataTable
      label={props.label}
      rows={props.runs}
      rowKey={(run) => run.runId}
      columns={[
        ...(choice ? [{ name: "Compare", kind: "tight" as const, cell: choice }] : []),
        {
          name: "Started",
          kind: "tight",
          head: true,
          cell: (run) => (
            <Link href={to.run(run.runId)}>
              <Ago time={run.startedAt} />
            </Link>
          ),
        },
        { name: "Service", kind: "wrap", cell: (run) => run.serviceName },
        { name: "Outcome", kind: "tight", cell: (run) => <Mark state={run.outcome} /> },
        { name: "Took", kind: "num", cell: (run) => duration(run.endedAt - run.startedAt) },
        { name: "Created", kind: "num", cell: ({ writes }) => (writes ? count(writes.created) : "") },
        { name: "Updated", kind: "num", cell: ({ writes }) => (writes ? count(writes.updated) : "") },
        { name: "Deleted", kind: "num", cell: ({ writes }) => (writes ? count(writes.deleted) : "") },
        { name: "Failures", kind: "num", cell: (run) => count(run.failureCount) },
        {
          name: "Scopes",
          kind: "wrap",
          cell: ({ scopes }) =>
            scopes === undefined ? (
              <span className="muted">not told</span>
            ) : (
              [
                scopes.complete + scopes.partial + scopes.failed === 0 && "none",
                scopes.complete > 0 && `${count(scopes.complete)} complete`,
                scopes.partial > 0 && `${scopes.partial} partial`,
                scopes.failed > 0 && `${scopes.failed} failed`,
              ]
                .filter(Boolean)
                .join(", ")
            ),
        },
      ]}
    />
  );
}
