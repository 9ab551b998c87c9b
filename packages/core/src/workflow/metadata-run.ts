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
import type { PlanEntry, Report } from "../report/report.ts";
import { RunAccount } from "../report/run-account.ts";
import { KnownEntities } from "../sink/metadata-rest/known-entities.ts";
import { RunLock } from "../state/run-lock.ts";
import { StateStore, type StoredMarks } from "../state/state-store.ts";
import { createSink } from "./create-sink.ts";
import { ownersOnlyResolver } from "./default-resolver.ts";
import { postIngestionStatus, type IngestionRun } from "./ingestion-status.ts";
import { judge } from "./outcome.ts";
import { ownerCreator } from "./owners.ts";
import { planningCatalog } from "./planning-catalog.ts";
import { pump } from "./record-pump.ts";
import { runFingerprint } from "./run-fingerprint.ts";
import { buildReport, keepReport } from "./run-report.ts";
import { requireOwn, SelectionGuard } from "./selection-guard.ts";
import { sourceConfig, sourceContext } from "./source-context.ts";
import { requireMandatory, runTestSteps } from "./test-connection.ts";
import type { WorkflowParts } from "./workflow-parts.ts";

/** One run from the first call to the report. In a plan nothing is written: not the catalog, not the state, no report file. */
export class MetadataRun {
  readonly #parts: WorkflowParts;
  readonly #plan: PlanEntry[] | undefined;
  readonly #catalog: Catalog;
  readonly #known: KnownEntities;
  readonly #processors: readonly Processor[];
  readonly #ledger: RunLedger;
  readonly #service: FQN;
  readonly #startedAt = Date.now();
  readonly #runId: string;
  readonly #account: RunAccount;
  /** Present where only a part is asked for. */
  readonly #guard: SelectionGuard | undefined;
  #catalogVersion = "unknown";
  #deletes: DeleteOutcome = { done: [], refused: [], failures: [] };
  #lastTick = 0;
  #hasBegun = false;
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
    this.#processors = createProcessors(parts.config.omd.processors);
    const { selection } = parts.runtime;
    if (selection && (selection.only.length > 0 || selection.limit !== undefined))
      this.#guard = new SelectionGuard(selection, parts.resolved.serviceKind);
    this.#ledger = new RunLedger({ renamed: (key) => this.#renamed(key), saw: (fqn) => this.#guard?.saw(fqn) });
    this.#ledger.restricted = this.#guard !== undefined;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Throws OmdError OMD_CONFIG; everything else lands in the report. */
  async execute(): Promise<Report> {
    try {
      const fatal = await this.#executeGuarded();
      const report = this.#report(fatal);
      if (!this.#plan) {
        keepReport(this.#parts.omdHome, report);
        await this.#postStatus(report);
        await this.#leaveReport(report);
      }
      return report;
    } finally {
      if (!this.#plan) this.#parts.catalog.beginRun?.(undefined);
      this.#ledger.close();
      this.#end();
    }
  }

  async check(): Promise<TestStepResult[]> {
    const state = StateStore.open(":memory:");
    let source: Source | undefined;
    try {
      await this.#connect();
      source = await this.#createSource(state.marks("check"), await this.#resolver());
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
    const { omdHome, abort, config } = this.#parts;
    let state: StateStore | undefined;
    let lock: RunLock | undefined;
    const deadline = config.omd.deadlineSeconds;
    const timer =
      deadline === undefined
        ? undefined
        : setTimeout(
            () =>
              abort.abort(new OmdError("OMD_DEADLINE", `the run took longer than omd.deadlineSeconds (${deadline} s)`)),
            deadline * 1000,
          );
    try {
      const { runtime, resolved } = this.#parts;
      if (runtime.selection && resolved.entry?.writesElsewhere !== true) requireOwn(runtime.selection, this.#service);
      this.#progress("connect");
      await this.#connect();
      const file = join(omdHome, "state.db");
      state = StateStore.open(this.#plan && !existsSync(file) ? ":memory:" : file);
      if (!this.#plan)
        lock = RunLock.acquire(state.db, `${this.#catalog.identity} ${this.#service}`, `run ${this.#runId}`, () =>
          abort.abort(new OmdError("OMD_STATE_LOCKED", "another run took over the lock of this service")),
        );
      if (!this.#plan) this.#parts.catalog.beginRun?.({ runId: this.#runId, service: this.#service });
      this.#hasBegun = true;
      await this.#postStatus(undefined);
      await this.#readAndWrite(state);
      return undefined;
    } catch (error) {
      // A mistake in the config is not an outcome of a run.
      if (isOmdError(error) && error.code === "OMD_CONFIG") throw error;
      return error;
    } finally {
      clearTimeout(timer);
      lock?.release();
      state?.close();
    }
  }

  async #connect(): Promise<void> {
    this.#catalogVersion = (await this.#catalog.connect()).version;
  }

  async #readAndWrite(state: StateStore): Promise<void> {
    const scope = await this.#markScope();
    const marks = state.marks(scope.name);
    if (scope.isNew && !this.#plan) marks.clear();
    let source: Source | undefined;
    const guard = this.#guard;
    const sink = this.#sink();
    this.#tellUnused();
    try {
      const resolver = await this.#resolver();
      source = await this.#createSource(marks, resolver);
      await source.prepare?.();
      this.#progress("test");
      const steps = await runTestSteps(source);
      requireMandatory(steps);
      for (const step of steps)
        if (!step.passed)
          this.#account.warn(this.#account.source, step.name, [step.message, step.hint].filter(Boolean).join(". "));
      this.#progress("read");
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
          if (scope.isNew && !this.#plan && record.entityType === this.#parts.resolved.serviceKind)
            this.#nameScope(marks);
        },
        tick: () => this.#tick(),
      });
      if (guard?.hasEnded === true) this.#ledger.completeOpen();
      this.#ledger.endOpen("the source ended without ending this scope");
      await this.#delete();
      if (!this.#plan) marks.save((await this.#markScope()).name, { andForget: true });
    } finally {
      this.#ledger.endOpen("the run ended before this scope did");
      await closeQuietly(source, this.#parts.log);
      await sink.close?.();
    }
  }

  async #delete(): Promise<void> {
    this.#progress("delete");
    this.#deletes = await markDeleted(this.#catalog, this.#ledger, this.#parts.config.omd.deletes);
    this.#account.writes.deleted += this.#deletes.done.length;
    for (const failure of this.#deletes.failures) this.#account.failed(this.#account.sink, failure);
    for (const refusal of this.#deletes.refused)
      for (const name of refusal.entities)
        this.#plan?.push({ action: "refuse-delete", kind: "entity", name, changes: [], reason: refusal.reason });
    const { discovered, source } = this.#account;
    // What has not changed since the last run is listed and yields no record.
    const isListed = this.#ledger.scopes().some((scope) => scope.seen > 0 || scope.rows > 0);
    if (discovered === 0 && source.filtered === 0 && !this.#guard && source.records <= 1 && !isListed)
      this.#account.warn(source, this.#parts.config.source.serviceName, "nothing was found at the source");
  }

  /** State of one catalog and one service; a service that was removed and made again starts anew. */
  async #markScope(): Promise<{ name: string; isNew: boolean }> {
    const service = await this.#parts.catalog.get(this.#parts.resolved.serviceKind, this.#service, { include: "all" });
    const name = [this.#catalog.identity, this.#service, service?.id ?? "new", this.#parts.config.source.type].join(
      " ",
    );
    return { name, isNew: service === undefined };
  }

  /** As early as it can be: few marks have to move then. The end of the run does it again. */
  #nameScope(marks: StoredMarks): void {
    this.#markScope()
      .then(({ name, isNew }) => {
        if (!isNew) marks.moveTo(name);
      })
      .catch((error: unknown) => this.#parts.log.debug(`marks have no final scope yet: ${String(error)}`));
  }

  async #createSource(marks: StoredMarks, resolver: Resolver): Promise<Source> {
    const { config, resolved, http, secrets, log, abort } = this.#parts;
    const given = config.source.serviceConnection?.config;
    const connection = given ?? (resolved.entry?.hasConnection === false ? {} : await this.#storedConnection());
    const context = sourceContext({
      serviceName: config.source.serviceName,
      service: this.#service,
      http,
      resolver,
      ledger: this.#ledger,
      marks,
      fingerprint: runFingerprint(config, resolved.manifest?.version),
      selection: this.#parts.runtime.selection ?? { only: [] },
      log,
      signal: abort.signal,
      account: this.#account,
      known: (key) => this.#known.find({ ...key, fqn: this.#renamed(key) }),
      catalog: this.#catalog,
      target: config.sink?.type === "file" ? "file" : this.#catalog.kind,
      secrets,
    });
    return resolved.sourceClass.create(sourceConfig(config, connection), context);
  }

  async #storedConnection(): Promise<Readonly<Record<string, unknown>>> {
    const { config, resolved } = this.#parts;
    const stored = await this.#parts.catalog.serviceConnection?.(resolved.serviceKind, config.source.serviceName);
    if (stored) return stored;
    throw new OmdError(
      "OMD_CONFIG",
      `${config.origin.file}: source.serviceConnection is missing, and the catalog has no connection of a service ${this.#service}`,
      {
        hint: "Write source.serviceConnection into the file, or store the connection of the service in OpenMetadata.",
      },
    );
  }

  async #resolver(): Promise<Resolver> {
    const { config, runtime, registry } = this.#parts;
    const lineage = (config.source.sourceConfig.config["lineageInformation"] ?? {}) as Record<
      string,
      string[] | undefined
    >;
    const creates = config.omd.createMissingOwners && config.sink?.type !== "file";
    const createResolver = runtime.createResolver ?? (await registry.resolver()) ?? ownersOnlyResolver;
    return createResolver({
      catalog: this.#catalog,
      databaseServices: lineage["dbServiceNames"] ?? [],
      storageServices: lineage["storageServiceNames"] ?? [],
      messagingServices: lineage["messagingServiceNames"] ?? [],
      createOwner: creates ? ownerCreator(this.#catalog) : undefined,
    });
  }

  #sink(): Sink {
    const { config, secrets } = this.#parts;
    return createSink({ config, secrets, catalog: this.#catalog, known: this.#known, plan: this.#plan });
  }

  /** A file of OpenMetadata's may name steps that only its other workflows have. */
  #tellUnused(): void {
    const { config } = this.#parts;
    for (const section of ["processor", "stage", "bulkSink"] as const) {
      const type = config[section]?.type;
      if (type !== undefined)
        this.#account.warn(
          this.#account.source,
          `${section} ${type}`,
          "a metadata workflow has no such step: not used",
        );
    }
  }

  async #postStatus(report: Report | undefined): Promise<void> {
    const { config, resolved, secrets } = this.#parts;
    if (this.#plan || config.ingestionPipelineFQN === undefined) return;
    const run: IngestionRun = {
      pipelineFqn: config.ingestionPipelineFQN,
      runId: this.#runId,
      startedAt: this.#startedAt,
      service: { type: resolved.serviceKind, fqn: this.#service },
      sourceOptions: secrets.redactDeep(config.source.sourceConfig.config),
    };
    await postIngestionStatus(this.#catalog, run, report).catch((error: unknown) => {
      this.#account.warn(
        this.#account.sink,
        run.pipelineFqn,
        `the run's state was not stored: ${failureOf("", error).error}`,
      );
    });
  }

  /** The report is kept here already; that the server has it too is for those who look there. */
  async #leaveReport(report: Report): Promise<void> {
    if (!this.#hasBegun || report.catalog.kind === "none") return;
    try {
      await this.#parts.catalog.keepReport?.(report);
    } catch (error) {
      this.#parts.log.warn(failureOf("", error).error);
    }
  }

  #report(fatal: unknown): Report {
    const { config, secrets, abort, runtime } = this.#parts;
    if (fatal !== undefined) this.#account.failed(this.#account.source, failureOf("run", fatal));
    const verdict = judge({
      account: this.#account,
      ledger: this.#ledger,
      refused: this.#deletes.refused,
      notFound: this.#guard?.notFound,
      fatal: fatal === undefined ? undefined : describeFatal(fatal),
      stopped:
        abort.signal.aborted && !(isOmdError(abort.signal.reason) && abort.signal.reason.code === "OMD_DEADLINE"),
      successThreshold: config.workflowConfig.successThreshold,
      allowPartial: runtime.allowPartial ?? config.omd.allowPartial,
    });
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

  #progress(phase: "connect" | "test" | "read" | "delete" | "finish"): void {
    this.#parts.runtime.progress?.({ kind: "phase", phase });
  }

  #tick(): void {
    const now = Date.now();
    if (!this.#parts.runtime.progress || now - this.#lastTick < 100) return;
    this.#lastTick = now;
    const { source, sink, failureCount } = this.#account;
    this.#parts.runtime.progress({
      kind: "counts",
      read: source.records,
      written: sink.records - sink.unchanged,
      unchanged: sink.unchanged,
      failed: failureCount,
      filtered: source.filtered,
    });
    for (const scope of this.#ledger.scopes())
      this.#parts.runtime.progress({ kind: "scope", name: scope.name, received: scope.rows, announced: scope.total });
  }
}

function describeFatal(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return isOmdError(error) && error.hint !== undefined ? `${text}. ${error.hint}` : text;
}

async function closeQuietly(source: Source | undefined, log: Logger): Promise<void> {
  try {
    await source?.close?.();
  } catch (error) {
    log.warn(`closing the source failed: ${failureOf("", error).error}`);
  }
}
