import { LatencyWatch } from "./latency.ts";
import type { BudgetOptions } from "./types.ts";

/** The bound unless options set another. */
const defaultConcurrency = 16;
/** Where a budget begins: servers with one worker and a small connection pool (Airflow's has 15) serve no more any faster, and stand still when it is empty. */
const firstConcurrency = 4;
/** Calls that wait in the server's own queue: below the first number there is room for more, above the second there are too many. */
const queueAims = { room: 2, full: 5 };
/** Successes of one kind that are looked at together, at least. */
const leastSamples = 8;

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

/**
 * Calls in flight and calls a second to one host; first come, first served. Grows while calls wait for a place and the host answers as fast as with
 * fewer, shrinks when more calls only wait in the host's queue (as TCP Vegas does), halves on throttling.
 */
export class HostBudget {
  #max: number | undefined;
  #perSecond: number | undefined;
  #limit = firstConcurrency;
  #active = 0;
  #pausedUntil = 0;
  #nextStart = 0;
  /** When the limit changed last: how long calls took that started before tells nothing of it. */
  #changedAt = -1;
  /** When it was lowered last, -1: never. That calls that started before are throttled tells nothing new. */
  #shrunkAt = -1;
  /** Whether a call waited for a place since the limit was looked at. */
  #wanted = false;
  readonly #latency = new LatencyWatch();
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

  /** Gives a place back and learns from how the call went. `kind` stands for calls that take about as long. */
  release(lease: Lease, end: LeaseEnd, kind = ""): void {
    this.#wanted ||= this.#queue.size > 0 && this.#active >= this.#limit;
    this.#active -= 1;
    const now = this.#now();
    if (end === "throttled" && lease.startedAt > this.#shrunkAt)
      this.#shrink(Math.max(1, Math.floor(this.#limit / 2)), now);
    if (end === "ok" && lease.startedAt > this.#changedAt) this.#learn(kind, now - lease.startedAt, now);
    this.#pump();
  }

  /** Holds all calls to the host back for `ms`, as Retry-After asks. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#now() + ms);
  }

  #learn(kind: string, ms: number, now: number): void {
    const waiting = this.#latency.take(kind, ms, Math.max(leastSamples, this.#limit));
    if (waiting === undefined) return;
    const wanted = this.#wanted;
    this.#wanted = false;
    const queued = waiting * this.#limit;
    if (queued > queueAims.full) {
      this.#shrink(this.#limit - Math.ceil(this.#limit / 8), now);
    } else if (queued < queueAims.room && wanted) {
      // Once it was too high it is near the right one.
      const step = this.#shrunkAt < 0 ? Math.max(2, Math.floor(this.#limit / 4)) : 1;
      this.#change(Math.min(this.#max ?? defaultConcurrency, this.#limit + step), now);
    }
  }

  #shrink(limit: number, now: number): void {
    this.#shrunkAt = now;
    this.#change(limit, now);
  }

  #change(limit: number, now: number): void {
    if (limit === this.#limit) return;
    this.#limit = limit;
    this.#changedAt = now;
    this.#latency.restart();
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
