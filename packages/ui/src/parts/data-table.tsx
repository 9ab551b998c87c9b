import type { ReactNode } from "react";
import { Breakable } from "./breakable.tsx";

/** One column of a table; `head` makes its cells the heads of their rows. */
export interface DataColumn<T> {
  readonly name: string;
  readonly cell: (row: T) => ReactNode;
  readonly kind?: "num" | "tight" | "wrap" | undefined;
  readonly head?: boolean;
}

/** A table with a name for screen readers. */
export function DataTable<T>(props: {
  readonly label: string;
  readonly columns: readonly DataColumn<T>[];
  readonly rows: readonly T[];
  readonly rowKey: (row: T, index: number) => string;
}) {
  const { label, columns, rows, rowKey } = props;
  return (
    <div className="tablebox" role="region" aria-label={label} tabIndex={0}>
      <table>
        <caption className="hidden">{label}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.name} scope="col" className={column.kind}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={rowKey(row, index)}>
              {columns.map((column) =>
                column.head === true ? (
                  <th key={column.name} scope="row" className={column.kind}>
                    <Cell of={column} row={row} />
                  </th>
                ) : (
                  <td key={column.name} className={column.kind}>
                    <Cell of={column} row={row} />
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell<T>({ of, row }: { readonly of: DataColumn<T>; readonly row: T }): ReactNode {
  const content = of.cell(row);
  return of.kind === "wrap" && typeof content === "string" ? <Breakable text={content} /> : content;
}
