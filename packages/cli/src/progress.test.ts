import { afterEach, describe, expect, test } from "@jest/globals";
import { Progress } from "./progress.ts";

const open: Progress[] = [];
afterEach(() => {
  for (const progress of open.splice(0)) progress.end();
});

function setUp(options: { isTTY?: boolean; columns?: number; shown?: boolean } = {}) {
  const written: string[] = [];
  const clock = { now: 0 };
  const stream = {
    isTTY: options.isTTY ?? true,
    columns: options.columns ?? 200,
    write: (text: string) => written.push(text) > 0,
  };
  const progress = new Progress({ stream, shown: options.shown ?? true, now: () => clock.now });
  open.push(progress);
  return { progress, written, clock };
}

const counts = { kind: "counts", read: 0, written: 0, unchanged: 0, failed: 0, filtered: 0 } as const;

describe("the line", () => {
  test("has phase, counts, rate, scope and time", () => {
    const { progress, clock } = setUp();
    expect(progress.line()).toBe("connecting · 0 s");
    clock.now = 2000;
    progress.take({ kind: "phase", phase: "read" });
    clock.now = 12_000;
    progress.take({ ...counts, read: 500, written: 90, unchanged: 400, failed: 2, filtered: 8 });
    progress.take({ kind: "scope", name: "airflow/dags", received: 50, announced: 50 });
    progress.take({ kind: "scope", name: "airflow/runs", received: 10, announced: 40 });
    progress.take({ kind: "scope", name: "airflow/dags", received: 50, announced: 50 });
    expect(progress.line()).toBe(
      "reading · 500 read (50/s) · 90 written · 400 unchanged · 8 filtered · 2 failed · airflow/runs 10/40 · scopes 1 of 2 full · 12 s",
    );
  });

  test("shows no total that nobody announced, and no filtered when there are none", () => {
    const { progress } = setUp();
    progress.take(counts);
    progress.take({ kind: "scope", name: "jobs", received: 3 });
    expect(progress.line()).toBe(
      "connecting · 0 read · 0 written · 0 unchanged · 0 failed · jobs 3 · scopes 0 of 1 full · 0 s",
    );
  });
});

describe("on a terminal", () => {
  test("the line is drawn over itself, at most ten times a second, cut to the width", () => {
    const { progress, written, clock } = setUp({ columns: 20 });
    for (clock.now = 0; clock.now < 1000; clock.now += 10) progress.take(counts);
    expect(written).toHaveLength(9);
    expect(new Set(written.map((text) => text.slice(0, 5)))).toEqual(new Set(["\r\u001b[2K"]));
    expect(written.every((text) => text.length === 5 + 19)).toBe(true);
  });

  test("makes room for other lines and is gone at the end", () => {
    const { progress, written, clock } = setUp();
    clock.now = 500;
    progress.refresh();
    progress.aside(() => written.push("a log line\n"));
    expect(written.slice(1)).toEqual(["\r\u001b[2K", "a log line\n"]);
    clock.now = 1000;
    progress.refresh();
    progress.end();
    expect(written.at(-1)).toBe("\r\u001b[2K");
  });

  test("nothing is cleared that was not drawn", () => {
    const { progress, written } = setUp();
    progress.aside(() => undefined);
    progress.end();
    expect(written).toEqual([]);
  });
});

describe("elsewhere", () => {
  test("a plain line every ten seconds, none in a short run", () => {
    const { progress, written, clock } = setUp({ isTTY: false });
    for (clock.now = 0; clock.now < 9999; clock.now += 100) progress.take(counts);
    expect(written).toEqual([]);
    for (; clock.now < 30_500; clock.now += 100) progress.take(counts);
    expect(written).toHaveLength(3);
    expect(written[0]).toMatch(/^connecting · .* · 10 s\n$/);
  });

  test("nothing at all when it is not wanted", () => {
    const { progress, written, clock } = setUp({ shown: false });
    clock.now = 60_000;
    progress.take(counts);
    progress.end();
    expect(written).toEqual([]);
  });
});
