import { describe, expect, test } from "@jest/globals";
import { HostBudget } from "./budget.ts";

const later = (): number => performance.now() + 10_000;

async function succeed(budget: HostBudget, times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) budget.release(await budget.acquire(later(), undefined), "ok");
}

describe("budget", () => {
  test("halves on throttling, once for calls that were in flight together", async () => {
    const budget = new HostBudget();
    const leases = await Promise.all(Array.from({ length: 8 }, async () => budget.acquire(later(), undefined)));
    for (const lease of leases) budget.release(lease, "throttled");
    expect(budget.limit).toBe(8);
    for (const expected of [4, 2, 1, 1]) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      budget.release(await budget.acquire(later(), undefined), "throttled");
      expect(budget.limit).toBe(expected);
    }
  });

  test("grows by one per ten successes, up to the most", async () => {
    const budget = new HostBudget();
    budget.tighten({ maxConcurrency: 4 });
    budget.release(await budget.acquire(later(), undefined), "throttled");
    expect(budget.limit).toBe(2);
    await succeed(budget, 9);
    expect(budget.limit).toBe(2);
    await succeed(budget, 1);
    expect(budget.limit).toBe(3);
    await succeed(budget, 40);
    expect(budget.limit).toBe(4);
  });

  test("begins with 16 calls and grows to a higher bound only as calls succeed", async () => {
    const budget = new HostBudget();
    budget.tighten({ maxConcurrency: 18 });
    expect(budget.limit).toBe(16);
    await succeed(budget, 10);
    expect(budget.limit).toBe(17);
    await succeed(budget, 30);
    expect(budget.limit).toBe(18);
  });

  test("other ends change nothing", async () => {
    const budget = new HostBudget();
    for (let i = 0; i < 50; i += 1) budget.release(await budget.acquire(later(), undefined), "other");
    expect(budget.limit).toBe(16);
    expect(budget.active).toBe(0);
  });

  test("shrinks when latency rises strongly, not below a quarter", async () => {
    let now = 0;
    const budget = new HostBudget(() => now);
    const call = async (ms: number): Promise<void> => {
      const lease = await budget.acquire(Infinity, undefined);
      now += ms;
      budget.release(lease, "ok");
    };
    for (let i = 0; i < 50; i += 1) await call(10);
    for (let i = 0; i < 20; i += 1) await call(200);
    expect(budget.limit).toBe(16);
    await call(5000);
    expect(budget.limit).toBe(12);
    const limits: number[] = [];
    for (let factor = 4; factor < 1e9; factor *= 4) {
      for (let i = 0; i < 25; i += 1) await call(5000 * factor);
      limits.push(budget.limit);
    }
    expect(Math.min(...limits)).toBe(4);
  });

  test("a steady slow host is not shrunk", async () => {
    let now = 0;
    const budget = new HostBudget(() => now);
    for (let i = 0; i < 200; i += 1) {
      const lease = await budget.acquire(Infinity, undefined);
      now += 3000;
      budget.release(lease, "ok");
    }
    expect(budget.limit).toBe(16);
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
    await Promise.all(Array.from({ length: 8 }, async () => budget.acquire(later(), undefined)));
    expect(performance.now() - from).toBeGreaterThanOrEqual(59);
  });
});
