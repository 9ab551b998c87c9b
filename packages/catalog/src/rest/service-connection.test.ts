import { afterEach, describe, expect, test } from "@jest/globals";
import { answered, mockServer, type MockedServer } from "../../test/openmetadata-face/mocked-server.ts";
import { connectionConfig } from "./service-connection.ts";

let server: MockedServer | undefined;
const start = (...args: Parameters<typeof mockServer>): MockedServer => (server = mockServer(...args));
afterEach(async () => {
  expect((await server?.close()) ?? []).toEqual([]);
  server = undefined;
});

describe("serviceConnection", () => {
  test.each(["my.air", '"my.air"'])("finds %s", async (name) => {
    const { catalog, api } = start();
    const config = { type: "Airflow", hostPort: "http://a", connection: { password: "p" } };
    api
      .get("/services/pipelineServices/name/%22my.air%22")
      .reply(200, answered('"my.air"', { connection: { config } }));
    expect(await catalog.serviceConnection("pipelineService", name)).toEqual(config);
  });

  test("of no service, and of a service without one, is undefined", async () => {
    const { catalog, api } = start();
    api.get("/services/databaseServices/name/a").reply(404, { code: 404, message: "no" });
    api.get("/services/databaseServices/name/b").reply(200, answered("b"));
    expect(await catalog.serviceConnection("databaseService", "a")).toBeUndefined();
    expect(await catalog.serviceConnection("databaseService", "b")).toBeUndefined();
  });

  test("with a masked secret is an error: the mask would be taken for the password", async () => {
    const { catalog, api } = start();
    const config = { type: "Mysql", authType: { password: "*********" } };
    api.get("/services/databaseServices/name/m").reply(200, answered("m", { connection: { config } }));
    await expect(catalog.serviceConnection("databaseService", "m")).rejects.toMatchObject({
      message: "The server masks authType.password in the connection of databaseService m",
      hint: expect.stringContaining("bot"),
    });
  });
});

test.each([[{ pattern: "***" }], [{ a: ["*", "x*********"] }], [{ n: 1, b: null }]])("%j is not masked", (config) => {
  expect(connectionConfig(config, "x")).toEqual(config);
});
