import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { addTables, openTestApp, type TestApp } from "../../test/test-app.ts";

let server: TestApp;
beforeEach(() => {
  server = openTestApp();
});
afterEach(() => server.close());

const service = { name: "my.pipes", serviceType: "Airflow" };

test("a PUT answers 201, then 200, and tells whether it changed anything", async () => {
  const first = await server.call("PUT", "/services/pipelineServices", service);
  expect(first).toMatchObject({
    status: 201,
    body: { name: "my.pipes", fullyQualifiedName: '"my.pipes"', version: 0.1 },
  });
  expect(first.headers["x-openmetadata-change"]).toBe("entityCreated");
  expect(first.headers["content-type"]).toMatch(/^application\/json/);
  const second = await server.call("PUT", "/services/pipelineServices", service);
  expect(second).toMatchObject({ status: 200, body: { id: first.body["id"], version: 0.1 } });
  expect(second.headers["x-openmetadata-change"]).toBe("entityNoChange");
  const third = await server.call("PUT", "/services/pipelineServices", { ...service, description: "runs" });
  expect(third).toMatchObject({ status: 200, body: { version: 0.2 } });
  expect(third.headers["x-openmetadata-change"]).toBe("entityUpdated");
});

test("hrefs are whole URLs of the host that was asked, in versions too", async () => {
  const { body } = await server.call("PUT", "/services/pipelineServices", service);
  const href = `http://localhost:80/api/v1/services/pipelineServices/${String(body["id"])}`;
  expect(body["href"]).toBe(href);
  const { body: history } = await server.call("GET", `/services/pipelineServices/${String(body["id"])}/versions`);
  expect(JSON.parse(String((history["versions"] as string[])[0]))).toMatchObject({ href });
});

test("a POST answers 201, and 409 for what is there", async () => {
  expect((await server.call("POST", "/services/pipelineServices", service)).status).toBe(201);
  expect(await server.call("POST", "/services/pipelineServices", service)).toMatchObject({
    status: 409,
    body: { code: 409, message: "Entity already exists" },
  });
});

test("wrong bodies answer 400 in JSON", async () => {
  for (const body of [
    [],
    "text",
    null,
    { serviceType: "Airflow" },
    { ...service, unknown: 1 },
    { ...service, name: "a::b" },
  ])
    expect(await server.call("PUT", "/services/pipelineServices", body)).toMatchObject({
      status: 400,
      body: { code: 400 },
    });
  const broken = await server.app.inject({ method: "PUT", url: "/api/v1/tables", payload: "{" });
  expect([broken.statusCode, broken.json<object>()]).toMatchObject([400, { code: 400 }]);
  const poisoned = await server.app.inject({ method: "PUT", url: "/api/v1/tables", payload: '{"__proto__":{"a":1}}' });
  expect([poisoned.statusCode, poisoned.json<object>()]).toMatchObject([400, { code: 400 }]);
});

test("JSON is read without a content type, and an empty PUT is no parse error", async () => {
  const plain = await server.app.inject({
    method: "PUT",
    url: "/api/v1/services/pipelineServices",
    payload: Buffer.from(JSON.stringify(service)),
  });
  expect(plain.statusCode).toBe(201);
  const empty = await server.app.inject({
    method: "PUT",
    url: "/api/v1/services/pipelineServices",
    headers: { "content-type": "application/json", "content-length": "0" },
  });
  expect(empty.json()).toEqual({ code: 400, message: "The body must be a JSON object" });
});

test("names in paths are split before they are decoded", async () => {
  const tables = await addTables(server, ["a/b", "50%", "a%2Fb", "o"]);
  for (const name of Object.keys(tables)) {
    const path = `/tables/name/${encodeURIComponent(`"lite.db".shop.main.${name}`)}`;
    expect(await server.call("GET", path)).toMatchObject({ status: 200, body: { id: tables[name], name } });
  }
  expect(await server.call("GET", "/tables/name/%ZZ")).toMatchObject({ status: 400, body: { code: 400 } });
});

test("names in paths may be sent without encoding, / and all", async () => {
  await server.call("PUT", "/services/databaseServices", { name: "svc", serviceType: "SQLite" });
  const { body } = await server.call("PUT", "/databases", { name: "sl/a//sh", service: "svc" });
  const found = { status: 200, body: { id: body["id"], name: "sl/a//sh" } };
  expect(await server.call("GET", "/databases/name/svc.sl/a//sh?include=all")).toMatchObject(found);
  expect(await server.call("GET", "/databases/name/svc.sl/a")).toMatchObject({ status: 404, body: { code: 404 } });
  const description = [{ op: "add", path: "/description", value: "words" }];
  expect(await server.call("PATCH", "/databases/name/svc.sl/a//sh", description)).toMatchObject(found);
  expect(await server.call("GET", "/lineage/database/name/svc.sl/a//sh")).toMatchObject({
    status: 200,
    body: { entity: { id: body["id"] } },
  });
  expect((await server.call("GET", "/usage/database/name/svc.sl/a//sh")).status).toBe(200);
  expect((await server.call("POST", "/services/ingestionPipelines/logs/a/b.c/7", { logs: "x" })).status).toBe(200);
  expect((await server.call("POST", "/services/ingestionPipelines/logs/a/b.c/7/close")).status).toBe(200);
  expect((await server.call("POST", "/services/ingestionPipelines/logs/7")).status).toBe(405);
  expect(await server.call("DELETE", "/databases/name/svc.sl/a//sh")).toMatchObject(found);
});

test("a service is found by its raw name and by its FQN", async () => {
  await server.call("PUT", "/services/pipelineServices", service);
  for (const name of ["my.pipes", '"my.pipes"'])
    expect((await server.call("GET", `/services/pipelineServices/name/${encodeURIComponent(name)}`)).status).toBe(200);
});

test("what is not there answers 404 in OpenMetadata's words", async () => {
  const message = "table instance for a.b.c.d not found";
  expect(await server.call("GET", "/tables/name/a.b.c.d")).toMatchObject({ status: 404, body: { code: 404, message } });
  expect((await server.call("GET", "/tables/00000000-0000-4000-8000-000000000000")).status).toBe(404);
  expect((await server.call("GET", "/nothing/here")).body).toEqual({ code: 404, message: "HTTP 404 Not Found" });
  expect((await server.call("DELETE", "/system/version")).status).toBe(405);
  // A client's own mistake, which the real server refuses too.
  await addTables(server, ["t"]);
  expect((await server.call("GET", "/tables/name/%22lite.db%22.shop.main.t&include=all")).status).toBe(404);
});

test("fields and include choose what is answered", async () => {
  const tables = await addTables(server, ["t"]);
  const path = `/tables/${tables["t"] ?? ""}`;
  await server.call("PATCH", path, [{ op: "add", path: "/description", value: "orders" }]);
  expect((await server.call("GET", `${path}?fields=nonsense`)).body).toEqual({
    code: 400,
    message: "Invalid field name nonsense",
  });
  expect((await server.call("GET", `${path}?include=some`)).status).toBe(400);
  await server.call("DELETE", path);
  expect((await server.call("GET", path)).status).toBe(404);
  expect((await server.call("GET", `${path}?include=deleted`)).body).toMatchObject({ deleted: true });
  expect((await server.call("GET", `${path}?include=all&fields=*`)).body).toMatchObject({ description: "orders" });
});

test("listings come in pages whose cursors need no encoding", async () => {
  await addTables(server, ["c", "a", "e", "b", "d"]);
  const names: string[] = [];
  let after: string | undefined;
  for (let page = 0; page < 5; page += 1) {
    const { body } = await server.call("GET", `/tables?limit=2${after === undefined ? "" : `&after=${after}`}`);
    const { data, paging } = body as { data: { name: string }[]; paging: { total: number; after?: string } };
    expect(paging.total).toBe(5);
    names.push(...data.map(({ name }) => name));
    after = paging.after;
    if (after === undefined) break;
    expect(after).toMatch(/^[\w-]+$/);
  }
  expect(names).toEqual(["a", "b", "c", "d", "e"]);
  expect((await server.call("GET", "/tables?limit=0")).body).toEqual({ data: [], paging: { total: 5 } });
  expect((await server.call("GET", "/tables?limit=-1")).status).toBe(400);
  expect((await server.call("GET", "/tables?after=junk")).status).toBe(400);
});

test("filters are prefixes of FQNs, of services raw and quoted", async () => {
  await addTables(server, ["a", "b"]);
  const total = async (query: string) => ((await server.call("GET", query)).body["paging"] as { total: number }).total;
  expect(await total(`/tables?database=${encodeURIComponent('"lite.db".shop.main')}`)).toBe(2);
  expect(await total(`/databases?service=${encodeURIComponent('"lite.db"')}`)).toBe(1);
  expect(await total("/databases?service=lite.db")).toBe(1);
  expect(await total("/databases?service=lite")).toBe(0);
});

test("a patch goes by id and by name, into lists that are missing; the version stays when nothing changes", async () => {
  const tables = await addTables(server, ["a/b"]);
  const byId = `/tables/${tables["a/b"] ?? ""}`;
  const describe = [{ op: "add", path: "/description", value: "x" }];
  // Sent without encoding, as one call of the Python client does.
  const byName = await server.call("PATCH", "/tables/name/%22lite.db%22.shop.main.a/b", describe);
  expect(byName).toMatchObject({ status: 200, body: { description: "x", version: 0.2 } });
  expect(await server.call("PATCH", byId, describe)).toMatchObject({ status: 200, body: { version: 0.2 } });
  const constraint = { constraintType: "PRIMARY_KEY", columns: ["id"] };
  const added = await server.call("PATCH", byId, [{ op: "add", path: "/tableConstraints/0", value: constraint }]);
  expect(added).toMatchObject({ status: 200, body: { tableConstraints: [constraint], version: 0.3 } });
  for (const wrong of [{}, [{ op: "add" }], [{ op: "replace", path: "/nothing/here", value: 1 }]])
    expect((await server.call("PATCH", byId, wrong)).status).toBe(400);
});

test("a patch with If-Match takes nothing back that somebody else wrote meanwhile", async () => {
  const tables = await addTables(server, ["t"]);
  const path = `/tables/${tables["t"] ?? ""}`;
  const describe = (value: string) => [{ op: "add", path: "/description", value }];
  const read = await server.call("GET", path);
  const etag = String(read.headers["etag"]);
  expect(etag).toMatch(/^"0\.1-\d+"$/);
  const first = await server.call("PATCH", path, describe("mine"), { "if-match": `W/"other", ${etag}` });
  expect(first).toMatchObject({ status: 200, body: { description: "mine" } });
  expect(first.headers["etag"]).not.toBe(etag);
  const late = await server.call("PATCH", path, describe("late"), { "if-match": etag });
  expect(late).toMatchObject({ status: 412, body: { code: 412, message: expect.stringContaining("somebody else") } });
  const any = await server.call("PATCH", path, describe("any"), { "if-match": "*" });
  expect(any).toMatchObject({ status: 200, body: { description: "any" } });
});

test("deletes: children hold a parent, soft ones are restored with it, hard ones are gone", async () => {
  const tables = await addTables(server, ["t"]);
  const { body: schema } = await server.call("GET", "/databaseSchemas/name/%22lite.db%22.shop.main");
  const path = `/databaseSchemas/${String(schema["id"])}`;
  expect(await server.call("DELETE", path)).toMatchObject({
    status: 400,
    body: { message: "databaseSchema main is not empty" },
  });
  expect(await server.call("DELETE", `${path}?recursive=true`)).toMatchObject({ status: 200, body: { deleted: true } });
  expect((await server.call("GET", `/tables/${tables["t"] ?? ""}`)).status).toBe(404);
  expect((await server.call("DELETE", `${path}?recursive=true`)).status).toBe(404);
  const restored = await server.call("PUT", "/databaseSchemas/restore", { id: schema["id"] });
  expect(restored).toMatchObject({ status: 200, body: { deleted: false } });
  expect((await server.call("GET", `/tables/${tables["t"] ?? ""}`)).status).toBe(200);
  const name = "/databaseSchemas/name/%22lite.db%22.shop.main";
  expect((await server.call("DELETE", `${name}?recursive=true&hardDelete=true`)).status).toBe(200);
  expect((await server.call("GET", `/tables/${tables["t"] ?? ""}?include=all`)).status).toBe(404);
  expect((await server.call("PUT", "/databaseSchemas/restore", { id: schema["id"] })).status).toBe(404);
  expect((await server.call("PUT", "/databaseSchemas/restore", {})).status).toBe(400);
});

test("versions are kept, each one by its number", async () => {
  const { body } = await server.call("PUT", "/services/pipelineServices", service);
  const path = `/services/pipelineServices/${String(body["id"])}/versions`;
  await server.call("PUT", "/services/pipelineServices", { ...service, description: "runs" });
  const history = (await server.call("GET", path)).body as { entityType: string; versions: string[] };
  expect(history.entityType).toBe("pipelineService");
  expect(history.versions.map((text) => (JSON.parse(text) as { version: number }).version)).toEqual([0.2, 0.1]);
  const { body: first } = await server.call("GET", `${path}/0.1`);
  expect(first).toMatchObject({ version: 0.1 });
  expect(first["description"]).toBeUndefined();
  expect((await server.call("GET", `${path}/0.7`)).status).toBe(404);
});

test("in a bulk request a wrong item fails alone", async () => {
  await addTables(server, []);
  const schema = '"lite.db".shop.main';
  const columns = [{ name: "id", dataType: "INT" }];
  const items = [
    { name: "good", databaseSchema: schema, columns },
    { name: "lost", databaseSchema: "no.such.schema", columns },
    { name: "bare", databaseSchema: schema },
    { name: "odd", databaseSchema: 'a"b', columns },
    { databaseSchema: schema, columns },
    null,
  ];
  const { status, body } = await server.call("PUT", "/tables/bulk", items);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    dryRun: false,
    status: "partialSuccess",
    numberOfRowsProcessed: 6,
    numberOfRowsPassed: 1,
    numberOfRowsFailed: 5,
    successRequest: [{ request: '"lite.db".shop.main.good', status: 200 }],
  });
  const failed = body["failedRequest"] as { request: string; status: number }[];
  expect(failed.find(({ request }) => request === "no.such.schema.lost")?.status).toBe(404);
  expect(failed.filter((item) => item.status === 400)).toHaveLength(4);
  expect((await server.call("PUT", "/tables/bulk", items.slice(0, 1))).body["status"]).toBe("success");
  expect((await server.call("PUT", "/tables/bulk", items.slice(1))).body["status"]).toBe("failure");
  expect((await server.call("PUT", "/tables/bulk?async=true", [])).status).toBe(202);
  expect((await server.call("PUT", "/tables/bulk", {})).status).toBe(400);
});

test("errors of our own are logged, and the client is told no more than that", async () => {
  server.app.get("/api/v1/broken", () => {
    throw new Error("secret detail");
  });
  const { status, body } = await server.call("GET", "/broken");
  expect([status, body]).toEqual([500, { code: 500, message: "Internal error; see the log of omd serve" }]);
  expect(server.logged.join()).toContain("secret detail");
});
