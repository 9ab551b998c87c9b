import { afterEach, describe, expect, test } from "@jest/globals";
import { proxyEnvironment } from "./agents.ts";
import { startProxy } from "../test/local-proxy.ts";
import { sendJson, serve } from "../test/local-server.ts";
import { createHttpRuntime } from "./runtime.ts";
import type { HttpRuntime } from "./types.ts";

const keys = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];
const before = Object.fromEntries(keys.map((key) => [key, process.env[key]]));
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const key of keys) {
    const value = before[key];
    if (value === undefined) delete process.env[key];
    else process.env[key] = value;
  }
  for (const close of closers.splice(0)) await close();
});

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
  const runtimeNow = (): HttpRuntime => {
    const runtime = createHttpRuntime({ defaults: { transport, retry: { limit: 0 } } });
    closers.unshift(() => runtime.close());
    return runtime;
  };

  test("gets plain calls, with its credentials", async () => {
    const server = await serve((_, response) => sendJson(response, { ok: true }));
    closers.push(() => server.close());
    const proxy = await startProxy();
    closers.push(() => proxy.close());
    process.env["HTTP_PROXY"] = proxy.url.replace("//", "//me:pw@");
    delete process.env["NO_PROXY"];
    const client = runtimeNow().client({ name: "p", baseUrl: server.url });
    expect(await client.json({ path: "/x" }, (value) => value)).toEqual({ ok: true });
    expect(proxy.seen).toEqual([`GET ${server.url}/x Basic ${Buffer.from("me:pw").toString("base64")}`]);
  });

  test("is left out for NO_PROXY", async () => {
    const server = await serve((_, response) => sendJson(response, { ok: true }));
    closers.push(() => server.close());
    const proxy = await startProxy();
    closers.push(() => proxy.close());
    process.env["HTTP_PROXY"] = proxy.url;
    process.env["NO_PROXY"] = "127.0.0.1";
    await runtimeNow().client({ name: "p", baseUrl: server.url }).request({ path: "/x" });
    expect(proxy.seen).toEqual([]);
    expect(server.asked).toHaveLength(1);
  });

  test("that is down is a network error without its password", async () => {
    process.env["HTTPS_PROXY"] = "http://me:canary@127.0.0.1:1";
    delete process.env["NO_PROXY"];
    const client = runtimeNow().client({ name: "p", baseUrl: "https://127.0.0.1:2" });
    const error: unknown = await client.request({ path: "/x" }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "ERR_NETWORK" });
    expect(String(error)).not.toContain("canary");
  });
});
