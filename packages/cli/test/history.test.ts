import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openEmbeddedCatalog } from "@omd/catalog";
import { mkdirSync, writeFileSync } from "node:fs";
import { fqnOf, type EntityType } from "@omd/schema";
import { csvExample, omd, temporaryDirectory, type Ran } from "./run-omd.ts";

const home = temporaryDirectory();
const second = "22222222-bbbb-4000-8000-000000000000";
const orders = fqnOf("shop_csv", "shop", "raw", "orders");
const sales = fqnOf("shop_csv", "shop", "mart", "daily_sales");

function catalog(...args: string[]): Promise<Ran> {
  return omd(["catalog", ...args], { cwd: home.path, env: { OMD_HOME: home.path } });
}

async function json(...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await catalog(...args, "--json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Leaves a change of `orders` and a report, as a run does. */
async function secondRun(): Promise<void> {
  const embedded = openEmbeddedCatalog({ file: join(home.path, "catalog.db") });
  embedded.beginRun({ runId: second });
  const entity = await embedded.get("table", orders);
  await embedded.patch("table" satisfies EntityType, entity?.id ?? "", [
    { op: "add", path: "/displayName", value: "Orders of the shop" },
  ]);
  await embedded.close();
}

/** The edge that a person drew. */
async function linked(): Promise<void> {
  const embedded = openEmbeddedCatalog({ file: join(home.path, "catalog.db") });
  const ends = await Promise.all(
    [orders, sales].map(async (fqn) => ({ id: (await embedded.get("table", fqn))?.id ?? "", type: "table" })),
  );
  const [from, to] = ends;
  if (from && to) await embedded.putLineage({ from, to, details: {} });
  await embedded.close();
}

beforeAll(async () => {
  const ran = await omd(["ingest", "-c", "csv-database.yaml", "--omd-home", home.path], { cwd: csvExample });
  expect(ran.code).toBe(0);
  await linked();
  await secondRun();
});

describe("catalog impact", () => {
  test("lists everything downstream, and upstream with --upstream", async () => {
    expect(await json("impact", orders)).toMatchObject({
      direction: "downstream",
      total: 1,
      items: [{ fqn: "shop_csv.shop.mart.daily_sales", depth: 1 }],
    });
    const { stdout } = await catalog("impact", "shop_csv.shop.mart.daily_sales", "--upstream", "--csv");
    expect(stdout).toBe(`depth,type,fqn,service,via\r\n1,table,${orders},shop_csv,shop_csv.shop.mart.daily_sales\r\n`);
    expect((await catalog("impact", orders)).stdout).toMatch(/1 +table +shop_csv\.shop\.mart\.daily_sales/);
  });

  test("says when there is nothing", async () => {
    const { code, stdout } = await catalog("impact", "shop_csv.shop.mart.daily_sales");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "Nothing is downstream of shop_csv.shop.mart.daily_sales.\n" });
  });

  test.each([
    [["impact", "nope"], "no entity named nope"],
    [["impact", orders, "--csv", "--json"], "--json"],
  ])("%j", async (args, said) => {
    const { code, stderr } = await catalog(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });
});

describe("--asof", () => {
  test("shows what was then", async () => {
    expect(await json("get", orders)).toMatchObject({ displayName: "Orders of the shop" });
    const before = await catalog("get", orders, "--asof", "1h");
    expect(before.code).toBe(2);
    expect(before.stderr).toMatch(new RegExp(String.raw`had no entity named ${orders} at \d{4}-\d\d-\d\dT`));
    expect((await catalog("list", "--asof", "2020-01-01")).stderr).toBe("0 entities\n");
    expect((await catalog("list", "--type", "table", "--asof", "0s")).stderr).toBe("3 entities\n");
    expect(await json("lineage", orders, "--asof", "0s")).toMatchObject({ edges: { length: 1 } });
  });

  test("wants a time", async () => {
    const { code, stderr } = await catalog("list", "--asof", "yesterday");
    expect(code).toBe(2);
    expect(stderr).toContain("yesterday is no time");
  });
});

describe("catalog diff and rollback", () => {
  test("diff takes ids by their beginning", async () => {
    const found = await json("diff", "latest", "2222");
    expect(found).toMatchObject({ to: second, edges: [{ change: "added" }] });
    expect(found["entities"]).toMatchObject([
      { fqn: orders, change: "updated", fields: [{ name: "displayName", after: "Orders of the shop" }] },
    ]);
    expect((await catalog("diff", "latest", "2222")).stdout).toMatch(
      /updated +table +shop_csv\.shop\.raw\.orders +\+ displayName/,
    );
    expect((await catalog("diff", "2222", "2222")).stdout).toContain("Nothing changed between");
  });

  test.each([
    [["diff", "latest", "nope"], 'no run "nope"'],
    [["diff", "latest~7", "latest"], "no run latest~7"],
    [["diff", "latest"], "Missing 1 required arg"],
    [["rollback", "nope", "--yes"], 'no run "nope"'],
    [["rollback", "2222"], "say --yes"],
  ])("%j", async (args, said) => {
    const { code, stderr } = await catalog(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });

  test("rollback names what another run built upon, and asks", async () => {
    const { code, stdout, stderr } = await catalog("rollback", "latest");
    expect(code).toBe(2);
    expect(stdout).toMatch(/table +shop_csv\.shop\.raw\.orders +changed since by the run 2222/);
    expect(stderr).toContain("say --yes");
  });

  test("rollback shows the plan and does it", async () => {
    const { code, stdout, stderr } = await catalog("rollback", "2222", "--yes");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "1 entities and 0 lineage edges are as before the run.\n" });
    expect(stdout).toMatch(/revert +table +shop_csv\.shop\.raw\.orders/);
    expect(await json("get", orders)).not.toHaveProperty("displayName");
    expect((await catalog("rollback", "2222", "--yes")).stdout).toContain("left nothing to bring back");
  });

  test("what was changed since stays, and the exit code says so", async () => {
    await secondRun();
    const { code, stdout } = await catalog("rollback", "latest", "--yes", "--json");
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ done: true, refused: { length: 4 } });
    expect(await json("get", orders)).toMatchObject({ displayName: "Orders of the shop", deleted: false });
  });
});

describe("catalog open", () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });

  async function serving(answers: Readonly<Record<string, unknown>>): Promise<string> {
    const server = createServer((request, response) => {
      response.setHeader("content-type", "application/json").end(JSON.stringify(answers[request.url ?? ""] ?? {}));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test("prints the address of the entity's page", async () => {
    const embedded = openEmbeddedCatalog({ file: join(home.path, "catalog.db") });
    const { identity } = embedded;
    await embedded.close();
    const url = await serving({
      "/api/v1/system/version": { revision: "omd" },
      "/api/omd/home": { catalog: { identity } },
    });
    const { code, stdout } = await catalog("open", orders, "--url", `${url}/`);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${url}/entity/table/${orders}\n` });
  });

  test("refuses a server of another catalog, another program, and nobody", async () => {
    const other = await serving({
      "/api/v1/system/version": { revision: "omd" },
      "/api/omd/home": { catalog: { identity: "embedded:x" } },
    });
    expect((await catalog("open", orders, "--url", other)).stderr).toContain("serves another catalog");
    const stranger = await serving({});
    expect((await catalog("open", orders, "--url", stranger)).stderr).toContain("is not omd serve");
    const nobody = await catalog("open", orders, "--url", "http://127.0.0.1:9");
    expect(nobody.code).toBe(2);
    expect(nobody.stderr).toContain("Start one with: omd serve");
    expect((await catalog("open", orders, "--url", "here")).stderr).toContain("is no http address");
  });
});

test("a server is told apart from the embedded catalog", async () => {
  const directory = join(home.path, "config");
  mkdirSync(directory, { recursive: true });
  const stub = createServer((request, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify({ version: "1.12.8" }));
    request.resume();
  });
  await new Promise<void>((resolve) => stub.listen(0, "127.0.0.1", resolve));
  const file = join(directory, "server.yaml");
  writeFileSync(
    file,
    `source:
  type: airflow
  serviceName: airflow
  serviceConnection: { config: { type: Airflow, hostPort: "http://127.0.0.1:9", connection: { type: RestAPI } } }
  sourceConfig: { config: { type: PipelineMetadata } }
sink: { type: metadata-rest, config: {} }
workflowConfig:
  openMetadataServerConfig:
    hostPort: http://127.0.0.1:${(stub.address() as AddressInfo).port}/api
    authProvider: openmetadata
    securityConfig: { jwtToken: token }
`,
  );
  try {
    for (const args of [
      ["impact", "a"],
      ["rollback", "a"],
      ["diff", "a", "b"],
      ["open", "a"],
      ["get", "a", "--asof", "1d"],
    ]) {
      const { code, stderr } = await catalog(...args, "-c", file);
      expect({ code, said: /is for the embedded catalog/.test(stderr) || stderr }).toEqual({ code: 2, said: true });
    }
  } finally {
    stub.close();
  }
});
