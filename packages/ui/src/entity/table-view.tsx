import { useState } from "react";
import { api, type Entity } from "../api.ts";
import { bytes, count, counted, moment } from "../format.ts";
import { DataTable } from "../parts/data-table.tsx";
import { EntityLink } from "../parts/entity-link.tsx";
import { Mark } from "../parts/marks.tsx";
import { Empty, Loaded } from "../parts/notice.tsx";
import { Panel } from "../parts/page.tsx";
import { useLoad } from "../use-load.ts";
import { figure, inner, list, text, texts, type Json } from "./entity-fields.ts";
import { ModelPanel } from "./model-panel.tsx";
import { Tags } from "./tags.tsx";

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
      <Columns entity={profiled.value ?? entity} />
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

function words(name: string | undefined): string {
  return (name ?? "").toLowerCase().replaceAll("_", " ");
}

function Figures({ profile, usage }: { readonly profile: Json | undefined; readonly usage: Json | undefined }) {
  const size = profile && figure(profile, "sizeInByte");
  const shown: readonly (readonly [string, string | undefined])[] = [
    ["rows", profile && known(figure(profile, "rowCount"))],
    ["columns", profile && known(figure(profile, "columnCount"))],
    ["size", size === undefined ? undefined : bytes(size)],
    ...(["daily", "weekly", "monthly"] as const).map((span) => {
      const stats = usage && inner(usage, `${span}Stats`);
      return [`queries, ${span}`, stats && known(figure(stats, "count"))] as const;
    }),
  ];
  const at = profile && figure(profile, "timestamp");
  return (
    <section className="panel" aria-label="Profile and usage">
      <dl className="figures">
        {shown.map(([name, value]) =>
          value === undefined ? undefined : (
            <div key={name}>
              <dt>{name}</dt>
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

interface ColumnRow {
  readonly column: Json;
  readonly depth: number;
}

function flat(columns: readonly Json[], depth = 0): readonly ColumnRow[] {
  return columns.flatMap((column) => [{ column, depth }, ...flat(list(column, "children"), depth + 1)]);
}

function Columns({ entity }: { readonly entity: Entity }) {
  const [filter, setFilter] = useState("");
  const all = flat(list(entity, "columns"));
  const shown = all.filter(({ column }) => (text(column, "name") ?? "").toLowerCase().includes(filter.toLowerCase()));
  const profiled = all.some(({ column }) => inner(column, "profile"));
  return (
    <Panel
      title="Columns"
      aside={
        all.length > 12 ? (
          <input
            type="search"
            aria-label="Filter columns"
            placeholder={`Filter ${counted(all.length, "column")}`}
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
          />
        ) : (
          counted(all.length, "column")
        )
      }
      flush
    >
      {shown.length === 0 ? (
        <Empty>{all.length === 0 ? "No columns are known." : "No column has this in its name."}</Empty>
      ) : (
        <DataTable<ColumnRow>
          label="Columns"
          rows={shown}
          rowKey={({ column }, index) => text(column, "fullyQualifiedName") ?? String(index)}
          columns={[
            {
              name: "Name",
              head: true,
              kind: "wrap",
              cell: ({ column, depth }) => (
                <span className="mono" style={{ paddingLeft: depth * 16 }}>
                  {text(column, "name")}
                </span>
              ),
            },
            { name: "Type", cell: ({ column }) => <span className="mono muted">{typeOf(column)}</span> },
            { name: "Constraint", kind: "tight", cell: ({ column }) => words(text(column, "constraint")) },
            { name: "Tags", cell: ({ column }) => <Tags tags={list(column, "tags")} /> },
            { name: "Description", kind: "wrap", cell: ({ column }) => text(column, "description") ?? "" },
            ...(profiled
              ? [
                  {
                    name: "Nulls",
                    kind: "num" as const,
                    cell: ({ column }: ColumnRow) => share(column, "nullProportion"),
                  },
                  {
                    name: "Distinct",
                    kind: "num" as const,
                    cell: ({ column }: ColumnRow) =>
                      known(figure(inner(column, "profile") ?? {}, "distinctCount")) ?? "",
                  },
                ]
              : []),
          ]}
        />
      )}
    </Panel>
  );
}

function share(column: Json, field: string): string {
  const value = figure(inner(column, "profile") ?? {}, field);
  return value === undefined ? "" : `${(value * 100).toFixed(1)} %`;
}

function typeOf(column: Json): string {
  const length = figure(column, "dataLength");
  const type = text(column, "dataType")?.toLowerCase() ?? "";
  return text(column, "dataTypeDisplay") ?? (length === undefined ? type : `${type}(${length})`);
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
                { name: "Of", kind: "wrap", cell: (test) => text(test, "entityFQN") ?? "" },
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

function TestState({ result }: { readonly result: Json | undefined }) {
  const state = result && text(result, "testCaseStatus");
  return state === undefined ? <span className="muted">no result</span> : <Mark state={state} />;
}
