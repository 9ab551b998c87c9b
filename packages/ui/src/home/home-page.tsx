import { api } from "../api.ts";
import type { Home } from "../api-types.ts";
import { count, counted, kind, kinds, moment } from "../format.ts";
import { DataTable } from "../parts/data-table.tsx";
import { EntityLink } from "../parts/entity-link.tsx";
import { Link } from "../parts/link.tsx";
import { Ago, Mark } from "../parts/marks.tsx";
import { Empty, Loaded } from "../parts/notice.tsx";
import { PageHead, Panel } from "../parts/page.tsx";
import { to } from "../routes.ts";
import { ChangeList } from "../runs/change-list.tsx";
import { RunTable } from "../runs/run-table.tsx";
import { useLoad } from "../use-load.ts";

/** What the catalog holds, who fills it, and what the newest run changed. */
export function HomePage() {
  const load = useLoad("home", api.home);
  return (
    <>
      <PageHead title="Catalog" documentTitle="omd" under={load.value?.catalog.file} />
      <Loaded load={load} what="the catalog">
        {(home) => <Overview home={home} />}
      </Loaded>
    </>
  );
}

function Overview({ home }: { readonly home: Home }) {
  return (
    <>
      <Figures home={home} />
      <div className="columns">
        <div className="stack">
          <Services services={home.services} />
          <Panel title="Latest runs" aside={<Link href={to.runs()}>All runs</Link>} flush>
            {home.runs.length === 0 ? <NoRuns /> : <RunTable runs={home.runs} label="Latest runs" />}
          </Panel>
        </div>
        <NewestChanges changes={home.changes} />
      </div>
    </>
  );
}

function NoRuns() {
  return (
    <Empty>
      No ingestion has run yet. Start one with <code>omd ingest -c workflow.yaml</code>.
    </Empty>
  );
}

/** The server's own: there in every catalog, and nothing that anybody looks for. */
const ownTypes = new Set(["testConnectionDefinition", "testDefinition"]);

function Figures({ home }: { readonly home: Home }) {
  const { counts } = home;
  const types = Object.entries(counts.entities)
    .filter(([type, n]) => n > 0 && !ownTypes.has(type))
    .sort(([, a], [, b]) => b - a);
  return (
    <section className="panel" aria-label="Counts">
      <dl className="figures">
        {types.map(([type, n]) => (
          <div key={type}>
            <dt>{n === 1 ? kind(type) : kinds(type)}</dt>
            <dd>
              <Link href={to.search({ type })} aria-label={`${count(n)} of kind ${kind(type)}`}>
                {count(n)}
              </Link>
            </dd>
          </div>
        ))}
        <Figure name="lineage edges" value={counts.lineageEdges} />
        <Figure name="pipeline runs" value={counts.pipelineStatuses} />
        {counts.deletedEntities > 0 ? <Figure name="deleted" value={counts.deletedEntities} /> : undefined}
      </dl>
    </section>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{count(value)}</dd>
    </div>
  );
}

function Services({ services }: Pick<Home, "services">) {
  return (
    <Panel title="Services" flush>
      {services.length === 0 ? (
        <Empty>The catalog is empty. A service appears with the first run of an ingestion.</Empty>
      ) : (
        <DataTable
          label="Services"
          rows={services}
          rowKey={(service) => service.id}
          columns={[
            {
              name: "Name",
              head: true,
              kind: "wrap",
              cell: (service) => (
                <EntityLink type={service.type} fqn={service.fqn} name={service.name} withKind={false} />
              ),
            },
            { name: "Kind", cell: ({ type, serviceType }) => serviceType ?? kind(type) },
            {
              name: "Entities",
              kind: "num",
              cell: (service) => (
                <Link
                  href={to.search({ service: service.name })}
                  aria-label={`${counted(service.entities, "entity", "entities")} of ${service.name}`}
                >
                  {count(service.entities)}
                </Link>
              ),
            },
            {
              name: "Last run",
              kind: "tight",
              cell: ({ lastRun }) =>
                lastRun ? (
                  <>
                    <Mark state={lastRun.outcome} />{" "}
                    <Link href={to.run(lastRun.runId)}>
                      <Ago time={lastRun.endedAt} />
                    </Link>
                  </>
                ) : (
                  <span className="muted">none</span>
                ),
            },
          ]}
        />
      )}
    </Panel>
  );
}

function NewestChanges({ changes }: Pick<Home, "changes">) {
  const { since, runId, by } = changes;
  return (
    <Panel
      title={by === "time" ? "Changed while the newest run went on" : "Changed by the newest run"}
      aside={runId === undefined ? undefined : <Link href={to.run(runId)}>Report</Link>}
      flush
    >
      {since === null ? undefined : <p className="notice small">The run before was {moment(since)}.</p>}
      <ChangeList changes={changes} more={runId === undefined ? undefined : to.run(runId)} />
    </Panel>
  );
}
