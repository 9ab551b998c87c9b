import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { TLSSocket } from "node:tls";
import { makeCertificates, type Certificates } from "../test/local-certificates.ts";
import { sendJson, serve } from "../test/local-server.ts";
import { createHttpRuntime } from "./runtime.ts";

let certificates: Certificates;
const at = (name: string): string => certificates.at(name);
beforeAll(() => {
  certificates = makeCertificates();
});
afterAll(() => certificates.remove());

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

describe.each(["lean", "got", undefined] as const)("TLS over %s", (transport) => {
  async function start(mutual: boolean) {
    const server = await serve((_, response) => {
      const socket = response.socket as TLSSocket;
      sendJson(response, { peer: mutual ? socket.getPeerCertificate().subject.CN : "nobody" });
    }, certificates.server(mutual));
    const runtime = createHttpRuntime({ defaults: { transport, retry: { limit: 1, baseMs: 1 } } });
    closers.push(
      () => runtime.close(),
      () => server.close(),
    );
    return { server, runtime };
  }
  const peer = (value: unknown): unknown => (value as { peer: unknown }).peer;

  test("an unknown CA is refused, once, with a hint", async () => {
    const { server, runtime } = await start(false);
    const client = runtime.client({ name: "t", baseUrl: server.url });
    const error: unknown = await client.request({ path: "/x" }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "ERR_NETWORK", advice: "abort" });
    expect(String(error)).toContain("give the CA's certificate");
    expect(runtime.figures()["t"]?.retries).toBe(0);
  });

  test("the CA's file makes it known; ignoring works per client", async () => {
    const { server, runtime } = await start(false);
    const known = runtime.client({
      name: "ca",
      baseUrl: server.url,
      tls: { verify: "validate", caFile: at("ca.pem") },
    });
    expect(await known.json({ path: "/x" }, peer)).toBe("nobody");
    const careless = runtime.client({ name: "no", baseUrl: server.url, tls: { verify: "ignore" } });
    expect(await careless.json({ path: "/x" }, peer)).toBe("nobody");
    const strict = runtime.client({ name: "yes", baseUrl: server.url, tls: { verify: "validate" } });
    await expect(strict.request({ path: "/x" })).rejects.toMatchObject({ code: "ERR_NETWORK" });
  });

  test("the client's certificate is shown to its own host only, not where a redirect leads", async () => {
    const { server: other, runtime } = await start(true);
    const server = await serve(
      (asked, response) =>
        void (asked.url.pathname === "/x"
          ? response.writeHead(302, { location: "/own" }).end()
          : response.writeHead(302, { location: `${other.url}/x` }).end()),
      certificates.server(true),
    );
    closers.push(() => server.close());
    const tls = {
      verify: "validate",
      caFile: at("ca.pem"),
      certFile: at("client.pem"),
      keyFile: at("client.key"),
    } as const;
    const client = runtime.client({ name: "t", baseUrl: server.url, tls, maxRedirects: 5 });
    await expect(client.request({ path: "/x" })).rejects.toMatchObject({ code: "ERR_NETWORK" });
    expect(server.asked.map(({ url }) => url.pathname)).toEqual(["/x", "/own"]);
    expect(other.asked).toEqual([]);
  });

  test("a certificate for another name is refused", async () => {
    const { server, runtime } = await start(false);
    const client = runtime.client({
      name: "t",
      baseUrl: server.url.replace("127.0.0.1", "localhost"),
      tls: { verify: "validate", caFile: at("ca.pem") },
    });
    await expect(client.request({ path: "/x" })).rejects.toMatchObject({ code: "ERR_NETWORK", advice: "abort" });
  });

  test("a client certificate is shown when asked for, also by a client that changes another TLS option", async () => {
    const { server, runtime } = await start(true);
    const tls = { verify: "validate", caFile: at("ca.pem") } as const;
    const both = { ...tls, certFile: at("client.pem"), keyFile: at("client.key") };
    expect(await runtime.client({ name: "m", baseUrl: server.url, tls: both }).json({ path: "/x" }, peer)).toBe(
      "client",
    );
    const shared = createHttpRuntime({ defaults: { tls: both } });
    const careless = shared.client({ name: "s", baseUrl: server.url, tls: { verify: "ignore" } });
    expect(await careless.json({ path: "/x" }, peer)).toBe("client");
    await shared.close();
    const without = runtime.client({ name: "n", baseUrl: server.url, tls });
    await expect(without.request({ path: "/x" })).rejects.toMatchObject({
      code: "ERR_NETWORK",
      message: expect.stringContaining("give certFile and keyFile"),
    });
  });

  test("files that are missing or no PEM are named", () => {
    const runtime = createHttpRuntime({ defaults: { transport } });
    const client = (caFile: string) => () =>
      runtime.client({ name: "f", baseUrl: "https://127.0.0.1", tls: { verify: "validate", caFile } });
    expect(client(at("none.pem"))).toThrow(`cannot read the CA file ${at("none.pem")}`);
    const cert = { verify: "validate", certFile: at("san.txt"), keyFile: at("client.key") } as const;
    expect(() => runtime.client({ name: "f", baseUrl: "https://127.0.0.1", tls: cert })).toThrow("not usable for TLS");
  });
});
