import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { mockServer, type MockedServer } from "../../test/openmetadata-face/mocked-server.ts";
import { catalogHeader } from "./transport.ts";

const path = "/metadata/types/name/table?fields=customProperties";
let server: MockedServer;
const properties = () => server.catalog.customProperties?.("table");

beforeEach(() => {
  server = mockServer({}, { version: false });
});
afterEach(async () => {
  expect(await server.close()).toEqual([]);
});

/** The version is asked for first; an omd server says there which catalog it serves. */
function versionOf(headers: Record<string, string> = {}): void {
  server.api.get("/system/version").reply(200, { version: "1.12.8" }, headers);
}

test("are read with their types", async () => {
  versionOf();
  const type = { id: "t", type: "type", name: "entityReference" };
  const defined = [{ name: "cost", propertyType: type, description: "d" }, { name: "bare" }];
  server.api.get(path).reply(200, { name: "table", customProperties: defined });
  expect(await properties()).toEqual([
    { name: "cost", type: "entityReference" },
    { name: "bare", type: undefined },
  ]);
});

test("of a type that has none are an empty list", async () => {
  versionOf();
  server.api.get(path).reply(200, { name: "table" });
  expect(await properties()).toEqual([]);
});

test.each([
  [403, "not allowed"],
  [404, "type instance for table not found"],
])("that a server does not show (%i) are unknown", async (code, message) => {
  versionOf();
  server.api.get(path).reply(code, { code, message });
  expect(await properties()).toBeUndefined();
});

test("are not asked for at an omd server, which keeps any", async () => {
  versionOf({ [catalogHeader]: "a" });
  expect(await properties()).toBeUndefined();
});

test("that cannot be read are an error", async () => {
  versionOf();
  server.api.get(path).reply(400, { code: 400, message: "no such field" });
  await expect(properties()).rejects.toMatchObject({
    message: expect.stringContaining("read the custom properties of table"),
    status: 400,
  });
});
