import { afterEach, describe, expect, test } from "@jest/globals";
import { fqnOf } from "@omd/schema";
import nock from "nock";
import { answered, mockServer, origin, type MockedServer } from "../../test/openmetadata-face/mocked-server.ts";
import { apiAddress } from "./transport.ts";

let server: MockedServer;
const start = (...args: Parameters<typeof mockServer>): MockedServer => (server = mockServer(...args));
afterEach(async () => {
  expect(await server.close()).toEqual([]);
});

describe("the address", () => {
  test.each([
    ["http://h:8585/api", "http://h:8585/api", ["/v1"]],
    ["http://h:8585/api/", "http://h:8585/api", ["/v1"]],
    ["http://h:8585/api/v1", "http://h:8585/api", ["/v1"]],
    ["https://h/om/api//", "https://h/om/api", ["/v1"]],
    ["http://h:8585", "http://h:8585", ["/v1", "/api/v1"]],
    ["http://h/om/", "http://h/om", ["/v1", "/api/v1"]],
  ])("%s", (hostPort, baseUrl, prefixes) => {
    start({}, { version: false });
    expect(apiAddress(hostPort)).toEqual({ baseUrl, prefixes });
  });

  test.each(["localhost:8585/api", "ftp://h/api", "", "http://"])("%j is refused", (hostPort) => {
    start({}, { version: false });
    expect(() => mockServer({ hostPort }, { version: false })).toThrow(/is not an http or https URL/);
  });

  test("names the catalog without credentials and slashes", () => {
    expect(start({ hostPort: "http://me:pw@om.test:8585/api/" }, { version: false }).catalog.identity).toBe(
      "rest:http://om.test:8585/api",
    );
  });
});

describe("connect", () => {
  test.each(["1.12.8", "1.6.0-SNAPSHOT", "2.0.0", "v1.9", "1", "2.1.0.4"])("takes version %s", async (version) => {
    expect(await start({}, { version }).catalog.connect()).toEqual({ version });
  });

  test.each(["0.13.2", "3.0.0", "12.1", "latest"])("refuses version %s", async (version) => {
    await expect(start({}, { version }).catalog.connect()).rejects.toThrow("1.x and 2.x are supported");
  });

  test("takes any version when validation is off", async () => {
    const { catalog } = start({ enableVersionValidation: false }, { version: "3.0" });
    expect(await catalog.connect()).toEqual({ version: "3.0" });
  });

  test("asks once, whoever asks", async () => {
    const { catalog, api } = start();
    api.get("/tables/name/a").reply(200, answered("a"));
    await Promise.all([catalog.connect(), catalog.connect(), catalog.get("table", fqnOf("a"))]);
  });

  test("finds the API below /api when hostPort lacks it and a web page answers", async () => {
    const { catalog } = start({ hostPort: origin }, { version: false });
    nock(origin).get("/v1/system/version").reply(200, "<!doctype html>");
    nock(origin).get("/api/v1/system/version").reply(200, { version: "1.12.8" });
    nock(origin).get("/api/v1/tables/name/a").reply(200, answered("a"));
    expect(await catalog.get("table", fqnOf("a"))).toMatchObject({ name: "a" });
  });

  test("says what it saw when there is no API", async () => {
    const { catalog } = start({ hostPort: origin }, { version: false });
    nock(origin).get("/v1/system/version").reply(200, "<html>");
    nock(origin).get("/api/v1/system/version").reply(404, "<html>");
    await expect(catalog.connect()).rejects.toMatchObject({
      message: expect.stringMatching(/\/v1\/system\/version answered 200, \/api\/v1\/system\/version answered 404/),
      hint: expect.stringContaining("/api"),
    });
  });

  test.each([
    [401, "token"],
    [403, "role"],
    [500, "log"],
  ])("%d is an error with a hint, and the next call asks again", async (status, hint) => {
    const { catalog, api } = start({}, { version: false, retries: 0 });
    api.get("/system/version").reply(status, { code: status, message: "no" });
    await expect(catalog.connect()).rejects.toMatchObject({ status, hint: expect.stringContaining(hint) });
    api.get("/system/version").reply(200, { version: "1.12.8" });
    expect(await catalog.connect()).toEqual({ version: "1.12.8" });
  });

  test("a server that cannot be reached is an error with a hint", async () => {
    const { catalog, api } = start({}, { version: false, retries: 0 });
    api.get("/system/version").replyWithError(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }));
    await expect(catalog.connect()).rejects.toMatchObject({
      name: "CatalogError",
      message: expect.stringContaining(`Could not reach OpenMetadata at ${origin}/api`),
      hint: expect.stringContaining("hostPort"),
    });
  });
});

describe("a call", () => {
  test("carries token and extra headers", async () => {
    const { catalog } = start(
      { securityConfig: { jwtToken: "t0" }, extraHeaders: { "X-Proxy": "%(Authorization)s" } },
      { version: false },
    );
    const guarded = nock(`${origin}/api/v1`, { reqheaders: { authorization: "Bearer t0", "x-proxy": "Bearer t0" } });
    guarded.get("/system/version").reply(200, { version: "1.12.8" });
    guarded.get("/tables/name/a").reply(200, answered("a"));
    expect(await catalog.get("table", fqnOf("a"))).toBeDefined();
  });

  test("does not take a redirect for an empty answer", async () => {
    const { catalog, api } = start();
    api.get("/tables/name/a").reply(302, "", { location: "https://elsewhere/" });
    await expect(catalog.get("table", fqnOf("a"))).rejects.toMatchObject({
      status: 302,
      hint: expect.stringContaining("redirects"),
    });
  });

  test.each([
    ["an HTML page", "<html>login</html>", /not JSON/],
    ["half a JSON", '{"id":"1', /not JSON/],
    ["JSON of another kind", '{"hello":1}', /not an entity/],
    ["a list", "[]", /not an entity/],
  ])("%s instead of an entity is an error", async (_case, body, message) => {
    const { catalog, api } = start();
    api.get("/tables/name/a").reply(200, body);
    await expect(catalog.get("table", fqnOf("a"))).rejects.toThrow(message);
  });

  test("a 404 that is a web page says nothing about the entity", async () => {
    const { catalog, api } = start();
    api.get("/tables/name/a").reply(404, "<html>nginx</html>");
    await expect(catalog.get("table", fqnOf("a"))).rejects.toMatchObject({ status: 404 });
  });

  test("JSON without a code is an error like any other", async () => {
    const { catalog, api } = start();
    api.put("/pipelines").reply(400, { reason: "bad" });
    await expect(catalog.put("pipeline", { name: "a", service: "s" })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('{"reason":"bad"}'),
    });
  });

  test("429 is waited out as Retry-After says", async () => {
    const { catalog, api } = start();
    api.put("/pipelines").reply(429, { code: 429, message: "slow" }, { "Retry-After": "1" });
    api.put("/pipelines").reply(201, answered("s.a"));
    const began = Date.now();
    expect(await catalog.put("pipeline", { name: "a", service: "s" })).toMatchObject({ outcome: "created" });
    expect(Date.now() - began).toBeGreaterThan(900);
  });

  test("a PATCH is sent again after 503 with Retry-After, not after 500", async () => {
    const { catalog, api } = start();
    api.patch("/tables/1").reply(503, "", { "Retry-After": "0" });
    api.patch("/tables/1").reply(200, answered("a"));
    api.patch("/tables/2").reply(500, { code: 500, message: "once" });
    const operations = [{ op: "add", path: "/description", value: "x" }] as const;
    expect(await catalog.patch("table", "1", operations)).toMatchObject({ name: "a" });
    await expect(catalog.patch("table", "2", operations)).rejects.toMatchObject({ status: 500 });
  });
});

test("a server that is no omd is told the run and gets no report", async () => {
  const { catalog } = start();
  await catalog.connect();
  expect(catalog.identity).toBe(`rest:${origin}/api`);
  catalog.beginRun?.({ runId: "r1", service: fqnOf("s") });
  const below = `${origin}/api/v1`;
  nock(below, { badheaders: ["x-omd-run"] })
    .get("/tables/name/a")
    .reply(404, {});
  nock(below, { reqheaders: { "x-omd-run": "r1" } })
    .put("/services/databaseServices")
    .reply(201, answered("s"));
  await catalog.get("table", fqnOf("a"));
  await catalog.put("databaseService", { name: "s", serviceType: "SQLite" });
  await catalog.keepReport?.({ runId: "r1" } as never);
});
