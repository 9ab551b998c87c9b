import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { fqnOf } from "@omd/schema";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "./embedded-catalog.ts";
import { deadLetterLimits } from "./dead-letters.ts";
import type { LineageEventRequest } from "./event-store.ts";

const pipeline = fqnOf("ol", "n-etl");
let catalog: EmbeddedCatalog;

beforeEach(async () => {
  catalog = openEmbeddedCatalog({ file: ":memory:" });
  await catalog.put("pipelineService", { name: "ol", serviceType: "OpenLineage" });
  await catalog.put("pipeline", { name: "n-etl", service: "ol", tasks: [{ name: "load" }] });
});

afterEach(async () => {
  await catalog.close();
});

function event(hash: string, more: Partial<LineageEventRequest> = {}): LineageEventRequest {
  return {
    hash,
    receivedAt: 1,
    eventTime: "2026-01-01T00:00:00Z",
    eventMs: 1_000,
    eventType: "START",
    job: { namespace: "n", name: "etl" },
    runId: "r1",
    producer: "https://example.org",
    maker: { key: "n/etl", runId: "r1" },
    inputs: ["postgres://h/db.s.a"],
    outputs: [],
    body: { hash },
    ...more,
  };
}

describe("events", () => {
  test("are stored once, with an id each", async () => {
    const first = await catalog.writeEvents("store", [[event("a"), event("b"), event("a")]]);
    expect(first).toEqual([
      { id: 1, duplicate: false },
      { id: 2, duplicate: false },
      { id: 1, duplicate: true },
    ]);
    expect(catalog.events.list({ limit: 10 }).map(({ id }) => id)).toEqual([2, 1]);
    expect(catalog.events.list({ limit: 10, before: 2 }).map(({ id }) => id)).toEqual([1]);
    expect(catalog.events.list({ limit: 1 })).toHaveLength(1);
    expect(catalog.events.get(1)).toMatchObject({ body: { hash: "a" }, event: { inputs: ["postgres://h/db.s.a"] } });
    expect(catalog.events.get(99)).toBeUndefined();
  });

  test("hold no secret", async () => {
    const body = { job: { facets: { conn: { password: "canary" } } } };
    await catalog.writeEvents("store", [
      [event("a", { body, inputs: ["mysql://u:canary@h/db"], producer: "https://u:canary@h" })],
    ]);
    expect(JSON.stringify([catalog.events.get(1), catalog.events.list({ limit: 1 })])).not.toContain("canary");
  });

  test("wait, are settled, and may wait again", async () => {
    await catalog.writeEvents("store", [[event("a"), event("b"), event("c")]]);
    await catalog.writeEvents("settle", [
      [
        { id: 1, applied: true },
        { id: 2, applied: false, note: "no table" },
      ],
    ]);
    expect(catalog.events.waiting(10, 1_000).map(({ id }) => id)).toEqual([3]);
    expect(catalog.events.get(2)?.event).toMatchObject({ state: "kept", note: "no table" });
    expect(await catalog.writeEvents("again", [])).toBe(1);
    expect(catalog.events.waiting(10, 1_000).map(({ id }) => id)).toEqual([2, 3]);
    expect(await catalog.writeEvents("again", [1])).toBe(1);
    expect(catalog.events.waiting(1, 1_000).map(({ id }) => id)).toEqual([1]);
  });

  test("that are kept wait again when namespaces mean something else", async () => {
    await catalog.writeEvents("store", [[event("a"), event("b")]]);
    const settle = (): Promise<void> =>
      catalog.writeEvents("settle", [
        [
          { id: 1, applied: true },
          { id: 2, applied: false, note: "no table" },
        ],
      ]);
    await settle();
    expect(await catalog.writeEvents("mapped", [""])).toBe(0);
    expect(await catalog.writeEvents("mapped", ["one"])).toBe(1);
    expect(catalog.events.waiting(10, 1_000).map(({ id }) => id)).toEqual([2]);
    await settle();
    expect(await catalog.writeEvents("mapped", ["one"])).toBe(0);
    expect(await catalog.writeEvents("mapped", [""])).toBe(1);
  });

  test("that wait are answered as far as their bytes allow, one at least", async () => {
    const body = { x: "y".repeat(100) };
    await catalog.writeEvents("store", [[event("a", { body }), event("b", { body }), event("c", { body })]]);
    expect(catalog.events.waiting(10, 250).map(({ id }) => id)).toEqual([1, 2]);
    expect(catalog.events.waiting(10, 1).map(({ id }) => id)).toEqual([1]);
    expect(catalog.events.waiting(10, 1_000, 1).map(({ id }) => id)).toEqual([2, 3]);
    expect(catalog.events.waiting(10, 1_000, 3)).toEqual([]);
  });

  test("of a run are found by the side that they have", async () => {
    await catalog.writeEvents("store", [
      [event("a"), event("b", { runId: "r2", maker: { key: "n/etl", runId: "r2" } })],
    ]);
    expect(catalog.events.ofRun({ key: "n/etl", runId: "r1" }, "r1", "inputs", 5)).toEqual([{ hash: "a" }]);
    expect(catalog.events.ofRun({ key: "n/etl", runId: "r1" }, "r1", "outputs", 5)).toEqual([]);
  });

  test("go with a reset", async () => {
    await catalog.writeEvents("store", [[event("a")]]);
    await catalog.writeEvents("reject", [[{ receivedAt: 1, reason: "x", body: "y" }]]);
    await catalog.reset();
    expect(catalog.events.list({ limit: 1 })).toEqual([]);
    expect(catalog.events.deadLetters(1)).toEqual([]);
  });

  test("a write of another name is refused", async () => {
    await expect(catalog.writeEvents("list" as "again", [])).rejects.toThrow("no write list");
  });
});

describe("runs", () => {
  const put = (runId = "r1"): Promise<void> => catalog.writeEvents("putRun", [pipeline, "n/etl", runId]);

  test("are written as the events tell them, tasks too, but none that the pipeline lacks", async () => {
    await catalog.writeEvents("store", [
      [
        event("a"),
        event("b", { eventType: "COMPLETE", eventMs: 3_000 }),
        event("c", {
          eventType: "FAIL",
          eventMs: 2_000,
          runId: "t1",
          maker: { key: "n/etl", runId: "r1", task: "load" },
        }),
        event("d", { runId: "t2", maker: { key: "n/etl", runId: "r1", task: "unknown" } }),
      ],
    ]);
    await put();
    await put();
    expect(await catalog.pipelineStatuses(pipeline)).toEqual([
      {
        timestamp: 1_000,
        executionId: "r1",
        executionStatus: "Successful",
        endTime: 3_000,
        taskStatus: [{ name: "load", executionStatus: "Failed", startTime: 2_000, endTime: 2_000 }],
      },
    ]);
  });

  test("one that turns out to have begun earlier moves", async () => {
    await catalog.writeEvents("store", [[event("a", { eventType: "COMPLETE", eventMs: 5_000 })]]);
    await put();
    await catalog.writeEvents("store", [[event("b", { eventMs: 4_000 })]]);
    await put();
    expect((await catalog.pipelineStatuses(pipeline)).map(({ timestamp }) => timestamp)).toEqual([4_000]);
  });

  test("two of the same millisecond stay apart", async () => {
    await catalog.writeEvents("store", [
      [event("a"), event("b", { runId: "r2", maker: { key: "n/etl", runId: "r2" } })],
    ]);
    await put();
    await put("r2");
    await put("r2");
    const runs = await catalog.pipelineStatuses(pipeline);
    expect(runs.map(({ timestamp, executionId }) => [timestamp, executionId])).toEqual([
      [1_001, "r2"],
      [1_000, "r1"],
    ]);
  });

  test("need their pipeline", async () => {
    await expect(catalog.writeEvents("putRun", [fqnOf("ol", "gone"), "n/etl", "r1"])).rejects.toMatchObject({
      status: 404,
    });
  });
});

describe("dead letters", () => {
  test("are bounded in number and size, and hold no secret", async () => {
    const letters = Array.from({ length: deadLetterLimits.letters + 5 }, (_, at) => ({
      receivedAt: at,
      reason: `reason ${at}`,
      body: at % 2 ? `{"password":"canary","n":"${"x".repeat(20_000)}"}` : 'not json, token="canary"',
    }));
    await catalog.writeEvents("reject", [letters]);
    await catalog.writeEvents("reject", [[{ receivedAt: 1, reason: "the last", body: "" }]]);
    const kept = catalog.events.deadLetters(5_000);
    expect(kept).toHaveLength(deadLetterLimits.letters);
    expect(kept[0]).toMatchObject({ reason: "the last" });
    expect(Math.max(...kept.map(({ body }) => body.length))).toBe(deadLetterLimits.characters);
    expect(JSON.stringify(kept)).not.toContain("canary");
  });
});
