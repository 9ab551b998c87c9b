import type { RunLedger } from "../ledger/run-ledger.ts";
import type { RunAccount } from "../report/run-account.ts";
import type { ProgressEvent } from "./runtime.ts";

/** Least time between two counts, in ms. */
const tickMs = 100;

/** Tells whoever watches a run how far it is. */
export class RunProgress {
  readonly #tell: ((event: ProgressEvent) => void) | undefined;
  readonly #account: RunAccount;
  readonly #ledger: RunLedger;
  #lastTick = 0;

  constructor(tell: ((event: ProgressEvent) => void) | undefined, account: RunAccount, ledger: RunLedger) {
    this.#tell = tell;
    this.#account = account;
    this.#ledger = ledger;
  }

  phase(phase: Extract<ProgressEvent, { kind: "phase" }>["phase"]): void {
    this.#tell?.({ kind: "phase", phase });
  }

  /** To be called with every record; tells the counts ten times a second. */
  tick(): void {
    const now = Date.now();
    if (!this.#tell || now - this.#lastTick < tickMs) return;
    this.#lastTick = now;
    const { source, sink, failureCount } = this.#account;
    this.#tell({
      kind: "counts",
      read: source.records,
      written: sink.records - sink.unchanged,
      unchanged: sink.unchanged,
      failed: failureCount,
      filtered: source.filtered,
    });
    for (const scope of this.#ledger.scopes())
      this.#tell({ kind: "scope", name: scope.name, received: scope.rows, announced: scope.total });
  }
}
