import { setTimeout as pause } from "node:timers/promises";
import type { CatalogWriter } from "@omd/catalog";

/** Days that events are kept; `all`: for ever. */
export type KeepEvents = number | "all";

/** A quarter: of what runs once in three months one run is seen at any time. What events made of pipelines, runs and edges stays longer than they do. */
export const defaultKeepEvents: KeepEvents = 90;

const dayMs = 86_400_000;
const timing = {
  /** From one look at what is too old to the next. */
  everyMs: 3_600_000,
  /** Between two steps, for others who write. */
  pauseMs: 100,
};

/** Deletes OpenLineage events and dead letters that are too old, at the start and once an hour, in small steps. */
export class EventRetention {
  readonly #writer: Pick<CatalogWriter, "writeEvents">;
  readonly #keepMs: number;
  readonly #log: (text: string) => void;
  readonly #clock: () => number;
  readonly #ended = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    writer: Pick<CatalogWriter, "writeEvents">,
    days: number,
    log: (text: string) => void,
    clock: () => number = Date.now,
  ) {
    this.#writer = writer;
    this.#keepMs = days * dayMs;
    this.#log = log;
    this.#clock = clock;
  }

  start(): void {
    const look = (): void => {
      this.#running = this.#running.then(() => this.prune());
    };
    look();
    this.#timer = setInterval(look, timing.everyMs).unref();
  }

  /** Ends when nothing is too old, when it is closed, or, told to the log, when the catalog can't be written: the next look goes on. */
  async prune(): Promise<void> {
    const { signal } = this.#ended;
    try {
      while (!signal.aborted) {
        const { more } = await this.#writer.writeEvents("prune", [this.#clock() - this.#keepMs]);
        if (!more) return;
        await pause(timing.pauseMs, undefined, { signal });
      }
    } catch (error) {
      if (signal.aborted) return;
      const why = error instanceof Error ? error.message : String(error);
      this.#log(`Old OpenLineage events could not be deleted, and will be later: ${why}`);
    }
  }

  /** Ends after the step that is under way. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#ended.abort();
    await this.#running;
  }
}
