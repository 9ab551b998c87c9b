import type { LineageEdge, LineageNode } from "../api-types.ts";

/** Pixels of a node and its parts. */
export const nodeWidth = 208;
export const headHeight = 52;
export const rowHeight = 22;

/** Columns drawn in a node that nobody has opened. */
const fewColumns = 8;

/** Columns of a node as they are drawn, and how many are left out. */
export interface ShownColumns {
  readonly columns: NonNullable<LineageNode["columns"]>;
  readonly left: number;
}

/** All columns that an edge uses, and others up to a few; all when the node is opened. */
export function shownColumns(node: LineageNode, used: ReadonlySet<string>, open: boolean): ShownColumns {
  const all = node.columns ?? [];
  if (open) return { columns: all, left: 0 };
  let free = fewColumns - all.filter(({ fqn }) => used.has(fqn)).length;
  const columns = all.filter(({ fqn }) => used.has(fqn) || free-- > 0);
  return { columns, left: all.length - columns.length };
}

/** FQNs of the columns that edges join. */
export function usedColumns(edges: Iterable<LineageEdge>): ReadonlySet<string> {
  const used = new Set<string>();
  for (const { columns } of edges) {
    for (const { from, to } of columns) {
      used.add(to);
      for (const one of from) used.add(one);
    }
  }
  return used;
}

/** Height of a node in pixels. */
export function nodeHeight(shown: ShownColumns | undefined): number {
  if (!shown || shown.columns.length === 0) return headHeight;
  return headHeight + (shown.columns.length + (shown.left > 0 ? 1 : 0)) * rowHeight + 6;
}

/** Middle of a column's row, in pixels from the node's top. */
export function rowMiddle(index: number): number {
  return headHeight + index * rowHeight + rowHeight / 2;
}
