import { createHttpRuntime, type HttpRuntime } from "@omd/http";
import { requireOpenParts, wholeConfigFromObject, type WorkflowConfig } from "../config/index.ts";
import type { Catalog, Logger, TestStepResult } from "../contracts/index.ts";
import { OmdError } from "../errors.ts";
import { createRegistry, type CatalogOpener, type Registry } from "../registry/index.ts";
import { renderReport } from "../report/render.ts";
import type { PlanEntry, Report } from "../report/report.ts";
import { SecretRegistry } from "../secrets/secret-registry.ts";
import { emptyCatalog } from "../sink/empty-catalog.ts";
import { httpDefaults } from "./http-defaults.ts";
import { stderrLogger } from "./logger.ts";
import { MetadataRun } from "./metadata-run.ts";
import { openPartsOf } from "./open-parts.ts";
import type { WorkflowRuntime } from "./runtime.ts";
import type { WorkflowParts } from "./workflow-parts.ts";

/** Everything but the catalog. */
type ClosedParts = Omit<WorkflowParts, "catalog">;

/** A metadata workflow for programs and the CLI: source → processors → sink, then deletes, state and report. */
export class MetadataWorkflow {
  readonly #parts: ClosedParts;
  /** Opened by the run: a plan must not make one. */
  #catalog: Catalog | undefined;
  #hasStarted = false;
  #run: MetadataRun | undefined;
  #report: Report | undefined;

  private constructor(parts: ClosedParts) {
    this.#parts = parts;
  }

  /** Takes a checked config or the plain object of a YAML file. Throws ConfigError with all that is wrong in it, also in the connector's part. */
  static async create(config: WorkflowConfig | object, runtime: WorkflowRuntime = {}): Promise<MetadataWorkflow> {
    const registry =
      runtime.registry ??
      createRegistry({
        searchFrom: [process.cwd(), import.meta.dirname],
        connectorPaths: [...(runtime.connectorPaths ?? [process.cwd()])],
      });
    const openParts = openPartsOf({ registry, catalog: openerOf(runtime, registry) });
    const checked = isChecked(config) ? config : await wholeConfigFromObject(config, { openParts });
    if (checked === config) await requireOpenParts(checked, openParts);
    const secrets = runtime.secrets ?? new SecretRegistry();
    for (const text of checked.origin.secretTexts()) secrets.add(text);
    const omdHome = runtime.omdHome ?? process.env["OMD_HOME"] ?? ".omd";
    const abort = new AbortController();
    runtime.signal?.addEventListener("abort", () => abort.abort(runtime.signal?.reason), { once: true });
    const log = runtime.log ?? stderrLogger(checked.workflowConfig.loggerLevel, secrets);
    const resolved = await registry.resolve({
      type: checked.source.type,
      connection: checked.source.serviceConnection?.config ?? {},
    });
    const http = runtime.http ?? httpRuntime(checked, runtime, secrets, abort.signal, log);
    return new MetadataWorkflow({
      config: checked,
      runtime,
      omdHome,
      http,
      registry,
      resolved,
      secrets,
      log,
      abort,
    });
  }

  /** Runs once. What goes wrong stands in {@link MetadataWorkflow.report}; only a ConfigError (the connector's part of the config) is thrown. */
  async execute(): Promise<void> {
    await this.#execute();
  }

  /** What would be created, updated and deleted, field by field. Nothing is written. */
  async plan(): Promise<PlanEntry[]> {
    const entries: PlanEntry[] = [];
    await this.#execute(entries);
    return entries;
  }

  /** The connector's named steps; nothing is read beyond them and nothing is written. */
  async check(): Promise<TestStepResult[]> {
    try {
      return await new MetadataRun(await this.#opened("none")).check();
    } finally {
      await this.#close();
    }
  }

  get report(): Report {
    if (!this.#report) throw new Error("The workflow has not been executed yet");
    return this.#report;
  }

  /** Throws OMD_WORKFLOW_FAILED unless the run was complete (or partial and allowed). */
  raiseFromStatus(): void {
    const { exitCode, outcome, reasons } = this.report;
    if (exitCode !== 0) throw new OmdError("OMD_WORKFLOW_FAILED", `The run is ${outcome}: ${reasons.join("; ")}`);
  }

  printStatus(): void {
    process.stdout.write(`${renderReport(this.report)}\n`);
  }

  /** Ends a run that is under way; its source is closed, what was read is written, nothing is deleted. */
  async stop(): Promise<void> {
    this.#parts.abort.abort(new OmdError("OMD_ABORTED", "the run was stopped"));
    await this.#run?.ended;
  }

  async #execute(plan?: PlanEntry[]): Promise<void> {
    if (this.#hasStarted) throw new Error("This workflow has been executed already");
    this.#hasStarted = true;
    try {
      this.#run = new MetadataRun(await this.#opened(plan ? "none" : "many"), plan);
      this.#report = await this.#run.execute();
    } finally {
      await this.#close();
    }
  }

  async #opened(writes: "none" | "many"): Promise<WorkflowParts> {
    this.#catalog = this.#parts.runtime.catalog ?? (await openCatalog(this.#parts, writes));
    return { ...this.#parts, catalog: this.#catalog };
  }

  async #close(): Promise<void> {
    if (!this.#parts.runtime.catalog) await this.#catalog?.close();
    if (!this.#parts.runtime.http) await this.#parts.http.close();
  }
}

function isChecked(config: object): config is WorkflowConfig {
  return "origin" in config;
}

function httpRuntime(
  config: WorkflowConfig,
  runtime: WorkflowRuntime,
  secrets: SecretRegistry,
  signal: AbortSignal,
  log: Logger,
): HttpRuntime {
  return createHttpRuntime({
    signal,
    recordDir: runtime.recordDir,
    replayDir: runtime.replayDir,
    redact: (text) => secrets.redact(text),
    log: (message) => log.debug(message),
    defaults: httpDefaults(config),
  });
}

/** What opens the catalog when the run begins; a catalog that the program has opened itself needs none. */
function openerOf(runtime: WorkflowRuntime, registry: Registry): () => Promise<CatalogOpener | undefined> {
  if (runtime.catalog) return () => Promise.resolve(undefined);
  return () => (runtime.openCatalog ? Promise.resolve(runtime.openCatalog) : registry.catalog());
}

async function openCatalog(parts: ClosedParts, writes: "none" | "many"): Promise<Catalog> {
  const { config, runtime, registry, http, omdHome } = parts;
  if (config.sink?.type === "file") return emptyCatalog();
  const open = await openerOf(runtime, registry)();
  if (!open) {
    throw new OmdError("OMD_CONNECTOR_NOT_FOUND", "No catalog implementation is installed", {
      hint: "Install @omd/catalog beside @omd/core, or give `openCatalog` or `catalog` to MetadataWorkflow.create.",
    });
  }
  return open(config.workflowConfig.openMetadataServerConfig, { http, omdHome, writes });
}
