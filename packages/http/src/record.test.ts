import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { record, recordedLines, replay } from "../test/local-recording.ts";
import { sendJson } from "../test/local-server.ts";
import type { HttpClient } from "./types.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "omd-record-"));
});
afterEach(() => rm(directory, { recursive: true }));

const identity = (value: unknown): unknown => value;

describe("recording", () => {
  test("keeps every attempt in order, readable, and the replay goes the same way", async () => {
    const work = (client: HttpClient): Promise<unknown> =>
      client.json({ path: "/dags", query: { b: 2, a: ["x", "y"] } }, identity);
    const live = await record(
      directory,
      (_, response, count) =>
        sendJson(response, { count, when: "now" }, count < 3 ? 503 : 200, {
          "x-total-count": 9,
          server: "secret-software",
        }),
      work,
    );
    expect(await recordedLines(directory)).toEqual(
      [503, 503, 200].map((status, i) => ({
        request: { method: "GET", path: "/dags", query: { a: ["x", "y"], b: "2" } },
        response: {
          status,
          headers: { "content-type": "application/json", "x-total-count": "9" },
          body: { count: i + 1, when: "now" },
        },
      })),
    );
    expect(await readdir(directory)).toEqual(["src.jsonl"]);
    const figures = await replay(directory, async (client, runtime) => {
      expect(await work(client)).toEqual(live);
      // The last answer goes on.
      expect(await work(client)).toEqual(live);
      return runtime.figures()["src"];
    });
    expect(figures).toMatchObject({ calls: 2, retries: 2, byStatus: { 503: 2, 200: 2 }, waitedMs: 0 });
  });

  test("holds no secret and no host name", async () => {
    const { url } = await record(
      directory,
      (asked, response) => {
        const echo = {
          access_token: "canary-answer",
          nested: [{ clientSecret: "canary-nested", id: 7 }],
          auth: asked.headers.authorization,
          text: "has canary-value inside",
          password: 12345678,
        };
        if (asked.url.pathname.endsWith("text")) {
          response.writeHead(200, { "content-type": "text/plain", "set-cookie": "sid=canary-cookie" });
          response.end("password=canary-text; Bearer canary-bearer-token");
        } else
          sendJson(response, echo, 200, {
            "set-cookie": "sid=canary-cookie",
            link: `<http://${asked.headers.host}/api/x?token=canary-link&page=2>; rel="next"`,
          });
      },
      async (client, _, server) => {
        await client.json(
          { path: "/canary-value/x", query: { api_key: "canary-query", q: "a canary-value" } },
          identity,
        );
        await client.json(
          {
            method: "POST",
            path: "/login",
            json: { user: "u", password: "canary-body", deep: { "private-key": ["canary-key"] } },
          },
          identity,
        );
        await client.json({ method: "POST", path: "/token", form: { client_secret: "canary-form" } }, identity);
        await client.request({ path: "/text?token=canary-inline" });
        return server;
      },
      { auth: { headers: () => ({ authorization: "Bearer canary-auth-token-long" }) } },
    );
    const text = await readFile(path.join(directory, "src.jsonl"), "utf8");
    expect(text).not.toContain("canary");
    expect(text).not.toContain("12345678");
    expect(text).not.toContain(new URL(url).host);
    expect(text).not.toContain("set-cookie");
    expect(text).toContain('"user":"u"');
    expect(text).toContain('"id":7');
    expect(text).toContain("has *** inside");
  });

  test("other secrets find the recorded answer", async () => {
    const login = (password: string) => (client: HttpClient) =>
      client.json(
        { method: "POST", path: "/login", query: { api_key: password }, json: { password, user: "u" } },
        identity,
      );
    await record(directory, (_, response) => sendJson(response, { ok: 1 }), login("one"));
    expect(await replay(directory, login("two"))).toEqual({ ok: 1 });
  });

  test("equal exchanges make an equal file, whatever their order", async () => {
    const files: string[] = [];
    for (const order of [
      [1, 2, 3, 4, 5],
      [5, 3, 1, 2, 4],
    ]) {
      await record(
        directory,
        (asked, response) =>
          void setTimeout(
            () => sendJson(response, { path: asked.url.pathname, date: "fixed" }),
            (asked.url.pathname.codePointAt(6) ?? 0) % 7,
          ),
        (client) =>
          Promise.all(
            order.map((id) => client.request({ path: `/d/${id}`, query: id % 2 ? { a: 1, b: 2 } : { b: 2, a: 1 } })),
          ),
      );
      files.push(await readFile(path.join(directory, "src.jsonl"), "utf8"));
    }
    expect(files[0]).toBe(files[1]);
    expect(files[0]?.split("\n")).toHaveLength(6);
  });

  test("one file per client name, clients of one name together", async () => {
    await record(
      directory,
      (_, response) => sendJson(response, {}),
      async (client, runtime, server) => {
        await client.request({ path: "/a" });
        await runtime.client({ name: "src", baseUrl: server.url }).request({ path: "/b" });
        await runtime.client({ name: "../odd name", baseUrl: server.url }).request({ path: "/c" });
      },
    );
    expect((await readdir(directory)).sort()).toEqual([".._odd_name.jsonl", "src.jsonl"]);
    expect((await recordedLines(directory)).map(({ request }) => request["path"])).toEqual(["/a", "/b"]);
  });

  test("texts, bytes, broken JSON and empty answers come back as they were", async () => {
    const bodies: Record<string, [string, Buffer]> = {
      "/text": ["text/html", Buffer.from("<p>ü</p>")],
      "/bytes": ["application/octet-stream", Buffer.from([0, 255, 254, 1])],
      "/broken": ["application/json", Buffer.from('{"rows":[')],
      "/empty": ["application/json", Buffer.alloc(0)],
    };
    const work = async (client: HttpClient): Promise<Buffer[]> =>
      Promise.all(Object.keys(bodies).map(async (at) => (await client.request({ path: at })).body));
    const live = await record(
      directory,
      (asked, response) => {
        const [type, body] = bodies[asked.url.pathname.slice(4)] ?? ["", Buffer.alloc(0)];
        response.writeHead(200, { "content-type": type });
        response.end(body);
      },
      work,
    );
    expect(live).toEqual(Object.values(bodies).map(([, body]) => body));
    expect(await replay(directory, work)).toEqual(live);
    await expect(replay(directory, (client) => client.json({ path: "/broken" }, identity))).rejects.toMatchObject({
      code: "ERR_NOT_JSON",
    });
  });

  test("failed attempts are kept, and Retry-After costs no time in the replay", async () => {
    const work = async (client: HttpClient): Promise<unknown> => {
      const cut = await client.json({ path: "/cut" }, identity);
      return [cut, await client.json({ path: "/busy" }, identity)];
    };
    const seen = { cut: 0, busy: 0 };
    const live = await record(
      directory,
      (asked, response) => {
        const at = asked.url.pathname.endsWith("cut") ? "cut" : "busy";
        seen[at] += 1;
        if (seen[at] === 1 && at === "cut") response.destroy();
        else if (seen[at] === 1)
          sendJson(response, {}, 429, { "retry-after": new Date(Date.now() + 1000).toUTCString() });
        else sendJson(response, { at });
      },
      work,
    );
    expect((await recordedLines(directory)).map(({ response }) => response["failure"] ?? response["status"])).toEqual([
      429,
      200,
      "network",
      200,
    ]);
    const from = performance.now();
    expect(await replay(directory, work)).toEqual(live);
    expect(performance.now() - from).toBeLessThan(500);
  });
});
