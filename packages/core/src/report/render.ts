import type { Report } from "./report.ts";

/** The report as text. */
export function renderReport(report: Report): string {
  return `${report.outcome} (exit code ${report.exitCode})`;
}
