import { describe, expect, test } from "@jest/globals";
import { LoopGuard } from "./page.ts";

/** Steps until the guard knows a cursor again, for a chain with a run-up and a loop. */
function stepsUntilKnown(runUp: number, loop: number): number {
  const guard = new LoopGuard();
  for (let step = 0; step < 200_000; step += 1) {
    const at = step < runUp ? step : runUp + ((step - runUp) % loop);
    if (guard.repeats(`c${at}`)) return step;
  }
  return Infinity;
}

describe("loop guard", () => {
  test.each([
    [0, 1],
    [5, 1],
    [100, 7],
    [10_000, 4000],
  ])("run-up %i, loop %i: known at the first repeat", (runUp, loop) => {
    expect(stepsUntilKnown(runUp, loop)).toBe(runUp + loop);
  });

  test("a loop longer than its memory is known later", () => {
    expect(stepsUntilKnown(1000, 20_000)).toBeLessThan(100_000);
  });

  test("a long chain without a loop is let through", () => {
    const guard = new LoopGuard();
    for (let step = 0; step < 50_000; step += 1) expect(guard.repeats(`c${step}`) && step).toBe(false);
  });
});
