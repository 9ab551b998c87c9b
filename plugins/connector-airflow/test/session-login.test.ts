import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createHttpRuntime, type HttpRuntime, type HttpRuntimeOptions } from "@omd/http";
import nock from "nock";
import { AirflowClient, type ClientOptions } from "../src/client.ts";
import { cookiesOf, csrfToken } from "../src/session-login.ts";
import { FakeAirflow } from "./fake-airflow.ts";
import { FakeLogin } from "./fake-login.ts";

let runtime: HttpRuntime;
let secrets: string[];
let debug: string[];

beforeEach(() => {
  nock.disableNetConnect();
  runtime = createHttpRuntime({ defaults: { retry: { limit: 1, baseMs: 1 } } });
  secrets = [];
  debug = [];
});
afterEach(async () => {
  await runtime.close();
  nock.cleanAll();
  nock.enableNetConnect();
});

async function restart(options: HttpRuntimeOptions): Promise<void> {
  await runtime.close();
  runtime = createHttpRuntime({ ...options, defaults: { retry: { limit: 1, baseMs: 1 } } });
}

function connect(airflow: FakeAirflow, more: Partial<ClientOptions> = {}, hostPort = airflow.host) {
  const silent = (): void => undefined;
  const log = { debug: (message: string) => void debug.push(message), info: silent, warn: silent, error: silent };
  const context = { http: runtime.client.bind(runtime), secret: (text: string) => void secrets.push(text), log };
  const credentials = { kind: "basic", username: "admin", password: "admin" } as const;
  const options = { apiVersion: "v1", sessionLogin: "auto", verifySSL: true, credentials } as const;
  return AirflowClient.connect({ hostPort, ...options, ...more }, context);
}

function loginServer(prefix = ""): { airflow: FakeAirflow; login: FakeLogin } {
  const airflow = prefix === "" ? FakeAirflow.recorded("v1") : new FakeAirflow("v1", "http://path.test", prefix);
  const login = new FakeLogin();
  airflow.login = login;
  return { airflow, login };
}

/** How the calls of the API showed who asks. */
const ways = (airflow: FakeAirflow): string[] =>
  airflow.asked
    .filter((one) => /\/(?:dags|list|tasks)$/u.test(one.path))
    .map((one) => one.cookie ?? one.authorization?.split(" ")[0] ?? "nothing");

describe("where the API takes the cookie of the web login", () => {
  test("one login serves all calls, those by POST too, and its cookie is a secret", async () => {
    const { airflow, login } = loginServer();
    const client = await connect(airflow);
    await Promise.all([client.someDags(1), client.tasks("shop_bare"), client.runs({ page_limit: 1 })]);
    await client.someDags(1);
    expect(login.logins).toBe(1);
    expect(new Set(ways(airflow))).toEqual(new Set(["session=canary-session-1"]));
    expect(secrets).toEqual(["canary-session-1"]);
    expect(airflow.asked.find((one) => one.method === "POST" && one.path === "/login/")?.body).toEqual({
      username: "admin",
      password: "admin",
      csrf_token: "csrf-1",
    });
  });

  test("nobody logs in before the first call that needs it", async () => {
    const { airflow, login } = loginServer();
    await connect(airflow);
    expect([login.logins, airflow.count(/login/u)]).toEqual([0, 0]);
  });

  test("the login is below the path of hostPort", async () => {
    const { airflow } = loginServer("/team");
    await (await connect(airflow, {}, "http://path.test/team/")).someDags(1);
    expect(ways(airflow)).toEqual(["session=canary-session-1"]);
  });

  test("a session that ended is renewed, and the call that found out is not lost", async () => {
    const { airflow, login } = loginServer();
    const client = await connect(airflow);
    await client.someDags(1);
    login.sessions.clear();
    expect((await client.someDags(1)).total).toBe(7);
    await client.someDags(1);
    const [one, two] = ["session=canary-session-1", "session=canary-session-2"];
    expect(ways(airflow)).toEqual([one, one, "Basic", two]);
    expect(secrets).toEqual(["canary-session-1", "canary-session-2"]);
  });

  test("Basic need not be allowed at all", async () => {
    const { airflow } = loginServer();
    airflow.rules.push(({ authorization, path: asked }) =>
      authorization === undefined || asked.endsWith("/version") ? undefined : { status: 403 },
    );
    const client = await connect(airflow);
    expect([(await client.someDags(1)).total, await client.datasetCount()]).toEqual([7, 4]);
  });

  test("a permission that is missing is no fault of the session", async () => {
    const { airflow, login } = loginServer();
    const client = await connect(airflow);
    await client.someDags(1);
    airflow.fail(/\/tasks$/u, 403);
    await expect(client.tasks("shop_bare")).rejects.toMatchObject({ status: 403 });
    await client.someDags(1);
    expect(login.logins).toBe(1);
    expect(ways(airflow).at(-1)).toBe("session=canary-session-1");
  });

  test("an overload is not tried again with Basic", async () => {
    const { airflow } = loginServer();
    const client = await connect(airflow);
    airflow.fail(/\/tasks$/u, 503);
    await expect(client.tasks("shop_bare")).rejects.toMatchObject({ status: 503 });
    expect(ways(airflow)).toEqual(["session=canary-session-1", "session=canary-session-1"]);
  });
});

describe("Basic serves every call", () => {
  const basicOnly = async (airflow: FakeAirflow, more: Partial<ClientOptions> = {}): Promise<void> => {
    const client = await connect(airflow, more);
    expect((await client.someDags(1)).total).toBe(7);
    await client.someDags(1);
    expect(ways(airflow)).toEqual(["Basic", "Basic"]);
    expect(secrets).toEqual([]);
  };

  test("when sessionLogin is never", async () => {
    const { airflow, login } = loginServer();
    await basicOnly(airflow, { sessionLogin: "never" });
    expect([login.logins, airflow.count(/login/u)]).toEqual([0, 0]);
  });

  test.each([
    ["another kind of page", "<a href='/login/google'>Sign in with Google</a>"],
    ["a form without a field for the password", `<input name="csrf_token" value="csrf-1"><input name="username">`],
    ["a form without a token", `<input name="username"><input name="password">`],
    ["nothing", ""],
  ])("when the login shows %s", async (_what, page) => {
    const { airflow, login } = loginServer();
    login.page = page;
    await basicOnly(airflow);
    expect(airflow.count(/login/u)).toBe(1);
    expect(debug[0]).toContain("no login by form");
  });

  test.each([302, 401, 403, 404, 429, 500])(
    "when the login page answers %i, which is asked for once",
    async (status) => {
      const { airflow } = loginServer();
      airflow.fail(/login/u, status);
      await basicOnly(airflow);
      expect(airflow.count(/login/u)).toBe(1);
    },
  );

  test("when the form refuses the password and leads back to the login", async () => {
    const { airflow } = loginServer();
    airflow.rules.push(({ method, path: asked }) =>
      method === "POST" && asked === "/login/" ? { status: 302, headers: { location: "/login/" } } : undefined,
    );
    await basicOnly(airflow);
  });

  test.each([
    ["gives no cookie", { status: 302, headers: { location: "/home" } }],
    ["answers with a page", { status: 200, headers: { "set-cookie": "session=x" } }],
    ["says to come back in an hour", { status: 429, headers: { "retry-after": "3600" } }],
  ])("when the form %s", async (_what, answer) => {
    const { airflow } = loginServer();
    airflow.rules.push(({ method, path: asked }) => (method === "POST" && asked === "/login/" ? answer : undefined));
    await basicOnly(airflow);
  });

  test("after the first call when the API does not take the cookie", async () => {
    const { airflow, login } = loginServer();
    login.takesCookie = false;
    const client = await connect(airflow);
    expect((await client.someDags(1)).total).toBe(7);
    await client.someDags(1);
    expect(ways(airflow)).toEqual(["session=canary-session-1", "Basic", "Basic"]);
    expect(login.logins).toBe(1);
  });

  test("wrong credentials stay an error", async () => {
    const { airflow, login } = loginServer();
    login.password = "another";
    await expect((await connect(airflow)).someDags(1)).rejects.toMatchObject({ status: 403 });
  });

  test("a token never logs in", async () => {
    const { airflow } = loginServer();
    const client = await connect(airflow, { credentials: { kind: "token", token: "mine" } });
    await expect(client.someDags(1)).rejects.toMatchObject({ status: 403 });
    expect([airflow.count(/login/u), airflow.asked.at(-1)?.authorization]).toEqual([0, "Bearer mine"]);
  });
});

describe("recordings", () => {
  test.each(["auto", "never"] as const)(
    "made with sessionLogin %s hold no session and replay",
    async (sessionLogin) => {
      const directory = mkdtempSync(path.join(tmpdir(), "omd-session-"));
      try {
        const { airflow } = loginServer();
        await restart({ recordDir: directory });
        const recorded = await (await connect(airflow, { sessionLogin })).someDags(1);
        await restart({ replayDir: directory });
        const text = readFileSync(path.join(directory, "airflow.jsonl"), "utf8");
        expect(text).not.toMatch(/canary-session|set-cookie|session=/u);
        airflow.asked.length = 0;
        expect(await (await connect(airflow)).someDags(1)).toEqual(recorded);
        expect(airflow.asked).toEqual([]);
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
  );
});

describe("reading the login", () => {
  test("the token in the order of attributes and quotes of several releases", () => {
    const fields = `<input type="text" name="username"><input type="password" name="password">`;
    expect(csrfToken(`<INPUT value='a&b' type=hidden name='csrf_token'/>${fields}`)).toBe("a&b");
    expect(csrfToken(`<input data-name="csrf_token" value="x">${fields}`)).toBeUndefined();
  });

  test("cookies with dates in them, several of them, and one that is taken away", () => {
    const header = "a=1; Expires=Mon, 21 Dec 2026 05:36:11 GMT; Path=/, b=x=y; HttpOnly, c=; Max-Age=0";
    expect(cookiesOf({ headers: { "set-cookie": header } })).toEqual([
      ["a", "1"],
      ["b", "x=y"],
      ["c", ""],
    ]);
    expect(cookiesOf({ headers: {} })).toEqual([]);
  });
});
