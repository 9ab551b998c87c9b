import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { OpenLineageApp, runEvent, type ShownEvent } from "../../test/openlineage-app.ts";

let server: OpenLineageApp;

beforeEach(() => {
  server = new OpenLineageApp();
});
afterEach(() => server.close());

test("events in pages, newest first, and one whole but for its secrets", async () => {
  await server.send(
    [1, 2, 3].map((n) => ({ ...runEvent, n, password: "canary" })),
    "/api/v1/lineage/batch",
  );
  await server.events();
  const first = (await server.app.inject("/api/omd/events?limit=2")).json<{ events: ShownEvent[]; next: string }>();
  expect([first.events.map(({ id }) => id), first.next]).toEqual([["3", "2"], "2"]);
  const second = (await server.app.inject(`/api/omd/events?limit=2&before=${first.next}`)).json<object>();
  expect(second).toEqual({
    events: [
      {
        id: "1",
        receivedAt: expect.any(Number) as unknown,
        kind: "run",
        eventTime: runEvent.eventTime,
        eventType: "COMPLETE",
        job: runEvent.job,
        runId: runEvent.run.runId,
        producer: runEvent.producer,
        inputs: [],
        outputs: [],
        applied: true,
      },
    ],
  });
  expect((await server.app.inject("/api/omd/events/1")).json()).toMatchObject({
    id: "1",
    event: { n: 1, password: "*********" },
  });
});

test("static events are told with their kind, and stored whole", async () => {
  const { eventTime, producer, job } = runEvent;
  const schema = { fields: [{ name: "day", type: "date" }] };
  const dataset = { namespace: "postgres://h:5432", name: "db.s.t", facets: { schema } };
  const sent = [
    { eventTime, producer, dataset },
    { eventTime, producer, job },
  ];
  for (const event of sent) expect((await server.send(event)).statusCode).toBe(201);
  expect(await server.events()).toEqual([
    expect.objectContaining({ id: "2", kind: "job", job, applied: true, inputs: [], outputs: [] }),
    expect.objectContaining({ id: "1", kind: "dataset", dataset: "postgres://h:5432/db.s.t", outputs: [] }),
  ]);
  const one = (await server.app.inject("/api/omd/events/1")).json<Record<string, unknown>>();
  expect(one).toMatchObject({ kind: "dataset", note: expect.stringContaining("nothing to apply") as unknown });
  expect(one["event"]).toEqual(sent[0]);
  expect(one).not.toHaveProperty("job");
  expect(one).not.toHaveProperty("eventType");
});

test.each(["/api/omd/events/9", "/api/omd/events/x"])("%s is not there", async (url) => {
  expect((await server.app.inject(url)).statusCode).toBe(404);
  expect((await server.app.inject({ method: "POST", url: `${url}/apply` })).statusCode).toBe(404);
});

test("a limit out of bounds is refused", async () => {
  expect((await server.app.inject("/api/omd/events?limit=0")).statusCode).toBe(400);
});
