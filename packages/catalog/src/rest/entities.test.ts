import { afterEach, describe, expect, test } from "@jest/globals";
import type { CatalogEntity } from "@omd/core";
import { fqnOf, parseFqn } from "@omd/schema";
import { answered, mockServer, type MockedServer } from "../../test/openmetadata-face/mocked-server.ts";

let server: MockedServer;
const start = (...args: Parameters<typeof mockServer>): MockedServer => (server = mockServer(...args));
afterEach(async () => {
  expect(await server.close()).toEqual([]);
});
const names = async (rows: AsyncIterable<CatalogEntity>): Promise<string[]> => {
  const found: string[] = [];
  for await (const row of rows) found.push(row.fullyQualifiedName);
  return found;
};
const page = (fqns: string[], total: number, after?: string): object => ({
  data: fqns.map((fqn) => answered(fqn)),
  paging: { total, ...(after === undefined ? {} : { after }) },
});

describe("get", () => {
  test.each([
    [fqnOf("svc", "a/b"), "svc.a%2Fb"],
    [fqnOf("svc", "my.db", "t"), "svc.%22my.db%22.t"],
    [fqnOf("svc", "ä b?#%&+"), "svc.%C3%A4%20b%3F%23%25%26%2B"],
    [fqnOf("svc", "<x>'(1)*!"), "svc.%3Cx%3E'(1)*!"],
  ])("%s is one segment of the path", async (fqn, encoded) => {
    const { catalog, api } = start();
    let seen = "";
    api.get(/^\/api\/v1\/tables\/name\//).reply(200, (request: Request) => {
      seen = new URL(request.url).pathname;
      return answered(fqn);
    });
    expect(await catalog.get("table", fqn)).toMatchObject({ fullyQualifiedName: fqn });
    expect(seen).toBe(`/api/v1/tables/name/${encoded}`);
  });

  test("asks for fields and include, keeps unknown fields, drops nulls", async () => {
    const { catalog, api } = start();
    api
      .get("/pipelines/name/s.p")
      .query({ fields: "owners,tags", include: "all" })
      .reply(200, answered("s.p", { fromTheFuture: { a: 1 }, description: null, deleted: true }));
    const found = await catalog.get("pipeline", fqnOf("s", "p"), { fields: ["owners", "tags"], include: "all" });
    expect(found).toMatchObject({ fromTheFuture: { a: 1 }, deleted: true });
    expect(found).not.toHaveProperty("description");
  });

  test("no fields asked for sends none", async () => {
    const { catalog, api } = start();
    api.get("/pipelines/name/s.p").query({}).reply(200, answered("s.p"));
    expect(await catalog.get("pipeline", fqnOf("s", "p"), { fields: [] })).toBeDefined();
  });

  test("a missing entity is undefined, a refusal is not", async () => {
    const { catalog, api } = start();
    api.get("/users/name/x").reply(404, { code: 404, message: "user instance for x not found" });
    api.get("/users/name/y").reply(403, { code: 403, message: "denied" });
    expect(await catalog.get("user", fqnOf("x"))).toBeUndefined();
    await expect(catalog.get("user", fqnOf("y"))).rejects.toMatchObject({
      status: 403,
      message: "Could not read user y (HTTP 403): denied",
      hint: expect.stringContaining("role"),
    });
  });
});

describe("list", () => {
  test("pages with the configured limit until there is no cursor", async () => {
    const { catalog, api } = start({ limitRecords: 2 });
    api
      .get("/databases")
      .query({ limit: 2, include: "all", service: "svc" })
      .reply(200, page(["svc.a", "svc.b"], 3, "c1"));
    api
      .get("/databases")
      .query({ limit: 2, include: "all", service: "svc", after: "c1" })
      .reply(200, page(["svc.c"], 3));
    expect(await names(catalog.list("database", { below: fqnOf("svc"), include: "all" }))).toEqual([
      "svc.a",
      "svc.b",
      "svc.c",
    ]);
  });

  test.each([
    [undefined, 1000],
    [50_000, 1000],
    [7, 7],
  ])("limitRecords %s asks for %d rows a page", async (limitRecords, limit) => {
    const { catalog, api } = start({ limitRecords });
    api.get("/tables").query({ limit }).reply(200, page([], 0));
    expect(await names(catalog.list("table"))).toEqual([]);
  });

  test.each([
    ["database", "services", "svc", "service", "svc"],
    ["databaseSchema", "of a database", 'svc."my.db"', "database", 'svc."my.db"'],
    ["table", "of a whole service", "svc", "databaseSchema", "svc"],
    ["table", "of a schema", "svc.db.s", "databaseSchema", "svc.db.s"],
    ["tag", "of a classification", "PII", "parent", "PII"],
    ["container", "below another", "s3.bucket", "service", "s3"],
  ] as const)("%s %s is filtered by the server", async (type, _what, below, key, value) => {
    const { catalog, api } = start();
    const collection = {
      database: "databases",
      databaseSchema: "databaseSchemas",
      table: "tables",
      tag: "tags",
      container: "containers",
    };
    api
      .get(`/${collection[type]}`)
      .query({ limit: 1000, [key]: value })
      .reply(200, page([`${below}.x`, `${below}x.y`], 2));
    expect(await names(catalog.list(type, { below: parseFqn(below) }))).toEqual([`${below}.x`]);
  });

  test.each([
    ["fewer rows than the total", [page(["s.a"], 2)], /1 rows came, the server announced 2/],
    ["an empty page in the middle", [page([], 2, "c1")], /empty page in the middle/],
    ["a cursor twice", [page(["s.a"], 9, "c1"), page(["s.b"], 9, "c1")], /cursor twice/],
    ["the same page under another cursor", [page(["s.a"], 9, "c1"), page(["s.a"], 9, "c2")], /a row twice/],
    ["a row twice in one page", [page(["s.a", "s.a"], 2)], /a row twice/],
  ])("%s is an error", async (_case, pages, message) => {
    const { catalog, api } = start();
    for (const one of pages) api.get("/databases").query(true).reply(200, one);
    await expect(names(catalog.list("database"))).rejects.toThrow(message);
  });

  test.each([
    ["no total", { data: [], paging: {} }],
    ["no paging", { data: [] }],
    ["no data", { paging: { total: 0 } }],
    ["rows that are no entities", { data: [{ id: "1" }], paging: { total: 1 } }],
    ["an error in a 200", { code: 500, message: "oops" }],
  ])("%s is an error", async (_case, body) => {
    const { catalog, api } = start();
    api.get("/databases").query(true).reply(200, body);
    await expect(names(catalog.list("database"))).rejects.toThrow(/the answer lacks what is needed/);
  });

  test("rows that come and go meanwhile are no error", async () => {
    const { catalog, api } = start();
    api
      .get("/databases")
      .query(true)
      .reply(200, page(["s.a", "s.b"], 3, "c1"));
    api.get("/databases").query(true).reply(200, page([], 2));
    expect(await names(catalog.list("database"))).toHaveLength(2);
    api
      .get("/databases")
      .query(true)
      .reply(200, page(["s.a", "s.b"], 3, "c1"));
    api
      .get("/databases")
      .query(true)
      .reply(200, page(["s.d"], 5));
    expect(await names(catalog.list("database"))).toHaveLength(3);
  });

  test("a refusal in the middle is an error", async () => {
    const { catalog, api } = start();
    api
      .get("/databases")
      .query(true)
      .reply(200, page(["s.a"], 2, "c1"));
    api.get("/databases").query(true).reply(403, { code: 403, message: "no" });
    await expect(names(catalog.list("database", { below: fqnOf("s") }))).rejects.toMatchObject({
      status: 403,
      message: "Could not list databases below s (HTTP 403): no",
    });
  });
});

describe("put", () => {
  test.each([
    [201, {}, "created"],
    [200, { "X-OpenMetadata-Change": "entityUpdated" }, "updated"],
    [200, { "X-OpenMetadata-Change": "entityNoChange" }, "unchanged"],
    [200, {}, "updated"],
  ])("%d with %j is %s", async (status, headers, outcome) => {
    const { catalog, api } = start();
    api.put("/pipelines", { name: "p", service: "s" }).reply(status, answered("s.p"), headers);
    expect((await catalog.put("pipeline", { name: "p", service: "s" })).outcome).toBe(outcome);
  });

  test("sends no null and no undefined, at any depth", async () => {
    const { catalog, api } = start();
    let body: unknown;
    const keep = (sent: unknown): boolean => {
      body = sent;
      return true;
    };
    api.put("/pipelines", keep).reply(201, answered("s.p"));
    const extension = { a: null, b: [{ c: null, d: 1 }], e: {} };
    await catalog.put("pipeline", { name: "p", service: "s", displayName: undefined, extension });
    expect(body).toEqual({ name: "p", service: "s", extension: { b: [{ d: 1 }], e: {} } });
  });

  test("leaves the connection of a service out when it is not to be stored", async () => {
    const { catalog, api } = start({ storeServiceConnection: false });
    const request = { name: "s", serviceType: "Airflow", connection: { config: { type: "Airflow" } } };
    api.put("/services/pipelineServices", { name: "s", serviceType: "Airflow" }).reply(201, answered("s"));
    await catalog.put("pipelineService", request);
  });

  test("a name that no FQN is made of is not sent", async () => {
    const { catalog } = start({}, { version: false });
    await expect(catalog.put("pipeline", { name: 'a"b', service: "s" })).rejects.toMatchObject({
      name: "CatalogError",
      status: 400,
    });
  });

  test("a refusal names what was written", async () => {
    const { catalog, api } = start();
    api.put("/pipelines").reply(404, { code: 404, message: "pipelineService instance for s not found" });
    await expect(catalog.put("pipeline", { name: "a.b", service: "s" })).rejects.toMatchObject({
      code: "OMD_CATALOG_NOT_FOUND",
      message: 'Could not write pipeline s."a.b" (HTTP 404): pipelineService instance for s not found',
    });
  });
});

describe("patch, delete, restore", () => {
  test("a patch goes under its own content type and keeps null", async () => {
    const { catalog, api } = start();
    const operations = [{ op: "test", path: "/x", value: null }] as const;
    api
      .patch("/tables/1", (body) => JSON.stringify(body) === JSON.stringify(operations))
      .matchHeader("content-type", "application/json-patch+json")
      .reply(200, answered("a", { version: 0.2 }));
    expect(await catalog.patch("table", "1", operations)).toMatchObject({ version: 0.2 });
  });

  test.each([
    [400, "Invalid"],
    [404, "table instance for 1 not found"],
    [412, "ETag"],
  ])("a patch refused with %d is an error", async (status, message) => {
    const { catalog, api } = start();
    api.patch("/tables/1").reply(status, { code: status, message });
    await expect(catalog.patch("table", "1", [])).rejects.toMatchObject({
      status,
      message: expect.stringContaining(message),
    });
  });

  test.each([
    [undefined, "false"],
    [{ hard: false }, "false"],
    [{ hard: true }, "true"],
  ])("delete %j", async (options, hardDelete) => {
    const { catalog, api } = start();
    api.delete("/tables/1").query({ recursive: "true", hardDelete }).reply(200, answered("a"));
    await catalog.delete("table", "1", options);
  });

  test("what is gone already needs no deleting, what is refused is an error", async () => {
    const { catalog, api } = start();
    api.delete("/tables/1").query(true).reply(404, { code: 404, message: "table instance for 1 not found" });
    api.delete("/tables/2").query(true).reply(403, { code: 403, message: "no" });
    await catalog.delete("table", "1");
    await expect(catalog.delete("table", "2")).rejects.toMatchObject({ status: 403 });
  });

  test("restore", async () => {
    const { catalog, api } = start();
    api.put("/tables/restore", { id: "1" }).reply(200, answered("a"));
    api.put("/tables/restore", { id: "2" }).reply(404, { code: 404, message: "table instance for 2 not found" });
    expect(await catalog.restore("table", "1")).toMatchObject({ deleted: false });
    await expect(catalog.restore("table", "2")).rejects.toMatchObject({ code: "OMD_CATALOG_NOT_FOUND" });
  });
});
