import { api, type Entity } from "../api.ts";
import { bytes, count, counted, measure, moment, words } from "../format.ts";
import { DataTable } from "../parts/data-table.tsx";
import { EntityLink } from "../parts/entity-link.tsx";
import { Mark } from "../parts/marks.tsx";
import { Empty, Loaded } from "../parts/notice.tsx";
import { Panel } from "../parts/page.tsx";
import { useLoad } from "../use-load.ts";
import { Columns } from "./columns-panel.tsx";
import { figure, inner, list, text, texts, type Json } from "./entity-fields.ts";
import { ModelPanel } from "./model-panel.tsx";
import { ColumnProfiles } from "./profile-panel.tsx";

/** Columns of a table, and what is known of its content. */
export function TableView({ entity }: { readonly entity: Entity }) {
  const constraints = list(entity, "tableConstraints");
  const profile = inner(entity, "profile");
  const usage = inner(entity, "usageSummary");
  const fqn = text(entity, "fullyQualifiedName") ?? "";
  // Only the profile's own answer has those of the columns.
  const profiled = useLoad(profile ? fqn : undefined, (signal) => api.profiled(fqn, signal));
  const sql = text(entity, "schemaDefinition");
  const model = inner(entity, "dataModel");
  return (
    <>
      {profile || usage ? <Figures profile={profile} usage={usage} /> : undefined}
      <Columns entity={entity} />
      {profiled.value === undefined ? undefined : <ColumnProfiles entity={profiled.value} />}
      {constraints.length > 0 ? (
        <Panel title="Constraints" flush>
          <DataTable<Json>
            label="Constraints"
            rows={constraints}
            rowKey={(_constraint, index) => String(index)}
            columns={[
              { name: "Kind", head: true, cell: (one) => words(text(one, "constraintType")) },
              { name: "Columns", kind: "wrap", cell: (one) => texts(one, "columns").join(", ") },
              { name: "Refers to", kind: "wrap", cell: (one) => texts(one, "referredColumns").join(", ") },
            ]}
          />
        </Panel>
      ) : undefined}
      <Tests fqn={fqn} />
      {model === undefined ? undefined : <ModelPanel model={model} />}
      {sql === undefined ? undefined : (
        <Panel title="Definition">
          <pre className="small">{sql}</pre>
        </Panel>
      )}
    </>
  );
}

/** Size of a table, and how often it is asked: counts, and where they stand among those of all tables. */
export function Figures({ profile, usage }: { readonly profile: Json | undefined; readonly usage: Json | undefined }) {
  const size = profile && figure(profile, "sizeInByte");
  const shown: readonly (readonly [name: string, value: string | undefined, more?: string])[] = [
    ["rows", profile && known(figure(profile, "rowCount"))],
    ["columns", profile && known(figure(profile, "columnCount"))],
    ["size", size === undefined ? undefined : bytes(size)],
    ...(["daily", "weekly", "monthly"] as const).map((span) => {
      const stats = (usage && inner(usage, `${span}Stats`)) ?? {};
      const rank = figure(stats, "percentileRank");
      return [
        `queries, ${span}`,
        known(figure(stats, "count")),
        rank === undefined ? "" : `percentile ${measure(rank)}`,
      ] as const;
    }),
  ];
  const at = profile && figure(profile, "timestamp");
  return (
    <section className="panel" aria-label="Profile and usage">
      <dl className="figures">
        {shown.map(([name, value, more = ""]) =>
          value === undefined ? undefined : (
            <div key={name}>
              <dt>
                {name}
                {more === "" ? undefined : <span className="line">{more}</span>}
              </dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
      {at === undefined ? undefined : <p className="notice small">Profiled {moment(at)}.</p>}
    </section>
  );
}

function known(value: number | undefined): string | undefined {
  return value === undefined ? undefined : count(value);
}

function Tests({ fqn }: { readonly fqn: string }) {
  const load = useLoad(fqn, (signal) => api.tests(fqn, signal));
  return (
    <Panel title="Tests" aside={load.value ? counted(load.value.length, "test") : undefined} flush>
      <Loaded load={load} what="the tests">
        {(tests) =>
          tests.length === 0 ? (
            <Empty>No test of this table is known.</Empty>
          ) : (
            <DataTable<Json>
              label="Tests"
              rows={tests}
              rowKey={(test, index) => text(test, "id") ?? String(index)}
              columns={[
                {
                  name: "Test",
                  head: true,
                  kind: "wrap",
                  cell: (test) => (
                    <EntityLink
                      type="testCase"
                      fqn={text(test, "fullyQualifiedName") ?? ""}
                      name={text(test, "displayName") ?? text(test, "name")}
                      withKind={false}
                    />
                  ),
                },
                {
                  name: "Of",
                  kind: "wrap",
                  cell: (test) => <Subject of={text(test, "entityFQN") ?? ""} table={fqn} />,
                },
                { name: "Result", kind: "tight", cell: (test) => <TestState result={inner(test, "testCaseResult")} /> },
                {
                  name: "When",
                  kind: "tight",
                  cell: (test) => moment(figure(inner(test, "testCaseResult") ?? {}, "timestamp")),
                },
                {
                  name: "Says",
                  kind: "wrap",
                  cell: (test) => text(inner(test, "testCaseResult") ?? {}, "result") ?? "",
                },
              ]}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

/** What a test looks at: the whole table, or one of its columns. */
function Subject({ of, table }: { readonly of: string; readonly table: string }) {
  if (of === table) return <span className="muted">the table</span>;
  return <span className="mono">{of.startsWith(`${table}.`) ? of.slice(table.length + 1) : of}</span>;
}

function TestState({ result }: { readonly result: Json | undefined }) {
  const state = result && text(result, "testCaseStatus");
  return state === undefined ? <span className="muted">no result</span> : <Mark state={state} />;
}
