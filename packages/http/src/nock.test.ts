import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import nock from "nock";
import { basicAuth } from "./auth.ts";
import { offsetPages } from "./offset-pages.ts";
import { createHttpRuntime } from "./runtime.ts";
import type { HttpRuntime } from "./types.ts";

describe.each(["lean", "got"] as const)("nock takes calls over %s", (transport) => {
  let runtime: HttpRuntime;
  beforeEach(() => {
    if (!nock.isActive()) nock.activate();
    nock.disableNetConnect();
    runtime = createHttpRuntime({ defaults: { transport, retry: { baseMs: 1, limit: 2 } } });
  });
  afterEach(async () => {
    await runtime.close();
    const pending = nock.pendingMocks();
    nock.cleanAll();
    nock.enableNetConnect();
    nock.restore();
    expect(pending).toEqual([]);
  });

  test("503, 429, then 200 over https with credentials", async () => {
    const host = nock("https://airflow.example.test").matchHeader("authorization", "Basic YTpi");
    host
      .get("/api/v1/dags")
      .query({ limit: 1 })
      .reply(503)
      .get("/api/v1/dags")
      .query({ limit: 1 })
      .reply(429, {}, { "Retry-After": "0" });
    host.get("/api/v1/dags").query({ limit: 1 }).reply(200, { dags: [] });
    const client = runtime.client({
      name: "n",
      baseUrl: "https://airflow.example.test/api/v1",
      auth: basicAuth("a", "b"),
    });
    expect(await client.json({ path: "/dags", query: { limit: 1 } }, (value) => value)).toEqual({ dags: [] });
    expect(runtime.figures()["n"]?.byStatus).toEqual({ 503: 1, 429: 1, 200: 1 });
  });

  test("a POST's body, a network error, a 403 in the middle of pages", async () => {
    const host = nock("http://api.example.test");
    host.post("/list", { offset: 0 }).replyWithError(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
    host
      .post("/list", { offset: 0 })
      .reply(200, { rows: [1, 2], total: 4 })
      .post("/list", { offset: 2 })
      .reply(403, { rows: [] });
    const client = runtime.client({ name: "n", baseUrl: "http://api.example.test" });
    const rows: number[] = [];
    const pages = offsetPages(client, {
      request: (offset) => ({ method: "POST", path: "/list", json: { offset }, idempotent: true }),
      parse: (value) => value as { rows: number[]; total: number },
      limit: 2,
    });
    const reading = (async () => {
      for await (const page of pages) rows.push(...page);
    })();
    await expect(reading).rejects.toMatchObject({ code: "ERR_FORBIDDEN", advice: "permission" });
    expect(rows).toEqual([1, 2]);
  });

  test("a delayed answer times out", async () => {
    nock("http://api.example.test").get("/x").delay(500).reply(200, {});
    const client = runtime.client({
      name: "n",
      baseUrl: "http://api.example.test",
      timeoutMs: 30,
      retry: { limit: 0 },
    });
    await expect(client.request({ path: "/x" })).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    nock.abortPendingRequests();
  });
});
