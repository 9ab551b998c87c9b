import { afterEach, describe, expect, test } from "@jest/globals";
import { basicAuth, bearerAuth, loginTokenAuth } from "./auth.ts";
import { sendJson, serve, type LocalServer } from "../test/local-server.ts";
import { createHttpRuntime } from "./runtime.ts";
import type { HttpAuth, HttpClient, HttpRuntime } from "./types.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("basic and bearer", async () => {
  expect(await basicAuth("Aladdin", "öpen:sesame").headers(undefined)).toEqual({
    authorization: `Basic ${Buffer.from("Aladdin:öpen:sesame").toString("base64")}`,
  });
  expect(await bearerAuth("t").headers(undefined)).toEqual({ authorization: "Bearer t" });
  expect("renew" in bearerAuth("t")).toBe(false);
});

describe("login token", () => {
  test("one login for many callers, and again only when asked", async () => {
    let logins = 0;
    const auth = loginTokenAuth({
      login: async () => {
        logins += 1;
        await pause(10);
        return { token: `t${logins}` };
      },
    });
    const all = await Promise.all(Array.from({ length: 20 }, async () => auth.headers(undefined)));
    expect(new Set(all.map((headers) => headers["authorization"]))).toEqual(new Set(["Bearer t1"]));
    await Promise.all(Array.from({ length: 20 }, async () => auth.renew?.(undefined)));
    expect(await auth.headers(undefined)).toEqual({ authorization: "Bearer t2" });
    expect(logins).toBe(2);
  });

  test("renews before the end, by the margin", async () => {
    let logins = 0;
    const login = (lifeMs: number) => () => {
      logins += 1;
      return Promise.resolve({ token: `t${logins}`, expiresAtMs: Date.now() + lifeMs });
    };
    const ending = loginTokenAuth({ login: login(100), marginMs: 60, header: "X-Token", prefix: "" });
    expect(await ending.headers(undefined)).toEqual({ "x-token": "t1" });
    expect(await ending.headers(undefined)).toEqual({ "x-token": "t1" });
    await pause(60);
    expect(await ending.headers(undefined)).toEqual({ "x-token": "t2" });
  });

  test.each([1000, -1000])(
    "a token with %i ms to live and a margin of a minute is not fetched for each call",
    async (life) => {
      let logins = 0;
      const auth = loginTokenAuth({
        login: () => {
          logins += 1;
          return Promise.resolve({ token: "t", expiresAtMs: Date.now() + life });
        },
      });
      for (let i = 0; i < 5; i += 1) await auth.headers(undefined);
      expect(logins).toBe(1);
    },
  );

  test("a failed login is tried again by the next call", async () => {
    let logins = 0;
    const auth = loginTokenAuth({
      login: () => {
        logins += 1;
        return logins === 1 ? Promise.reject(new Error("down")) : Promise.resolve({ token: "t" });
      },
    });
    await expect(Promise.resolve(auth.headers(undefined))).rejects.toThrow("down");
    expect(await auth.headers(undefined)).toEqual({ authorization: "Bearer t" });
  });
});

describe.each(["lean", "got"] as const)("a 401 over %s", (transport) => {
  let valid = "Bearer t1";
  async function start(
    auth: (login: HttpClient) => HttpAuth,
  ): Promise<{ server: LocalServer; runtime: HttpRuntime; client: HttpClient }> {
    valid = "Bearer t1";
    let issued = 0;
    const server = await serve((asked, response) => {
      if (asked.url.pathname === "/login") {
        issued += 1;
        setTimeout(() => sendJson(response, { access_token: `t${issued}` }), 10);
      } else {
        const good = asked.headers.authorization === valid;
        const answer = (): void => sendJson(response, good ? { ok: true } : { error: "expired" }, good ? 200 : 401);
        if (asked.url.pathname === "/slow") setTimeout(answer, 80);
        else answer();
      }
    });
    const runtime = createHttpRuntime({ defaults: { transport } });
    closers.push(
      () => runtime.close(),
      () => server.close(),
    );
    const login = runtime.client({ name: "login", baseUrl: server.url });
    return { server, runtime, client: runtime.client({ name: "main", baseUrl: server.url, auth: auth(login) }) };
  }
  const viaLogin = (login: HttpClient): HttpAuth =>
    loginTokenAuth({
      login: () =>
        login.json({ method: "POST", path: "/login" }, (value) => ({
          token: (value as { access_token: string }).access_token,
        })),
    });
  const logins = (server: LocalServer): number => server.asked.filter(({ url }) => url.pathname === "/login").length;

  test("is renewed once for all calls that it hits, however they interleave", async () => {
    const { server, runtime, client } = await start(viaLogin);
    await client.request({ path: "/x" });
    valid = "Bearer t2";
    const answers = await Promise.all(Array.from({ length: 12 }, () => client.request({ path: "/x" })));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(12).fill(200));
    expect(logins(server)).toBe(2);
    expect(runtime.figures()["main"]).toMatchObject({ calls: 13, byStatus: { 200: 13, 401: 12 } });
  });

  test("that comes late, after the token was renewed, needs no second login", async () => {
    const { server, client } = await start(viaLogin);
    await client.request({ path: "/x" });
    valid = "Bearer t2";
    await Promise.all([client.request({ path: "/slow" }), client.request({ path: "/x" })]);
    expect(logins(server)).toBe(2);
  });

  test("renews once for all calls of a client, whatever the auth does itself", async () => {
    let token = "t1";
    let renewals = 0;
    const { client } = await start(() => ({
      headers: () => ({ authorization: `Bearer ${token}` }),
      renew: async () => {
        renewals += 1;
        await pause(30);
        token = "t2";
        return true;
      },
    }));
    valid = "Bearer t2";
    await Promise.all(Array.from({ length: 8 }, () => client.request({ path: "/x" })));
    expect(renewals).toBe(1);
  });

  test("after the renewal is final", async () => {
    const { server, client } = await start(viaLogin);
    valid = "Bearer never";
    await expect(client.request({ path: "/x" })).rejects.toMatchObject({
      code: "ERR_UNAUTHENTICATED",
      advice: "abort",
      status: 401,
    });
    expect(logins(server)).toBe(2);
    expect(server.asked.filter(({ url }) => url.pathname === "/x")).toHaveLength(2);
  });

  test("without a renewal is final at once", async () => {
    const { server, client } = await start(() => basicAuth("a", "b"));
    await expect(client.request({ path: "/x" })).rejects.toMatchObject({ code: "ERR_UNAUTHENTICATED" });
    expect(server.asked).toHaveLength(1);
  });

  test("a renewal that says no is final", async () => {
    const { server, client } = await start(() => ({ ...basicAuth("a", "b"), renew: () => Promise.resolve(false) }));
    await expect(client.request({ path: "/x" })).rejects.toMatchObject({ code: "ERR_UNAUTHENTICATED" });
    expect(server.asked).toHaveLength(1);
  });

  test("a login that fails ends the call; its own HttpError comes through", async () => {
    const { client } = await start(() => ({ headers: () => Promise.reject(new Error("vault shut, token=canary")) }));
    const error: unknown = await client.request({ path: "/x" }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "ERR_UNAUTHENTICATED", advice: "abort" });
    expect(String(error)).toContain("vault shut, token=***");
    const viaMissing = await start((login) =>
      loginTokenAuth({ login: () => login.json({ path: "/refused" }, () => ({ token: "" })) }),
    );
    await expect(viaMissing.client.request({ path: "/x" })).rejects.toMatchObject({
      code: "ERR_UNAUTHENTICATED",
      status: 401,
    });
  });

  test("a login that hangs ends at the deadline or on abort", async () => {
    const { runtime, server } = await start(viaLogin);
    const auth: HttpAuth = { headers: () => new Promise(() => undefined) };
    const client = runtime.client({ name: "h", baseUrl: server.url, auth, deadlineMs: 50 });
    await expect(client.request({ path: "/x" })).rejects.toMatchObject({ code: "ERR_DEADLINE" });
    await expect(client.request({ path: "/x", signal: AbortSignal.timeout(10) })).rejects.toMatchObject({
      code: "ERR_ABORTED",
    });
    await expect(client.request({ path: "/x", signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "ERR_ABORTED",
    });
  });
});
