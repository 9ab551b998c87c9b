import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { addTables, openTestApp, type TestApp } from "../../test/test-app.ts";

let server: TestApp;
let tables: Readonly<Record<string, string>>;
beforeEach(async () => {
  server = openTestApp();
  tables = await addTables(server, ["a", "b"]);
  for (const name of ["Sales", "Ops"])
    await server.call("PUT", "/domains", { name, description: "d", domainType: "Aggregate" });
  await server.call("PUT", "/dataProducts", { name: "Orders", description: "d", domains: ["Sales"] });
});
afterEach(() => server.close());

const asset = (name: string): object => ({ id: tables[name], type: "table" });
const fqn = (name: string): string => `"lite.db".shop.main.${name}`;
const listed = async (path: string): Promise<unknown[]> =>
  ((await server.call("GET", path)).body["data"] as { fullyQualifiedName: string }[]).map(
    (one) => one.fullyQualifiedName,
  );

test("assets are added, listed, moved to another domain, and removed", async () => {
  const added = await server.call("PUT", "/domains/Sales/assets/add", { assets: [asset("a"), asset("b")] });
  expect(added).toMatchObject({
    status: 200,
    body: { status: "success", numberOfRowsPassed: 2, numberOfRowsFailed: 0 },
  });
  expect(await listed("/domains/name/Sales/assets")).toEqual([fqn("a"), fqn("b")]);
  const page = await server.call("GET", "/domains/name/Sales/assets?limit=1&offset=1");
  expect(page.body).toMatchObject({ data: [{ type: "table", name: "b" }], paging: { total: 2, offset: 1, limit: 1 } });
  await server.call("PUT", "/domains/Ops/assets/add", { assets: [asset("b")] });
  expect(await listed("/domains/name/Sales/assets")).toEqual([fqn("a")]);
  expect((await server.call("GET", `/tables/${tables["b"] ?? ""}?fields=domains`)).body).toMatchObject({
    domains: [{ name: "Ops" }],
  });
  await server.call("PUT", "/domains/Ops/assets/remove", { assets: [asset("b")] });
  expect(await listed("/domains/name/Ops/assets")).toEqual([]);
});

test("a table is an asset of several data products, and what is there already is not written again", async () => {
  await server.call("PUT", "/dataProducts", { name: "Returns", description: "d", domains: ["Sales"] });
  for (const name of ["Orders", "Returns", "Returns"])
    expect((await server.call("PUT", `/dataProducts/${name}/assets/add`, { assets: [asset("a")] })).status).toBe(200);
  const { body } = await server.call("GET", `/tables/${tables["a"] ?? ""}?fields=dataProducts`);
  expect(body).toMatchObject({ dataProducts: [{ name: "Orders" }, { name: "Returns" }], version: 0.3 });
  const { body: product } = await server.call("GET", "/dataProducts/name/Orders");
  expect(await listed(`/dataProducts/${String(product["id"])}/assets`)).toEqual([fqn("a")]);
});

test("a wrong asset fails alone; what is not there is 404", async () => {
  const gone = { id: "11111111-1111-4111-8111-111111111111", type: "table" };
  const { body } = await server.call("PUT", "/domains/Sales/assets/add", {
    assets: [gone, { ...gone, type: "thing" }, asset("a")],
  });
  expect(body).toMatchObject({
    status: "partialSuccess",
    numberOfRowsProcessed: 3,
    failedRequest: [{ request: gone, status: 404 }, { status: 404 }],
  });
  for (const path of ["/domains/Nobody/assets/add", "/domains/Sales/assets/move"])
    expect((await server.call("PUT", path, { assets: [] })).status).toBe(404);
  expect((await server.call("PUT", "/domains/Sales/assets/add", { assets: "all" })).status).toBe(400);
  expect((await server.call("GET", "/domains/name/Nobody/assets")).status).toBe(404);
});
