import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { reportSchema, type Report } from "../report/report.ts";

/** What is shown of a run in a list. */
export interface RunSummary {
  readonly runId: string;
  readonly serviceName: string;
  readonly sourceType: string;
  /** Where it wrote to. */
  readonly catalogKind: Report["catalog"]["kind"];
  /** Epoch ms. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: Report["outcome"];
  readonly reasons: readonly string[];
  readonly writes: Report["writes"];
  readonly failureCount: number;
  readonly scopes: { readonly complete: number; readonly partial: number; readonly failed: number };
  readonly refusedDeletes: number;
}

interface Known {
  readonly stamp: string;
  readonly summary: RunSummary | undefined;
}

/**
 * Reports that runs left in `OMD_HOME/runs`, newest first. Only summaries stay in memory, each read once per state of its file;
 * a file that is no report (cut, of another version) is passed over.
 */
export class KeptReports {
  readonly #dir: string;
  #known = new Map<string, Known>();

  constructor(omdHome: string) {
    this.#dir = join(omdHome, "runs");
  }

  /** Newest first; all of them, or of one service. */
  list(options: { service?: string | undefined; limit?: number | undefined } = {}): RunSummary[] {
    const { service, limit = Infinity } = options;
    const found: RunSummary[] = [];
    for (const name of this.#names()) {
      if (found.length >= limit) break;
      const summary = this.#summary(name);
      if (summary && (service === undefined || summary.serviceName === service)) found.push(summary);
    }
    return found;
  }

  /** The whole report of a run; of several with the same id the newest. */
  get(runId: string): Report | undefined {
    const name = this.#names().find((candidate) => this.#summary(candidate)?.runId === runId);
    return name === undefined ? undefined : this.#read(name);
  }

  /** The newest report of each source of a service. One that failed or was stopped knows less than one before it: it stands only alone. */
  newest(): Report[] {
    const found = new Map<string, { readonly name: string; readonly cutShort: boolean }>();
    for (const name of this.#names()) {
      const summary = this.#summary(name);
      if (!summary) continue;
      const key = JSON.stringify([summary.serviceName, summary.sourceType]);
      const cutShort = summary.outcome === "failed" || summary.outcome === "stopped";
      const newer = found.get(key);
      if (!newer || (newer.cutShort && !cutShort)) found.set(key, { name, cutShort });
    }
    return [...found.values()].flatMap(({ name }) => this.#read(name) ?? []);
  }

  #names(): string[] {
    let names: string[];
    try {
      names = readdirSync(this.#dir);
    } catch {
      return [];
    }
    const kept = names.filter((name) => name.endsWith(".json"));
    // What a run pruned is forgotten here too.
    if (this.#known.size > kept.length) this.#known = new Map();
    return kept.sort().reverse();
  }

  #summary(name: string): RunSummary | undefined {
    let stamp: string;
    try {
      const { mtimeMs, size } = statSync(join(this.#dir, name));
      stamp = `${mtimeMs} ${size}`;
    } catch {
      return undefined;
    }
    const known = this.#known.get(name);
    if (known?.stamp === stamp) return known.summary;
    const report = this.#read(name);
    const summary = report && summaryOf(report);
    this.#known.set(name, { stamp, summary });
    return summary;
  }

  #read(name: string): Report | undefined {
    try {
      return reportSchema.parse(JSON.parse(readFileSync(join(this.#dir, name), "utf8")));
    } catch {
      return undefined;
    }
  }
}

/** What a list shows of a report. */
export function summaryOf(report: Report): RunSummary {
  const count = (state: Report["scopes"][number]["state"]): number =>
    report.scopes.filter((scope) => scope.state === state).length;
  return {
    runId: report.runId,
    serviceName: report.serviceName,
    sourceType: report.sourceType,
    catalogKind: report.catalog.kind,
    startedAt: report.startedAt,
    endedAt: report.endedAt,
    outcome: report.outcome,
    reasons: report.reasons,
    writes: report.writes,
    failureCount: report.failureCount,
    scopes: { complete: count("complete"), partial: count("partial"), failed: count("failed") },
    refusedDeletes: report.deletes.refused.reduce((sum, { entities }) => sum + entities.length, 0),
  };
}
