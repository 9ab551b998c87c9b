import { api } from "../api.ts";
import { counted, duration, moment } from "../format.ts";
import { Link } from "../parts/link.tsx";
import { Mark } from "../parts/marks.tsx";
import { Loaded } from "../parts/notice.tsx";
import { PageHead, Panel } from "../parts/page.tsx";
import type { ClientReport, RunReport } from "../report-type.ts";
import { to } from "../routes.ts";
import { useLoad } from "../use-load.ts";
import { ChangeList } from "./change-list.tsx";
import {
  Failures,
  HttpFigures,
  RefusedDeletes,
  Scopes,
  Steps,
  Unresolved,
  Warnings,
  Writes,
} from "./report-tables.tsx";

/** The report of one run. */
export function RunPage({ id }: { readonly id: string }) {
  const load = useLoad(id, (signal) => api.run(id, signal));
  const changes = useLoad(id, (signal) => api.runChanges(id, signal));
  const report = load.value;
  return (
    <>
      <PageHead
        title={report ? `Run of ${report.serviceName}` : "Run"}
        marks={report ? <Mark state={report.outcome} /> : undefined}
        under={
          report
            ? [
                moment(report.startedAt),
                report.outcome === "running" ? "still running" : `took ${duration(report.endedAt - report.startedAt)}`,
                ...("exitCode" in report ? [`exit code ${report.exitCode}`] : []),
              ].join(", ")
            : id
        }
        actions={<Link href={to.runs()}>All runs</Link>}
      />
      <Loaded load={load} what="the report">
        {(whole) => (
          <div className="columns">
            <div className="stack">{"exitCode" in whole ? <Report report={whole} /> : <Told report={whole} />}</div>
            <div className="stack">
              {"exitCode" in whole ? <About report={whole} /> : <AboutTold report={whole} />}
              <Panel title={changes.value?.by === "time" ? "Changed while it ran" : "Changes"} flush>
                <Loaded load={changes} what="the changes">
                  {(list) => <ChangeList changes={list} />}
                </Loaded>
              </Panel>
            </div>
          </div>
        )}
      </Loaded>
    </>
  );
}

const whyWords: Readonly<Record<RunReport["outcome"], string>> = {
  complete: "About this run",
  incomplete: "Why this run is incomplete",
  failed: "Why this run failed",
  stopped: "Why this run was stopped",
};

function Report({ report }: { readonly report: RunReport }) {
  const { deletes } = report;
  return (
    <>
      {report.reasons.length > 0 ? (
        <section
          className={`panel notice ${report.outcome === "failed" ? "error" : "warn"}`}
          aria-label="Why it is not complete"
        >
          <h2>{whyWords[report.outcome]}</h2>
          <ul className="bullets">
            {report.reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </section>
      ) : undefined}
      <Writes report={report} />
      <Panel title="Scopes" aside={scopeSummary(report)} flush>
        <Scopes scopes={report.scopes} />
      </Panel>
      <Panel title="Failures" aside={counted(report.failureCount, "failure")} flush>
        <Failures failures={report.failures} />
      </Panel>
      {deletes.refused.length > 0 ? (
        <Panel title="Refused deletes" aside="These entities stay" flush>
          <RefusedDeletes refused={deletes.refused} />
        </Panel>
      ) : undefined}
      <Panel title="Steps" flush>
        <Steps steps={report.steps} />
      </Panel>
      {report.warnings.length > 0 ? (
        <Panel title="Warnings" aside={counted(report.warnings.length, "warning")} flush>
          <Warnings warnings={report.warnings} />
        </Panel>
      ) : undefined}
      {report.unresolvedCount > 0 ? (
        <Panel title="Lineage ends not in the catalog" aside={counted(report.unresolvedCount, "edge")} flush>
          <Unresolved edges={report.unresolved} />
        </Panel>
      ) : undefined}
      <Panel title="HTTP" flush>
        <HttpFigures http={report.http} />
      </Panel>
    </>
  );
}

/** What another client told of its run. */
function Told({ report }: { readonly report: ClientReport }) {
  return (
    <>
      <Panel title="Failures" aside={counted(report.failureCount, "failure")} flush>
        <Failures failures={report.failures} />
      </Panel>
      <Panel title="Steps" flush>
        <Steps steps={report.steps} />
      </Panel>
    </>
  );
}

function AboutTold({ report }: { readonly report: ClientReport }) {
  return (
    <Panel title="About">
      <p className="muted">
        Another client told the state of this run to its ingestion pipeline. It does not say what was read completely.
      </p>
      <dl className="facts">
        <dt>Service</dt>
        <dd>
          <Link href={to.search({ service: report.serviceName })}>{report.serviceName}</Link>
        </dd>
        <dt>Ingestion pipeline</dt>
        <dd>
          <Link href={to.entity("ingestionPipeline", report.ingestionPipeline)}>{report.ingestionPipeline}</Link>
        </dd>
        <dt>Workflow</dt>
        <dd>{report.workflow}</dd>
        <dt>Run</dt>
        <dd className="mono">{report.runId}</dd>
      </dl>
    </Panel>
  );
}

function scopeSummary({ scopes }: RunReport): string {
  if (scopes.length === 0) return "Nothing was read";
  const open = scopes.filter((scope) => scope.state !== "complete").length;
  return open === 0 ? "All read completely" : `${counted(open, "scope")} not read completely`;
}

function About({ report }: { readonly report: RunReport }) {
  return (
    <Panel title="About">
      <dl className="facts">
        <dt>Service</dt>
        <dd>
          <Link href={to.search({ service: report.serviceName })}>{report.serviceName}</Link>
        </dd>
        <dt>Source</dt>
        <dd>{report.sourceType}</dd>
        <dt>Workflow</dt>
        <dd>{report.workflow}</dd>
        <dt>Ended</dt>
        <dd>{moment(report.endedAt)}</dd>
        <dt>Success</dt>
        <dd>{report.successPercent} %</dd>
        <dt>Deleted</dt>
        <dd>{counted(report.deletes.done.length, "entity", "entities")}</dd>
        <dt>omd</dt>
        <dd>{report.omdVersion}</dd>
        <dt>Run</dt>
        <dd className="mono">{report.runId}</dd>
      </dl>
    </Panel>
  );
}
