import { renderTable } from "./render-table.ts";
import { wrapText } from "./render-width.ts";
import { bytesInWords, counted, durationInWords } from "./render-words.ts";
import type { Report } from "./report.ts";

/** A titled part of the summary; an empty body leaves it out. */
export interface Section {
  readonly title: string;
  readonly body: string;
  readonly tone?: "bad" | "warn" | undefined;
}

const right = "right" as const;
/** Longer lists are cut; the report file has everything. */
const listed = 20;
const firstFailures = 10;
const stackLines = 3;

export function stepsSection({ steps, writes }: Report, width: number): Section {
  const counts = ["Processed records", "Updated records", "Unchanged", "Filtered", "Warnings", "Errors", "Success %"];
  const columns = [...counts, "Time"];
  const table = renderTable(
    [{ title: "Step" }, ...columns.map((title) => ({ title, align: right }))],
    steps.map((step) =>
      [
        step.name,
        step.records,
        step.updated,
        step.unchanged,
        step.filtered,
        step.warnings,
        step.errors,
        step.successPercent,
        durationInWords(step.busyMs),
      ].map(String),
    ),
    width,
  );
  const wrote = `Catalog: ${writes.created} created, ${writes.updated} updated, ${writes.restored} restored, ${writes.deleted} deleted, ${writes.unchanged} unchanged`;
  return { title: "Steps", body: `${table}\n\n${wrapText(wrote, width).join("\n")}` };
}

export function scopesSection({ scopes }: Report, width: number): Section {
  const open = scopes.filter((scope) => scope.state !== "complete");
  const complete = scopes.filter((scope) => scope.state === "complete");
  const shown = [...open, ...complete.slice(0, Math.max(0, listed - open.length))];
  const table = renderTable(
    [
      { title: "Scope" },
      { title: "State" },
      { title: "Received", align: right },
      { title: "Announced", align: right },
      { title: "Reason" },
    ],
    shown.map((scope) => [
      scope.name,
      scope.state,
      String(scope.received),
      String(scope.announced ?? "-"),
      scope.reasons.join("; "),
    ]),
    width,
  );
  const title =
    open.length === 0
      ? `What was read: ${counted(scopes.length, "scope")}, all complete`
      : `What was read: ${open.length} of ${counted(scopes.length, "scope")} not complete`;
  return {
    title,
    body: withRest(table, scopes.length - shown.length, "more, all complete"),
    tone: open.length > 0 ? "bad" : undefined,
  };
}

export function deletesSection({ deletes }: Report, width: number): Section[] {
  const refused = deletes.refused.map((refusal) => {
    const head = `${refusal.scope}: ${refusal.reason} (${counted(refusal.entities.length, "entity", "entities")})`;
    return [...wrapText(head, width), nameList(refusal.entities, width)].join("\n");
  });
  return [
    { title: `Marked deleted: ${deletes.done.length}`, body: nameList(deletes.done, width) },
    { title: "Deletes refused; these are still in the catalog", body: refused.join("\n"), tone: "bad" },
  ];
}

export function unresolvedSection({ unresolved, unresolvedCount }: Report, width: number): Section {
  const byReason = Map.groupBy(unresolved, (edge) => edge.reason);
  const rows = [...byReason]
    .sort(([, one], [, other]) => other.length - one.length)
    .map(([reason, edges]) => [reason, String(edges.length), edges[0] ? `${edges[0].from} → ${edges[0].to}` : ""]);
  const table = renderTable(
    [{ title: "Reason" }, { title: "Edges", align: right }, { title: "For example" }],
    rows.slice(0, listed),
    width,
  );
  const more = "\nAll of them, with the nearest names: omd lineage explain";
  return {
    title: `Lineage not resolved: ${counted(unresolvedCount, "edge")}`,
    body: table && withRest(table, rows.length - listed, "more reasons") + more,
    tone: "warn",
  };
}

export function warningsSection({ warnings }: Report, width: number): Section {
  // One reason about many names is one thing to know.
  const byReason = Map.groupBy(warnings, ({ from, reason }) => JSON.stringify([from, reason]));
  const rows = [...byReason.values()].flatMap((group) => {
    const [first] = group;
    const names = group.length > 1 ? `${first?.name} and ${group.length - 1} more` : first?.name;
    return first
      ? [{ times: group.reduce((sum, { count }) => sum + count, 0), cells: [first.from, names ?? "", first.reason] }]
      : [];
  });
  rows.sort((one, other) => other.times - one.times);
  const table = renderTable(
    [{ title: "From" }, { title: "Entity Name" }, { title: "Warning" }, { title: "Times", align: right }],
    rows.slice(0, listed).map(({ cells, times }) => [...cells, String(times)]),
    width,
  );
  return { title: "Warnings", body: withRest(table, rows.length - listed, "more"), tone: "warn" };
}

export function failuresSection({ failures, failureCount }: Report, width: number, all: boolean | undefined): Section {
  const shown = all === true ? failures : failures.slice(0, firstFailures);
  const table = renderTable(
    [{ title: "From" }, { title: "Entity Name" }, { title: "Message" }, { title: "Stack Trace" }],
    shown.map(({ from, name, error, stackTrace }) => [
      from,
      name,
      error,
      all === true ? (stackTrace ?? "") : shortStack(stackTrace),
    ]),
    width,
  );
  const title =
    shown.length < failureCount
      ? `Failures: the first ${shown.length} of ${failureCount.toLocaleString("en-US")}`
      : `Failures: ${failureCount}`;
  const more = shown.length < failureCount ? "\nMore of them: run with --debug, or with --json for programs" : "";
  return { title, body: table && table + more, tone: "bad" };
}

export function httpSection({ http }: Report, width: number): Section {
  const columns = ["Calls", "Time", "Retries", "Waited", "Received"].map((title) => ({ title, align: right }));
  const rows = Object.entries(http).map(([name, figures]) => [
    name,
    String(figures.calls),
    durationInWords(figures.busyMs),
    String(figures.retries),
    durationInWords(figures.waitedMs),
    bytesInWords(figures.bytesIn),
    Object.entries(figures.byStatus)
      .map(([status, count]) => `${status}: ${count}`)
      .join(", "),
  ]);
  return { title: "HTTP", body: renderTable([{ title: "Client" }, ...columns, { title: "Answers" }], rows, width) };
}

export function timesSection({ times, peakRssBytes }: Report, width: number): Section {
  const columns = ["Total Time", "Call Count", "Avg Time", "Min Time", "Max Time"].map((title) => ({
    title,
    align: right,
  }));
  const table = renderTable(
    [{ title: "Context" }, ...columns],
    times.map(({ context, calls, totalMs, minMs, maxMs }) => [
      context,
      durationInWords(totalMs),
      String(calls),
      durationInWords(calls === 0 ? 0 : totalMs / calls),
      durationInWords(minMs),
      durationInWords(maxMs),
    ]),
    width,
  );
  return { title: "Execution times", body: table && `${table}\nMost memory: ${bytesInWords(peakRssBytes)}` };
}

function nameList(names: readonly string[], width: number): string {
  const lines = names.slice(0, listed).flatMap((name) => wrapText(name, width - 2).map((line) => `  ${line}`));
  return withRest(lines.join("\n"), names.length - listed, "more");
}

function withRest(text: string, rest: number, what: string): string {
  return rest > 0 ? `${text}\n… and ${rest.toLocaleString("en-US")} ${what}` : text;
}

/** The message stands in its own column; of the rest the nearest calls tell most. */
function shortStack(stack: string | undefined): string {
  if (stack === undefined) return "";
  const lines = stack.split("\n").map((line) => line.trim());
  const calls = lines.filter((line) => line.startsWith("at ") && !line.includes("node:internal/"));
  const shown = calls.length > 0 ? calls : lines;
  return shown.slice(0, stackLines).join("\n");
}
