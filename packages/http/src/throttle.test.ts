import { afterEach, describe, expect, test } from "@jest/globals";
import { isHttpError } from "./errors.ts";
import { sendJson, serve, type Answer, type LocalServer } from "../test/local-server.ts";
import { createHttpRuntime } from "./runtime.ts";
import type { HttpClient, HttpClientOptions, HttpRuntime } from "./types.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

describe.each(["lean", "got"] as const)("a throttling server over %s", (transport) => {
  async function start(
    answer: Answer,
    options: Partial<HttpClientOptions> = {},
  ): Promise<{ server: LocalServer; runtime: HttpRuntime; client: HttpClient }> {
    const server = await serve(answer);
    const runtime = createHttpRuntime();
    closers.push(
      () => runtime.close(),
      () => server.close(),
    );
    const client = runtime.client({ name: "t", baseUrl: server.url, retry: { baseMs: 2 }, transport, ...options });
    return { server, runtime, client };
  }

  test.each([429, 503])("Retry-After in seconds on %i is waited for, by a POST too", async (status) => {
    const { server, runtime, client } = await start((_, response, count) =>
      sendJson(response, {}, count === 1 ? status : 200, { "retry-after": "1" }),
    );
    await client.request({ method: "POST", path: "/x", json: {} });
    const [first, second] = server.asked;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990);
    expect(runtime.figures()["t"]?.waitedMs).toBeGreaterThanOrEqual(990);
  });

  test("Retry-After as a date is read on the server's clock", async () => {
    const wrong = Date.parse("2001-01-01T00:00:00Z");
    const { server, client } = await start((_, response, count) => {
      const headers = {
        date: new Date(wrong).toUTCString(),
        "retry-after": new Date(wrong + 1000).toUTCString(),
      };
      sendJson(response, {}, count === 1 ? 429 : 200, headers);
    });
    await client.request({ path: "/x" });
    const [first, second] = server.asked;
    const waited = (second?.at ?? 0) - (first?.at ?? 0);
    expect(waited).toBeGreaterThanOrEqual(990);
    expect(waited).toBeLessThan(5000);
  });

  test("Retry-After holds other calls to the host back, of another client too", async () => {
    const { server, runtime, client } = await start((_, response, count) =>
      sendJson(response, {}, count === 1 ? 429 : 200, count === 1 ? { "retry-after": "1" } : {}),
    );
    const other = runtime.client({ name: "other", baseUrl: `${server.url}/elsewhere`, transport });
    const first = client.request({ path: "/first" });
    while (runtime.figures()["t"]?.byStatus["429"] === undefined) await new Promise(setImmediate);
    await Promise.all([first, other.request({ path: "/second" })]);
    expect(server.asked).toHaveLength(3);
    const begin = server.asked[0]?.at ?? 0;
    for (const { at } of server.asked.slice(1)) expect(at - begin).toBeGreaterThanOrEqual(990);
  });

  test("a Retry-After longer than allowed ends the call at once", async () => {
    const { server, client } = await start((_, response) => sendJson(response, {}, 429, { "retry-after": "3600" }), {
      retry: { maxWaitMs: 2000 },
    });
    const error: unknown = await client.request({ path: "/x" }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "ERR_THROTTLED", advice: "retry", status: 429 });
    expect(isHttpError(error) && error.message).toContain("asks to wait 3600 s, at most 2 s are allowed");
    expect(server.asked).toHaveLength(1);
  });

  test("a Retry-After beyond the deadline ends the call at once", async () => {
    const { server, client } = await start((_, response) => sendJson(response, {}, 503, { "retry-after": "30" }), {
      deadlineMs: 5000,
    });
    const from = performance.now();
    await expect(client.request({ path: "/x" })).rejects.toMatchObject({ code: "ERR_DEADLINE", status: 503 });
    await expect(client.request({ path: "/y" })).rejects.toMatchObject({ code: "ERR_DEADLINE" });
    expect(performance.now() - from).toBeLessThan(4000);
    expect(server.asked).toHaveLength(1);
  });

  test("a storm: every call gets through a server that takes few at a time", async () => {
    let open = 0;
    const { server, runtime, client } = await start(
      (_, response) => {
        open += 1;
        const refused = open > 3;
        setTimeout(() => {
          open -= 1;
          sendJson(response, {}, refused ? 429 : 200);
        }, 3);
      },
      { retry: { limit: 30, baseMs: 3, maxWaitMs: 40 }, budget: { maxConcurrency: 16 } },
    );
    const answers = await Promise.all(Array.from({ length: 80 }, (_, i) => client.request({ path: `/${i}` })));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const figures = runtime.figures()["t"];
    expect(figures?.byStatus["200"]).toBe(80);
    expect(figures?.byStatus["429"]).toBeGreaterThan(0);
    // Without a budget that shrinks most of the 80 would be refused several times over.
    expect(figures?.byStatus["429"]).toBeLessThan(80);
    expect(server.peak()).toBeLessThanOrEqual(16);
  });

  test("clients of one host share its budget", async () => {
    const { server, runtime, client } = await start(
      (_, response) => void setTimeout(() => sendJson(response, {}), 10),
      {
        budget: { maxConcurrency: 4 },
      },
    );
    const other = runtime.client({ name: "other", baseUrl: server.url, transport, budget: { maxConcurrency: 2 } });
    await Promise.all(Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? client : other).request({ path: "/x" })));
    expect(server.peak()).toBe(2);
  });

  test("calls a second are limited", async () => {
    const { server, client } = await start((_, response) => sendJson(response, {}), { budget: { perSecond: 50 } });
    // From here, and not from the first arrival: on a busy machine that one comes late, and the others do not wait for it.
    // The second call may go at once (one interval is made up for), nine more follow 20 ms apart; timers fire 1 ms early.
    const from = performance.now();
    await Promise.all(Array.from({ length: 11 }, () => client.request({ path: "/x" })));
    expect((server.asked.at(-1)?.at ?? 0) - from).toBeGreaterThanOrEqual(179);
  });
});
