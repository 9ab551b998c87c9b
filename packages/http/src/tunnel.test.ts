import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import { makeCertificates, type Certificates } from "../test/local-certificates.ts";
import { failure } from "../test/local-client.ts";
import { basic, startProxy, type LocalProxy, type Tunnelling } from "../test/local-proxy.ts";
import { sendJson, serve, type LocalServer } from "../test/local-server.ts";
import { setProxyVariables } from "../test/proxy-variables.ts";
import { createHttpRuntime } from "./runtime.ts";
import type { HttpRuntime, HttpRuntimeOptions } from "./types.ts";

let certificates: Certificates;
beforeAll(() => {
  certificates = makeCertificates();
});
afterAll(() => certificates.remove());

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const secret = "proxy-password-canary";
const own = (value: unknown): unknown => (value as { peer: unknown }).peer;

describe.each(["lean", "got", undefined] as const)("HTTPS through a proxy over %s", (transport) => {
  interface Stage {
    readonly server: LocalServer;
    readonly proxy: LocalProxy;
    readonly runtime: HttpRuntime;
    readonly ca: { readonly verify: "validate"; readonly caFile: string };
  }

  async function stage(
    given: {
      tunnelling?: Tunnelling;
      mutual?: boolean;
      login?: boolean;
      bypass?: string;
      options?: HttpRuntimeOptions;
    } = {},
  ): Promise<Stage> {
    const server = await serve(
      (_, response) => {
        const socket = response.socket as TLSSocket;
        sendJson(response, { peer: given.mutual === true ? socket.getPeerCertificate().subject.CN : "nobody" });
      },
      certificates.server(given.mutual === true),
    );
    const proxy = await startProxy(given.tunnelling);
    const url = given.login === true ? proxy.url.replace("//", `//me:${secret}@`) : proxy.url;
    const restore = setProxyVariables({ HTTPS_PROXY: url, ...(given.bypass ? { NO_PROXY: given.bypass } : {}) });
    const runtime = createHttpRuntime({
      ...given.options,
      defaults: { transport, retry: { limit: 2, baseMs: 1 }, ...given.options?.defaults },
    });
    closers.push(
      restore,
      () => runtime.close(),
      () => server.close(),
      () => proxy.close(),
    );
    return { server, proxy, runtime, ca: { verify: "validate", caFile: certificates.at("ca.pem") } };
  }
  const target = (server: LocalServer): string => new URL(server.url).host;

  test("the CA's file holds inside of the tunnel, which is kept for the next call", async () => {
    const { server, proxy, runtime, ca } = await stage();
    const client = runtime.client({ name: "t", baseUrl: server.url, tls: ca });
    expect(await client.json({ path: "/x" }, own)).toBe("nobody");
    expect(await client.json({ path: "/x", method: "POST", json: { a: 1 } }, own)).toBe("nobody");
    expect(proxy.seen).toEqual([`CONNECT ${target(server)}`]);
    expect(server.asked.map((asked) => asked.body)).toEqual(["", '{"a":1}']);
  });

  test("the proxy's credentials go to the proxy and nowhere else", async () => {
    const directory = mkdtempSync(path.join(tmpdir(), "omd-tunnel-"));
    closers.push(() => rmSync(directory, { recursive: true }));
    const { server, proxy, runtime, ca } = await stage({ login: true, options: { recordDir: directory } });
    const client = runtime.client({ name: "t", baseUrl: server.url, tls: ca });
    expect(await client.json({ path: "/x" }, own)).toBe("nobody");
    expect(proxy.seen).toEqual([`CONNECT ${target(server)} ${basic("me", secret)}`]);
    expect(server.asked[0]?.headers).not.toHaveProperty("proxy-authorization");
    await runtime.close();
    const recording = readFileSync(path.join(directory, "t.jsonl"), "utf8");
    expect(recording).toContain('"peer":"nobody"');
    expect(recording).not.toContain(secret);
    expect(recording).not.toContain(basic("me", secret).slice(6));
  });

  test("an unknown CA is refused through a tunnel too, unless it is to be ignored", async () => {
    const { server, runtime } = await stage();
    const strict = runtime.client({ name: "t", baseUrl: server.url });
    const error = await failure(strict.request({ path: "/x" }));
    expect(error).toMatchObject({ code: "ERR_NETWORK", advice: "abort" });
    expect(error.message).toContain("give the CA's certificate");
    const careless = runtime.client({ name: "i", baseUrl: server.url, tls: { verify: "ignore" } });
    expect(await careless.json({ path: "/x" }, own)).toBe("nobody");
  });

  test("a client certificate is shown to the server behind the proxy", async () => {
    const { server, proxy, runtime, ca } = await stage({ mutual: true });
    const both = { ...ca, certFile: certificates.at("client.pem"), keyFile: certificates.at("client.key") };
    expect(await runtime.client({ name: "m", baseUrl: server.url, tls: both }).json({ path: "/x" }, own)).toBe(
      "client",
    );
    const error = await failure(runtime.client({ name: "n", baseUrl: server.url, tls: ca }).request({ path: "/x" }));
    expect(error).toMatchObject({ code: "ERR_NETWORK" });
    expect(error.message).toContain("give certFile and keyFile");
    expect(proxy.seen.length).toBeGreaterThanOrEqual(2);
  });

  test.each(["127.0.0.1", "example.com, 127.0.0.1", "*"])("NO_PROXY=%s goes past the proxy", async (bypass) => {
    const { server, proxy, runtime, ca } = await stage({ bypass });
    expect(await runtime.client({ name: "t", baseUrl: server.url, tls: ca }).json({ path: "/x" }, own)).toBe("nobody");
    expect(proxy.seen).toEqual([]);
  });

  test("NO_PROXY for other hosts changes nothing", async () => {
    const { server, proxy, runtime, ca } = await stage({ bypass: "127.0.0.2,example.com" });
    expect(await runtime.client({ name: "t", baseUrl: server.url, tls: ca }).json({ path: "/x" }, own)).toBe("nobody");
    expect(proxy.seen).toHaveLength(1);
  });

  test.each(["407 Proxy Authentication Required", "403 Forbidden"])(
    "a proxy that answers %s ends it",
    async (status) => {
      const { server, proxy, runtime } = await stage({ tunnelling: { status }, login: true });
      const client = runtime.client({ name: "t", baseUrl: server.url });
      const error = await failure(client.request({ path: "/x" }));
      expect(error).toMatchObject({ code: "ERR_NETWORK", advice: "abort", url: `${server.url}/x` });
      expect(error.message).toContain(status);
      expect(error.message).toContain(new URL(proxy.url).host);
      expect(error.message.includes("user and password of the proxy in HTTPS_PROXY")).toBe(status.startsWith("407"));
      expect(`${error.stack} ${String(error.cause)}`).not.toContain(secret);
      expect(proxy.seen).toHaveLength(1);
    },
  );

  test.each([{ status: "502 Bad Gateway" }, "cut"] as const)(
    "a tunnel that fails (%j) is tried again",
    async (tunnelling) => {
      const { server, proxy, runtime } = await stage({ tunnelling, login: true });
      const client = runtime.client({ name: "t", baseUrl: server.url });
      const error = await failure(client.request({ path: "/x", method: "POST", json: {} }));
      expect(error).toMatchObject({ code: "ERR_NETWORK", advice: "retry" });
      expect(error.message).toContain("after 3 attempts");
      expect(error.message).not.toContain(secret);
      expect(proxy.seen).toHaveLength(3);
      expect(server.asked).toEqual([]);
    },
  );

  test("a proxy that is down is told without its password", async () => {
    const { server, proxy, runtime } = await stage({ login: true });
    await proxy.close();
    const error = await failure(runtime.client({ name: "t", baseUrl: server.url }).request({ path: "/x" }));
    expect(error).toMatchObject({ code: "ERR_NETWORK", advice: "retry" });
    expect(error.message).toContain(`ECONNREFUSED ${new URL(proxy.url).host}`);
    expect(`${error.stack} ${String(error.cause)}`).not.toContain(secret);
  });

  test("a proxy that does not answer is a timeout; closing ends its connection", async () => {
    const { server, proxy, runtime } = await stage({ tunnelling: "hang" });
    const client = runtime.client({ name: "t", baseUrl: server.url, timeoutMs: 500, retry: { limit: 0 } });
    await expect(client.request({ path: "/x" })).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    expect(proxy.seen).toHaveLength(1);
    await runtime.close();
    for (let tries = 0; proxy.open() > 0 && tries < 200; tries += 1) await wait(10);
    expect(proxy.open()).toBe(0);
  });
});

test("a slow proxy has longer than connections may idle", async () => {
  const proxy = await startProxy("hang");
  const restore = setProxyVariables({ HTTPS_PROXY: proxy.url });
  const runtime = createHttpRuntime();
  closers.push(
    restore,
    () => runtime.close(),
    () => proxy.close(),
  );
  const client = runtime.client({ name: "t", baseUrl: "https://127.0.0.1:9", timeoutMs: 4_500, retry: { limit: 0 } });
  await expect(client.request({ path: "/x" })).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
});
