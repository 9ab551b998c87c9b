import { afterEach, describe, expect, test } from "@jest/globals";
import { proxyEnvironment, proxySecrets } from "./agents.ts";
import { basic, startProxy } from "../test/local-proxy.ts";
import { sendJson, serve } from "../test/local-server.ts";
import { setProxyVariables } from "../test/proxy-variables.ts";
import { createHttpRuntime } from "./runtime.ts";
import type { HttpRuntime } from "./types.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
const variables = (wanted: Record<string, string>): void => void closers.push(setProxyVariables(wanted));

test("only proxy variables are read, and none means no proxy", () => {
  expect(proxyEnvironment({})).toBeUndefined();
  expect(proxyEnvironment({ NO_PROXY: "x", PATH: "/bin" })).toBeUndefined();
  expect(proxyEnvironment({ HTTP_PROXY: "" })).toBeUndefined();
  expect(proxyEnvironment({ https_proxy: "http://p:1", NO_PROXY: "x", A: "b" })).toEqual({
    https_proxy: "http://p:1",
    NO_PROXY: "x",
  });
});

describe.each(["lean", "got", undefined] as const)("a proxy over %s", (transport) => {
  const runtimeNow = (limit = 0): HttpRuntime => {
    const runtime = createHttpRuntime({ defaults: { transport, retry: { limit, baseMs: 1 } } });
    closers.unshift(() => runtime.close());
    return runtime;
  };

  test("gets plain calls, with its credentials", async () => {
    const server = await serve((_, response) => sendJson(response, { ok: true }));
    closers.push(() => server.close());
    const proxy = await startProxy();
    closers.push(() => proxy.close());
    variables({ HTTP_PROXY: proxy.url.replace("//", "//me:pw@") });
    const client = runtimeNow().client({ name: "p", baseUrl: server.url });
    expect(await client.json({ path: "/x" }, (value) => value)).toEqual({ ok: true });
    expect(proxy.seen).toEqual([`GET ${server.url}/x ${basic("me", "pw")}`]);
  });

  test("is left out for NO_PROXY", async () => {
    const server = await serve((_, response) => sendJson(response, { ok: true }));
    closers.push(() => server.close());
    const proxy = await startProxy();
    closers.push(() => proxy.close());
    variables({ HTTP_PROXY: proxy.url, NO_PROXY: "127.0.0.1" });
    await runtimeNow().client({ name: "p", baseUrl: server.url }).request({ path: "/x" });
    expect(proxy.seen).toEqual([]);
    expect(server.asked).toHaveLength(1);
  });

  test("that wants credentials is an error, once, with a hint", async () => {
    const proxy = await serve((_, response) => {
      response.writeHead(407, { "proxy-authenticate": "Basic" }).end("who are you, cGFzc3dvcmQtY2FuYXJ5?");
    });
    closers.push(() => proxy.close());
    variables({ http_proxy: proxy.url.replace("//", "//me:password-canary@") });
    const client = runtimeNow(3).client({ name: "p", baseUrl: "http://127.0.0.1:9" });
    await expect(client.request({ path: "/x" })).rejects.toMatchObject({
      code: "ERR_HTTP_STATUS",
      advice: "abort",
      status: 407,
      message: expect.stringContaining("give them in HTTP_PROXY"),
    });
    expect(proxy.asked).toHaveLength(1);
  });

  test("that quotes its credentials does not spread them", async () => {
    const proxy = await serve((asked, response) => {
      response.writeHead(403).end(`no way: ${asked.headers["proxy-authorization"]} password-canary`);
    });
    closers.push(() => proxy.close());
    variables({ HTTP_PROXY: proxy.url.replace("//", "//me:password-canary@") });
    const client = runtimeNow().client({ name: "p", baseUrl: "http://127.0.0.1:9" });
    await expect(client.request({ path: "/x" })).rejects.toMatchObject({ bodyStart: "no way: Basic *** ***" });
  });

  test("whose address is none is named, its value is not", () => {
    for (const value of ["http://me:canary@:bad/", "socks5://me:canary@p:1", "http://"]) {
      variables({ HTTPS_PROXY: value });
      const open = (): unknown => runtimeNow().client({ name: "p", baseUrl: "http://127.0.0.1:9" });
      expect(open).toThrow(expect.objectContaining({ code: "ERR_NETWORK", advice: "abort" }));
      expect(open).toThrow(/^HTTPS_PROXY is not the http\(s\) URL of a proxy$/u);
    }
  });
});

test("a proxy's address may come without a scheme; exceptions stay as they are", () => {
  expect(proxyEnvironment({ HTTP_PROXY: " p.corp:3128 ", no_proxy: "a,b" })).toEqual({
    HTTP_PROXY: "http://p.corp:3128",
    no_proxy: "a,b",
  });
});

test("a proxy's secrets are its password and both as sent", () => {
  const sent = Buffer.from("me:p@ss").toString("base64");
  expect(proxySecrets({ HTTP_PROXY: "http://me:p%40ss@p:1", NO_PROXY: "x:y@z" })).toEqual(["p%40ss", "p@ss", sent]);
  expect(proxySecrets({ HTTP_PROXY: "http://me:%zz@p:1" })[1]).toBe("%zz");
  expect(proxySecrets({ HTTP_PROXY: "http://p:1", HTTPS_PROXY: "http://" })).toEqual([]);
  expect(proxySecrets(undefined)).toEqual([]);
});
