import type { ReactNode } from "react";
import { api } from "../api.ts";
import type { RunSummary } from "../api-types.ts";
import { bytes, count, duration, moment } from "../format.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Link } from "../parts/link.tsx";
import { Mark } from "../parts/marks.tsx";
import { Empty, Loaded } from "../parts/notice.tsx";
import { PageHead, Panel } from "../parts/page.tsx";
import { useAddress } from "../router.ts";
import { to } from "../routes.ts";
import { useLoad } from "../use-load.ts";

/** Two runs side by side. */
export function ComparePage() {
  const { query } = useAddress();
  const [a, b] = [query.get("a") ?? "", query.get("b") ?? ""];
  const load = useLoad(a && b ? `${a} ${b}` : undefined, (signal) => api.compare(a, b, signal));
  const head = (
    <PageHead
      title="Compare two runs"
      actions={
        <>
          {a && b ? <Link href={to.compare(b, a)}>Swap</Link> : undefined}
          <Link href={to.runs()}>All runs</Link>
        </>
      }
    />
  );
  if (!a || !b) {
    return (
      <>
        {head}
        <p>
          Choose two runs in <Link href={to.runs()}>the list of runs</Link>.
        </p>
      </>
    );
  }
  return (
    <>
      {head}
      <Loaded load={load} what="the comparison">
        {(answer) => (
          <>
            <div className="halves">
              <Side name="A" run={answer.a} />
              <Side name="B" run={answer.b} />
            </div>
            <Panel title="Figures" flush>
              <DataTable
                label="Figures of both runs"
                rows={answer.figures}
                rowKey={(figure) => figure.name}
                columns={[
                  { name: "Figure", head: true, cell: ({ name }) => name.replace(unit, "") },
                  { name: "A", kind: "num", cell: ({ name, a: value }) => inUnit(name, value) },
                  { name: "B", kind: "num", cell: ({ name, b: value }) => inUnit(name, value) },
                  {
                    name: "Difference",
                    kind: "num",
                    cell: ({ name, a: before, b: after }) =>
                      before === undefined || after === undefined ? "" : difference(name, after - before),
                  },
                ]}
              />
            </Panel>
            <div className="halves">
              <Only title="Only in A" names={answer.onlyInA} />
              <Only title="Only in B" names={answer.onlyInB} />
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}

const unit = / \((ms|bytes|%)\)$/;

/** A figure in the unit that its name ends with; undefined: the run has none. */
function inUnit(name: string, value: number | undefined): ReactNode {
  if (value === undefined) return <span className="muted">not read</span>;
  switch (unit.exec(name)?.[1]) {
    case "ms":
      return duration(value);
    case "bytes":
      return bytes(value);
    case "%":
      return `${count(value)} %`;
    default:
      return count(value);
  }
}

function difference(name: string, value: number): ReactNode {
  if (value === 0) return <span className="muted">same</span>;
  return (
    <>
      {value > 0 ? "+" : "−"}
      {inUnit(name, Math.abs(value))}
    </>
  );
}

function Side({ name, run }: { readonly name: string; readonly run: RunSummary }) {
  return (
    <Panel title={`${name}: ${run.serviceName}`} aside={<Mark state={run.outcome} />}>
      <p>
        <Link href={to.run(run.runId)}>{moment(run.startedAt)}</Link>, took {duration(run.endedAt - run.startedAt)}
      </p>
      {run.reasons.map((reason) => (
        <p key={reason} className="muted">
          {reason}
        </p>
      ))}
    </Panel>
  );
}

function Only({ title, names }: { readonly title: string; readonly names: readonly string[] }) {
  return (
    <Panel title={title} aside="Failures, scopes, unresolved ends">
      {names.length === 0 ? (
        <Empty>Nothing.</Empty>
      ) : (
        <ul className="bullets">
          {names.map((name) => (
            <li key={name}>{name}</li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
