import type { ReactNode } from "react";
import type { Entity } from "../api.ts";
import { count, measure } from "../format.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Panel } from "../parts/page.tsx";
import { allColumns } from "./columns-panel.tsx";
import { figure, inner, text, type Json } from "./entity-fields.ts";

interface Profiled {
  readonly column: Json;
  readonly profile: Json;
}

const figures: readonly { readonly name: string; readonly of: (profile: Json) => string }[] = [
  { name: "Values", of: (profile) => counted(profile, "valuesCount") },
  { name: "Nulls", of: nulls },
  { name: "Distinct", of: (profile) => counted(profile, "distinctCount") },
  { name: "Min", of: (profile) => measure(profile["min"]) },
  { name: "Max", of: (profile) => measure(profile["max"]) },
  { name: "Mean", of: (profile) => measure(profile["mean"]) },
  { name: "Length", of: lengths },
];

/** What the profiler found in the columns; figures that no column has are left out. */
export function ColumnProfiles({ entity }: { readonly entity: Entity }): ReactNode {
  const rows = allColumns(entity).flatMap(({ column }): Profiled[] => {
    const profile = inner(column, "profile");
    return profile === undefined ? [] : [{ column, profile }];
  });
  if (rows.length === 0) return undefined;
  return (
    <Panel title="Column profiles" flush>
      <DataTable<Profiled>
        label="Column profiles"
        rows={rows}
        rowKey={({ column }, index) => text(column, "fullyQualifiedName") ?? String(index)}
        columns={[
          {
            name: "Column",
            head: true,
            kind: "wrap",
            cell: ({ column }) => <span className="mono">{text(column, "name")}</span>,
          },
          ...figures
            .filter(({ of }) => rows.some(({ profile }) => of(profile) !== ""))
            .map(({ name, of }) => ({ name, kind: "num" as const, cell: ({ profile }: Profiled) => of(profile) })),
        ]}
      />
    </Panel>
  );
}

function counted(profile: Json, field: string): string {
  const value = figure(profile, field);
  return value === undefined ? "" : count(value);
}

function nulls(profile: Json): string {
  const share = figure(profile, "nullProportion");
  return share === undefined ? counted(profile, "nullCount") : `${(share * 100).toFixed(1)} %`;
}

/** Shortest and longest text. */
function lengths(profile: Json): string {
  const [least, most] = [measure(profile["minLength"]), measure(profile["maxLength"])];
  return least === "" || most === "" || least === most ? least || most : `${least} to ${most}`;
}
