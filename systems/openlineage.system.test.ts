import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Workplace } from "./omd.ts";
import { startOmdServe, type ServedOmd } from "./served-omd.ts";

type Json = Record<string, unknown>;

/** OpenLineage's own producers send over HTTP to `omd serve`. One story: each test builds on those before it. */
const place = new Workplace();
let served: ServedOmd;

beforeAll(async () => {
  served = await startOmdServe(place.home);
  await addTables("pg", "Postgres", "bakery", { "raw.loaves": ["id", "price"], "mart.revenue": ["day", "amount"] });
  await addTables("duck", "Datalake", "bakery", {
    "main_raw.loaves": ["id", "day", "flour", "price"],
    "main.sold": ["id", "day", "flour", "price"],
    "main.revenue": ["day", "amount"],
  });
}, 60_000);
afterAll(() => served.stop());

async function call(method: string, path: string, body?: unknown): Promise<Json> {
  const answer = await fetch(`${served.url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text) as Json;
}

async function addTables(
  service: string,
  serviceType: string,
  database: string,
  tables: Record<string, string[]>,
): Promise<void> {
  await call("PUT", "/api/v1/services/databaseServices", { name: service, serviceType });
  await call("PUT", "/api/v1/databases", { name: database, service });
  for (const [path, columns] of Object.entries(tables)) {
    const [schema, name] = path.split(".");
    await call("PUT", "/api/v1/databaseSchemas", { name: schema, database: `${service}.${database}` });
    await call("PUT", "/api/v1/tables", {
      name,
      databaseSchema: `${service}.${database}.${String(schema)}`,
      columns: columns.map((column) => ({ name: column, dataType: "STRING" })),
    });
  }
}

/** Runs a producer that is told nothing but where to send to. */
async function produce(args: readonly string[], transport: Record<string, string> = {}): Promise<string> {
  const child = spawn("bash", [join(import.meta.dirname, "openlineage.sh"), ...args], {
    env: {
      ...process.env,
      OPENLINEAGE__TRANSPORT__TYPE: "http",
      OPENLINEAGE__TRANSPORT__URL: served.url,
      ...transport,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`openlineage.sh ${args.join(" ")} ended with ${String(code)}: ${output}`);
  return output;
}

/** All events, once none waits to be applied. */
async function events(): Promise<Json[]> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await wait(100)) {
    const all = (await call("GET", "/api/omd/events?limit=1000"))["events"] as Json[];
    if (!all.some(({ note }) => note === "waits to be applied")) return all;
  }
  throw new Error("events still wait after 30 s");
}

const lineage = (table: string): Promise<Json> =>
  call("GET", `/api/v1/lineage/table/name/${table}?upstreamDepth=2&downstreamDepth=0`);
const runsOf = async (pipeline: string): Promise<Json[]> =>
  (await call("GET", `/api/v1/pipelines/${pipeline}/status?startTs=0&endTs=${Date.now() + 1e11}`))["data"] as Json[];

describe("the Python client", () => {
  const pipeline = "airflow_openlineage.omd-systems-bake";

  test("its events are stored, packed or not, and stored once", async () => {
    await produce(["client"]);
    expect(await events()).toHaveLength(10);
    await produce(["client"], { OPENLINEAGE__TRANSPORT__COMPRESSION: "gzip" });
    const all = await events();
    expect(all).toHaveLength(10);
    expect(all.filter(({ applied }) => applied === true)).toHaveLength(8);
    expect((await call("GET", "/api/omd/dead-letters"))["letters"]).toEqual([]);
  }, 300_000);

  test("static events of a job and of a dataset are told apart from those of runs", async () => {
    const kinds = Object.groupBy(await events(), ({ kind }) => String(kind));
    expect(Object.fromEntries(Object.entries(kinds).map(([kind, of]) => [kind, of?.length]))).toEqual({
      run: 8,
      job: 1,
      dataset: 1,
    });
    expect(kinds["job"]?.[0]).toMatchObject({ job: { name: "nightly copy" } });
    expect(kinds["dataset"]?.[0]).toMatchObject({ dataset: "postgres://db.example:5432/bakery.raw.loaves" });
  });

  test("they make a pipeline with its task and its runs", async () => {
    expect(await call("GET", `/api/v1/pipelines/name/${pipeline}?fields=tasks`)).toMatchObject({
      displayName: "bake",
      serviceType: "Airflow",
      tasks: [{ name: "sum_up" }],
    });
    expect(await runsOf(pipeline)).toMatchObject([
      { executionStatus: "Failed", taskStatus: [{ name: "sum_up", executionStatus: "Failed" }] },
      { executionStatus: "Successful", taskStatus: [{ name: "sum_up", executionStatus: "Successful" }] },
    ]);
  });

  test("and an edge with its columns", async () => {
    const { upstreamEdges } = await lineage("pg.bakery.mart.revenue");
    expect(upstreamEdges).toMatchObject([
      {
        lineageDetails: {
          source: "OpenLineage",
          pipeline: { fullyQualifiedName: pipeline },
          columnsLineage: [{ fromColumns: ["pg.bakery.raw.loaves.price"], toColumn: "pg.bakery.mart.revenue.amount" }],
        },
      },
    ]);
  });
});

describe("dbt-ol", () => {
  const pipeline = "dbt_openlineage.omd-dbt-dbt-run-bakery";

  test("its events are stored and applied", async () => {
    const before = (await events()).length;
    await produce(["dbt", join(place.dir, "bakery")]);
    await produce(["dbt", join(place.dir, "bakery"), "fail"]);
    const all = (await events()).slice(0, -before);
    expect(all.length).toBeGreaterThanOrEqual(16);
    expect(all.filter(({ applied }) => applied !== true)).toEqual([]);
  }, 300_000);

  test("each dbt run is a run of one pipeline, each model a task", async () => {
    const { tasks } = await call("GET", `/api/v1/pipelines/name/${pipeline}?fields=tasks`);
    expect((tasks as Json[]).map(({ name }) => name)).toEqual(
      expect.arrayContaining(["bakery.main.bakery.sold", "bakery.main.bakery.revenue"]),
    );
    const runs = await runsOf(pipeline);
    expect(runs.map(({ executionStatus }) => executionStatus)).toEqual([
      "Failed",
      "Successful",
      "Successful",
      "Successful",
    ]);
  });

  test("models are joined by edges with columns", async () => {
    const { nodes, upstreamEdges } = await lineage("duck.bakery.main.revenue");
    expect(new Set((nodes as Json[]).map(({ fullyQualifiedName }) => fullyQualifiedName))).toEqual(
      new Set(["duck.bakery.main.sold", "duck.bakery.main_raw.loaves"]),
    );
    expect(upstreamEdges as Json[]).toHaveLength(2);
    const columns = (upstreamEdges as { lineageDetails: { columnsLineage: unknown[] } }[]).flatMap(
      ({ lineageDetails }) => lineageDetails.columnsLineage,
    );
    expect(columns).toContainEqual({
      fromColumns: ["duck.bakery.main.sold.price"],
      toColumn: "duck.bakery.main.revenue.amount",
    });
  });
});

test("what was not found is applied by itself once its table is there, also after a restart", async () => {
  await served.stop();
  served = await startOmdServe(place.home);
  const kept = (await events()).find(({ note }) => String(note).includes("bakery.lost.nowhere"));
  await addTables("pg", "Postgres", "bakery", { "lost.nowhere": ["id"] });
  expect((await events()).find(({ id }) => id === kept?.["id"])).toMatchObject({ applied: true });
  expect((await lineage("pg.bakery.lost.nowhere"))["upstreamEdges"]).toHaveLength(1);
}, 60_000);
