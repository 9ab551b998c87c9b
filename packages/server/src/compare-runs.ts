import type { Report } from "@omd/core";

interface Comparison {
  /** A figure that a run does not have is left out: it opened no such scope. */
  readonly figures: readonly { readonly name: string; readonly a?: number; readonly b?: number }[];
  /** Failures, scopes that are not complete, unresolved edges and refused deletes of one run only. */
  readonly onlyInA: readonly string[];
  readonly onlyInB: readonly string[];
}

/** Two runs side by side. */
export function compareReports(a: Report, b: Report): Comparison {
  const [first, second] = [figuresOf(a), figuresOf(b)];
  const names = new Set([...Object.keys(first), ...Object.keys(second)]);
  const [notesA, notesB] = [notesOf(a), notesOf(b)];
  return {
    figures: [...names].map((name) => ({
      name,
      ...(first[name] !== undefined && { a: first[name] }),
      ...(second[name] !== undefined && { b: second[name] }),
    })),
    onlyInA: [...notesA].filter((note) => !notesB.has(note)),
    onlyInB: [...notesB].filter((note) => !notesA.has(note)),
  };
}

function figuresOf(report: Report): Record<string, number> {
  const http = Object.values(report.http);
  const sum = (of: (figures: (typeof http)[number]) => number): number =>
    http.reduce((total, one) => total + of(one), 0);
  return {
    "Duration (ms)": report.endedAt - report.startedAt,
    "Success (%)": report.successPercent,
    Created: report.writes.created,
    Updated: report.writes.updated,
    Unchanged: report.writes.unchanged,
    Restored: report.writes.restored,
    Deleted: report.writes.deleted,
    "Deletes refused": report.deletes.refused.reduce((total, { entities }) => total + entities.length, 0),
    Failures: report.failureCount,
    Warnings: report.warnings.reduce((total, { count }) => total + count, 0),
    "Unresolved edges": report.unresolvedCount,
    "HTTP calls": sum(({ calls }) => calls),
    "HTTP retries": sum(({ retries }) => retries),
    "HTTP received (bytes)": sum(({ bytesIn }) => bytesIn),
    "Peak memory (bytes)": report.peakRssBytes,
    ...Object.fromEntries(report.scopes.map((scope) => [`Rows of ${scope.name}`, scope.received])),
  };
}

function notesOf(report: Report): Set<string> {
  return new Set([
    ...report.failures.map(({ from, name, error }) => `failure: ${from} ${name}: ${error}`),
    ...report.scopes.filter(({ state }) => state !== "complete").map(({ name, state }) => `scope ${name} is ${state}`),
    ...report.unresolved.map(({ from, to, reason }) => `unresolved: ${from} → ${to}: ${reason}`),
    ...report.deletes.refused.flatMap(({ entities }) => entities.map((fqn) => `delete refused: ${fqn}`)),
  ]);
}
