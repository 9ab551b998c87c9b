import { describe, expect, test } from "@jest/globals";
import { HostBudget } from "./budget.ts";

const later = (): number => performance.now() + 10_000;

/** Calls of 3 ms that wait for the budget together; the limit after each. */
async function succeed(budget: HostBudget, times: number): Promise<number[]> {
  const calls = Array.from({ length: times }, async () => {
    const lease = await budget.acquire(later(), undefined);
    await new Promise((resolve) => setTimeout(resolve, 3));
    budget.release(lease, "ok");
    return budget.limit;
  });
  return Promise.all(calls);
}

interface Server {
  /** Calls that it serves at the same time. */
  readonly workers: number;
  /** For the nth call. */
  readonly serviceMs: (call: number) => number;
  readonly networkMs: number;
}

interface Load {
  readonly calls?: number;
  /** Calls that go at once, if the budget lets them. */
  readonly lanes?: number;
  readonly kind?: (call: number) => string;
}

/** The limits that a budget of at most 32 had, call by call, while calls wait to be served; in the server's own time. */
async function limitsWhileServing(
  server: Server,
  { calls = 1500, lanes = calls, kind = (): string => "" }: Load = {},
): Promise<number[]> {
  let now = 0;
  const budget = new HostBudget(() => now);
  budget.tighten({ maxConcurrency: 32 });
  const free = Array.from({ length: server.workers }, () => 0);
  const ends: { at: number; end: () => void }[] = [];
  const limits: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < calls) {
      const call = next++;
      const lease = await budget.acquire(now + 60_000, undefined);
      const worker = free.indexOf(Math.min(...free));
      const at = Math.max(now + server.networkMs / 2, free[worker] ?? 0) + server.serviceMs(call);
      free[worker] = at;
      await new Promise<void>((end) => ends.push({ at: at + server.networkMs / 2, end }));
      budget.release(lease, "ok", kind(call));
      limits.push(budget.limit);
    }
  };
  const done = Promise.all(Array.from({ length: lanes }, lane));
  while (limits.length < calls) {
    await new Promise(setImmediate);
    ends.sort((a, b) => a.at - b.at);
    const first = ends.shift();
    now = first?.at ?? now;
    first?.end();
  }
  await done;
  return limits;
}

/** Service times that differ from call to call as real ones do: 80 to 160 %. */
const about =
  (ms: number) =>
  (call: number): number =>
    ms * (0.8 + (((call * 7919) % 1009) / 1009) * 0.8);

const last = (limits: readonly number[]): number | undefined => limits.at(-1);

describe("budget", () => {
  test("halves on throttling, once for calls that were in flight together", async () => {
    const budget = new HostBudget();
    const leases = await Promise.all(Array.from({ length: 4 }, async () => budget.acquire(later(), undefined)));
    for (const lease of leases) budget.release(lease, "throttled");
    expect(budget.limit).toBe(2);
    for (const expected of [1, 1]) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      budget.release(await budget.acquire(later(), undefined), "throttled");
      expect(budget.limit).toBe(expected);
    }
  });

  test("other ends change nothing", async () => {
    const budget = new HostBudget();
    for (let i = 0; i < 50; i += 1) budget.release(await budget.acquire(later(), undefined), "other");
    expect(budget.limit).toBe(4);
    expect(budget.active).toBe(0);
  });

  test("begins with 4 calls and grows to its bound at a host that serves them side by side", async () => {
    const limits = await limitsWhileServing({ workers: 64, serviceMs: about(5), networkMs: 20 });
    expect(limits[0]).toBe(4);
    expect(last(limits)).toBe(32);
    expect(limits.indexOf(32)).toBeLessThan(400);
  });

  test.each([
    ["one worker", { workers: 1, serviceMs: about(12), networkMs: 0 }],
    ["one worker, far away", { workers: 1, serviceMs: about(12), networkMs: 20 }],
    ["two workers", { workers: 2, serviceMs: about(20), networkMs: 1 }],
    ["one slow worker", { workers: 1, serviceMs: about(800), networkMs: 1 }],
  ])("stays below a pool of 15 connections: %s", async (_, server) => {
    const limits = await limitsWhileServing(server);
    expect(Math.max(...limits)).toBeLessThan(14);
    expect(Math.min(...limits)).toBe(4);
  });

  test("a steady slow host is not shrunk", async () => {
    const limits = await limitsWhileServing({ workers: 64, serviceMs: about(3000), networkMs: 0 });
    expect(last(limits)).toBe(32);
  });

  test("does not grow while no call waits for a place", async () => {
    const limits = await limitsWhileServing({ workers: 64, serviceMs: about(20), networkMs: 0 }, { lanes: 4 });
    expect(new Set(limits)).toEqual(new Set([4]));
  });

  test("a slower kind of call is not taken for a queue", async () => {
    const slow = (call: number): boolean => call > 500;
    const server: Server = { workers: 64, serviceMs: (call) => about(slow(call) ? 300 : 10)(call), networkMs: 5 };
    const kinds = await limitsWhileServing(server, { kind: (call) => (slow(call) ? "slow" : "fast") });
    expect(last(kinds)).toBe(32);
    expect(last(await limitsWhileServing(server))).toBeLessThan(10);
  });

  test("shrinks while the host is slow, not to nothing, and grows by one from then on", async () => {
    const busy = (call: number): boolean => call > 700 && call < 1400;
    const server: Server = { workers: 64, serviceMs: (call) => about(busy(call) ? 600 : 30)(call), networkMs: 5 };
    const limits = await limitsWhileServing(server, { calls: 3000 });
    expect(limits[690]).toBe(32);
    expect(Math.min(...limits.slice(700, 1400))).toBe(5);
    const steps = limits.slice(1500).map((limit, at, all) => limit - (all[at - 1] ?? limit));
    expect(Math.max(...steps)).toBe(1);
  });

  test("regains what throttling took, by one", async () => {
    const budget = new HostBudget();
    budget.release(await budget.acquire(later(), undefined), "throttled");
    expect(budget.limit).toBe(2);
    const limits = await succeed(budget, 120);
    expect([...new Set(limits)].slice(0, 4)).toEqual([2, 3, 4, 5]);
  });

  test("serves in order of arrival", async () => {
    const budget = new HostBudget();
    budget.tighten({ maxConcurrency: 1 });
    const first = await budget.acquire(later(), undefined);
    const order: number[] = [];
    const waiting = [1, 2, 3, 4, 5].map(async (name) => {
      const lease = await budget.acquire(later(), undefined);
      order.push(name);
      budget.release(lease, "ok");
    });
    expect(budget.waiting).toBe(5);
    budget.release(first, "ok");
    // Comes while others wait, so it must not overtake.
    const late = Promise.resolve(budget.acquire(later(), undefined)).then((lease) => {
      order.push(6);
      budget.release(lease, "ok");
    });
    await Promise.all([...waiting, late]);
    expect(order).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("a call that comes when the next start is due does not overtake one that waits for it", async () => {
    let now = 1000;
    const budget = new HostBudget(() => now);
    budget.tighten({ perSecond: 20 });
    const order: string[] = [];
    await budget.acquire(Infinity, undefined);
    const early = Promise.resolve(budget.acquire(now + 10_000, undefined)).then(() => order.push("early"));
    now += 50;
    const late = Promise.resolve(budget.acquire(now + 10_000, undefined)).then(() => order.push("late"));
    await early;
    now += 50;
    await late;
    expect(order).toEqual(["early", "late"]);
  });

  test("the strictest options hold", async () => {
    const budget = new HostBudget();
    budget.tighten({ maxConcurrency: 5 });
    budget.tighten({ maxConcurrency: 9 });
    budget.tighten(undefined);
    await succeed(budget, 200);
    expect(budget.limit).toBe(5);
    budget.tighten({ maxConcurrency: 0 });
    expect(budget.limit).toBe(1);
    await succeed(budget, 30);
    expect(budget.limit).toBe(1);
  });

  test("a pause holds all back, and refuses who cannot wait that long", async () => {
    const budget = new HostBudget();
    budget.pause(300);
    const from = performance.now();
    await expect(budget.acquire(from + 200, undefined)).rejects.toMatchObject({ reason: "deadline" });
    expect(performance.now() - from).toBeLessThan(200);
    await Promise.all([budget.acquire(later(), undefined), budget.acquire(later(), undefined)]);
    expect(performance.now() - from).toBeGreaterThanOrEqual(299);
  });

  test("waiting ends at the deadline and on abort, and leaves nothing behind", async () => {
    const budget = new HostBudget();
    budget.tighten({ maxConcurrency: 1 });
    const held = await budget.acquire(later(), undefined);
    await expect(budget.acquire(performance.now() + 20, undefined)).rejects.toMatchObject({ reason: "deadline" });
    await expect(budget.acquire(later(), AbortSignal.timeout(20))).rejects.toMatchObject({ reason: "aborted" });
    await expect(budget.acquire(later(), AbortSignal.abort())).rejects.toMatchObject({ reason: "aborted" });
    expect(budget.waiting).toBe(0);
    budget.release(held, "ok");
    expect(budget.active).toBe(0);
  });

  test("a rate spaces starts out and lets no burst build up while idle", async () => {
    const budget = new HostBudget();
    budget.tighten({ perSecond: 100 });
    budget.tighten({ perSecond: 200 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const from = performance.now();
    await Promise.all(
      Array.from({ length: 8 }, async () => budget.release(await budget.acquire(later(), undefined), "ok")),
    );
    expect(performance.now() - from).toBeGreaterThanOrEqual(59);
  });
});
