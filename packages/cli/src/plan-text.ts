import { renderTable, type PlanEntry, type Report } from "@omd/core";

const longest = 200;
const order = ["create", "update", "restore", "delete", "refuse-delete"] as const;

/** A plan for people: one row per entity and changed field, then what it adds up to. */
export function planText(entries: readonly PlanEntry[], width: number): string {
  if (entries.length === 0) return "Nothing would change.";
  const sorted = [...entries].sort((one, other) => order.indexOf(one.action) - order.indexOf(other.action));
  const columns = ["Action", "Kind", "Name", "Field", "Before", "After"].map((title) => ({ title }));
  return `${renderTable(
    columns,
    sorted.flatMap((entry, at) => entryRows(entry, sorted[at - 1])),
    width,
  )}\n\n${planSummary(entries)}`;
}

/** `2 create, 1 refuse-delete`. */
export function planSummary(entries: readonly PlanEntry[]): string {
  const counts = order.map((action) => [action, entries.filter((entry) => entry.action === action).length] as const);
  return counts
    .filter(([, count]) => count > 0)
    .map(([action, count]) => `${count} ${action}`)
    .join(", ");
}

/** What a plan that is not complete is worth, and why; empty for one that is. */
export function planEnding({ outcome, exitCode, reasons, scopes, steps, failureCount, deletes }: Report): string {
  if (outcome === "complete") return "";
  const isUnread = scopes.some(({ state }) => state !== "complete") || (steps[0]?.errors ?? 0) > 0;
  const partial = isUnread
    ? "the source was not read completely"
    : failureCount > 0
      ? "not every record could be compared with the catalog"
      : undefined;
  const head =
    outcome === "stopped"
      ? "The plan was stopped before it was whole"
      : partial !== undefined
        ? `The plan is not the whole truth, for ${partial}`
        : deletes.refused.length > 0
          ? "The plan is whole, but a run would not delete all of what is gone"
          : "The plan is whole, but a run would not be complete";
  return [`${head} (exit code ${exitCode}):`, ...reasons.map((reason) => `- ${reason}`)].join("\n");
}

/** A reason that stands above already is not said again. */
function entryRows({ action, kind, name, changes, reason }: PlanEntry, before: PlanEntry | undefined): string[][] {
  const head = [action, kind, reason === undefined || reason === before?.reason ? name : `${name}\n(${reason})`];
  // All fields of a new entity are new; its name says enough.
  const shown = action === "create" ? [] : changes;
  if (shown.length === 0) return [[...head, "", "", ""]];
  return shown.map((change, at) => [
    ...(at === 0 ? head : ["", "", ""]),
    change.path,
    valueText(change.before),
    valueText(change.after),
  ]);
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return "-";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
