import { bytes, count, duration } from "../format.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Mark } from "../parts/marks.tsx";
import { Empty } from "../parts/notice.tsx";
import type { ClientStep, ReportHost, ReportScope, ReportStep, RunReport } from "../report-type.ts";

/** What the run wrote, record by record. */
export function Writes({ report: { writes, failureCount } }: { readonly report: RunReport }) {
  const figures: readonly (readonly [string, number])[] = [...Object.entries(writes), ["failures", failureCount]];
  return (
    <section className="panel" aria-label="Writes">
      <dl className="figures">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{count(value)}</dd>
          </div>
        ))}
      </dl>
      <p className="notice small">
        Each record that was written counts: entities, lineage edges, runs, test results and more. Changes counts
        entities only, each once.
      </p>
    </section>
  );
}

/** What each step read or wrote; `busyMs` and `unchanged` only our own runs tell. */
export function Steps({ steps }: { readonly steps: readonly (ReportStep | ClientStep)[] }) {
  const [first] = steps;
  const own = first !== undefined && "busyMs" in first;
  return (
    <DataTable
      label="Steps"
      rows={steps}
      rowKey={(step) => step.name}
      columns={[
        { name: "Step", head: true, kind: "wrap", cell: (step) => step.name },
        { name: "Records", kind: "num", cell: (step) => count(step.records) },
        { name: "Updated", kind: "num", cell: (step) => count(step.updated) },
        ...(own
          ? [
              {
                name: "Unchanged",
                kind: "num" as const,
                cell: (step: ReportStep | ClientStep) => ("busyMs" in step ? count(step.unchanged) : ""),
              },
            ]
          : []),
        { name: "Filtered", kind: "num", cell: (step) => count(step.filtered) },
        { name: "Warnings", kind: "num", cell: (step) => count(step.warnings) },
        { name: "Errors", kind: "num", cell: (step) => count(step.errors) },
        ...(own
          ? [
              {
                name: "Busy",
                kind: "num" as const,
                cell: (step: ReportStep | ClientStep) => ("busyMs" in step ? duration(step.busyMs) : ""),
              },
            ]
          : []),
      ]}
    />
  );
}

/** Each listing of the source, and whether all of it was read. */
export function Scopes({ scopes }: { readonly scopes: readonly ReportScope[] }) {
  if (scopes.length === 0) return <Empty>This run opened no scope.</Empty>;
  return (
    <DataTable
      label="Scopes"
      rows={scopes}
      rowKey={(scope) => scope.name}
      columns={[
        { name: "Scope", head: true, kind: "wrap", cell: (scope) => scope.name },
        { name: "State", kind: "tight", cell: (scope) => <Mark state={scope.state} /> },
        {
          name: "Announced",
          kind: "num",
          cell: ({ announced }) =>
            announced === undefined ? <span className="muted">not told</span> : count(announced),
        },
        { name: "Received", kind: "num", cell: (scope) => count(scope.received) },
        { name: "Why", kind: "wrap", cell: (scope) => scope.reasons.join("; ") },
      ]}
    />
  );
}

/** What could not be read or written. */
export function Failures({ failures }: Pick<RunReport, "failures">) {
  if (failures.length === 0) return <Empty>Nothing failed.</Empty>;
  return (
    <DataTable
      label="Failures"
      rows={failures}
      rowKey={(_failure, index) => String(index)}
      columns={[
        { name: "From", kind: "tight", cell: (failure) => failure.from },
        { name: "Name", head: true, kind: "wrap", cell: (failure) => failure.name },
        {
          name: "Error",
          kind: "wrap",
          cell: ({ error, stackTrace }) =>
            stackTrace === undefined ? (
              error
            ) : (
              <details>
                <summary>{error}</summary>
                <pre className="small">{stackTrace}</pre>
              </details>
            ),
        },
      ]}
    />
  );
}

/** What would have been deleted without the guard. */
export function RefusedDeletes({ refused }: Pick<RunReport["deletes"], "refused">) {
  return (
    <DataTable
      label="Refused deletes"
      rows={refused}
      rowKey={(refusal) => refusal.scope}
      columns={[
        { name: "Scope", head: true, kind: "wrap", cell: (refusal) => refusal.scope },
        { name: "Why", kind: "wrap", cell: (refusal) => refusal.reason },
        {
          name: "Entities",
          kind: "wrap",
          cell: ({ entities }) => (
            <details>
              <summary>{count(entities.length)}</summary>
              {entities.join(", ")}
            </details>
          ),
        },
      ]}
    />
  );
}

/** Things that users should know of, but that stopped nothing. */
export function Warnings({ warnings }: Pick<RunReport, "warnings">) {
  return (
    <DataTable
      label="Warnings"
      rows={warnings}
      rowKey={(_warning, index) => String(index)}
      columns={[
        { name: "From", kind: "tight", cell: (warning) => warning.from },
        { name: "Name", head: true, kind: "wrap", cell: (warning) => warning.name },
        { name: "Warning", kind: "wrap", cell: (warning) => warning.reason },
        { name: "Times", kind: "num", cell: (warning) => count(warning.count) },
      ]}
    />
  );
}

/** Lineage edges whose end is not in the catalog. */
export function Unresolved({ edges }: { readonly edges: RunReport["unresolved"] }) {
  return (
    <DataTable
      label="Unresolved lineage"
      rows={edges}
      rowKey={(_edge, index) => String(index)}
      columns={[
        { name: "From", kind: "wrap", cell: (edge) => edge.from },
        { name: "To", kind: "wrap", cell: (edge) => edge.to },
        {
          name: "Why",
          kind: "wrap",
          cell: ({ reason, nearest }) =>
            nearest.length === 0 ? reason : `${reason}. Nearest names: ${nearest.join(", ")}`,
        },
      ]}
    />
  );
}

/** Calls, waits and statuses by host. */
export function HttpFigures({ http }: Pick<RunReport, "http">) {
  const hosts = Object.entries(http);
  if (hosts.length === 0) return <Empty>No HTTP call was made.</Empty>;
  return (
    <DataTable<[string, ReportHost]>
      label="HTTP figures"
      rows={hosts}
      rowKey={([host]) => host}
      columns={[
        { name: "Host", head: true, kind: "wrap", cell: ([host]) => host },
        { name: "Calls", kind: "num", cell: ([, figures]) => count(figures.calls) },
        { name: "Retries", kind: "num", cell: ([, figures]) => count(figures.retries) },
        { name: "Received", kind: "num", cell: ([, figures]) => bytes(figures.bytesIn) },
        { name: "Busy", kind: "num", cell: ([, figures]) => duration(figures.busyMs) },
        { name: "Waited", kind: "num", cell: ([, figures]) => duration(figures.waitedMs) },
        {
          name: "Statuses",
          kind: "tight",
          cell: ([, figures]) =>
            Object.entries(figures.byStatus)
              .map(([status, times]) => `${status} × ${count(times)}`)
              .join(", "),
        },
      ]}
    />
  );
}
