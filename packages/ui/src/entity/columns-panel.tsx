import { useState } from "react";
import type { Entity } from "../api.ts";
import { counted, plain, words } from "../format.ts";
import { DataTable } from "../parts/data-table.tsx";
import { Empty } from "../parts/notice.tsx";
import { Panel } from "../parts/page.tsx";
import { figure, inner, list, text, type Json } from "./entity-fields.ts";
import { Tags } from "./tags.tsx";

interface ColumnRow {
  readonly column: Json;
  readonly depth: number;
}

function flat(columns: readonly Json[], depth = 0): readonly ColumnRow[] {
  return columns.flatMap((column) => [{ column, depth }, ...flat(list(column, "children"), depth + 1)]);
}

/** Columns of a table, file or worksheet; those of structures follow their parent. */
export function Columns({ entity }: { readonly entity: Entity }) {
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
                    cell: ({ column }: ColumnRow) => plain(figure(inner(column, "profile") ?? {}, "distinctCount")),
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
