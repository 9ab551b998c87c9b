import { gzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { CatalogError } from "@omd/core";
import { fqnOf, type FQN } from "@omd/schema";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "@omd/catalog";
import type { FastifyInstance } from "fastify";
import { createApp } from "../app.ts";
import { applierOf } from "../openlineage/applier-of.ts";
import type { CatalogWriter, ServerParts } from "../parts.ts";

interface Shown {
  readonly id: string;
  readonly applied: boolean;
  readonly note?: string;
  readonly eventType?: string;
  readonly inputs: readonly string[];
}

const fixtures = join(import.meta.dirname, "../../test/fixtures/openlineage");
const recorded = (file: string): unknown[] =>
  readFileSync(join(fixtures, file), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);

const valid = {
  eventType: "COMPLETE",
  eventTime: "2026-01-02T03:04:05.678Z",
  run: { runId: "3f5e83fa-3480-44ff-99c5-ff943904e5e8" },
  job: { namespace: "n", name: "etl" },
  producer: "https://example.org/me",
};

let catalog: EmbeddedCatalog;
let parts: ServerParts;
let app: FastifyInstance;

beforeEach(async () => {
  catalog = openEmbeddedCatalog({ file: ":memory:" });
  parts = { catalog, writer: catalog, version: "1.12.0", omdHome: "/nowhere" };
  app = createApp(parts);
  await app.ready();
});
afterEach(async () => {
  await app.close();
  await catalog.close();
});

async function addTables(
  service: string,
  serviceType: string,
  database: string,
  tables: Record<string, string[]>,
): Promise<void> {
  await catalog.put("databaseService", { name: service, serviceType });
  await catalog.put("database", { name: database, service });
  for (const [path, columns] of Object.entries(tables)) {
    const [schema = "", name = ""] = path.split(".");
    await catalog.put("databaseSchema", { name: schema, database: fqnOf(service, database) });
    await catalog.put("table", {
      name,
      databaseSchema: fqnOf(service, database, schema),
      columns: columns.map((column) => ({ name: column, dataType: "STRING" })),
    });
  }
}

async function send(body: unknown, path = "/api/v1/lineage", headers: Record<string, string> = {}) {
  const payload = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return app.inject({
    method: "POST",
    url: path,
    payload,
    headers: { "content-type": "application/json", ...headers },
  });
}

async function events(): Promise<readonly Shown[]> {
  await applierOf(app, parts).idle();
  return (await app.inject("/api/omd/events?limit=1000")).json<{ events: Shown[] }>().events;
}

async function letters(): Promise<readonly { reason: string; body: string }[]> {
  return (await app.inject("/api/omd/dead-letters")).json<{ letters: { reason: string; body: string }[] }>().letters;
}

const edges = async (): Promise<string[]> =>
  (await catalog.lineageEdges()).map(
    ({ from, to, details }) =>
      `${String(from.fullyQualifiedName)} > ${String(to.fullyQualifiedName)} (${String(details.source)}, ${String(details.pipeline?.fullyQualifiedName)})`,
  );

describe("intake", () => {
  test("201 with an id; the same event again is not stored twice", async () => {
    const first = await send(valid);
    expect([first.statusCode, first.json<object>()]).toEqual([201, { id: "1", duplicate: false }]);
    const second = await send(JSON.stringify(valid, undefined, 2));
    expect([second.statusCode, second.json<object>()]).toEqual([201, { id: "1", duplicate: true }]);
    expect(await events()).toHaveLength(1);
  });

  test("gzip, with any content type", async () => {
    const packed = gzipSync(JSON.stringify(valid));
    const answer = await send(packed, "/api/v1/lineage", { "content-encoding": "gzip", "content-type": "text/plain" });
    expect(answer.statusCode).toBe(201);
    expect(await events()).toHaveLength(1);
  });

  test.each([
    ["no gzip", { "content-encoding": "gzip" }, 400],
    ["{}", { "content-encoding": "br" }, 415],
  ])("a body that can't be unpacked: %s %j", async (body, headers, status) => {
    expect((await send(body, "/api/v1/lineage", headers)).statusCode).toBe(status);
  });

  test.each([
    ["", "no JSON"],
    ['{"password": "canary", ', "no JSON"],
    ["[]", "JSON object"],
    ["null", "JSON object"],
    [{ ...valid, eventTime: "yesterday" }, "eventTime"],
    [{ ...valid, run: {} }, "run.runId"],
    [{ ...valid, job: { namespace: "n" } }, "job.name"],
    [{ ...valid, eventType: "BEGIN" }, "eventType"],
    [{ ...valid, producer: undefined }, "producer"],
    [{ ...valid, inputs: [{ name: "x" }] }, "inputs.0.namespace"],
    [`${"[".repeat(100_000)}${"]".repeat(100_000)}`, "JSON object"],
    [`{"a":${"[".repeat(3_000)}${"]".repeat(3_000)}}`, "levels deep"],
  ])("what is no event is answered 400 and kept: %j", async (body, reason) => {
    const answer = await send(body);
    expect([answer.statusCode, answer.json<object>()]).toEqual([
      400,
      { code: 400, message: expect.stringContaining(reason) as unknown },
    ]);
    const kept = await letters();
    expect(kept).toEqual([expect.objectContaining({ reason: expect.stringContaining(reason) as unknown })]);
    expect(JSON.stringify(kept)).not.toContain("canary");
    expect(await events()).toEqual([]);
  });

  test("a batch answers for each event, by OpenLineage's specification", async () => {
    const answer = await send(
      [valid, { ...valid, job: null }, 7, { ...valid, eventType: "START" }],
      "/api/v1/lineage/batch",
    );
    expect([answer.statusCode, answer.json<object>()]).toEqual([
      200,
      {
        status: "partial_success",
        summary: { received: 4, successful: 2, failed: 2, retriable: 0, non_retriable: 2 },
        failed_events: [
          { index: 1, reason: expect.stringContaining("job") as unknown, retriable: false },
          { index: 2, reason: expect.stringContaining("object") as unknown, retriable: false },
        ],
      },
    ]);
    expect(await events()).toHaveLength(2);
    expect(await letters()).toHaveLength(2);
    expect((await send([], "/api/v1/lineage/batch")).json()).toMatchObject({ status: "success" });
    expect((await send(valid, "/api/v1/lineage/batch")).statusCode).toBe(400);
  });

  test("OpenMetadata's own paths take the same events", async () => {
    expect((await send(valid, "/api/v1/openlineage/lineage")).json()).toMatchObject({ status: "success" });
    const batch = { events: [valid, { ...valid, eventType: "START" }, {}] };
    expect((await send(batch, "/api/v1/openlineage/lineage/batch")).json()).toMatchObject({
      status: "partial_success",
      summary: { received: 3, successful: 2, failed: 1 },
      failedEvents: [{ index: 2 }],
    });
    expect((await send([], "/api/v1/openlineage/lineage/batch")).statusCode).toBe(400);
    expect(await events()).toHaveLength(2);
  });

  test("a catalog that can't be written answers 429 with Retry-After, and nothing is told stored", async () => {
    const writer = { writeEvents: () => Promise.reject(new CatalogError("The catalog is locked")) };
    const busy = createApp({ ...parts, writer: writer as unknown as CatalogWriter });
    const answer = await busy.inject({ method: "POST", url: "/api/v1/lineage", payload: JSON.stringify(valid) });
    expect([answer.statusCode, answer.headers["retry-after"]]).toEqual([429, "5"]);
    await busy.close();
  });

  test("more requests than may be under way answer 429 with Retry-After, and the rest are stored", async () => {
    const gate = Promise.withResolvers<void>();
    const slow = {
      writeEvents: async (...args: Parameters<CatalogWriter["writeEvents"]>) => {
        await gate.promise;
        return catalog.writeEvents(...args);
      },
    };
    const loaded = createApp({ ...parts, writer: slow as unknown as CatalogWriter });
    const all = Array.from({ length: 300 }, (_, at) =>
      loaded.inject({ method: "POST", url: "/api/v1/lineage", payload: JSON.stringify({ ...valid, at }) }),
    );
    const refused = await Promise.race(all);
    expect([refused.statusCode, refused.headers["retry-after"]]).toEqual([429, "1"]);
    gate.resolve();
    const statuses = (await Promise.all(all)).map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 201)).toHaveLength(256);
    expect(statuses.filter((status) => status === 429)).toHaveLength(44);
    const after = await loaded.inject({ method: "POST", url: "/api/v1/lineage", payload: JSON.stringify(valid) });
    expect(after.statusCode).toBe(201);
    await loaded.close();
  });
});

describe("events of the Python client", () => {
  const pipeline = fqnOf("airflow_openlineage", "omd-systems-bake");

  beforeEach(async () => {
    await addTables("pg", "Postgres", "bakery", { "raw.loaves": ["id", "PRICE"], "mart.revenue": ["day", "amount"] });
  });

  test("make a pipeline with tasks, runs and edges with columns, in whatever order they come", async () => {
    for (const event of recorded("python-client-1.54.0.jsonl").toReversed())
      expect((await send(event)).statusCode).toBe(201);
    const all = await events();
    expect(all.filter(({ applied }) => !applied).map(({ note }) => note)).toEqual([
      "not found: postgres://db.example:5432/bakery.lost.nowhere: no database service has bakery.lost.nowhere",
      "an event of a dataset alone: it is kept, there is nothing to apply",
    ]);
    expect(await catalog.get("pipelineService", fqnOf("airflow_openlineage"))).toMatchObject({
      serviceType: "Airflow",
    });
    expect(await catalog.get("pipeline", pipeline, { fields: ["tasks"] })).toMatchObject({
      displayName: "bake",
      tasks: [
        {
          name: "sum_up",
          displayName: "bake.sum_up",
          taskType: "TASK",
          taskSQL: expect.stringMatching(/^insert/) as unknown,
        },
      ],
    });
    expect(await edges()).toEqual([`pg.bakery.raw.loaves > pg.bakery.mart.revenue (OpenLineage, ${pipeline})`]);
    expect((await catalog.lineageEdges())[0]?.details).toMatchObject({
      columnsLineage: [{ fromColumns: ["pg.bakery.raw.loaves.PRICE"], toColumn: "pg.bakery.mart.revenue.amount" }],
      sqlQuery: expect.stringMatching(/^insert/) as unknown,
    });
    const runs = await catalog.pipelineStatuses(pipeline);
    expect(runs.map(({ timestamp, endTime, executionStatus }) => [timestamp, endTime, executionStatus])).toEqual([
      [Date.parse("2026-02-03T04:05:04.678Z"), Date.parse("2026-02-03T04:05:07.678Z"), "Failed"],
      [Date.parse("2026-02-03T04:05:00.678Z"), Date.parse("2026-02-03T04:05:03.678Z"), "Successful"],
    ]);
    expect(runs[0]?.taskStatus).toMatchObject([{ name: "sum_up", executionStatus: "Failed" }]);
  });

  test("what was not found is applied later", async () => {
    await send(recorded("python-client-1.54.0.jsonl"), "/api/v1/lineage/batch");
    const kept = (await events()).find(({ note }) => note?.includes("nowhere"));
    await addTables("pg", "Postgres", "bakery", { "lost.nowhere": ["x"] });
    const again = await app.inject({ method: "POST", url: `/api/omd/events/${String(kept?.id)}/apply` });
    expect([again.statusCode, again.json<object>()]).toMatchObject([
      200,
      { applied: true, job: { name: "nightly copy" } },
    ]);
    expect(again.json()).not.toHaveProperty("note");
    expect(await edges()).toContain(
      "pg.bakery.raw.loaves > pg.bakery.lost.nowhere (OpenLineage, openlineage.omd-systems-nightly copy)",
    );
  });

  test("all that is kept is applied again at once", async () => {
    await catalog.delete("databaseService", String((await catalog.get("databaseService", fqnOf("pg")))?.id));
    await send(recorded("python-client-1.54.0.jsonl"), "/api/v1/lineage/batch");
    expect((await events()).filter(({ applied }) => applied)).toHaveLength(6);
    expect(await edges()).toEqual([]);
    await catalog.restore(
      "databaseService",
      String((await catalog.get("databaseService", fqnOf("pg"), { include: "all" }))?.id),
    );
    const again = await app.inject({ method: "POST", url: "/api/omd/events/apply" });
    expect([again.statusCode, again.json<object>()]).toEqual([202, { waiting: 3 }]);
    await events();
    expect(await edges()).toHaveLength(1);
  });

  test("sent again they change nothing", async () => {
    await send(recorded("python-client-1.54.0.jsonl"), "/api/v1/lineage/batch");
    await events();
    const before = [...catalog.exportLines()];
    const version = (await catalog.get("pipeline", pipeline))?.version;
    await send(recorded("python-client-1.54.0.jsonl"), "/api/v1/lineage/batch");
    await app.inject({ method: "POST", url: "/api/omd/events/1/apply" });
    await events();
    expect([...catalog.exportLines()]).toEqual(before);
    expect((await catalog.get("pipeline", pipeline))?.version).toBe(version);
  });

  test("a pipeline that an ingestion brought is taken as it is", async () => {
    await catalog.put("pipelineService", { name: "omd-systems", serviceType: "Airflow" });
    await catalog.put("pipeline", { name: "bake", service: "omd-systems", tasks: [{ name: "mine" }] });
    await send(recorded("python-client-1.54.0.jsonl"), "/api/v1/lineage/batch");
    await events();
    expect(await edges()).toEqual(["pg.bakery.raw.loaves > pg.bakery.mart.revenue (OpenLineage, omd-systems.bake)"]);
    expect(await catalog.get("pipeline", pipeline)).toBeUndefined();
    expect(await catalog.get("pipeline", fqnOf("omd-systems", "bake"), { fields: ["tasks"] })).toMatchObject({
      tasks: [{ name: "mine" }],
    });
    expect(await catalog.pipelineStatuses(fqnOf("omd-systems", "bake"))).toEqual([]);
  });
});

test("events of dbt make a pipeline of the run with a task for each model", async () => {
  await addTables("duck", "Datalake", "bakery", {
    "main_raw.loaves": ["id", "day", "flour", "price"],
    "main.sold": ["id", "day", "flour", "price"],
    "main.revenue": ["day", "amount"],
  });
  await send(recorded("dbt-ol-1.54.0.jsonl"), "/api/v1/lineage/batch");
  expect((await events()).filter(({ applied }) => !applied)).toEqual([]);
  const pipeline = "dbt_openlineage.omd-dbt-dbt-run-bakery" as FQN;
  const entity = await catalog.get("pipeline", pipeline, { fields: ["tasks"] });
  expect(
    (entity?.["tasks"] as { name: string; taskType: string }[]).map(({ name, taskType }) => [name, taskType]),
  ).toEqual(expect.arrayContaining([["bakery.main.bakery.sold", "MODEL"]]));
  expect(await edges()).toEqual([
    `duck.bakery.main.sold > duck.bakery.main.revenue (OpenLineage, ${pipeline})`,
    `duck.bakery.main_raw.loaves > duck.bakery.main.sold (OpenLineage, ${pipeline})`,
  ]);
  const runs = await catalog.pipelineStatuses(pipeline);
  expect(runs.map(({ executionStatus }) => executionStatus)).toEqual([
    "Failed",
    "Successful",
    "Successful",
    "Successful",
  ]);
});

describe("routes for the page", () => {
  test("events in pages, newest first, and one whole but for its secrets", async () => {
    await send(
      [1, 2, 3].map((n) => ({ ...valid, n, password: "canary" })),
      "/api/v1/lineage/batch",
    );
    await events();
    const first = (await app.inject("/api/omd/events?limit=2")).json<{ events: Shown[]; next: string }>();
    expect([first.events.map(({ id }) => id), first.next]).toEqual([["3", "2"], "2"]);
    const second = (await app.inject(`/api/omd/events?limit=2&before=${first.next}`)).json<object>();
    expect(second).toEqual({
      events: [
        {
          id: "1",
          receivedAt: expect.any(Number) as unknown,
          eventTime: valid.eventTime,
          eventType: "COMPLETE",
          job: valid.job,
          runId: valid.run.runId,
          producer: valid.producer,
          inputs: [],
          outputs: [],
          applied: true,
        },
      ],
    });
    expect((await app.inject("/api/omd/events/1")).json()).toMatchObject({
      id: "1",
      event: { n: 1, password: "*********" },
    });
  });

  test.each(["/api/omd/events/9", "/api/omd/events/x"])("%s is not there", async (url) => {
    expect((await app.inject(url)).statusCode).toBe(404);
    expect((await app.inject({ method: "POST", url: `${url}/apply` })).statusCode).toBe(404);
  });

  test("a limit out of bounds is refused", async () => {
    expect((await app.inject("/api/omd/events?limit=0")).statusCode).toBe(400);
  });
});
