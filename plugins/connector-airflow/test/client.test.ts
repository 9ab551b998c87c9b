import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createHttpRuntime, type HttpRuntime } from "@omd/http";
import nock from "nock";
import { expiryOf } from "../src/authentication.ts";
import { AirflowClient, type ClientOptions } from "../src/client.ts";
import { testSteps } from "../src/test-steps.ts";
import { FakeAirflow } from "./fake-airflow.ts";

let runtime: HttpRuntime;
let secrets: string[];

beforeEach(() => {
  nock.disableNetConnect();
  runtime = createHttpRuntime({ defaults: { retry: { limit: 1, baseMs: 1 } } });
  secrets = [];
});
afterEach(async () => {
  await runtime.close();
  nock.cleanAll();
  nock.enableNetConnect();
});

function connect(hostPort: string, more: Partial<ClientOptions> = {}) {
  const credentials = { kind: "basic", username: "admin", password: "secret" } as const;
  const silent = (): void => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  const context = { http: runtime.client.bind(runtime), secret: (text: string) => void secrets.push(text), log };
  const options = { apiVersion: "auto", sessionLogin: "auto", verifySSL: true, credentials } as const;
  return AirflowClient.connect({ hostPort, ...options, ...more }, context);
}

function jwt(claims: object): string {
  return ["e30", Buffer.from(JSON.stringify(claims)).toString("base64url"), "sig"].join(".");
}

describe("finding the version", () => {
  test("Airflow 3 answers v2, Airflow 2 v1", async () => {
    const three = new FakeAirflow("v2", "http://three.test");
    const two = new FakeAirflow("v1", "http://two.test");
    expect(await connect(three.host)).toMatchObject({ version: "v2", release: "3.3.2" });
    expect(await connect(two.host)).toMatchObject({ version: "v1", release: "2.11.2" });
  });

  test("a path and a trailing slash in hostPort are kept and dropped", async () => {
    const airflow = new FakeAirflow("v2", "http://proxy.test", "/team/airflow");
    expect((await connect("http://proxy.test/team/airflow/")).version).toBe("v2");
    expect(airflow.asked.map((one) => one.path)).toEqual(["/team/airflow/api/v2/version", "/team/airflow/auth/token"]);
  });

  test("a version that was chosen is the only one asked for", async () => {
    const airflow = new FakeAirflow("v1");
    expect((await connect(airflow.host, { apiVersion: "v1" })).version).toBe("v1");
    expect(airflow.count(/v2/u)).toBe(0);
    await expect(connect(airflow.host, { apiVersion: "v2" })).rejects.toMatchObject({ code: "OMD_CONNECTION" });
  });

  test.each([401, 403])("%i is refused credentials, not another version", async (status) => {
    const airflow = new FakeAirflow("v1");
    airflow.fail(/version$/u, status);
    await expect(connect(airflow.host)).rejects.toMatchObject({ code: "OMD_PERMISSION", status });
    expect(airflow.count(/v1/u)).toBe(0);
  });

  test("a web page in place of the API is named, with what to look at", async () => {
    nock("http://page.test").persist().get(/.*/u).reply(200, "<html></html>", { "content-type": "text/html" });
    await expect(connect("http://page.test")).rejects.toMatchObject({
      code: "OMD_CONNECTION",
      hint: expect.stringContaining("hostPort"),
    });
  });

  test("a server that is down is not taken for an old one", async () => {
    const airflow = new FakeAirflow("v1");
    airflow.fail(/v2\/version$/u, 503);
    await expect(connect(airflow.host)).rejects.toMatchObject({ status: 503 });
    expect(airflow.count(/v1/u)).toBe(0);
  });
});

describe("credentials", () => {
  test("v1 takes Basic", async () => {
    const airflow = FakeAirflow.recorded("v1");
    await (await connect(airflow.host)).someDags(1);
    const basic = `Basic ${Buffer.from("admin:secret").toString("base64")}`;
    expect(airflow.asked.at(-1)?.authorization).toBe(basic);
  });

  test("v2 logs in once, names the token as secret and uses it", async () => {
    const airflow = FakeAirflow.recorded("v2");
    const client = await connect(airflow.host);
    await Promise.all([client.someDags(1), client.tasks("shop_bare")]);
    expect(airflow.count(/auth\/token/u)).toBe(1);
    expect(airflow.asked.find((one) => one.path === "/auth/token")?.body).toEqual({
      username: "admin",
      password: "secret",
    });
    expect(secrets).toEqual(["jwt-1"]);
    expect(airflow.asked.at(-1)?.authorization).toBe("Bearer jwt-1");
  });

  test("v2 logs in anew when the token is refused", async () => {
    const airflow = FakeAirflow.recorded("v2");
    const client = await connect(airflow.host);
    await client.someDags(1);
    airflow.token = "jwt-2";
    expect((await client.someDags(1)).total).toBe(7);
    expect(secrets).toEqual(["jwt-1", "jwt-2"]);
  });

  test("v2 logs in anew before the token ends", async () => {
    const airflow = FakeAirflow.recorded("v2");
    airflow.token = jwt({ iat: 1000, exp: 1000.5 });
    const client = await connect(airflow.host);
    await client.someDags(1);
    await new Promise((resolve) => setTimeout(resolve, 550));
    await client.someDags(1);
    expect(airflow.count(/auth\/token/u)).toBeGreaterThan(1);
    expect(airflow.asked.filter((one) => one.path.endsWith("/dags"))).toHaveLength(2);
  });

  test("a refused login is an error with a hint, and Basic is not tried", async () => {
    const airflow = new FakeAirflow("v2");
    airflow.fail(/auth\/token/u, 401, { detail: "Invalid credentials" });
    await expect(connect(airflow.host)).rejects.toMatchObject({
      code: "OMD_PERMISSION",
      hint: expect.stringContaining("authConfig"),
    });
  });

  test.each([404, 405])("without a login (%i) Basic is used", async (status) => {
    const airflow = FakeAirflow.recorded("v2");
    airflow.fail(/auth\/token/u, status);
    const client = await connect(airflow.host);
    await expect(client.someDags(1)).rejects.toMatchObject({ status: 401 });
    expect(airflow.asked.at(-1)?.authorization).toMatch(/^Basic /u);
  });

  test("a token is sent as it is, without a login", async () => {
    const airflow = FakeAirflow.recorded("v2");
    airflow.token = "mine";
    const client = await connect(airflow.host, { credentials: { kind: "token", token: "mine" } });
    expect((await client.someDags(1)).total).toBe(7);
    expect(airflow.count(/auth\/token/u)).toBe(0);
  });

  test("the end of a token is counted by our clock from its own span", () => {
    expect(expiryOf(jwt({ iat: 100, exp: 160 }), 5000)).toBe(65_000);
    expect(expiryOf(jwt({ exp: 160 }), 5000)).toBe(160_000);
    expect(expiryOf(jwt({}), 0)).toBeUndefined();
    expect(expiryOf("opaque", 0)).toBeUndefined();
    expect(expiryOf("a.###.b", 0)).toBeUndefined();
  });
});

describe("answers", () => {
  test("a page without a total is not taken for all", async () => {
    const airflow = new FakeAirflow("v1");
    airflow.fail(/\/dags$/u, 200, { dags: [] });
    const client = await connect(airflow.host);
    await expect(client.someDags(1)).rejects.toMatchObject({ code: "ERR_SHAPE" });
  });

  test("the fault of a shape is named once, however many rows have it", async () => {
    const airflow = new FakeAirflow("v1");
    airflow.fail(/\/dags$/u, 200, { dags: [{ id: 1 }, { id: 2 }], total_entries: 2 });
    const client = await connect(airflow.host);
    await expect(client.someDags(1)).rejects.toThrow(/dags\.0\.dag_id/u);
    await expect(client.someDags(1)).rejects.not.toThrow(/dags\.1/u);
  });

  test("ids are percent-encoded, unknown DAGs are undefined", async () => {
    const airflow = FakeAirflow.recorded("v2");
    const client = await connect(airflow.host);
    expect(await client.dag("no such/dag")).toBeUndefined();
    expect(airflow.asked.at(-1)?.path).toBe("/api/v2/dags/no%20such%2Fdag");
    expect((await client.dag("shop_bare"))?.dag_id).toBe("shop_bare");
  });
});

describe("the steps of a check", () => {
  const stepsOf = (host: string) => testSteps(() => connect(host));
  const named = (host: string, name: string) => {
    const step = stepsOf(host).find((one) => one.name === name);
    if (!step) throw new Error(`no step ${name}`);
    return step;
  };

  test.each(["v1", "v2"] as const)("all pass on a server of API %s", async (version) => {
    const airflow = FakeAirflow.recorded(version);
    const seen: (string | undefined)[] = [];
    for (const step of stepsOf(airflow.host)) seen.push(`${step.name}: ${await step.run()}`);
    expect(seen).toEqual([
      `CheckAccess: Airflow ${version === "v1" ? "2.11.2" : "3.3.2"}, API ${version}`,
      "PipelineDetailsAccess: 7 DAGs",
      "TaskDetailAccess: 2 tasks in shop.odd-name_ncode",
      `RunAccess: ${airflow.runs.length} runs`,
      "LineageAccess: 4 datasets",
    ]);
  });

  test.each([
    ["CheckAccess", /\/dags$/u, "can_read` on DAGs", true],
    ["TaskDetailAccess", /\/tasks$/u, "can_read` on DAGs", false],
    ["RunAccess", /dagRuns\/list$/u, "can_read` on DAG Runs", false],
    ["RunAccess", /taskInstances\/list$/u, "can_read` on Task Instances", false],
    ["LineageAccess", /datasets$/u, "can_read` on Datasets", false],
  ])("%s names the permission that is missing for %s", async (name, path, permission, mandatory) => {
    const airflow = FakeAirflow.recorded("v1");
    airflow.fail(path, 403);
    const step = named(airflow.host, name);
    expect(step.mandatory).toBe(mandatory);
    await expect(step.run()).rejects.toMatchObject({
      code: "OMD_PERMISSION",
      hint: expect.stringContaining(permission),
    });
  });

  test("on v2 the step for lineage speaks of assets", async () => {
    const airflow = FakeAirflow.recorded("v2");
    airflow.fail(/assets$/u, 403);
    await expect(named(airflow.host, "LineageAccess").run()).rejects.toMatchObject({
      hint: expect.stringContaining("Assets"),
    });
  });
});
