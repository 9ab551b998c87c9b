import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { csvExample, jobsExample, omd, temporaryDirectory, type Ran } from "./run-omd.ts";

const home = temporaryDirectory();
beforeAll(async () => {
  await omd(["ingest", "-c", "csv-database.yaml", "--omd-home", home.path], { cwd: csvExample });
  await omd(["ingest", "-c", "job-board.yaml", "--omd-home", home.path], { cwd: jobsExample });
});

function catalog(...args: string[]): Promise<Ran> {
  return omd(["catalog", ...args], { cwd: home.path, env: { OMD_HOME: home.path } });
}

async function json(...args: string[]): Promise<unknown> {
  const { code, stdout } = await catalog(...args, "--json");
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe("catalog list", () => {
  test("names types and FQNs, the count on stderr", async () => {
    const { stdout, stderr } = await catalog("list", "--type", "table");
    expect(stdout.split("\n").map((line) => line.split(/\s+/)[1])).toEqual([
      "shop_csv.shop.mart.daily_sales",
      "shop_csv.shop.raw.customers",
      "shop_csv.shop.raw.orders",
      undefined,
    ]);
    expect(stderr).toBe("3 entities\n");
  });

  test("takes what lies below", async () => {
    const found = (await json("list", "--below", "shop_csv.shop.raw")) as {
      fullyQualifiedName: string;
      type: string;
    }[];
    expect(found.map((entity) => [entity.type, entity.fullyQualifiedName])).toEqual([
      ["table", "shop_csv.shop.raw.customers"],
      ["table", "shop_csv.shop.raw.orders"],
    ]);
    expect(await json("list", "--below", "nothing.there")).toEqual([]);
    expect(await json("list", "--include", "deleted")).toEqual([]);
  });
});

describe("catalog get", () => {
  test("shows columns to people and everything as JSON", async () => {
    const { stdout } = await catalog("get", "shop_csv.shop.raw.orders");
    expect(stdout).toMatch(/^table shop_csv\.shop\.raw\.orders\n/);
    expect(stdout).toMatch(/customer_id +bigint +Who ordered/);
    expect(await json("get", "job_board.nightly_sales")).toMatchObject({
      type: "pipeline",
      tasks: [{ name: "wait_for_orders" }, { name: "sum_up" }, { name: "mail_report" }],
    });
  });

  test.each([
    [["get", "shop_csv.nope"], "no entity named shop_csv.nope"],
    [["get", "shop_csv", "--type", "table"], "no table named shop_csv"],
    [["get", 'a"b'], "FQN"],
  ])("%j", async (args, said) => {
    const { code, stdout, stderr } = await catalog(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(said);
  });
});

test("catalog search finds by part of a name and by column", async () => {
  expect(await json("search", "orders", "--type", "table")).toContainEqual({
    type: "table",
    fqn: "shop_csv.shop.raw.orders",
    match: "name",
    matched: "shop_csv.shop.raw.orders",
  });
  expect(await json("search", "orders", "--type", "topic")).toEqual([]);
  expect(await json("search", "customer_id")).toContainEqual({
    type: "table",
    fqn: "shop_csv.shop.raw.orders",
    match: "column",
    matched: "shop_csv.shop.raw.orders.customer_id",
  });
  const none = await catalog("search", "no-such-name");
  expect(none).toMatchObject({ code: 0, stdout: 'Nothing in the catalog has "no-such-name" in its name.\n' });
});

describe("catalog lineage", () => {
  test("draws both directions, or one", async () => {
    const both = await catalog("lineage", "shop_csv.shop.mart.daily_sales");
    expect(both.stdout).toBe(
      "table shop_csv.shop.mart.daily_sales\nupstream\n  ← table shop_csv.shop.raw.orders (by job_board.nightly_sales, PipelineLineage)\ndownstream: none\n",
    );
    const down = await catalog("lineage", "shop_csv.shop.raw.orders", "--down", "--depth", "1");
    expect(down.stdout).toBe(
      "table shop_csv.shop.raw.orders\ndownstream\n  → table shop_csv.shop.mart.daily_sales (by job_board.nightly_sales, PipelineLineage)\n",
    );
    const maker = await catalog("lineage", "job_board.nightly_sales");
    expect(maker.stdout).toContain(
      "makes\n  table shop_csv.shop.raw.orders → table shop_csv.shop.mart.daily_sales (PipelineLineage)\n",
    );
    const up = (await json("lineage", "shop_csv.shop.raw.orders", "--up")) as { edges: unknown[] };
    expect(up.edges).toEqual([]);
  });
});

describe("catalog runs", () => {
  test("of one pipeline, newest first", async () => {
    const runs = (await json("runs", "job_board.nightly_sales")) as { executionStatus: string }[];
    expect(runs.map((run) => run.executionStatus)).toEqual(["Pending", "Failed", "Successful"]);
    const { stdout } = await catalog("runs", "job_board.nightly_sales", "--limit", "2");
    expect(stdout.match(/job_board\.nightly_sales/g)).toHaveLength(2);
  });

  test("say what a run failed by, where the source tells", async () => {
    const dbt = temporaryDirectory();
    const run = { cwd: dbt.path, env: { OMD_HOME: dbt.path } };
    const artifacts = join(import.meta.dirname, "../../../plugins/connector-dbt/test/fixtures/dbt-1.11.16");
    const config = {
      source: {
        type: "dbt",
        serviceName: "wh",
        sourceConfig: {
          config: {
            dbtConfigSource: {
              dbtConfigType: "local",
              dbtManifestFilePath: join(artifacts, "manifest.json"),
              dbtRunResultsFilePath: join(artifacts, "run_results.test.json"),
            },
          },
        },
      },
    };
    writeFileSync(join(dbt.path, "dbt.yaml"), JSON.stringify(config));
    expect((await omd(["ingest", "-c", "dbt.yaml"], run)).code).toBe(0);
    const { stdout } = await omd(["catalog", "runs", "wh_dbt.bakery"], run);
    expect(stdout).toMatch(/Run +Error/u);
    expect(stdout.replaceAll(/\s/gu, "")).toContain("2of10failed:");
    expect((await catalog("runs", "job_board.nightly_sales")).stdout).not.toContain("Error");
  });

  test("the last of each, and of none that is not there", async () => {
    const runs = (await json("runs")) as { pipeline: string; executionStatus: string }[];
    expect(runs[0]).toMatchObject({
      pipeline: expect.stringContaining("job_board."),
      executionStatus: expect.any(String),
    });
    const missing = await catalog("runs", "job_board.nope");
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("the catalog has no pipeline named job_board.nope");
  });
});

test("-c takes the catalog that a file names", async () => {
  const { code, stdout } = await omd([
    "catalog",
    "list",
    "--type",
    "databaseService",
    "-c",
    join(csvExample, "csv-database.yaml"),
    "--omd-home",
    home.path,
  ]);
  expect({ code, stdout: stdout.trim().split(/\s+/) }).toEqual({ code: 0, stdout: ["databaseService", "shop_csv"] });
});

test("a server that -c names is asked as the file's omd.http says", async () => {
  let calls = 0;
  const server = createServer((_request, response) => {
    calls += 1;
    response.writeHead(503).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { path } = temporaryDirectory();
  const file = join(path, "server.json");
  const hostPort = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  const config = {
    source: { type: "airflow", serviceName: "a", sourceConfig: { config: {} } },
    workflowConfig: { openMetadataServerConfig: { hostPort, securityConfig: { jwtToken: "t" } } },
    omd: { http: { retries: 0 } },
  };
  writeFileSync(file, JSON.stringify(config));
  expect((await omd(["catalog", "list", "-c", file], { cwd: path })).code).toBe(1);
  expect(calls).toBe(1);
  server.close();
});

test("a catalog that is not there is not made by looking", async () => {
  const empty = temporaryDirectory();
  const { code, stderr } = await omd(["catalog", "list"], { cwd: empty.path });
  expect(code).toBe(2);
  expect(stderr).toContain("there is no catalog in");
});

describe("export and reset", () => {
  test("export gives JSON lines, to a file too", async () => {
    const { stdout } = await catalog("export");
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual(
      expect.arrayContaining(["entity"]),
    );
    const file = join(home.path, "export.jsonl");
    await catalog("export", "--output", file);
    expect(readFileSync(file, "utf8")).toBe(stdout);
  });

  test("reset leaves a catalog alone that a run writes to", async () => {
    const other = temporaryDirectory();
    const env = { OMD_HOME: other.path };
    await omd(["ingest", "-c", "csv-database.yaml"], { cwd: csvExample, env });
    const state = new DatabaseSync(join(other.path, "state.db"));
    const lock = "UPDATE run_lock SET pid = ?, host = ?, expires = ?";
    state.prepare(lock).run(process.pid, hostname(), Date.now() + 60_000);
    const refused = await omd(["catalog", "reset", "--yes"], { env });
    expect(refused).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("[OMD_STATE_LOCKED]") });
    expect((await omd(["catalog", "list"], { env })).stderr).toBe("7 entities\n");
    state.prepare(lock).run(process.pid, hostname(), 0);
    state.close();
    expect((await omd(["catalog", "reset", "--yes"], { env })).code).toBe(0);
  });

  test("reset needs a yes where nobody can be asked, then empties", async () => {
    const other = temporaryDirectory();
    const env = { OMD_HOME: other.path };
    await omd(["ingest", "-c", "csv-database.yaml"], { cwd: csvExample, env });
    const unsure = await omd(["catalog", "reset"], { env });
    expect(unsure).toMatchObject({ code: 2, stdout: "" });
    expect(unsure.stderr).toContain("--yes");
    const sure = await omd(["catalog", "reset", "--yes"], { env });
    expect(sure).toMatchObject({
      code: 0,
      stdout: "The catalog is empty; 7 entities and 0 lineage edges were removed.\n",
    });
    expect((await omd(["catalog", "list", "--json"], { env })).stdout).toBe("[]\n");
    const again = await omd(["ingest", "-c", "csv-database.yaml", "--json"], { cwd: csvExample, env });
    expect(JSON.parse(again.stdout)).toMatchObject({ writes: { created: 7 } });
  });

  test("neither is for a server", async () => {
    const other = temporaryDirectory();
    const file = join(other.path, "server.yaml");
    writeFileSync(
      file,
      "source:\n  type: airflow\n  serviceName: a\n  sourceConfig: { config: {} }\nworkflowConfig:\n  openMetadataServerConfig:\n    hostPort: http://127.0.0.1:1/api\n    securityConfig: { jwtToken: canary-token }\n",
    );
    const { code, stdout, stderr } = await omd(["catalog", "list", "-c", file], { cwd: other.path });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("[OMD_CATALOG]");
    expect(stderr).not.toContain("canary-token");
  });
});
