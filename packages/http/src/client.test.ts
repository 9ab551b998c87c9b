import { afterEach, describe, expect, test } from "@jest/globals";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { HttpError, isHttpError } from "./errors.ts";
import { sendJson, serve, type Answer, type LocalServer } from "./local-server.ts";
import { createHttpRuntime } from "./runtime.ts";
import type { HttpClient, HttpClientOptions, HttpRequest, HttpRuntime, HttpRuntimeOptions } from "./types.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const identity = (value: unknown): unknown => value;

async function failure(work: Promise<unknown>): Promise<HttpError> {
  try {
    await work;
  } catch (error) {
    if (isHttpError(error)) return error;
    throw error;
  }
  throw new Error("the call should have failed");
}

describe.each(["lean", "got"] as const)("client over %s", (transport) => {
  async function start(
    answer: Answer,
    options: Partial<HttpClientOptions> = {},
    runtimeOptions: HttpRuntimeOptions = {},
  ): Promise<{ server: LocalServer; runtime: HttpRuntime; client: HttpClient }> {
    const server = await serve(answer);
    const runtime = createHttpRuntime(runtimeOptions);
    closers.push(() => runtime.close(), server.close);
    const client = runtime.client({
      name: "test",
      baseUrl: `${server.url}/api/`,
      retry: { baseMs: 5, limit: 5 },
      transport,
      ...options,
    });
    return { server, runtime, client };
  }

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

  test("keeps connections alive", async () => {
    const ports = new Set<number | undefined>();
    const { client } = await start((_, response) => {
      ports.add(response.socket?.remotePort);
      sendJson(response, {});
    });
    for (let i = 0; i < 5; i += 1) await client.json({ path: "/x" }, identity);
    expect(ports.size).toBe(1);
  });

  test.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
    ["deflate", deflateSync],
  ] as const)("reads %s answers, small and large", async (encoding, pack) => {
    const bodies = [{ rows: [1] }, { rows: Array.from({ length: 5_000 }, (_, i) => `${i}-${Math.sin(i)}`) }];
    const { runtime, client } = await start((_, response, count) => {
      const packed = pack(JSON.stringify(bodies[count - 1]));
      response.writeHead(200, {
        "content-type": "application/json",
        "content-encoding": encoding,
        "content-length": packed.length,
      });
      response.end(packed);
    });
    expect(await client.json({ path: "/small" }, identity)).toEqual(bodies[0]);
    expect(await client.json({ path: "/large" }, identity)).toEqual(bodies[1]);
    const plain = JSON.stringify(bodies[1]).length;
    expect(runtime.figures()["test"]?.bytesIn).toBeLessThan(plain);
  });

  test("a compressed answer that unpacks to too much, a broken one and an unknown coding are errors", async () => {
    const { client } = await start(
      (asked, response) => {
        const coding = asked.url.pathname.endsWith("odd") ? "odd" : "gzip";
        response.writeHead(200, { "content-type": "application/json", "content-encoding": coding });
        const packed = gzipSync(JSON.stringify("a".repeat(100_000)));
        response.end(asked.url.pathname.endsWith("bomb") ? packed : packed.subarray(0, 40));
      },
      { maxBodyBytes: 10_000, retry: { limit: 1, baseMs: 1 } },
    );
    expect((await failure(client.request({ path: "/bomb" }))).code).toBe("ERR_TOO_LARGE");
    expect((await failure(client.request({ path: "/broken" }))).code).toBe("ERR_NETWORK");
    expect((await failure(client.request({ path: "/odd" }))).message).toContain("unknown Content-Encoding: odd");
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

  test("a hang is a timeout, tried again when idempotent only", async () => {
    const { server, runtime, client } = await start(
      (_, response, count) => {
        if (count > 2) sendJson(response, {});
      },
      { timeoutMs: 60 },
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
      { timeoutMs: 60, retry: { limit: 0 } },
    );
    expect(await failure(client.json({ path: "/x" }, identity))).toMatchObject({
      code: "ERR_TIMEOUT",
      advice: "retry",
    });
  });

  test.each(["content-length", "chunked"])("a body cut short (%s) is a network error and tried again", async (way) => {
    const { server, client } = await start((_, response, count) => {
      if (count === 2) return sendJson(response, { whole: true });
      response.writeHead(200, {
        "content-type": "application/json",
        ...(way === "chunked" ? {} : { "content-length": 1000 }),
      });
      response.write('{"whole":false}');
      setTimeout(() => response.destroy(), 20);
      return undefined;
    });
    expect(await client.json({ path: "/x" }, identity)).toEqual({ whole: true });
    expect(server.asked).toHaveLength(2);
  });

  test("a body cut short each time ends as ERR_NETWORK", async () => {
    const { client } = await start(
      (_, response) => {
        response.writeHead(200, { "content-type": "application/json", "content-length": 1000 });
        response.write("[]");
        setTimeout(() => response.destroy(), 5);
      },
      { retry: { limit: 1, baseMs: 1 } },
    );
    expect(await failure(client.json({ path: "/x" }, identity))).toMatchObject({
      code: "ERR_NETWORK",
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

  test.each([true, false])("an answer that is too large, announced: %s", async (announced) => {
    const { server, client } = await start(
      (_, response) => {
        response.writeHead(200, {
          "content-type": "application/json",
          ...(announced ? { "content-length": 5000 } : {}),
        });
        response.end(`"${"a".repeat(4998)}"`);
      },
      { maxBodyBytes: 1000 },
    );
    expect(await failure(client.json({ path: "/x" }, identity))).toMatchObject({
      code: "ERR_TOO_LARGE",
      advice: "skip",
    });
    expect(server.asked).toHaveLength(1);
  });

  test.each([
    ["text/html", "<html>Log in</html>", "Content-Type is text/html"],
    ["text/plain", "{}", "Content-Type is text/plain"],
    ["application/json", "<html>", "does not parse"],
    ["application/json", '{"rows":[1,', "does not parse"],
    ["application/json", "", "body is empty"],
    ["application/jsonp", "{}", "Content-Type is application/jsonp"],
  ])("%s with %j is no JSON answer", async (type, body, fault) => {
    const { client } = await start((_, response) => {
      response.writeHead(200, { "content-type": type });
      response.end(body);
    });
    const error = await failure(client.json({ path: "/x" }, identity));
    expect(error).toMatchObject({ code: "ERR_NOT_JSON", bodyStart: body, status: 200 });
    expect(error.message).toContain(fault);
  });

  test.each(["application/json; charset=utf-8", "application/problem+json", "text/json", undefined])(
    "%s is JSON",
    async (type) => {
      const { client } = await start((_, response) => {
        response.writeHead(200, type === undefined ? {} : { "content-type": type });
        response.end("\uFEFF[1]");
      });
      expect(await client.json({ path: "/x" }, identity)).toEqual([1]);
    },
  );

  test("JSON of another shape is ERR_SHAPE, free of secrets", async () => {
    const { client } = await start(
      (_, response) => sendJson(response, { password: "hunter2-canary" }),
      {},
      {
        redact: (text) => text.replaceAll("vault-canary", "[gone]"),
      },
    );
    const error = await failure(
      client.json({ path: "/x", query: { api_key: "k-canary", who: "vault-canary" } }, () => {
        throw new Error('expected rows, got {"password":"hunter2-canary"} vault-canary');
      }),
    );
    expect(error.code).toBe("ERR_SHAPE");
    expect(error.message).toContain("expected rows");
    expect(error.url).toContain("?api_key=***&who=[gone]");
    const everything = [
      error.message,
      error.stack,
      error.url,
      error.bodyStart,
      String(error.cause),
      (error.cause as Error).stack,
    ];
    expect(everything.join("\n")).not.toContain("canary");
  });

  test("a redirect is an error that names the place, not followed", async () => {
    const { server, client } = await start((_, response) => {
      response.writeHead(302, { location: "https://login.example.test/sso?session=canary" });
      response.end();
    });
    const error = await failure(client.json({ path: "/x" }, identity));
    expect(error).toMatchObject({ code: "ERR_HTTP_STATUS", advice: "abort", status: 302 });
    expect(error.message).toContain("a redirect to https://login.example.test/sso; redirects are not followed");
    expect(error.message).toContain("hostPort");
    expect(error.message).not.toContain("canary");
    expect(server.asked).toHaveLength(1);
  });

  test("the deadline ends a call that would go on retrying", async () => {
    const { client } = await start((_, response) => sendJson(response, {}, 503), {
      deadlineMs: 150,
      retry: { limit: 1000, baseMs: 40, maxWaitMs: 40 },
    });
    const from = performance.now();
    const error = await failure(client.request({ path: "/x" }));
    expect(error).toMatchObject({ code: "ERR_DEADLINE", advice: "retry", status: 503 });
    expect(performance.now() - from).toBeLessThan(1000);
  });

  test("the deadline cuts an attempt short", async () => {
    const { server, client } = await start(() => undefined, { deadlineMs: 80 });
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
