import { afterEach, describe, expect, test } from "@jest/globals";
import { HttpError } from "./errors.ts";
import { closeAll, failure, startClient } from "../test/local-client.ts";
import { sendJson, type Answer } from "../test/local-server.ts";
import { createHttpRuntime } from "./runtime.ts";
import type { HttpClientOptions, HttpRequest, HttpResponse, HttpRuntimeOptions } from "./types.ts";

afterEach(closeAll);

const identity = (value: unknown): unknown => value;

describe.each(["lean", "got"] as const)("client over %s", (transport) => {
  const start = (answer: Answer, options: Partial<HttpClientOptions> = {}, runtimeOptions: HttpRuntimeOptions = {}) =>
    startClient(answer, { transport, ...options }, runtimeOptions);

  test("sends path, query, headers and JSON, and reads JSON", async () => {
    const { server, client } = await start((asked, response) => sendJson(response, { got: asked.body }), {
      headers: { "X-Own": "a" },
    });
    const value = await client.json(
      {
        method: "POST",
        path: "/dags?x=1",
        query: { at: "2026-01-01T00:00:00+01:00", tags: ["a b", "c&d"], none: undefined, on: true },
        json: { ü: 1 },
        headers: { "x-call": "b" },
      },
      identity,
    );
    expect(value).toEqual({ got: '{"ü":1}' });
    const [asked] = server.asked;
    expect(asked?.url.pathname).toBe("/api/dags");
    expect(asked?.url.search).toBe("?x=1&at=2026-01-01T00%3A00%3A00%2B01%3A00&tags=a%20b&tags=c%26d&on=true");
    expect(asked?.headers).toMatchObject({
      "x-own": "a",
      "x-call": "b",
      accept: "application/json",
      "content-type": "application/json",
      "content-length": "8",
    });
  });

  test("sends a form, for token endpoints", async () => {
    const { server, client } = await start((_, response) => sendJson(response, {}));
    await client.json(
      { method: "POST", path: "/token", form: { grant_type: "client_credentials", scope: "a b" } },
      identity,
    );
    expect(server.asked[0]?.body).toBe("grant_type=client_credentials&scope=a+b");
    expect(server.asked[0]?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
  });

  test("sends a text as it is, under the type that is said", async () => {
    const { server, client } = await start((_, response) => sendJson(response, {}));
    const headers = { "content-type": "application/json" };
    await client.json({ method: "PUT", path: "/sql", text: 'select "ä"\n', headers }, identity);
    expect(server.asked[0]?.body).toBe('select "ä"\n');
    expect(server.asked[0]?.headers["content-type"]).toBe("application/json");
  });

  test("keeps connections alive", async () => {
    const ports = new Set<number | undefined>();
    const { client } = await start((_, response) => {
      ports.add(response.socket?.remotePort);
      sendJson(response, {});
    });
    for (let i = 0; i < 5; i += 1) await client.json({ path: "/x" }, identity);
    expect(ports.size).toBe(1);
  });

  test("503, then 200", async () => {
    const { runtime, client } = await start((_, response, count) =>
      sendJson(response, { count }, count < 3 ? 503 : 200),
    );
    expect(await client.json({ path: "/x" }, identity)).toEqual({ count: 3 });
    expect(runtime.figures()["test"]).toMatchObject({ calls: 1, retries: 2, byStatus: { 503: 2, 200: 1 } });
    expect(runtime.figures()["test"]?.waitedMs).toBeGreaterThan(0);
  });

  test.each([408, 429, 500, 502, 503, 504, 529])(
    "%i is tried again when idempotent, until the limit",
    async (status) => {
      const { server, client } = await start((_, response) => sendJson(response, { why: "busy" }, status), {
        retry: { limit: 2, baseMs: 1 },
      });
      const error = await failure(client.request({ path: "/x" }));
      expect(error).toMatchObject({
        advice: "retry",
        status,
        code: status === 429 ? "ERR_THROTTLED" : "ERR_HTTP_STATUS",
      });
      expect(error.message).toBe(`test: GET ${server.url}/api/x answered ${status} after 3 attempts`);
      expect(error.bodyStart).toBe('{"why":"busy"}');
      expect(server.asked).toHaveLength(3);
    },
  );

  test.each([
    [400, "ERR_HTTP_STATUS", "skip"],
    [401, "ERR_UNAUTHENTICATED", "abort"],
    [403, "ERR_FORBIDDEN", "permission"],
    [404, "ERR_NOT_FOUND", "skip"],
    [410, "ERR_HTTP_STATUS", "skip"],
    [422, "ERR_HTTP_STATUS", "skip"],
    [501, "ERR_HTTP_STATUS", "skip"],
  ] as const)("%i is %s, advice %s, asked once", async (status, code, advice) => {
    const { server, client } = await start((_, response) => sendJson(response, { rows: [] }, status));
    expect(await failure(client.json({ path: "/x" }, identity))).toMatchObject({ code, advice, status });
    expect(server.asked).toHaveLength(1);
  });

  test.each([408, 500, 502, 503, 504])("a POST answered %i is not sent twice", async (status) => {
    const { server, client } = await start((_, response) => sendJson(response, {}, status));
    expect(await failure(client.request({ method: "POST", path: "/x", json: {} }))).toMatchObject({
      advice: "skip",
      status,
    });
    expect(server.asked).toHaveLength(1);
  });

  test("a POST that says it is a read is sent again, body included", async () => {
    const { server, client } = await start((_, response, count) => sendJson(response, {}, count === 1 ? 500 : 200));
    await client.request({ method: "POST", path: "/list", json: { a: 1 }, idempotent: true });
    expect(server.asked.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}']);
  });

  test("a status that the request accepts is an answer", async () => {
    const { client } = await start((_, response) => sendJson(response, { detail: "none" }, 404));
    const seen: number[] = [];
    const request: HttpRequest = { path: "/x", accept: [404], onAnswer: ({ status }) => seen.push(status) };
    expect((await client.request(request)).status).toBe(404);
    expect(await client.json(request, identity)).toEqual({ detail: "none" });
    expect(seen).toEqual([404, 404]);
  });

  test("a body that was read as JSON is not kept; one that was refused is", async () => {
    const { client } = await start((_, response) => sendJson(response, { a: 1 }));
    const seen: HttpResponse[] = [];
    const request: HttpRequest = { path: "/x", onAnswer: (response) => seen.push(response) };
    await client.json(request, identity);
    const refuse = (): never => {
      throw new Error("not so");
    };
    await failure(client.json(request, refuse));
    expect(seen.map(({ body }) => body.toString())).toEqual(["", '{"a":1}']);
  });

  test("a hang is a timeout, tried again when idempotent only", async () => {
    const { server, runtime, client } = await start(
      (_, response, count) => {
        if (count > 2) sendJson(response, {});
      },
      { timeoutMs: 250 },
    );
    const error = await failure(client.request({ method: "POST", path: "/x" }));
    expect(error).toMatchObject({ code: "ERR_TIMEOUT", advice: "skip" });
    await client.request({ path: "/x" });
    expect(server.asked).toHaveLength(3);
    expect(runtime.figures()["test"]?.byStatus).toEqual({ ERR_TIMEOUT: 2, 200: 1 });
  });

  test("the timeout covers the body", async () => {
    const { client } = await start(
      (_, response) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.write("[1,");
      },
      { timeoutMs: 250, retry: { limit: 0 } },
    );
    expect(await failure(client.json({ path: "/x" }, identity))).toMatchObject({
      code: "ERR_TIMEOUT",
      advice: "retry",
    });
  });

  test("a refused connection is tried again even for a POST: nothing was sent", async () => {
    const { server, runtime, client } = await start(() => undefined, { retry: { limit: 2, baseMs: 1 } });
    await server.close();
    const error = await failure(client.request({ method: "POST", path: "/x", json: {} }));
    expect(error).toMatchObject({ code: "ERR_NETWORK", advice: "retry" });
    expect(error.message).toContain("ECONNREFUSED");
    expect(runtime.figures()["test"]).toMatchObject({ retries: 2, byStatus: { ERR_NETWORK: 3 } });
  });

  test("a connection reset under a POST is not tried again", async () => {
    const { server, client } = await start((_, response) => void response.socket?.destroy());
    expect(await failure(client.request({ method: "POST", path: "/x", json: {} }))).toMatchObject({
      code: "ERR_NETWORK",
      advice: "skip",
    });
    expect(server.asked).toHaveLength(1);
  });

  test("the deadline ends a call that would go on retrying", async () => {
    const { client } = await start((_, response) => sendJson(response, {}, 503), {
      deadlineMs: 60_000,
      // Whatever the jitter, the wait ends after the deadline.
      retry: { limit: 1000, baseMs: 1e12, maxWaitMs: 1e12 },
    });
    const from = performance.now();
    const error = await failure(client.request({ path: "/x" }));
    expect(error).toMatchObject({ code: "ERR_DEADLINE", advice: "retry", status: 503 });
    expect(performance.now() - from).toBeLessThan(30_000);
  });

  test("a body that is no JSON gives its place back", async () => {
    const { client } = await start((_, response) => sendJson(response, {}), { budget: { maxConcurrency: 1 } });
    const endless: Record<string, unknown> = {};
    endless["self"] = endless;
    await expect(client.request({ method: "POST", path: "/x", json: endless })).rejects.toBeInstanceOf(TypeError);
    expect((await client.request({ path: "/x" })).status).toBe(200);
  });

  test("the deadline cuts an attempt short", async () => {
    const { server, client } = await start(() => undefined, { deadlineMs: 2000 });
    expect((await failure(client.request({ path: "/x" }))).code).toBe("ERR_DEADLINE");
    expect(server.asked).toHaveLength(1);
  });

  test("abort: before, during an attempt, while waiting for a retry, by the runtime", async () => {
    const { server, client, runtime } = await start((asked, response) => {
      if (asked.url.pathname.endsWith("busy")) sendJson(response, {}, 503, { "retry-after": "60" });
    });
    const aborted = { code: "ERR_ABORTED", advice: "abort" };
    expect(await failure(client.request({ path: "/x", signal: AbortSignal.abort() }))).toMatchObject(aborted);
    expect(server.asked).toHaveLength(0);
    expect(await failure(client.request({ path: "/x", signal: AbortSignal.timeout(30) }))).toMatchObject(aborted);
    expect(await failure(client.request({ path: "/busy", signal: AbortSignal.timeout(60) }))).toMatchObject(aborted);
    const pending = failure(client.request({ path: "/x" }));
    await runtime.close();
    expect(await pending).toMatchObject(aborted);
    expect(await failure(client.request({ path: "/x" }))).toMatchObject(aborted);
  });

  test("credentials in the base URL become Basic and show nowhere", async () => {
    const { server, runtime } = await start((_, response) => sendJson(response, {}, 403));
    const client = runtime.client({
      name: "u",
      baseUrl: server.url.replace("//", "//me:p%40ss-canary-long@"),
      transport,
    });
    const error = await failure(client.request({ path: "/x" }));
    expect(server.asked[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from("me:p@ss-canary-long").toString("base64")}`,
    );
    expect([client.baseUrl, error.message, error.url].join()).not.toMatch(/canary|me:/u);
  });
});

test("a base URL that is none, and both recordings, are refused", () => {
  const runtime = createHttpRuntime();
  expect(() => runtime.client({ name: "x", baseUrl: "localhost:8080" })).toThrow("not an http(s) URL");
  expect(() => runtime.client({ name: "x", baseUrl: "me:canary@host" })).toThrow(HttpError);
  expect(() => createHttpRuntime({ recordDir: "a", replayDir: "b" })).toThrow(TypeError);
});

test("a path without a leading slash is a fault of the caller", async () => {
  const client = createHttpRuntime().client({ name: "x", baseUrl: "http://127.0.0.1:1" });
  await expect(client.request({ path: ".evil.test/x" })).rejects.toThrow(TypeError);
});
