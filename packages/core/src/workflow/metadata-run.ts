import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fqnOf, type EntityKey, type FQN } from "@omd/schema";
import {
  failureOf,
  type Catalog,
  type Logger,
  type Processor,
  type Resolver,
  type Sink,
  type Source,
  type TestStepResult,
} from "../contracts/index.ts";
import { markDeleted, type DeleteOutcome } from "../deletes/mark-deleted.ts";
import { isOmdError, OmdError } from "../errors.ts";
import { RunLedger } from "../ledger/run-ledger.ts";
import { createProcessors } from "../processors/index.ts";
import { HeldOptions } from "./held-options.ts";
import { tellUnreadOptions, tellUnusedSteps } from "./unused-config.ts";
import type { PlanEntry, Report } from "../report/report.ts";
import { RunAccount } from "../report/run-account.ts";
import { KnownEntities } from "../sink/metadata-rest/known-entities.ts";
import { RunLock } from "../state/run-lock.ts";
import { StateStore, type StoredMarks } from "../state/state-store.ts";
import { createSink } from "./create-sink.ts";
import { MarkScope } from "./mark-scope.ts";
import { judge } from "./outcome.ts";
import { planningCatalog } from "./planning-catalog.ts";
import { pump } from "./record-pump.ts";
import { beginDeadline } from "./run-deadline.ts";
import { runFingerprint } from "./run-fingerprint.ts";
import { RunNotices } from "./run-notices.ts";
import { RunProgress } from "./run-progress.ts";
import { buildReport, keepReport } from "./run-report.ts";
import { runResolver } from "./run-resolver.ts";
import { requireOwn, SelectionGuard } from "./selection-guard.ts";
import { sourceConnection } from "./source-connection.ts";
import { sourceConfig, sourceContext } from "./source-context.ts";
import { requireMandatory, runTestSteps } from "./test-connection.ts";
import type { WorkflowParts } from "./workflow-parts.ts";

/** One run from the first call to the report. In a plan nothing is written: not the catalog, not the state, no report file. */
export class MetadataRun {
  readonly #parts: WorkflowParts;
  readonly #plan: PlanEntry[] | undefined;
  readonly #catalog: Catalog;
  readonly #known: KnownEntities;
  readonly #held: HeldOptions;
  readonly #processors: readonly Processor[];
  readonly #ledger: RunLedger;
  readonly #service: FQN;
  readonly #startedAt = Date.now();
  readonly #runId: string;
  readonly #account: RunAccount;
  /** Present where only a part is asked for. */
  readonly #guard: SelectionGuard | undefined;
  readonly #progress: RunProgress;
  /** Absent in a plan. */
  readonly #notices: RunNotices | undefined;
  #catalogVersion = "unknown";
  #deletes: DeleteOutcome = { done: [], refused: [], failures: [] };
  #end: () => void = () => undefined;
  /** Settles when the run has ended. */
  readonly ended: Promise<void>;

  constructor(parts: WorkflowParts, plan?: PlanEntry[]) {
    this.#parts = parts;
    this.#plan = plan;
    this.#catalog = plan ? planningCatalog(parts.catalog, plan) : parts.catalog;
    this.#known = new KnownEntities(this.#catalog);
    this.#service = fqnOf(parts.config.source.serviceName);
    this.#runId = parts.config.pipelineRunId ?? randomUUID();
    this.#account = new RunAccount(
      parts.resolved.serviceType,
      parts.config.sink?.type === "file" ? "File" : "OpenMetadata",
    );
    this.#held = new HeldOptions(parts);
    this.#processors = [...this.#held.processors, ...createProcessors(parts.config.omd.processors)];
    const { selection } = parts.runtime;
    if (selection && (selection.only.length > 0 || selection.limit !== undefined))
      this.#guard = new SelectionGuard(selection, parts.resolved.serviceKind);
    this.#ledger = new RunLedger({ renamed: (key) => this.#renamed(key), saw: (fqn) => this.#guard?.saw(fqn) });
    this.#ledger.restricted = this.#guard !== undefined;
    this.#progress = new RunProgress(parts.runtime.progress, this.#account, this.#ledger);
    if (!plan) this.#notices = new RunNotices(parts, this.#account, { id: this.#runId, startedAt: this.#startedAt });
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Throws OmdError OMD_CONFIG; everything else lands in the report. */
  async execute(): Promise<Report> {
    try {
      const fatal = await this.#executeGuarded();
      const report = this.#report(fatal);
      const unkept = this.#plan ? undefined : keepReport(this.#parts.omdHome, report);
      if (unkept) this.#parts.log.warn(`the report could not be kept: ${unkept.message}`);
      await this.#notices?.tellOutcome(report);
      return report;
    } finally {
      this.#notices?.end();
      this.#ledger.close();
      this.#end();
    }
  }

  async check(): Promise<TestStepResult[]> {
    const state = StateStore.open(":memory:");
    let source: Source | undefined;
    try {
      await this.#connect();
      source = await this.#createSource(state.marks("check"), await runResolver(this.#parts, this.#catalog));
      return this.#parts.secrets.redactDeep(await runTestSteps(source));
    } finally {
      await source?.close?.();
      state.close();
      this.#ledger.close();
      this.#end();
    }
  }

  /** Returns what ended the run before its time, if anything did. */
  async #executeGuarded(): Promise<unknown> {
    const { omdHome, abort, runtime, resolved } = this.#parts;
    let state: StateStore | undefined;
    let lock: RunLock | undefined;
    const endDeadline = beginDeadline(this.#parts);
    try {
      if (runtime.selection && resolved.entry?.writesElsewhere !== true) requireOwn(runtime.selection, this.#service);
      this.#progress.phase("connect");
      await this.#connect();
      const file = join(omdHome, "state.db");
      state = StateStore.open(this.#plan && !existsSync(file) ? ":memory:" : file);
      if (!this.#plan)
        lock = RunLock.acquire(state.db, `${this.#catalog.identity} ${this.#service}`, `run ${this.#runId}`, () =>
          abort.abort(new OmdError("OMD_STATE_LOCKED", "another run took over the lock of this service")),
        );
      await this.#notices?.begin();
      await this.#readAndWrite(state);
      return undefined;
    } catch (error) {
      // A mistake in the config is not an outcome of a run.
      if (isOmdError(error) && error.code === "OMD_CONFIG") throw error;
      return error;
    } finally {
      endDeadline();
      lock?.release();
      state?.close();
    }
  }

  async #connect(): Promise<void> {
    this.#catalogVersion = (await this.#catalog.connect()).version;
  }

  async #readAndWrite(state: StateStore): Promise<void> {
    const scope = await MarkScope.open(this.#parts, this.#service, state, { readsOnly: this.#plan !== undefined });
    const { marks } = scope;
    let source: Source | undefined;
    const guard = this.#guard;
    const sink = this.#sink();
    tellUnusedSteps(this.#parts.config, this.#account);
    try {
      const resolver = await runResolver(this.#parts, this.#catalog);
      source = await this.#createSource(marks, resolver);
      await source.prepare?.();
      this.#progress.phase("test");
      const steps = await runTestSteps(source);
      requireMandatory(steps);
      for (const step of steps)
        if (!step.passed)
          this.#account.warn(this.#account.source, step.name, [step.message, step.hint].filter(Boolean).join(". "));
      this.#progress.phase("read");
      await sink.prepare?.();
      await pump({
        source,
        processors: this.#processors,
        sink,
        account: this.#account,
        signal: this.#parts.abort.signal,
        judge: guard && ((record) => guard.judge(record)),
        confirm: (record, { outcome }) => {
          // A mark may speak of all that was yielded before it, and not all of it is written.
          if (record.marks && !this.#plan && guard?.hasDropped !== true) marks.confirm(record.marks);
          if (record.kind !== "entity") return;
          if (outcome !== "unchanged") resolver.wrote?.(record.entityType);
          if (!this.#plan && record.entityType === this.#parts.resolved.serviceKind) scope.wroteService();
        },
        tick: () => this.#progress.tick(),
      });
      tellUnreadOptions(this.#held.unread(), this.#account);
      if (guard?.hasEnded === true) this.#ledger.completeOpen();
      this.#ledger.endOpen("the source ended without ending this scope");
      await this.#delete();
      if (!this.#plan) await scope.save();
    } finally {
      this.#ledger.endOpen("the run ended before this scope did");
      await closeQuietly(source, this.#parts.log);
      await sink.close?.();
    }
  }

  async #delete(): Promise<void> {
    this.#progress.phase("delete");
    this.#deletes = await markDeleted(this.#catalog, this.#ledger, this.#parts.config.omd.deletes);
    this.#account.writes.deleted += this.#deletes.done.length;
    for (const failure of this.#deletes.failures) this.#account.failed(this.#account.sink, failure);
    for (const refusal of this.#deletes.refused)
      for (const name of refusal.entities)
        this.#plan?.push({
          action: "refuse-delete",
          kind: refusal.entityType,
          name,
          changes: [],
          reason: refusal.reason,
        });
    const { discovered, source } = this.#account;
    // What has not changed since the last run is listed and yields no record.
    const isListed = this.#ledger.scopes().some((scope) => scope.seen > 0 || scope.rows > 0);
    if (discovered === 0 && source.filtered === 0 && !this.#guard && source.records <= 1 && !isListed)
      this.#account.warn(source, this.#parts.config.source.serviceName, "nothing was found at the source");
  }

  async #createSource(marks: StoredMarks, resolver: Resolver): Promise<Source> {
    const { config, resolved, http, secrets, log, abort } = this.#parts;
    const context = sourceContext({
      serviceName: config.source.serviceName,
      service: this.#service,
      http,
      resolver,
      ledger: this.#held.ledger(this.#ledger),
      marks,
      fingerprint: runFingerprint(config, resolved.manifest?.version, this.#held.patterns),
      selection: this.#parts.runtime.selection ?? { only: [] },
      log,
      signal: abort.signal,
      account: this.#account,
      known: (key) => this.#known.find({ ...key, fqn: this.#renamed(key) }),
      entities: (type, options) => this.#known.overheard(type, options),
      target: config.sink?.type === "file" ? "file" : this.#catalog.kind,
      secrets,
    });
    return resolved.sourceClass.create(sourceConfig(config, await sourceConnection(this.#parts), this.#held), context);
  }

  #sink(): Sink {
    const { config, secrets } = this.#parts;
    return createSink({ config, secrets, catalog: this.#catalog, known: this.#known, plan: this.#plan });
  }

  #report(fatal: unknown): Report {
    const { config, secrets, abort, runtime } = this.#parts;
    const verdict = judge({
      account: this.#account,
      ledger: this.#ledger,
      refused: this.#deletes.refused,
      notFound: this.#guard?.notFound,
      fatal,
      signal: abort.signal,
      successThreshold: config.workflowConfig.successThreshold,
      allowPartial: runtime.allowPartial ?? config.omd.allowPartial,
    });
    // Counted after the verdict: what ended the run says nothing about the share of records that a step lost.
    if (fatal !== undefined) this.#account.failed(this.#account.source, failureOf("run", fatal));
    return secrets.redactDeep(
      buildReport({
        config,
        runId: this.#runId,
        startedAt: this.#startedAt,
        account: this.#account,
        ledger: this.#ledger,
        deletes: this.#deletes,
        catalog: {
          kind: config.sink?.type === "file" ? "none" : this.#catalog.kind,
          identity: this.#catalog.identity,
          version: this.#catalogVersion,
        },
        http: this.#parts.http.figures(),
        verdict,
      }),
    );
  }

  /** The FQN that the processors give an entity. Throws when they leave nothing of a name. */
  #renamed(key: EntityKey): FQN {
    return this.#processors.reduce((fqn, processor) => processor.renamed?.({ ...key, fqn }) ?? fqn, key.fqn);
  }
}

async function closeQuietly(source: Source | undefined, log: Logger): Promise<void> {
  try {
    await source?.close?.();
  } catch (error) {
    log.warn(`closing the source failed: ${failureOf("", error).error}`);
  }
}
