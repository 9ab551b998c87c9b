import type { MetadataRecord } from "@omd/schema";
import type { StackTraceError, Written } from "../contracts/index.ts";
import type { Report } from "./report.ts";

const maxListed = 1000;
const maxErrorChars = 10_000;

/** Counts of one step. */
class StepAccount {
  readonly name: string;
  records = 0;
  updated = 0;
  unchanged = 0;
  warnings = 0;
  filtered = 0;
  errors = 0;
  busyMs = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** 100·S/(S+F), as OpenMetadata counts: a step that did nothing and failed nowhere is at 100. */
  get successPercent(): number {
    const done = Math.max(this.records, 1);
    return Math.round((10_000 * done) / (done + this.errors)) / 100;
  }

  toReport(): Report["steps"][number] {
    const { name, records, updated, unchanged, warnings, filtered, errors, successPercent } = this;
    return {
      name,
      records,
      updated,
      unchanged,
      warnings,
      filtered,
      errors,
      successPercent,
      busyMs: Math.round(this.busyMs),
    };
  }
}

/** Everything that is counted in a run; each thing once. */
export class RunAccount {
  readonly source: StepAccount;
  readonly processors = new StepAccount("Processors");
  readonly sink: StepAccount;
  readonly writes = { created: 0, updated: 0, unchanged: 0, restored: 0, deleted: 0 };
  readonly failures: Report["failures"] = [];
  failureCount = 0;
  readonly filtered: Report["filtered"] = [];
  readonly unresolved: Report["unresolved"] = [];
  unresolvedCount = 0;
  readonly #warnings = new Map<string, Report["warnings"][number]>();
  readonly #times = new Map<string, Report["times"][number]>();
  /** Data entities that the source yielded; the service itself does not count. */
  discovered = 0;

  constructor(sourceName: string, sinkName: string) {
    this.source = new StepAccount(sourceName);
    this.sink = new StepAccount(sinkName);
  }

  read(record: MetadataRecord): void {
    this.source.records += 1;
    if (record.kind === "entity" && !record.entityType.endsWith("Service")) this.discovered += 1;
  }

  failed(step: StepAccount, failure: StackTraceError): void {
    step.errors += 1;
    this.failureCount += 1;
    if (this.failures.length >= maxListed) return;
    this.failures.push({
      from: step.name,
      name: failure.name,
      error: failure.error.slice(0, maxErrorChars),
      ...(failure.stackTrace !== undefined && { stackTrace: failure.stackTrace.slice(0, maxErrorChars) }),
    });
  }

  wrote(written: Written): void {
    if (written.warning !== undefined) this.warn(this.sink, written.name, written.warning);
    for (const { name, reason } of written.notices ?? []) this.warn(this.sink, name, reason);
    if (written.outcome === "deferred" || written.outcome === "missing") return;
    this.writes[written.outcome] += 1;
    this.sink.records += 1;
    if (written.outcome === "updated" || written.outcome === "restored") this.sink.updated += 1;
    if (written.outcome === "unchanged") this.sink.unchanged += 1;
  }

  warn(from: StepAccount, name: string, reason: string): void {
    from.warnings += 1;
    const key = `${from.name}\n${name}\n${reason}`;
    const known = this.#warnings.get(key);
    if (known) known.count += 1;
    else if (this.#warnings.size < maxListed) this.#warnings.set(key, { from: from.name, name, reason, count: 1 });
  }

  filter(step: StepAccount, name: string, reason: string): void {
    step.filtered += 1;
    if (this.filtered.length < maxListed) this.filtered.push({ name, reason });
  }

  missEdge(edge: Report["unresolved"][number]): void {
    this.unresolvedCount += 1;
    if (this.unresolved.length < maxListed) this.unresolved.push(edge);
  }

  time(context: string, elapsedMs: number): void {
    const known = this.#times.get(context);
    if (!known) {
      this.#times.set(context, { context, calls: 1, totalMs: elapsedMs, minMs: elapsedMs, maxMs: elapsedMs });
      return;
    }
    known.calls += 1;
    known.totalMs += elapsedMs;
    known.minMs = Math.min(known.minMs, elapsedMs);
    known.maxMs = Math.max(known.maxMs, elapsedMs);
  }

  get warnings(): Report["warnings"] {
    return [...this.#warnings.values()];
  }

  get times(): Report["times"] {
    return [...this.#times.values()].sort((a, b) => (a.context < b.context ? -1 : 1));
  }

  steps(): StepAccount[] {
    return this.processors.records + this.processors.filtered + this.processors.errors > 0
      ? [this.source, this.processors, this.sink]
      : [this.source, this.sink];
  }

  /** Mean over the steps. */
  get successPercent(): number {
    const steps = this.steps();
    return Math.round((100 * steps.reduce((sum, step) => sum + step.successPercent, 0)) / steps.length) / 100;
  }
}

export type { StepAccount };
