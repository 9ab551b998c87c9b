import { afterEach, describe, expect, test } from "@jest/globals";
import { once } from "node:events";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { dropIdle, PlainAgent, SecureAgent } from "./keep-alive.ts";
import { createHttpRuntime } from "./runtime.ts";
import type { HttpClient, HttpRuntime } from "./types.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const request = (head: string): string => head.split(" ", 1)[0] ?? "";

/** A server that serves `perConnection` requests on a connection and cuts the next one off without a byte, as one that had just closed it. */
async function forgetful(perConnection: number, headers = ""): Promise<{ url: string; log: string[] }> {
  const log: string[] = [];
  let connections = 0;
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    connections += 1;
    const number = connections;
    let served = 0;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      served += 1;
      const cut = served > perConnection;
      log.push(`${number} ${request(chunk.toString())}${cut ? " cut" : ""}`);
      if (cut) socket.destroy();
      else socket.write(`HTTP/1.1 200 OK\r\n${headers}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, log };
}

describe.each(["lean", "got"] as const)("idle connections over %s", (transport) => {
  function connect(baseUrl: string): { runtime: HttpRuntime; client: HttpClient } {
    const runtime = createHttpRuntime({ defaults: { transport, retry: { limit: 0 } } });
    closers.unshift(() => runtime.close());
    return { runtime, client: runtime.client({ name: "k", baseUrl }) };
  }

  test("a GET that meets a closing one is sent again at once, even without retries", async () => {
    const { url, log } = await forgetful(1);
    const { runtime, client } = connect(url);
    await client.request({ path: "/a" });
    await client.request({ path: "/b" });
    expect(log).toEqual(["1 GET", "1 GET cut", "2 GET"]);
    expect(runtime.figures()["k"]).toMatchObject({ calls: 2, retries: 1, byStatus: { 200: 2, ERR_NETWORK: 1 } });
  });

  test("so is a POST that may be sent twice", async () => {
    const { url, log } = await forgetful(1);
    const { client } = connect(url);
    await client.request({ path: "/a" });
    await client.request({ path: "/b", method: "POST", idempotent: true });
    expect(log).toEqual(["1 GET", "1 POST cut", "2 POST"]);
  });

  test("once only, on a connection of its own", async () => {
    const { url, log } = await forgetful(1);
    const { client } = connect(url);
    await Promise.all([client.request({ path: "/a" }), client.request({ path: "/b" })]);
    expect(log).toEqual(["1 GET", "2 GET"]);
    await client.request({ path: "/c" });
    // The second idle connection was dropped and not tried.
    expect(log.slice(2)).toEqual([expect.stringMatching(/^[12] GET cut$/u), "3 GET"]);
  });

  test("a fresh connection that is cut is an ordinary network error", async () => {
    const { url, log } = await forgetful(0);
    const { client } = connect(url);
    await expect(client.request({ path: "/a" })).rejects.toMatchObject({ code: "ERR_NETWORK", advice: "retry" });
    expect(log).toEqual(["1 GET cut"]);
  });

  test("a POST is never sent twice", async () => {
    const { url, log } = await forgetful(1);
    const { client } = connect(url);
    await client.request({ path: "/a" });
    const post = client.request({ path: "/b", method: "POST", json: {} });
    await expect(post).rejects.toMatchObject({ code: "ERR_NETWORK", advice: "skip" });
    expect(log).toEqual(["1 GET", "1 POST cut"]);
  });

  test("a POST after a second of rest gets a fresh one, a GET does not", async () => {
    const { url, log } = await forgetful(2);
    const { client } = connect(url);
    await client.request({ path: "/a" });
    await wait(1_100);
    await client.request({ path: "/b" });
    expect(log).toEqual(["1 GET", "1 GET"]);
    await wait(1_100);
    await client.request({ path: "/c", method: "POST", json: {} });
    await client.request({ path: "/d", method: "PATCH", json: {} });
    expect(log.slice(2)).toEqual(["2 POST", "2 PATCH"]);
  });

  test("also when the process was too busy for its timers", async () => {
    const { url, log } = await forgetful(1);
    const { client } = connect(url);
    await client.request({ path: "/a" });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_100);
    await client.request({ path: "/b", method: "POST", json: {} });
    expect(log).toEqual(["1 GET", "2 POST"]);
  });

  test("the server's Keep-Alive: timeout is kept, less a second", async () => {
    const { url, log } = await forgetful(1, "Keep-Alive: timeout=2\r\n");
    const { client } = connect(url);
    await client.request({ path: "/a" });
    await wait(1_300);
    await client.request({ path: "/b" });
    expect(log).toEqual(["1 GET", "2 GET"]);
  });
});

test("only connections idle for longer are dropped, the busy ones never", async () => {
  const { url } = await forgetful(9);
  const agent = new PlainAgent({ keepAlive: true });
  closers.push(() => agent.destroy());
  const call = async (): Promise<void> => {
    const [response] = (await once(http.get(url, { agent }), "response")) as [http.IncomingMessage];
    response.resume();
    await once(response, "end");
    await wait(5);
  };
  await call();
  const idle = (): number => Object.values(agent.freeSockets).reduce((sum, list) => sum + (list?.length ?? 0), 0);
  dropIdle(agent, 60_000);
  await wait(5);
  expect(idle()).toBe(1);
  const busy = call();
  dropIdle(agent, 0);
  await busy;
  expect(idle()).toBe(1);
  await wait(2);
  dropIdle(agent, 0);
  await wait(5);
  expect(idle()).toBe(0);
});

test("destroy ends connections whose handshake is not done", async () => {
  const sockets: net.Socket[] = [];
  const silent = net.createServer((socket) => {
    sockets.push(socket);
    socket.resume().on("error", () => undefined);
  });
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  closers.push(() => silent.close());
  const agent = new SecureAgent({ keepAlive: true });
  const { port } = silent.address() as AddressInfo;
  const socket = agent.createConnection({ host: "127.0.0.1", port });
  if (!socket) throw new Error("no socket");
  socket.on("error", () => undefined);
  await once(silent, "connection");
  agent.destroy();
  await once(socket, "close");
  expect(socket.destroyed).toBe(true);
});
