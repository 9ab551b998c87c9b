import { describe, expect, test } from "@jest/globals";
import { backoffMs, judgeStatus, retryAfterMs } from "./verdict.ts";

const now = Date.parse("2026-06-01T12:00:00Z");

describe("Retry-After", () => {
  test.each([
    [{}, undefined],
    [{ "retry-after": "" }, undefined],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "-5 apples" }, undefined],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": " 12 " }, 12_000],
    [{ "retry-after": "1.5" }, 1500],
    [{ "retry-after": "Mon, 01 Jun 2026 12:00:30 GMT" }, 30_000],
    [{ "retry-after": "Mon, 01 Jun 2026 11:00:00 GMT" }, 0],
    [{ "retry-after": "Mon, 01 Jun 2026 12:00:30 GMT", date: "Mon, 01 Jun 2026 12:00:25 GMT" }, 5000],
    [{ "retry-after": "Mon, 01 Jun 2026 12:00:30 GMT", date: "broken" }, 30_000],
  ])("%j is %j ms", (headers, ms) => {
    expect(retryAfterMs(headers as Record<string, string>, now)).toEqual(ms);
  });
});

describe("verdict", () => {
  test("503 with Retry-After may be sent again when not idempotent, 503 without may not", () => {
    expect(judgeStatus(503, { "retry-after": "1" }, false, now)).toMatchObject({ retry: true, retryAfterMs: 1000 });
    expect(judgeStatus(503, {}, false, now)).toMatchObject({ retry: false, advice: "skip" });
    expect(judgeStatus(502, { "retry-after": "1" }, false, now)).toMatchObject({ retry: false });
    expect(judgeStatus(429, {}, false, now)).toMatchObject({ retry: true, code: "ERR_THROTTLED" });
  });
});

describe("back-off", () => {
  test("is fully jittered below a doubling, capped bound", () => {
    const options = { limit: 5, baseMs: 100, maxWaitMs: 500 };
    for (const [retry, bound] of [
      [0, 100],
      [1, 200],
      [2, 400],
      [3, 500],
      [2000, 500],
    ] as const) {
      const waits = Array.from({ length: 400 }, () => backoffMs(retry, options));
      expect(Math.max(...waits)).toBeLessThanOrEqual(bound);
      expect(Math.max(...waits)).toBeGreaterThan(bound * 0.8);
      expect(Math.min(...waits)).toBeLessThan(bound * 0.2);
    }
  });
});
