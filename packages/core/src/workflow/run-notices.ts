import { fqnOf } from "@omd/schema";
import { failureOf } from "../contracts/index.ts";
import type { Report } from "../report/report.ts";
import type { RunAccount } from "../report/run-account.ts";
import { postIngestionStatus } from "./ingestion-status.ts";
import type { WorkflowParts } from "./workflow-parts.ts";

/** What the catalog is told of a run beside its records. A catalog that does not take it does not make the run fail. */
export class RunNotices {
  readonly #parts: WorkflowParts;
  readonly #account: RunAccount;
  readonly #runId: string;
  readonly #startedAt: number;
  #hasBegun = false;

  constructor(parts: WorkflowParts, account: RunAccount, run: { readonly id: string; readonly startedAt: number }) {
    this.#parts = parts;
    this.#account = account;
    this.#runId = run.id;
    this.#startedAt = run.startedAt;
  }

  /** What is written from now on belongs to this run. */
  async begin(): Promise<void> {
    const { catalog, config } = this.#parts;
    catalog.beginRun?.({ runId: this.#runId, service: fqnOf(config.source.serviceName) });
    this.#hasBegun = true;
    await this.#postStatus(undefined);
  }

  async tellOutcome(report: Report): Promise<void> {
    await this.#postStatus(report);
    await this.#leaveReport(report);
  }

  end(): void {
    this.#parts.catalog.beginRun?.(undefined);
  }

  /** Where the YAML names an ingestion pipeline. */
  async #postStatus(report: Report | undefined): Promise<void> {
    const { catalog, config, resolved, secrets } = this.#parts;
    const { ingestionPipelineFQN: pipelineFqn, source } = config;
    if (pipelineFqn === undefined) return;
    try {
      await postIngestionStatus(
        catalog,
        {
          pipelineFqn,
          runId: this.#runId,
          startedAt: this.#startedAt,
          service: { type: resolved.serviceKind, fqn: fqnOf(source.serviceName) },
          sourceOptions: secrets.redactDeep(source.sourceConfig.config),
        },
        report,
      );
    } catch (error) {
      const reason = `the run's state was not stored: ${failureOf("", error).error}`;
      this.#account.warn(this.#account.sink, pipelineFqn, reason);
    }
  }

  /** The report is kept beside the state already; that the server has it too is for those who look there. */
  async #leaveReport(report: Report): Promise<void> {
    if (!this.#hasBegun || report.catalog.kind === "none") return;
    try {
      await this.#parts.catalog.keepReport?.(report);
    } catch (error) {
      this.#parts.log.warn(failureOf("", error).error);
    }
  }
}
