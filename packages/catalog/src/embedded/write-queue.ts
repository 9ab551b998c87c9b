import type { CatalogDatabase } from "./database.ts";
import { CatalogError } from "@omd/core";

interface Job {
  /** Throws what the work throws; `apart`: the work is undone then, and the transaction goes on. */
  run(apart: boolean): void;
  settle(): void;
  fail(error: unknown): void;
}

/** Longest time in ms that one transaction keeps the event loop; the rest of the queue follows in the next turn. */
const sliceMs = 50;
/** Where several write at a time, a small group waits so many ms for others: a commit costs as much as some ten writes. Nobody waits for a single write of a run. */
const lingerMs = { run: 10, client: 1 };
/** A group of so many does not wait. */
const largeGroup = 64;

/**
 * Group commit: the writes of one event-loop turn share a transaction. A promise resolves only after COMMIT; an error of
 * one write undoes that write alone. Savepoints cost as much as what is written, so that a group goes without them first, and only one in
 * which a write fails is done over with them: work must write to the database only.
 */
export class WriteQueue {
  readonly #database: CatalogDatabase;
  #jobs: Job[] = [];
  #scheduled: Promise<void> | undefined;
  #closed = false;
  #runId: string | undefined;
  /** Writes of the last group; one after the other they come in groups of one. */
  #lastSize = 0;
  #isFlushed = false;
  /** Ends the wait for others. */
  #endWait: (() => void) | undefined;

  constructor(database: CatalogDatabase) {
    this.#database = database;
  }

  /** Runs `work` in the next group, more than once if another write of the group fails; `apart` then. Rejects with what it throws. */
  add<T>(work: (apart: boolean) => T): Promise<T> {
    if (this.#closed) return Promise.reject(new CatalogError(`The catalog ${this.#database.file} is closed`));
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let result: { value: T } | { error: unknown } | undefined;
    const runId = this.#runId;
    this.#jobs.push({
      run: (apart) => {
        const stamped = (): T => (runId === undefined ? work(apart) : this.#database.ofRun(runId, () => work(apart)));
        if (!apart) {
          result = { value: stamped() };
          return;
        }
        try {
          result = { value: this.#database.savepoint(stamped) };
        } catch (error) {
          result = { error };
          if (!this.#database.isTransaction) throw error;
        }
      },
      settle: () => {
        if (!result || "error" in result) reject(result?.error);
        else resolve(result.value);
      },
      fail: (error) => reject(result && "error" in result ? result.error : error),
    });
    if (this.#jobs.length === largeGroup) this.#endWait?.();
    this.#scheduled ??= this.#drain();
    return promise;
  }

  /** What `call` adds before it returns belongs to this run. */
  ofRun<T>(runId: string, call: () => T): T {
    const before = this.#runId;
    this.#runId = runId;
    try {
      return call();
    } finally {
      this.#runId = before;
    }
  }

  /** Others write only once something is written: what is there, or is just coming, does not wait for them. */
  flush(): void {
    this.#isFlushed = true;
    this.#endWait?.();
  }

  /** Ends when everything that was added is committed; nothing can be added after. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#scheduled;
  }

  async #drain(): Promise<void> {
    while (this.#jobs.length > 0) {
      await this.#gathered();
      this.#commitGroup();
    }
    this.#scheduled = undefined;
  }

  /** Resolves in the next turn at the earliest. */
  #gathered(): Promise<void> {
    if (this.#lastSize <= 1 || this.#jobs.length >= largeGroup) return new Promise(setImmediate);
    const ms = this.#database.currentRun === undefined ? lingerMs.client : lingerMs.run;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#endWait = () => {
        clearTimeout(timer);
        // What comes in batches comes a turn later.
        setImmediate(() => setImmediate(resolve));
      };
      if (this.#isFlushed) this.#endWait();
    });
  }

  #commitGroup(): void {
    this.#isFlushed = false;
    this.#endWait = undefined;
    const group: Job[] = [];
    const end = performance.now() + sliceMs;
    try {
      try {
        this.#database.transaction(() => {
          do {
            const job = this.#jobs.shift();
            if (!job) break;
            group.push(job);
            job.run(false);
          } while (performance.now() < end);
        });
      } catch (error) {
        if (group.length === 0) throw error;
        this.#database.transaction(() => {
          for (const job of group) job.run(true);
        });
      }
    } catch (error) {
      // BEGIN failed: nobody was taken from the queue, and the others would fail in the same way.
      if (group.length === 0) group.push(...this.#jobs.splice(0));
      for (const job of group) job.fail(error);
      return;
    }
    this.#lastSize = group.length;
    for (const job of group) job.settle();
  }
}
