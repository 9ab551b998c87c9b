import { afterEach, describe, expect, test } from "@jest/globals";
import { answered, mockServer, type MockedServer } from "../../test/openmetadata-face/mocked-server.ts";

let server: MockedServer | undefined;
const start = (...args: Parameters<typeof mockServer>): MockedServer => (server = mockServer(...args));
afterEach(async () => {
  expect((await server?.close()) ?? []).toEqual([]);
  server = undefined;
});
const databases = (...names: string[]) => names.map((name) => ({ name, service: "s" }));
const accepted = (...fqns: string[]) => fqns.map((request) => ({ request, status: 200 }));
const async = { async: "false" };
const single = (name: string) => (body: unknown) => (body as { name: string }).name === name;

describe("putMany", () => {
  test("is one call, its results in the order of the requests", async () => {
    const { catalog, api } = start();
    api
      .put("/databases/bulk", databases("a", "b.c", "d"))
      .query(async)
      .reply(200, {
        status: "partialSuccess",
        successRequest: accepted("s.d", "s.a"),
        failedRequest: [{ request: 's."b.c"', status: 400, message: "Invalid name" }],
      });
    expect(await catalog.putMany("database", databases("a", "b.c", "d"))).toEqual([
      { ok: true, fqn: "s.a" },
      { ok: false, fqn: 's."b.c"', status: 400, message: "Invalid name" },
      { ok: true, fqn: "s.d" },
    ]);
  });

  test("knows items by bare name, by unquoted name and by whole request", async () => {
    const { catalog, api } = start();
    api
      .put("/databases/bulk")
      .query(async)
      .reply(200, {
        successRequest: [{ request: { name: "a" } }, { request: { fullyQualifiedName: "s.e", name: "other" } }],
        failedRequest: [{ request: "b.c" }, { request: "d", status: 404, message: "no service" }],
      });
    expect(await catalog.putMany("database", databases("a", "b.c", "d", "e"))).toEqual([
      { ok: true, fqn: "s.a" },
      { ok: false, fqn: 's."b.c"', status: 400, message: "The server refused it without a reason" },
      { ok: false, fqn: "s.d", status: 404, message: "no service" },
      { ok: true, fqn: "s.e" },
    ]);
  });

  test("writes again, alone, what the answer leaves open or the server stumbled over", async () => {
    const { catalog, api } = start();
    api
      .put("/databases/bulk")
      .query(async)
      .reply(200, {
        successRequest: accepted("s.a", "s.unknown"),
        failedRequest: [
          { request: "s.b", status: 500, message: "deadlock" },
          { request: "s.c", status: 429, message: "slow" },
          { request: "s.d", status: 409, message: "stays" },
        ],
      });
    for (const name of ["b", "c", "e"]) api.put("/databases", single(name)).reply(200, answered(`s.${name}`));
    const results = await catalog.putMany("database", databases("a", "b", "c", "d", "e"));
    expect(results.map((result) => result.ok)).toEqual([true, true, true, false, true]);
  });

  test.each([
    ["an empty body", ""],
    ["no JSON", "done"],
    ["two names alike", { successRequest: [{ request: "x" }] }],
  ])("%s leaves all open", async (_case, body) => {
    const { catalog, api } = start();
    api.put("/tables/bulk").query(async).reply(200, body);
    const requests = ["one", "two"].map((schema) => ({ name: "x", databaseSchema: `s.d.${schema}`, columns: [] }));
    api.put("/tables").times(2).reply(201, answered("s.d.one.x"));
    expect(await catalog.putMany("table", requests)).toEqual([
      { ok: true, fqn: "s.d.one.x" },
      { ok: true, fqn: "s.d.two.x" },
    ]);
  });

  test("a name that comes twice is written twice, one after the other", async () => {
    const { catalog, api } = start();
    const requests = [...databases("a", "b"), { name: "a", service: "s", description: "later" }];
    api
      .put("/databases/bulk", databases("a", "b"))
      .query(async)
      .reply(200, { successRequest: accepted("s.a", "s.b") });
    api.put("/databases", { name: "a", service: "s", description: "later" }).reply(200, answered("s.a"));
    expect((await catalog.putMany("database", requests)).map((result) => result.fqn)).toEqual(["s.a", "s.b", "s.a"]);
  });

  test.each([404, 405])("a server without the route (%d) gets single writes from then on", async (status) => {
    const { catalog, api } = start();
    api.put("/databases/bulk").query(async).reply(status, "<html>Method Not Allowed</html>");
    api.put("/databases").times(4).reply(200, answered("s.a"));
    await catalog.putMany("database", databases("a", "b"));
    expect(await catalog.putMany("database", databases("a", "b"))).toHaveLength(2);
  });

  test.each([
    [404, { code: 404, message: "databaseService instance for s not found" }],
    [400, { code: 400, message: "Unable to process JSON" }],
    [500, { code: 500, message: "null" }],
  ])("a call that is refused as a whole (%d) is tried item by item, the route not given up", async (status, body) => {
    const { catalog, api } = start({}, { retries: 0 });
    api.put("/databases/bulk").query(async).times(2).reply(status, body);
    api.put("/databases", single("a")).times(2).reply(200, answered("s.a"));
    api.put("/databases", single("b")).times(2).reply(400, { code: 400, message: "bad b" });
    for (let round = 0; round < 2; round += 1)
      expect(await catalog.putMany("database", databases("a", "b"))).toEqual([
        { ok: true, fqn: "s.a" },
        { ok: false, fqn: "s.b", status: 400, message: expect.stringContaining("bad b") },
      ]);
  });

  test("a call that is too large is halved until it fits", async () => {
    const { catalog, api } = start();
    const tooLarge = (body: unknown) => Array.isArray(body) && body.length > 2;
    api.put("/databases/bulk", tooLarge).query(async).times(2).reply(413, "<html>");
    api
      .put("/databases/bulk", databases("a", "b"))
      .query(async)
      .reply(200, { successRequest: accepted("s.a", "s.b") });
    api.put("/databases", single("c")).reply(200, answered("s.c"));
    api
      .put("/databases/bulk", databases("d", "e"))
      .query(async)
      .reply(200, { successRequest: accepted("s.d", "s.e") });
    const results = await catalog.putMany("database", databases("a", "b", "c", "d", "e"));
    expect(results.map((result) => [result.ok, result.fqn])).toEqual(
      ["s.a", "s.b", "s.c", "s.d", "s.e"].map((fqn) => [true, fqn]),
    );
  });

  test.each([
    [401, "token"],
    [403, "role"],
    [503, "again later"],
    [429, "rate"],
  ])("%d for the whole call is an error with a hint", async (status, hint) => {
    const { catalog, api } = start({}, { retries: 0 });
    api.put("/databases/bulk").query(async).reply(status, { code: status, message: "no" });
    await expect(catalog.putMany("database", databases("a", "b"))).rejects.toMatchObject({
      status,
      message: expect.stringContaining("Could not write 2 databases"),
      hint: expect.stringContaining(hint),
    });
  });

  test("a server that went away is an error", async () => {
    const { catalog, api } = start({}, { retries: 0 });
    api.put("/databases/bulk").query(async).replyWithError("reset");
    await expect(catalog.putMany("database", databases("a", "b"))).rejects.toThrow(/Could not write 2 databases/);
  });

  test("one item alone needs no bulk call, none needs no call", async () => {
    const { catalog, api } = start({}, { version: false });
    expect(await catalog.putMany("database", [])).toEqual([]);
    api.get("/system/version").reply(200, { version: "1.12.8" });
    api.put("/databases").reply(413, "<html>");
    expect(await catalog.putMany("database", databases("a"))).toEqual([
      { ok: false, fqn: "s.a", status: 413, message: expect.stringContaining("too large") },
    ]);
  });

  test("a name that no FQN is made of spoils only its own item", async () => {
    const { catalog, api } = start();
    api.put("/databases", single("a")).reply(200, answered("s.a"));
    expect(await catalog.putMany("database", databases('x"y', "a"))).toEqual([
      { ok: false, fqn: 'x"y', status: 400, message: expect.stringContaining("Invalid name") },
      { ok: true, fqn: "s.a" },
    ]);
  });

  test("a refused caller ends single writes too", async () => {
    const { catalog, api } = start();
    api.put("/pipelines").reply(403, { code: 403, message: "no" });
    await expect(catalog.putMany("pipeline", databases("a"))).rejects.toMatchObject({ status: 403 });
  });
});
