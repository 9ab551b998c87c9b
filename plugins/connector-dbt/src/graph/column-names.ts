import { childFqn, decodeName, encodeName, parseFqn, splitFqn, unquoteName, type FQN } from "@omd/schema";
import type { ProjectView } from "../project/view.ts";

/** Names of a table's own columns in their order, nested ones left out: what `select *` gives. */
export function ownColumns(view: ProjectView, uniqueId: string): readonly string[] | undefined {
  const columns = view.table(uniqueId)?.columns ?? [];
  const own = columns.filter((column) => !isNested(column, columns)).map(decodeName);
  return own.length > 0 ? own : undefined;
}

/** FQN of the column that SQL calls `name`; of a field in a struct that of the struct, where the catalog has only that. Undefined when it has neither. */
export function columnFqn(view: ProjectView, uniqueId: string, name: string): FQN | undefined {
  const table = view.table(uniqueId);
  const written = encodeName(name);
  const known = view.column(uniqueId, written) ?? view.column(uniqueId, written.split(".")[0] ?? written);
  if (table === undefined || known === undefined) return undefined;
  return isNested(known, table.columns) ? parseFqn(`${table.fqn}.${known}`) : childFqn(table.fqn, known);
}

/** Whether it is the path of a field: below a column, and not a name that holds a dot. */
function isNested(column: string, columns: readonly string[]): boolean {
  if (!column.includes(".")) return false;
  try {
    const [first = ""] = splitFqn(column);
    return columns.includes(unquoteName(first));
  } catch {
    return false;
  }
}
