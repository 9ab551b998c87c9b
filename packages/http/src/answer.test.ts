import { afterEach, describe, expect, test } from "@jest/globals";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { closeAll, failure, startClient } from "../test/local-client.ts";
import { sendJson, type Answer } from "../test/local-server.ts";
import type { HttpClientOptions, HttpRuntimeOptions } from "./types.ts";

afterEach(closeAll);

const identity = (value: unknown): unknown => value;

describe.each(["lean", "got"] as const)("answers over %s", (transport) => {
  const start = (answer: Answer, options: Partial<HttpClientOptions> = {}, runtimeOptions: HttpRuntimeOptions = {}) =>
    startClient(answer, { transport, ...options }, runtimeOptions);

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
});
