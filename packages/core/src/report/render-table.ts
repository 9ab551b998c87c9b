import { displayWidth, padTo, printable, wrapText } from "./render-width.ts";

export interface TableColumn {
  readonly title: string;
  readonly align?: "left" | "right" | undefined;
}

const gap = "  ";
/** No column is made narrower than this, even if the table no longer fits then. */
const leastWidth = 3;

/** A table for people: titles, a rule, rows; cells are wrapped so that no line is wider than `width` columns. No rows: no text. */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  if (rows.length === 0) return "";
  const widths = fit(
    columns.map((column, at) =>
      Math.max(displayWidth(column.title), ...rows.map((row) => naturalWidth(row[at] ?? ""))),
    ),
    width - gap.length * (columns.length - 1),
  );
  const titles = columns.map((column) => column.title);
  const wrapped = rows.map((row) => wrapRow(row, widths));
  return [
    ...wrapRow(titles, widths).map((cells) => joinCells(cells, widths, columns)),
    widths.map((size) => "─".repeat(size)).join(gap),
    ...wrapped.flatMap((lines, at) => {
      // Rows of several lines would run into their neighbours without a gap.
      const isApart = at > 0 && (lines.length > 1 || (wrapped[at - 1]?.length ?? 0) > 1);
      return [...(isApart ? [""] : []), ...lines.map((cells) => joinCells(cells, widths, columns))];
    }),
  ].join("\n");
}

function naturalWidth(cell: string): number {
  return Math.max(0, ...printable(cell).split("\n").map(displayWidth));
}

/** Shares the room: narrow columns get what they need, the wide ones split what is left. */
function fit(natural: readonly number[], room: number): number[] {
  const widths = [...natural];
  const open = new Set(natural.keys());
  let left = room;
  while (open.size > 0) {
    const share = Math.max(leastWidth, Math.floor(left / open.size));
    const narrow = [...open].filter((at) => (natural[at] ?? 0) <= share);
    for (const at of narrow.length > 0 ? narrow : open) {
      widths[at] = Math.min(natural[at] ?? 0, share);
      left -= widths[at];
      open.delete(at);
    }
  }
  return widths;
}

function wrapRow(row: readonly string[], widths: readonly number[]): string[][] {
  const cells = widths.map((size, at) => wrapText(row[at] ?? "", size));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => cells.map((lines) => lines[line] ?? ""));
}

function joinCells(cells: readonly string[], widths: readonly number[], columns: readonly TableColumn[]): string {
  return cells
    .map((cell, at) => padTo(cell, widths[at] ?? 0, columns[at]?.align))
    .join(gap)
    .trimEnd();
}
