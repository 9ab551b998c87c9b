import type { BudgetOptions } from "./types.ts";

/** Where a budget begins, and its bound unless options set another. */
const defaultConcurrency = 16;
/** Successes for one more call in flight. */
const growEvery = 10;
/** Latency counts as strongly rising from four times the usual and at least this many ms more. */
const latencyFactor = 4;
const latencyFloorMs = 250;
const latencySamples = 20;

/** A call's place in the budget; hand it back to {@link HostBudget.release}. */
export interface Lease {
  /** On the budget's clock. */
  readonly startedAt: number;
}

/** How a call ended, as far as the budget cares: `throttled` is 429, 503 or a timeout. */
export type LeaseEnd = "ok" | "throttled" | "other";

/** Thrown when a place did not come free in time. */
export class BudgetRefusal extends Error {
  override name = "BudgetRefusal";
  readonly reason: "deadline" | "aborted";

  constructor(reason: "deadline" | "aborted") {
    super(reason);
    this.reason = reason;
  }
}

interface Waiter {
  grant(lease: Lease): void;
}

/** Calls in flight and calls a second to one host: halves on throttling, shrinks on latency, grows by one per 10 successes; first come, first served. */
export class HostBudget {
  #max: number | undefined;
  #perSecond: number | undefined;
  #limit = defaultConcurrency;
  #active = 0;
  #successes = 0;
  #pausedUntil = 0;
  #nextStart = 0;
  #shrunkAt = -1;
  #usualMs: number | undefined;
  #recentMs = 0;
  #samples = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #queue = new Set<Waiter>();
  readonly #now: () => number;

  constructor(now = (): number => performance.now()) {
    this.#now = now;
  }

  /** Clients of one host each bring their options; the strictest holds. */
  tighten(options: BudgetOptions | undefined): void {
    const max = options?.maxConcurrency;
    if (max !== undefined) {
      this.#max = Math.max(1, Math.floor(Math.min(this.#max ?? Infinity, max)));
      this.#limit = Math.min(this.#limit, this.#max);
    }
    const rate = options?.perSecond;
    if (rate !== undefined && rate > 0) this.#perSecond = Math.min(this.#perSecond ?? Infinity, rate);
  }

  /** Calls that may be in flight now. */
  get limit(): number {
    return this.#limit;
  }

  get active(): number {
    return this.#active;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** Waits for a place. Throws a {@link BudgetRefusal}. `deadlineAt` is on the clock of `performance.now()`. */
  acquire(deadlineAt: number, signal: AbortSignal | undefined): Lease | Promise<Lease> {
    const now = this.#now();
    if (signal?.aborted === true) return Promise.reject(new BudgetRefusal("aborted"));
    if (this.#queue.size === 0 && this.#active < this.#limit && this.#readyAt() <= now) return this.#lease(now);
    // A pause is never shortened, so this call cannot start in time.
    if (deadlineAt <= Math.max(now, this.#pausedUntil)) return Promise.reject(new BudgetRefusal("deadline"));
    return this.#wait(deadlineAt - now, signal);
  }

  #wait(ms: number, signal: AbortSignal | undefined): Promise<Lease> {
    return new Promise((resolve, reject) => {
      const leave = (reason: "deadline" | "aborted"): void => {
        this.#queue.delete(waiter);
        if (this.#queue.size === 0) clearTimeout(this.#timer);
        done();
        reject(new BudgetRefusal(reason));
      };
      const timer = setTimeout(() => leave("deadline"), ms);
      const onAbort = (): void => leave("aborted");
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      };
      const waiter: Waiter = {
        grant: (lease) => {
          done();
          resolve(lease);
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#queue.add(waiter);
      this.#pump();
    });
  }

  /** Gives a place back and learns from how the call went. */
  release(lease: Lease, end: LeaseEnd): void {
    this.#active -= 1;
    const now = this.#now();
    if (end === "throttled") {
      // Calls that were in flight at the last shrink tell nothing new.
      if (lease.startedAt > this.#shrunkAt) this.#shrink(Math.max(1, Math.floor(this.#limit / 2)), now);
    } else if (end === "ok") {
      this.#learn(lease, now);
    }
    this.#pump();
  }

  /** Holds all calls to the host back for `ms`, as Retry-After asks. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#now() + ms);
  }

  #learn(lease: Lease, now: number): void {
    const ms = now - lease.startedAt;
    const usual = this.#usualMs ?? ms;
    // Falls fast and rises slowly: a busy server does not become the usual at once.
    this.#usualMs = usual + (ms - usual) * (ms < usual ? 0.2 : 0.01);
    this.#recentMs = this.#samples === 0 ? ms : this.#recentMs + (ms - this.#recentMs) * 0.2;
    this.#samples += 1;
    const rising = this.#recentMs > this.#usualMs * latencyFactor && this.#recentMs > this.#usualMs + latencyFloorMs;
    const floor = Math.ceil((this.#max ?? defaultConcurrency) / 4);
    if (rising && this.#samples >= latencySamples && this.#limit > floor && lease.startedAt > this.#shrunkAt) {
      this.#shrink(Math.max(floor, Math.floor(this.#limit * 0.75)), now);
      return;
    }
    this.#successes += 1;
    if (this.#successes < growEvery) return;
    this.#successes = 0;
    this.#limit = Math.min(this.#max ?? defaultConcurrency, this.#limit + 1);
  }

  #shrink(limit: number, now: number): void {
    this.#limit = limit;
    this.#shrunkAt = now;
    this.#successes = 0;
    this.#samples = 0;
  }

  #readyAt(): number {
    return Math.max(this.#pausedUntil, this.#perSecond === undefined ? 0 : this.#nextStart);
  }

  #lease(now: number): Lease {
    this.#active += 1;
    if (this.#perSecond !== undefined) {
      const interval = 1000 / this.#perSecond;
      // A timer that fires late is made up for by at most one interval, so the rate holds and no burst builds up.
      this.#nextStart = Math.max(this.#nextStart, now - interval) + interval;
    }
    return { startedAt: now };
  }

  #pump(): void {
    for (const waiter of this.#queue) {
      if (this.#active >= this.#limit) return;
      const now = this.#now();
      const wait = this.#readyAt() - now;
      if (wait > 0) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#pump(), Math.ceil(wait));
        return;
      }
      this.#queue.delete(waiter);
      waiter.grant(this.#lease(now));
    }
  }
}
