import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { fqnOf } from "@omd/schema";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "./embedded-catalog.ts";
import type { LineageEventRequest } from "./event-store.ts";

let catalog: EmbeddedCatalog;
beforeEach(() => {
  catalog = openEmbeddedCatalog({ file: ":memory:" });
});
afterEach(() => catalog.close());

const event = (receivedAt: number, more: Partial<LineageEventRequest> = {}): LineageEventRequest => ({
  hash: String(Math.random()),
  receivedAt,
  eventTime: "2026-01-01T00:00:00Z",
  eventMs: 1_000,
  producer: "p",
  inputs: [],
  outputs: [],
  body: {},
  ...more,
});
const ids = (): number[] => catalog.events.list({ limit: 10_000 }).map(({ id }) => id);

/** Stores events and notes that they are applied. */
async function keep(events: readonly LineageEventRequest[]): Promise<void> {
  const stored = await catalog.writeEvents("store", [events]);
  await catalog.writeEvents("settle", [stored.map(({ id }) => ({ id, applied: true }))]);
}

test("what came before a time goes, what came then or later stays", async () => {
  await keep([event(1), event(2), event(3), event(4)]);
  await catalog.writeEvents("reject", [[1, 2, 3].map((receivedAt) => ({ receivedAt, reason: "no", body: "x" }))]);
  expect(await catalog.writeEvents("prune", [3])).toEqual({ events: 2, letters: 2, more: false });
  expect(ids()).toEqual([4, 3]);
  expect(catalog.events.deadLetters(10).map(({ receivedAt }) => receivedAt)).toEqual([3]);
  expect(await catalog.writeEvents("prune", [3])).toEqual({ events: 0, letters: 0, more: false });
});

test("an event that is still to be applied stays, and those behind it go", async () => {
  await catalog.writeEvents("store", [[event(1), event(1)]]);
  await catalog.writeEvents("settle", [[{ id: 2, applied: false, waits: [{ kind: "table", name: "x" }] }]]);
  expect(await catalog.writeEvents("prune", [9])).toMatchObject({ events: 1, more: false });
  expect(ids()).toEqual([1]);
});

test("they go a few at a time, by number and by bytes", async () => {
  await keep(Array.from({ length: 450 }, () => event(1)));
  const steps = [];
  for (let step = 0; step < 4; step += 1) steps.push(await catalog.writeEvents("prune", [9]));
  expect(steps.map(({ events, more }) => [events, more])).toEqual([
    [200, true],
    [200, true],
    [50, false],
    [0, false],
  ]);
  const body = { text: "x".repeat(3 * 1024 * 1024) };
  await keep([event(1, { body }), event(1, { body }), event(1, { body })]);
  expect(await catalog.writeEvents("prune", [9])).toMatchObject({ events: 2, more: true });
  expect(await catalog.writeEvents("prune", [9])).toMatchObject({ events: 1, more: false });
});

test("a run whose first events went keeps its beginning", async () => {
  const pipeline = fqnOf("ol", "etl");
  await catalog.put("pipelineService", { name: "ol", serviceType: "OpenLineage" });
  await catalog.put("pipeline", { name: "etl", service: "ol" });
  const ofRun = { runId: "r1", maker: { key: "etl", runId: "r1" } };
  await keep([event(1, { ...ofRun, eventType: "START", eventMs: 1_000 })]);
  await catalog.writeEvents("putRun", [pipeline, "etl", "r1"]);
  await keep([event(5, { ...ofRun, eventType: "COMPLETE", eventMs: 9_000 })]);
  await catalog.writeEvents("prune", [5]);
  await catalog.writeEvents("putRun", [pipeline, "etl", "r1"]);
  expect(await catalog.pipelineStatuses(pipeline)).toEqual([
    { timestamp: 1_000, executionId: "r1", executionStatus: "Successful", endTime: 9_000 },
  ]);
});
