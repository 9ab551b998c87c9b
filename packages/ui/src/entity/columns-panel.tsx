import { useState } from "react";
import type { Entity } from "../api.ts";
import { counted, words } from "../format.ts";
import { DataTable, type DataColumn } from "../parts/data-table.tsx";
import { Markdown } from "../parts/markdown.tsx";
import { Empty } from "../parts/notice.tsx";
import { Panel } from "../parts/page.tsx";
import { figure, list, text, type Json } from "./entity-fields.ts";
import { Tags } from "./tags.tsx";

interface ColumnRow {
  readonly column: Json;
  readonly depth: number;
}

function flat(columns: readonly Json[], depth = 0): readonly ColumnRow[] {
  return columns.flatMap((column) => [{ column, depth }, ...flat(list(column, "children"), depth + 1)]);
}

/** Columns of an entity, those of structures behind their parent, with how deep they lie. */
export function allColumns(entity: Entity): readonly ColumnRow[] {
  return flat(list(entity, "columns"));
}

/** Shown where at least one column has them. */
const optional: readonly (DataColumn<ColumnRow> & { readonly field: string })[] = [
  { field: "constraint", name: "Constraint", kind: "tight", cell: ({ column }) => words(text(column, "constraint")) },
  { field: "tags", name: "Tags", cell: ({ column }) => <Tags tags={list(column, "tags")} /> },
  {
    field: "description",
    name: "Description",
    kind: "wrap",
    cell: ({ column }) => <Description text={text(column, "description")} />,
  },
];

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== "";
}

/** Columns of a table, file or worksheet; those of structures follow their parent. */
export function Columns({ entity }: { readonly entity: Entity }) {
  const [filter, setFilter] = useState("");
  const all = allColumns(entity);
  const shown = all.filter(({ column }) => (text(column, "name") ?? "").toLowerCase().includes(filter.toLowerCase()));
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
            ...optional.filter(({ field }) => all.some(({ column }) => isGiven(column[field]))),
          ]}
        />
      )}
    </Panel>
  );
}

function Description(props: { readonly text: string | undefined }) {
  return props.text === undefined ? undefined : <Markdown text={props.text} />;
}

function typeOf(column: Json): string {
  const length = figure(column, "dataLength");
  const type = text(column, "dataType")?.toLowerCase() ?? "";
  return text(column, "dataTypeDisplay") ?? (length === undefined ? type : `${type}(${length})`);
}
