import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { CatalogError } from "@omd/core";
import { OpenLineageApp, runEvent } from "../../test/openlineage-app.ts";
import { createApp } from "../app.ts";
import { guardRequests } from "../guards.ts";
import type { CatalogWriter } from "@omd/catalog";

let server: OpenLineageApp;

beforeEach(() => {
  server = new OpenLineageApp();
});
afterEach(() => server.close());

describe("intake", () => {
  test("201 with an id; the same event again is not stored twice", async () => {
    const first = await server.send(runEvent);
    expect([first.statusCode, first.json<object>()]).toEqual([201, { id: "1", duplicate: false }]);
    const second = await server.send(JSON.stringify(runEvent, undefined, 2));
    expect([second.statusCode, second.json<object>()]).toEqual([201, { id: "1", duplicate: true }]);
    expect(await server.events()).toHaveLength(1);
  });

  test("gzip, with any content type", async () => {
    const packed = gzipSync(JSON.stringify(runEvent));
    const answer = await server.send(packed, "/api/v1/lineage", {
      "content-encoding": "gzip",
      "content-type": "text/plain",
    });
    expect(answer.statusCode).toBe(201);
    expect(await server.events()).toHaveLength(1);
  });

  test.each([
    ["no gzip", { "content-encoding": "gzip" }, 400],
    ["{}", { "content-encoding": "br" }, 415],
  ])("a body that can't be unpacked: %s %j", async (body, headers, status) => {
    expect((await server.send(body, "/api/v1/lineage", headers)).statusCode).toBe(status);
  });

  test.each([
    ["", "no JSON"],
    ['{"password": "canary", ', "no JSON"],
    ["[]", "JSON object"],
    ["null", "JSON object"],
    [{ ...runEvent, eventTime: "yesterday" }, "eventTime"],
    [{ ...runEvent, run: {} }, "run.runId"],
    [{ ...runEvent, run: { runId: "run 7" } }, "run.runId: must be a UUID"],
    [{ ...runEvent, job: { namespace: "n" } }, "job.name"],
    [{ ...runEvent, eventType: "BEGIN" }, "eventType"],
    [{ ...runEvent, producer: undefined }, "producer"],
    [{ ...runEvent, inputs: [{ name: "x" }] }, "inputs.0.namespace"],
    [`${"[".repeat(100_000)}${"]".repeat(100_000)}`, "JSON object"],
    [`{"a":${"[".repeat(3_000)}${"]".repeat(3_000)}}`, "levels deep"],
  ])("what is no event is answered 400 and kept: case %#", async (body, reason) => {
    const answer = await server.send(body);
    expect([answer.statusCode, answer.json<object>()]).toEqual([
      400,
      { code: 400, message: expect.stringContaining(reason) as unknown },
    ]);
    const kept = await server.letters();
    expect(kept).toEqual([expect.objectContaining({ reason: expect.stringContaining(reason) as unknown })]);
    expect(JSON.stringify(kept)).not.toContain("canary");
    expect(await server.events()).toEqual([]);
  });

  test("a batch answers for each event, by OpenLineage's specification", async () => {
    const answer = await server.send(
      [runEvent, { ...runEvent, job: null }, 7, { ...runEvent, eventType: "START" }],
      "/api/v1/lineage/batch",
    );
    expect([answer.statusCode, answer.json<object>()]).toEqual([
      200,
      {
        status: "partial_success",
        summary: { received: 4, successful: 2, failed: 2, retriable: 0, non_retriable: 2 },
        failed_events: [
          { index: 1, reason: expect.stringContaining("job") as unknown, retriable: false },
          { index: 2, reason: expect.stringContaining("object") as unknown, retriable: false },
        ],
      },
    ]);
    expect(await server.events()).toHaveLength(2);
    expect(await server.letters()).toHaveLength(2);
    expect((await server.sendAll([])).json()).toMatchObject({ status: "success" });
    expect((await server.send(runEvent, "/api/v1/lineage/batch")).statusCode).toBe(400);
  });

  test("what is no batch is kept however deep it is", async () => {
    const deep = `{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
    expect((await server.send(deep, "/api/v1/lineage/batch")).statusCode).toBe(400);
    expect(await server.letters()).toHaveLength(1);
  });

  test("a body that is too large, packed or not, is refused", async () => {
    const large = JSON.stringify({ ...runEvent, x: "x".repeat(33 * 1024 * 1024) });
    expect((await server.send(large)).statusCode).toBe(413);
    expect((await server.send(gzipSync(large), "/api/v1/lineage", { "content-encoding": "gzip" })).statusCode).toBe(
      413,
    );
    expect(await server.events()).toEqual([]);
  });

  test("OpenMetadata's own paths take the same events", async () => {
    expect((await server.send(runEvent, "/api/v1/openlineage/lineage")).json()).toMatchObject({ status: "success" });
    const batch = { events: [runEvent, { ...runEvent, eventType: "START" }, {}] };
    expect((await server.send(batch, "/api/v1/openlineage/lineage/batch")).json()).toMatchObject({
      status: "partial_success",
      summary: { received: 3, successful: 2, failed: 1 },
      failedEvents: [{ index: 2 }],
    });
    expect((await server.send([], "/api/v1/openlineage/lineage/batch")).statusCode).toBe(400);
    expect(await server.events()).toHaveLength(2);
  });

  test("a catalog that can't be written answers 429 with Retry-After, and nothing is told stored", async () => {
    const writer = { writeEvents: () => Promise.reject(new CatalogError("The catalog is locked")) };
    const busy = createApp({ ...server.parts, writer: writer as unknown as CatalogWriter });
    const answer = await busy.inject({ method: "POST", url: "/api/v1/lineage", payload: JSON.stringify(runEvent) });
    expect([answer.statusCode, answer.headers["retry-after"]]).toEqual([429, "5"]);
    await busy.close();
  });

  test("more requests than may be under way answer 429 with Retry-After, and the rest are stored", async () => {
    const gate = Promise.withResolvers<void>();
    const slow = {
      writeEvents: async (...args: Parameters<CatalogWriter["writeEvents"]>) => {
        await gate.promise;
        return server.catalog.writeEvents(...args);
      },
    };
    const loaded = createApp({ ...server.parts, writer: slow as unknown as CatalogWriter });
    const all = Array.from({ length: 300 }, (_, at) =>
      loaded.inject({ method: "POST", url: "/api/v1/lineage", payload: JSON.stringify({ ...runEvent, at }) }),
    );
    const refused = await Promise.race(all);
    expect([refused.statusCode, refused.headers["retry-after"]]).toEqual([429, "1"]);
    gate.resolve();
    const statuses = (await Promise.all(all)).map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 201)).toHaveLength(256);
    expect(statuses.filter((status) => status === 429)).toHaveLength(44);
    const after = await loaded.inject({ method: "POST", url: "/api/v1/lineage", payload: JSON.stringify(runEvent) });
    expect(after.statusCode).toBe(201);
    await loaded.close();
  });

  test("a server with a token asks for it, and counts nothing before", async () => {
    const guarded = createApp(server.parts);
    guardRequests(guarded, { token: "right" });
    const post = (token: string) =>
      guarded.inject({
        method: "POST",
        url: "/api/v1/lineage",
        payload: JSON.stringify(runEvent),
        headers: { authorization: `Bearer ${token}` },
      });
    const refused = await Promise.all(Array.from({ length: 300 }, () => post("wrong")));
    expect(new Set(refused.map(({ statusCode }) => statusCode))).toEqual(new Set([401]));
    expect((await post("right")).statusCode).toBe(201);
    await guarded.close();
  });
});
