import { readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory, type HttpFigures } from "@omd/http";
import type { WorkflowConfig } from "../config/index.ts";
import type { DeleteOutcome } from "../deletes/mark-deleted.ts";
import type { RunLedger } from "../ledger/run-ledger.ts";
import type { Report } from "../report/report.ts";
import type { RunAccount } from "../report/run-account.ts";
import { omdVersion } from "../version.ts";

export interface ReportParts {
  readonly config: WorkflowConfig;
  readonly runId: string;
  readonly startedAt: number;
  readonly account: RunAccount;
  readonly ledger: RunLedger;
  readonly deletes: DeleteOutcome;
  readonly catalog: Report["catalog"];
  readonly http: Readonly<Record<string, HttpFigures>>;
  readonly verdict: Pick<Report, "outcome" | "exitCode" | "reasons">;
}

export function buildReport(parts: ReportParts): Report {
  const { config, account } = parts;
  return {
    schemaVersion: 1,
    omdVersion,
    workflow: "metadata",
    runId: parts.runId,
    sourceType: config.source.type,
    serviceName: config.source.serviceName,
    startedAt: parts.startedAt,
    endedAt: Date.now(),
    ...parts.verdict,
    successPercent: account.successPercent,
    catalog: parts.catalog,
    steps: account.steps().map((step) => step.toReport()),
    writes: { ...account.writes },
    scopes: parts.ledger.scopes().map((scope) => ({
      name: scope.name,
      state: scope.state === "open" ? "failed" : scope.state,
      reasons: [...scope.reasons],
      ...(scope.total !== undefined && { announced: scope.total }),
      received: scope.rows,
      seen: scope.seen,
    })),
    failures: account.failures,
    failureCount: account.failureCount,
    warnings: account.warnings,
    filtered: account.filtered,
    unresolved: account.unresolved,
    unresolvedCount: account.unresolvedCount,
    deletes: {
      done: parts.deletes.done,
      refused: parts.deletes.refused.map(({ scope, reason, entities }) => ({ scope, reason, entities })),
    },
    http: Object.fromEntries(Object.entries(parts.http).map(([name, figures]) => [name, rounded(figures)])),
    times: account.times.map((time) => ({
      ...time,
      totalMs: round(time.totalMs),
      minMs: round(time.minMs),
      maxMs: round(time.maxMs),
    })),
    // ru_maxrss is in KiB.
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
}

function rounded(figures: HttpFigures): HttpFigures {
  return {
    ...figures,
    waitedMs: round(figures.waitedMs),
    busyMs: round(figures.busyMs),
    byStatus: { ...figures.byStatus },
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

const keptRuns = 200;

/** Keeps the report below OMD_HOME: `last-report.json` and `runs/<time>-<runId>.json`, of which the newest 200 stay. Answers why it could not. */
export function keepReport(omdHome: string, report: Report): Error | undefined {
  const dir = join(omdHome, "runs");
  const text = JSON.stringify(report, undefined, 2);
  const name = `${new Date(report.startedAt).toISOString().replaceAll(":", "-")}-${report.runId}.json`;
  try {
    makeDirectory(dir);
    replaceFile(join(omdHome, "last-report.json"), text);
    replaceFile(join(dir, name), text);
    for (const old of readdirSync(dir).sort().slice(0, -keptRuns)) rmSync(join(dir, old));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** On a full disk the file that was there stays whole. */
function replaceFile(file: string, text: string): void {
  const part = `${file}.part`;
  try {
    writeFileSync(part, text);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}
