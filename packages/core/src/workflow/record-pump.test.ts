import { beforeEach, describe, expect, test } from "@jest/globals";
import type { Mark, MetadataRecord } from "@omd/schema";
import { left, right, type Either, type Sink, type Source, type Written } from "../contracts/index.ts";
import { RunAccount } from "../report/run-account.ts";
import { pump } from "./record-pump.ts";

const record = (name: string): MetadataRecord => ({
  kind: "entity",
  entityType: "pipeline",
  request: { name, service: "svc" },
  marks: [{ key: name, value: "1" }],
});
const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let account: RunAccount;
let confirmed: Mark[];
beforeEach(() => {
  account = new RunAccount("Test", "Sink");
  confirmed = [];
});

function run(
  iter: Source["iter"],
  sink: Sink,
  options: { signal?: AbortSignal; processors?: Parameters<typeof pump>[0]["processors"] } = {},
): Promise<void> {
  return pump({
    source: { iter },
    sink,
    processors: options.processors ?? [],
    account,
    signal: options.signal ?? new AbortController().signal,
    confirm: (written) => confirmed.push(...(written.marks ?? [])),
    tick: () => undefined,
  });
}

const accepting: Sink = { name: "ok", run: () => Promise.resolve(right({ outcome: "created", name: "x" })) };

describe("pump", () => {
  test("counts each record once and confirms its marks", async () => {
    await run(() => [right(record("a")), right(record("b"))], accepting);
    expect(account.source.records).toBe(2);
    expect(account.sink.records).toBe(2);
    expect(confirmed.map((mark) => mark.key)).toEqual(["a", "b"]);
  });

  test("counts the time of each step; of writes side by side the time in which there was one", async () => {
    const slow: Sink = {
      ...accepting,
      maxInFlight: 4,
      run: async () => {
        await later(40);
        return right({ outcome: "created", name: "x" });
      },
    };
    const busy = {
      name: "busy",
      run: (item: MetadataRecord): Either<MetadataRecord> => {
        for (const until = performance.now() + 5; performance.now() < until;);
        return right(item);
      },
    };
    const iter = async function* (): AsyncGenerator<Either<MetadataRecord>> {
      await later(20);
      for (const name of ["a", "b", "c", "d"]) yield right(record(name));
    };
    await run(iter, slow, { processors: [busy] });
    expect(account.source.busyMs).toBeGreaterThanOrEqual(15);
    expect(account.processors.busyMs).toBeGreaterThanOrEqual(20);
    expect(account.sink.busyMs).toBeGreaterThanOrEqual(35);
    // Four writes of 40 ms one after the other would be 160.
    expect(account.sink.busyMs).toBeLessThan(account.times.reduce((sum, { totalMs }) => sum + totalMs, 0));
  });

  test("a left is a failure of the source and the run goes on", async () => {
    await run(() => [left({ name: "x", error: "unreadable" }), right(record("b"))], accepting);
    expect(account.failures).toEqual([{ from: "Test", name: "x", error: "unreadable" }]);
    expect(account.sink.records).toBe(1);
  });

  test("a record about what the catalog has not got is a warning, and its marks are not confirmed", async () => {
    const written: Written = { outcome: "missing", name: "a", warning: "this table is not in the catalog" };
    await run(() => [right(record("a")), right(record("a"))], {
      name: "x",
      run: () => Promise.resolve(right(written)),
    });
    expect(confirmed).toEqual([]);
    expect(account.warnings).toMatchObject([{ name: "a", reason: "this table is not in the catalog", count: 2 }]);
    expect(account.sink).toMatchObject({ records: 0, errors: 0, warnings: 2 });
    expect(Object.values(account.writes)).toEqual([0, 0, 0, 0, 0]);
  });

  test("marks of a record that the sink refused are not confirmed", async () => {
    const refusing: Sink = { name: "no", run: () => Promise.resolve(left({ name: "a", error: "500" })) };
    await run(() => [right(record("a"))], refusing);
    expect(confirmed).toEqual([]);
    expect(account.sink.errors).toBe(1);
    expect(account.failureCount).toBe(1);
  });

  test("a sink that throws is a failure of that record", async () => {
    const throwing: Sink = { name: "throws", run: () => Promise.reject(new Error("boom")) };
    await run(() => [right(record("a")), right(record("b"))], throwing);
    expect(account.failures.map((failure) => `${failure.name} ${failure.error}`)).toEqual(["svc.a boom", "svc.b boom"]);
  });

  test("never has more in flight than the sink allows, and holds the source back", async () => {
    let inFlight = 0;
    let most = 0;
    let produced = 0;
    let aheadMost = 0;
    let done = 0;
    const slow: Sink = {
      name: "slow",
      maxInFlight: 4,
      async run(): Promise<Either<Written>> {
        inFlight += 1;
        most = Math.max(most, inFlight);
        await later(2);
        inFlight -= 1;
        done += 1;
        return right({ outcome: "created", name: "x" });
      },
    };
    await run(async function* () {
      for (let at = 0; at < 40; at++) {
        produced += 1;
        aheadMost = Math.max(aheadMost, produced - done);
        yield right(record(`p${at}`));
      }
    }, slow);
    expect(most).toBe(4);
    expect(aheadMost).toBeLessThanOrEqual(6);
    expect(account.sink.records).toBe(40);
  });

  test("a sink that holds records back is flushed instead of waited for", async () => {
    const held: ((value: Either<Written>) => void)[] = [];
    const batching: Sink = {
      name: "batch",
      maxInFlight: 3,
      run: () => new Promise((resolve) => held.push(resolve)),
      flush: () => {
        for (const release of held.splice(0)) release(right({ outcome: "created", name: "x" }));
        return Promise.resolve();
      },
    };
    await run(() => Array.from({ length: 10 }, (_, at) => right(record(`p${at}`))), batching);
    expect(account.sink.records).toBe(10);
  });

  test("a source that throws ends the run, and what it yielded before is written", async () => {
    const iter = async function* (): AsyncGenerator<Either<MetadataRecord>> {
      yield right(record("a"));
      throw new Error("listing broke");
    };
    await expect(run(iter, accepting)).rejects.toThrow("listing broke");
    expect(account.sink.records).toBe(1);
  });

  test("a source that hangs is left when the signal comes", async () => {
    const abort = new AbortController();
    // eslint-disable-next-line require-yield
    const iter = async function* (): AsyncGenerator<Either<MetadataRecord>> {
      setTimeout(() => abort.abort(new Error("deadline")), 20);
      await new Promise(() => undefined);
    };
    const started = Date.now();
    const hanging = run(iter, accepting, { signal: abort.signal });
    await expect(hanging).rejects.toThrow("deadline");
    expect(Date.now() - started).toBeLessThan(7000);
  }, 10_000);

  test("processors may drop, multiply and fail", async () => {
    const processors = [
      {
        name: "twice",
        run: (item: MetadataRecord): Either<MetadataRecord | readonly MetadataRecord[] | undefined> => {
          const name = item.kind === "entity" ? item.request.name : "";
          if (name === "drop") return right(undefined);
          if (name === "fail") throw new Error("cannot");
          return right([item, item]);
        },
      },
    ];
    await run(() => [right(record("a")), right(record("drop")), right(record("fail"))], accepting, { processors });
    expect(account.sink.records).toBe(2);
    expect(account.processors.filtered).toBe(1);
    expect(account.failures).toEqual([
      expect.objectContaining({ from: "Processors", name: "svc.fail", error: "cannot" }),
    ]);
  });

  test("what is neither left nor right is named as such", async () => {
    await run(() => [{} as Either<MetadataRecord>], accepting);
    expect(account.failures[0]?.error).toContain("neither");
  });
});
