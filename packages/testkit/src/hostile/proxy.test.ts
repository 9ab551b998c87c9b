import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import { jsonAnswer, type ProxyRequest } from "./exchange.ts";
import { simulatedListing } from "./listing.ts";
import { startHostileProxy, type HostileProxy, type HostileProxyOptions } from "./proxy.ts";
import { hostileScenario } from "./verdict.ts";

const rows = Array.from({ length: 12 }, (_, id) => ({ id, at: "2026-01-01T00:00:00+00:00" }));
let proxy: HostileProxy | undefined;

async function start(scenario: string | undefined, more: Partial<HostileProxyOptions> = {}): Promise<string> {
  proxy = await startHostileProxy({
    target: simulatedListing(rows),
    pageCap: 5,
    ...(scenario === undefined ? {} : { scenario: hostileScenario(scenario) }),
    ...more,
  });
  return proxy.url;
}

async function listing(url: string): Promise<{ rows: { id: number; at: string }[]; total_entries: number }> {
  const response = await fetch(url);
  return (await response.json()) as { rows: { id: number; at: string }[]; total_entries: number };
}

afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
});

describe("paging", () => {
  test("without a scenario everything passes unchanged", async () => {
    const url = await start(undefined);
    expect((await listing(`${url}/rows?limit=100`)).rows).toHaveLength(12);
    expect((await fetch(`${url}/other`)).status).toBe(404);
    expect(proxy?.strikes).toBe(0);
  });

  test("page-cap: five rows, whatever is asked, and the true total", async () => {
    const url = await start("page-cap");
    const first = await listing(`${url}/rows?limit=100&offset=3`);
    expect(first.rows.map(({ id }) => id)).toEqual([3, 4, 5, 6, 7]);
    expect(first.total_entries).toBe(12);
    expect((await listing(`${url}/rows`)).rows).toHaveLength(5);
  });

  test("empty-page: the first page is there, the second is empty with the same total", async () => {
    const url = await start("empty-page");
    expect((await listing(`${url}/rows?limit=10&offset=0`)).rows).toHaveLength(5);
    expect(proxy?.strikes).toBe(0);
    const second = await listing(`${url}/rows?limit=10&offset=5`);
    expect(second).toEqual({ rows: [], total_entries: 12 });
    expect(proxy?.strikes).toBe(1);
  });

  test("refused-page: 400 with a JSON body past the first page", async () => {
    const url = await start("refused-page");
    const response = await fetch(`${url}/rows?offset=5`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ status: 400 });
  });

  test("repeated-page: the first page again", async () => {
    const url = await start("repeated-page");
    expect((await listing(`${url}/rows?limit=5&offset=10`)).rows.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4]);
  });

  test("limit and offset in a JSON body are rewritten too", async () => {
    const bodies: unknown[] = [];
    const url = await start("repeated-page", {
      target: (request: ProxyRequest) => {
        bodies.push(JSON.parse(request.body.toString()));
        return Promise.resolve(jsonAnswer(200, { dag_runs: [1, 2, 3, 4, 5, 6, 7], total_entries: 7 }));
      },
    });
    const response = await fetch(`${url}/list`, {
      method: "POST",
      body: JSON.stringify({ page_limit: 100, page_offset: 5, states: ["success"] }),
    });
    expect(await response.json()).toEqual({ dag_runs: [1, 2, 3, 4, 5], total_entries: 7 });
    expect(bodies).toEqual([
      { page_limit: 5, page_offset: 5, states: ["success"] },
      { page_limit: 5, page_offset: 0, states: ["success"] },
    ]);
  });
});

describe("refusals", () => {
  test("a storm passes after three calls and says when to come back", async () => {
    const url = await start("429-storm-retry-after");
    const statuses: number[] = [];
    for (let call = 0; call < 6; call++) {
      const response = await fetch(`${url}/rows`);
      statuses.push(response.status);
      expect(response.headers.get("retry-after")).toBe(response.status === 429 ? "1" : null);
    }
    expect(statuses).toEqual([200, 429, 429, 429, 200, 200]);
  });

  test("calls that do not match are left alone and not counted", async () => {
    const url = await start("503-forever", { match: ({ path }) => path === "/rows" });
    for (let call = 0; call < 3; call++) expect((await fetch(`${url}/sign-in`)).status).toBe(404);
    expect((await fetch(`${url}/rows`)).status).toBe(200);
    expect((await fetch(`${url}/rows`)).status).toBe(503);
    expect(proxy?.calls).toBe(2);
  });
});

describe("broken answers", () => {
  test("cut-body-once: the second answer ends early, the third is whole", async () => {
    const url = await start("cut-body-once");
    await listing(`${url}/rows`);
    await expect(listing(`${url}/rows`)).rejects.toThrow("terminated");
    expect((await listing(`${url}/rows`)).rows).toHaveLength(12);
  });

  test("silence-once: no answer at all", async () => {
    const url = await start("silence-once");
    await listing(`${url}/rows`);
    await expect(fetch(`${url}/rows`, { signal: AbortSignal.timeout(200) })).rejects.toThrow("timeout");
  });

  test("html-page: status 200 and no JSON", async () => {
    const url = await start("html-page");
    await listing(`${url}/rows`);
    const response = await fetch(`${url}/rows`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("text/html");
  });

  test("large-answer: ten mebibytes that still parse", async () => {
    const url = await start("large-answer");
    const text = await (await fetch(`${url}/rows`)).text();
    expect(text.length).toBeGreaterThan(10 * 1024 * 1024);
    expect(JSON.parse(text)).toMatchObject({ total_entries: 12 });
  });

  test("clock-ahead: header and dates are off by 26 hours", async () => {
    const url = await start("clock-ahead");
    const response = await fetch(`${url}/rows`);
    expect(Date.parse(response.headers.get("date") ?? "") - Date.now()).toBeGreaterThan(25 * 3_600_000);
    expect(await response.text()).toContain('"2026-01-02T02:00:00.000Z"');
  });
});

describe("a real server behind it", () => {
  test("method, path, query, body and headers reach it; a dead one is a 502", async () => {
    const heard: unknown[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        heard.push([request.method, request.url, body, request.headers["x-sample"]]);
        response.setHeader("x-answer", "yes").end("{}");
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const url = await start("page-cap", { target: `http://127.0.0.1:${port}/base/` });
    const response = await fetch(`${url}/a%20b?x=1`, { method: "PUT", body: "text", headers: { "x-sample": "1" } });
    expect(response.headers.get("x-answer")).toBe("yes");
    expect(heard).toEqual([["PUT", "/base/a%20b?x=1&limit=5", "text", "1"]]);
    server.close();
    server.closeAllConnections();
    await once(server, "close");
    expect((await fetch(`${url}/a`)).status).toBe(502);
  });
});
