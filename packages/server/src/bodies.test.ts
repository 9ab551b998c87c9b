import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { addTables, openTestApp, type TestApp } from "../test/test-app.ts";

let server: TestApp;
beforeEach(async () => {
  server = openTestApp();
  await addTables(server, []);
});
afterEach(() => server.close());

const table = { name: "t", databaseSchema: '"lite.db".shop.main', columns: [] };
/** A list in a list, and so on. */
const nested = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));

test("a body of 200 levels is read, one of 201 refused", async () => {
  // The body and its extension are levels too.
  const put = (levels: number) => server.call("PUT", "/tables", { ...table, extension: { deep: nested(levels - 2) } });
  expect((await put(200)).status).toBe(201);
  expect(await put(201)).toMatchObject({
    status: 400,
    body: { code: 400, message: "The body is nested more than 200 levels deep" },
  });
});

test("columns in columns without end are the request's fault, alone and in a batch", async () => {
  const column = `${'{"name":"c","dataType":"STRUCT","children":['.repeat(20_000)}${"]}".repeat(20_000)}`;
  const text = `{"name":"t","databaseSchema":"x","columns":[${column}]}`;
  for (const [url, payload] of [
    ["tables", text],
    ["tables/bulk", `[${text}]`],
  ] as const) {
    const answer = await server.app.inject({ method: "PUT", url: `/api/v1/${url}`, payload });
    expect([answer.statusCode, answer.json<{ code: number }>().code]).toEqual([400, 400]);
  }
  expect(server.logged).toEqual([]);
});
