import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createAnswerOracle } from "../packages/server/test/answer-oracle.ts";
import { replay } from "../packages/server/test/replay.ts";
import { openTestApp } from "../packages/server/test/test-app.ts";
import { difference, env, same, Workplace } from "./omd.ts";
import { PythonClient, type ClientRun } from "./python-client.ts";
import { recordStep, type StepName } from "./recorded-runs.ts";
import { exchangeSchema, startRecordingProxy, type Exchange, type RecordingProxy } from "./recording-proxy.ts";
import { startOmdServe, type ServedOmd } from "./served-omd.ts";

/** The unmodified Python client against `omd serve`. One story: each test builds on those before it. */
const place = new Workplace();
const recordings = join(place.dir, "recordings");
const files = join(place.dir, "files");
let served: ServedOmd;
let proxy: RecordingProxy;
let client: PythonClient;
const elapsed: string[] = [];

beforeAll(async () => {
  mkdirSync(recordings);
  mkdirSync(files);
  served = await startOmdServe(place.home);
  proxy = await startRecordingProxy(served.url, new Map([[files, "/place"]]));
  client = new PythonClient(env("OMD_PYTHON_CLIENT"), files, proxy.hostPort);
});
afterAll(async () => {
  process.stdout.write(`Python client: ${elapsed.join(", ")}\n`);
  await proxy.close();
  await served.stop();
});

/** What the client says of itself, whatever server it talks to. */
const ownWords = /Error importing connection class for CustomPipeline/;

/** Runs a step; it must end well and without a complaint. */
async function ran(name: StepName): Promise<ClientRun> {
  const run = await recordStep(client, proxy, recordings, name);
  elapsed.push(`${name} ${(run.elapsedMs / 1000).toFixed(1)} s`);
  const complaints = run.output.split("\n").filter((line) => / ERROR /.test(line) && !ownWords.test(line));
  expect({ name, code: run.code, complaints, output: run.code === 0 ? "" : run.output }).toEqual({
    name,
    code: 0,
    complaints: [],
    output: "",
  });
  return run;
}

type Json = Record<string, unknown>;
const table = (name: string): string => `lite.shop.main.${name}`;
const byName = async (collection: string, fqn: string, query = "fields=*"): Promise<Json> =>
  served.get(`/${collection}/name/${encodeURIComponent(fqn)}?${query}`);
const listed = async (collection: string, query: string): Promise<Json[]> =>
  (await served.get(`/${collection}?limit=1000&${query}`))["data"] as Json[];
const names = (entities: unknown): string[] => (entities as Json[]).map((entity) => String(entity["name"])).sort();
/** `name status` of test cases. */
const outcomes = (cases: readonly Json[]): string[] =>
  cases
    .map(
      ({ name, testCaseResult: result }) =>
        `${String(name)} ${String((result as Json | undefined)?.["testCaseStatus"])}`,
    )
    .sort();

/** Name and version of everything: a write that changes nothing leaves them. */
async function versions(): Promise<string[]> {
  const collections = ["tables", "databases", "databaseSchemas", "pipelines", "tags", "classifications", "queries"];
  const lists = await Promise.all(collections.map((collection) => listed(collection, "include=all")));
  return lists.flat().map((entity) => `${String(entity["fullyQualifiedName"])} ${String(entity["version"])}`);
}

/** Runs a step again: neither content nor versions may change. */
async function changesNothing(name: StepName): Promise<void> {
  const [before, versionsBefore] = [await place.exportCatalog(), await versions()];
  await ran(name);
  expect(difference(before, await place.exportCatalog())).toEqual(same);
  expect(await versions()).toEqual(versionsBefore);
}

interface Edge {
  readonly fromEntity: string;
  readonly toEntity: string;
  readonly lineageDetails?: { readonly source?: string; readonly pipeline?: Json; readonly columnsLineage?: Json[] };
}

/** `upstream → table` edges of a table as the server answers them: FQN of the source to the details. */
async function upstreamOf(fqn: string): Promise<Map<string, Edge["lineageDetails"]>> {
  const answer = await served.get(`/lineage/table/name/${encodeURIComponent(fqn)}?upstreamDepth=1&downstreamDepth=0`);
  const nodes = new Map((answer["nodes"] as Json[]).map((node) => [node["id"], String(node["fullyQualifiedName"])]));
  const edges = answer["upstreamEdges"] as Edge[];
  return new Map(edges.map((edge) => [nodes.get(edge.fromEntity) ?? edge.fromEntity, edge.lineageDetails]));
}

describe("the unmodified Python client", () => {
  test("brings in tables, keys and views of a database", async () => {
    await ran("metadata");
    await ran("metadata-keys");
    const tables = await listed("tables", "database=lite.shop&fields=*");
    expect(names(tables)).toEqual([
      "big_spenders",
      "coupons",
      "customer_orders",
      "customers",
      "daily_sales",
      "größen",
      "order lines",
      "orders",
      "sales.archive",
    ]);
    const orders = await place.entity("table", table("orders"));
    expect(orders["columns"]).toMatchObject([
      { name: "id", dataType: "INT", constraint: "PRIMARY_KEY" },
      { name: "customer_id", dataType: "INT", constraint: "NOT_NULL" },
      { name: "amount", dataType: "DECIMAL", precision: 10, scale: 2 },
      { name: "placed_at", dataType: "TIMESTAMP" },
    ]);
    expect(orders["tableConstraints"]).toMatchObject([
      { constraintType: "FOREIGN_KEY", columns: ["customer_id"], referredColumns: [`${table("customers")}.id`] },
    ]);
    const lines = await byName("tables", table("order lines"));
    expect(names(lines["columns"])).toEqual(["article", "line.no", "order_id"]);
    expect(JSON.stringify(lines["columns"])).toContain(String.raw`.order lines.\"line.no\"`);
    expect((await byName("tables", table('"sales.archive"')))["name"]).toBe("sales.archive");
    const view = await byName("tables", table("customer_orders"));
    expect(view).toMatchObject({ tableType: "View", serviceType: "SQLite" });
    expect(view["schemaDefinition"]).toContain("JOIN orders o");
  });

  test("writes nothing in a further run, and reports its runs", async () => {
    await changesNothing("metadata-again");
    const runs = await listed(
      "services/ingestionPipelines/lite.metadata/pipelineStatus",
      `startTs=0&endTs=${String(Date.now())}`,
    );
    expect(runs.map((run) => run["pipelineState"])).toEqual(["success", "success", "success"]);
  });

  test("brings in the lineage of views, with columns", async () => {
    await ran("lineage");
    const edges = await upstreamOf(table("customer_orders"));
    expect([...edges.keys()].sort()).toEqual([table("customers"), table("orders")]);
    expect(edges.get(table("customers"))).toMatchObject({
      source: "ViewLineage",
      columnsLineage: [
        { fromColumns: [`${table("customers")}.name`], toColumn: `${table("customer_orders")}.customer` },
      ],
    });
    expect([...(await upstreamOf(table("big_spenders"))).keys()]).toEqual([table("customer_orders")]);
    await changesNothing("lineage-again");
  });

  test("adds the lineage of one statement", async () => {
    await ran("query-lineage");
    expect([...(await upstreamOf(table("coupons"))).keys()]).toEqual([table("customers")]);
  });

  test("brings in pipelines of a class in a file: tasks, tags, runs, lineage", async () => {
    await ran("pipeline");
    const fqn = '"my.bakery"."sales.daily"';
    const pipeline = await place.entity("pipeline", fqn);
    expect(pipeline).toMatchObject({ displayName: "Sales.Daily", scheduleInterval: "0 4 * * *" });
    expect(pipeline["tasks"]).toMatchObject([
      { name: "read", downstreamTasks: ["sum up"] },
      { name: "sum up", downstreamTasks: ["write/out"] },
      { name: "write/out" },
    ]);
    expect(pipeline["tags"]).toMatchObject([{ tagFQN: "Bakery.fresh" }]);
    const runs = await listed(`pipelines/${encodeURIComponent(fqn)}/status`, `startTs=0&endTs=${String(Date.now())}`);
    expect(runs.map((run) => run["executionStatus"])).toEqual(["Failed", "Successful"]);
    const edge = (await upstreamOf(table("daily_sales"))).get(table("orders"));
    expect(edge).toMatchObject({ source: "PipelineLineage", pipeline: { fullyQualifiedName: fqn } });
    // Its YAML names a run in a header: what it wrote is known by that.
    const answer = await fetch(`${served.url}/api/omd/runs/bakery-run/changes`);
    const { by, entities } = (await answer.json()) as { by: string; entities: Json[] };
    expect([by, entities]).toEqual([
      "run",
      expect.arrayContaining([expect.objectContaining({ fqn, change: "created" })]),
    ]);
    await changesNothing("pipeline-again");
  });

  test("brings in dbt: models, descriptions, tags, lineage, tests with results", async () => {
    await ran("dbt");
    const sales = await byName("tables", table("daily_sales"));
    expect(sales).toMatchObject({ description: "Sales of each day", tags: [{ tagFQN: "dbtTags.nightly" }] });
    expect(sales["dataModel"]).toMatchObject({ modelType: "DBT", upstream: [table("orders")] });
    expect(sales["columns"]).toMatchObject([
      { name: "day", description: "The day of the sale", tags: [{ tagFQN: "dbtTags.calendar" }] },
      { name: "amount", description: "Sum of the orders" },
    ]);
    expect([...(await upstreamOf(table("daily_sales"))).keys()]).toContain(table("orders"));
    const cases = await listed("dataQuality/testCases", "fields=*");
    expect(outcomes(cases)).toEqual(["accepted_values_daily_sales_amount Failed", "not_null_daily_sales_day Success"]);
    await changesNothing("dbt-again");
  });

  test("counts usage, with queries and joins", async () => {
    await ran("usage");
    const customers = await byName("tables", table("customers"));
    expect(customers["usageSummary"]).toMatchObject({ dailyStats: { count: 2 } });
    expect(JSON.stringify(customers["joins"])).toContain(`${table("orders")}.customer_id`);
    expect(await listed("queries", "service=lite")).toHaveLength(4);
    await changesNothing("usage-again");
  });

  test("profiles tables and columns", async () => {
    await ran("profiler");
    const latest = await served.get(`/tables/${encodeURIComponent(table("customers"))}/tableProfile/latest`);
    expect(latest["profile"]).toMatchObject({ rowCount: 3, columnCount: 5 });
    const columns = latest["columns"] as { name: string; profile?: Json }[];
    expect(columns.find(({ name }) => name === "email")?.profile).toMatchObject({ nullCount: 1, uniqueCount: 2 });
  });

  test("runs a test suite", async () => {
    await ran("tests");
    await ran("tests-again");
    const cases = await listed(
      "dataQuality/testCases",
      `entityLink=${encodeURIComponent(`<#E::table::${table("customers")}>`)}&includeAllTests=true&fields=*`,
    );
    expect(outcomes(cases)).toEqual(["everybody_has_mail Failed", "three_customers Success"]);
  });

  test("marks a table deleted that is gone, and restores it when it is back", async () => {
    const before = await byName("tables", table("coupons"));
    await ran("table-gone");
    await byName("tables", table("coupons"), "include=non-deleted").then(
      () => expect("found").toBe("gone"),
      (error: unknown) => expect(String(error)).toContain("404"),
    );
    const gone = await byName("tables", table("coupons"), "include=deleted");
    expect(gone).toMatchObject({ id: before["id"], deleted: true });
    await ran("table-back");
    const back = await byName("tables", table("coupons"));
    expect(back).toMatchObject({ id: before["id"], deleted: false, columns: before["columns"] });
    expect([...(await upstreamOf(table("coupons"))).keys()]).toEqual([table("customers")]);
  });

  test("leaves no token in what is stored, printed or recorded", () => {
    const recorded = readFileSync(join(recordings, "01-metadata.jsonl"), "utf8");
    expect(recorded).toContain("/api/v1/services/databaseServices");
    expect(`${recorded}${served.output()}`).not.toMatch(/Bearer|eyJhbGci/);
  });
});

/** All exchanges below a directory, file by file. */
function exchangesOf(dir: string): Exchange[] {
  return readdirSync(dir)
    .sort()
    .flatMap((file) => readFileSync(join(dir, file), "utf8").trim().split("\n"))
    .map((line) => exchangeSchema.parse(JSON.parse(line)));
}

describe("what was recorded", () => {
  // OMD_RECORDINGS: a directory that record-python-client.ts has made, for instance with an OpenMetadata server.
  test.each([recordings, ...(process.env["OMD_RECORDINGS"] === undefined ? [] : [process.env["OMD_RECORDINGS"]])])(
    "%s gets the same statuses again, and answers that OpenMetadata's schemas accept",
    async (dir) => {
      const recorded = exchangesOf(dir);
      expect(recorded.length).toBeGreaterThan(100);
      const target = openTestApp();
      await target.catalog.seed();
      const findings = await replay(
        recorded,
        async ({ method, url, contentType, body }) => {
          const answer = await target.app.inject({
            method: method as "GET",
            url,
            ...(body !== undefined && {
              payload: body,
              headers: { "content-type": contentType ?? "application/json" },
            }),
          });
          return { status: answer.statusCode, answer: answer.body === "" ? undefined : JSON.parse(answer.body) };
        },
        createAnswerOracle(env("OMD_OM_SCHEMAS")),
      );
      await target.close();
      expect(findings).toEqual([]);
    },
  );
});
