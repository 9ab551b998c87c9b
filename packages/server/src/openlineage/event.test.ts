import { describe, expect, test } from "@jest/globals";
import { recordedEvents, runEvent } from "../../test/openlineage-app.ts";
import { eventHash, parseEvent } from "./event.ts";

describe("parseEvent", () => {
  test.each(["python-client-1.54.0.jsonl", "dbt-ol-1.54.0.jsonl"])("reads all of %s", (file) => {
    for (const event of recordedEvents(file)) expect(parseEvent(event).eventMs).toBeGreaterThan(0);
  });

  test.each([
    ["2026-01-02T03:04:05.678901Z", "2026-01-02T03:04:05.678Z"],
    ["2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05.000Z"],
    ["2026-01-02T03:04:05-0730", "2026-01-02T10:34:05.000Z"],
    ["2026-01-02 03:04:05.1", "2026-01-02T03:04:05.100Z"],
    ["2026-01-02T03:04Z", "2026-01-02T03:04:00.000Z"],
  ])("the time %s is %s", (eventTime, expected) => {
    expect(new Date(parseEvent({ ...runEvent, eventTime }).eventMs).toISOString()).toBe(expected);
  });

  test.each(["2026-13-02T03:04:05Z", "2026-02-30T03:04:05Z", "2025-02-29T03:04:05Z", "2026-01-02", "1767322000", ""])(
    "%j is no time",
    (eventTime) => {
      expect(() => parseEvent({ ...runEvent, eventTime })).toThrow("eventTime");
    },
  );

  test("the schema decides what an event is, its shape where no schema is told", () => {
    const job = { ...runEvent, run: undefined, eventType: undefined };
    expect(parseEvent(job)).toMatchObject({ job: { name: "etl" } });
    expect(parseEvent(job).run).toBeUndefined();
    const schemaURL = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";
    expect(() => parseEvent({ ...job, schemaURL })).toThrow("run");
    expect(() => parseEvent({ ...runEvent, run: undefined })).toThrow("run");
    expect(
      parseEvent({ eventTime: runEvent.eventTime, producer: "p", dataset: { namespace: "n", name: "d" } }),
    ).toMatchObject({
      outputs: [{ name: "d" }],
    });
  });

  const spec = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/";
  const { eventTime, producer, job, run } = runEvent;
  const named = { namespace: "n", name: "d" };

  test.each([
    [{ job }, "job"],
    [{ job, inputs: [named], outputs: [named] }, "job"],
    [{ job, schemaURL: `${spec}JobEvent` }, "job"],
    [{ job, run: null, schemaURL: `${spec}JobEvent` }, "job"],
    [{ dataset: named }, "dataset"],
    [{ dataset: named, schemaURL: `${spec}DatasetEvent` }, "dataset"],
    [
      {
        dataset: named,
        job,
        schemaURL: "https://openlineage.io/spec/1-0-5/OpenLineage.json#/definitions/DatasetEvent",
      },
      "dataset",
    ],
    [{ run, job }, "run"],
    [{ run, job, dataset: named }, "run"],
    [{ run, dataset: named }, "dataset"],
  ])("%j tells of a %s", (body, kind) => {
    expect(parseEvent({ eventTime, producer, ...body }).kind).toBe(kind);
  });

  test.each([
    [{ job, run, schemaURL: `${spec}JobEvent` }, "run: a job event has no run"],
    [{ inputs: [named], schemaURL: `${spec}JobEvent` }, "job: "],
    [{ job: { name: "j" } }, "job.namespace: "],
    [{ job, inputs: [{ namespace: "n" }] }, "inputs.0.name: "],
    [{ job, schemaURL: `${spec}DatasetEvent` }, "dataset: "],
    [{ dataset: named, job, run, schemaURL: `${spec}DatasetEvent` }, "a dataset event has no job and run"],
    [{ dataset: { name: "d" } }, "dataset.namespace: "],
    [{ inputs: [named] }, "run: "],
    [{ job, eventType: "START" }, "run: "],
    [{ job, dataset: named }, "schemaURL must say of which"],
  ])("%j is none: %s", (body, reason) => {
    expect(() => parseEvent({ eventTime, producer, ...body })).toThrow(reason);
  });

  test("null stands for nothing, and no type of event for OTHER", () => {
    const event = parseEvent({
      ...runEvent,
      eventType: null,
      inputs: null,
      outputs: null,
      job: { ...runEvent.job, facets: null },
    });
    expect(event).toMatchObject({ eventType: "OTHER", inputs: [], outputs: [], job: { facets: {} } });
  });
});

test("the hash tells events apart, but not their white space", () => {
  expect(eventHash(JSON.parse(JSON.stringify(runEvent, undefined, 4)))).toBe(eventHash(runEvent));
  expect(eventHash({ ...runEvent, eventType: "START" })).not.toBe(eventHash(runEvent));
});
