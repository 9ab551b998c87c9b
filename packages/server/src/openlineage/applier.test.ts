import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { fqnOf, type FQN } from "@omd/schema";
import { OpenLineageApp, recordedEvents } from "../../test/openlineage-app.ts";

let server: OpenLineageApp;

beforeEach(() => {
  server = new OpenLineageApp();
});
afterEach(() => server.close());

describe("events of the Python client", () => {
  const pipeline = fqnOf("airflow_openlineage", "omd-systems-bake");

  beforeEach(async () => {
    await server.addTables("pg", "Postgres", "bakery", {
      "raw.loaves": ["id", "PRICE"],
      "mart.revenue": ["day", "amount"],
    });
  });

  test("make a pipeline with tasks, runs and edges with columns, in whatever order they come", async () => {
    for (const event of recordedEvents("python-client-1.54.0.jsonl").toReversed())
      expect((await server.send(event)).statusCode).toBe(201);
    const all = await server.events();
    expect(all.filter(({ applied }) => !applied).map(({ note }) => note)).toEqual([
      "not found: postgres://db.example:5432/bakery.lost.nowhere: no database service has bakery.lost.nowhere",
      "an event of a dataset alone: it is kept, there is nothing to apply",
    ]);
    expect(await server.catalog.get("pipelineService", fqnOf("airflow_openlineage"))).toMatchObject({
      serviceType: "Airflow",
    });
    expect(await server.catalog.get("pipeline", pipeline, { fields: ["tasks"] })).toMatchObject({
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
    expect(await server.edges()).toEqual([`pg.bakery.raw.loaves > pg.bakery.mart.revenue (OpenLineage, ${pipeline})`]);
    expect((await server.catalog.lineageEdges())[0]?.details).toMatchObject({
      columnsLineage: [{ fromColumns: ["pg.bakery.raw.loaves.PRICE"], toColumn: "pg.bakery.mart.revenue.amount" }],
      sqlQuery: expect.stringMatching(/^insert/) as unknown,
    });
    const runs = await server.catalog.pipelineStatuses(pipeline);
    expect(runs.map(({ timestamp, endTime, executionStatus }) => [timestamp, endTime, executionStatus])).toEqual([
      [Date.parse("2026-02-03T04:05:04.678Z"), Date.parse("2026-02-03T04:05:07.678Z"), "Failed"],
      [Date.parse("2026-02-03T04:05:00.678Z"), Date.parse("2026-02-03T04:05:03.678Z"), "Successful"],
    ]);
    expect(runs[0]?.taskStatus).toMatchObject([{ name: "sum_up", executionStatus: "Failed" }]);
  });

  test("what was not found is applied by itself when the catalog has it", async () => {
    await server.sendAll(recordedEvents("python-client-1.54.0.jsonl"));
    const kept = (await server.events()).find(({ note }) => note?.includes("nowhere"));
    await server.addTables("pg", "Postgres", "bakery", { "lost.nowhere": ["x"] });
    const applied = (await server.events()).find(({ id }) => id === kept?.id);
    expect(applied).toMatchObject({ applied: true, job: { name: "nightly copy" } });
    expect(applied).not.toHaveProperty("note");
    expect(await server.edges()).toContain(
      "pg.bakery.raw.loaves > pg.bakery.lost.nowhere (OpenLineage, openlineage.omd-systems-nightly copy)",
    );
  });

  test("what came back is applied again by itself, and all that is kept when that is asked for", async () => {
    await server.catalog.delete(
      "databaseService",
      String((await server.catalog.get("databaseService", fqnOf("pg")))?.id),
    );
    await server.sendAll(recordedEvents("python-client-1.54.0.jsonl"));
    expect((await server.events()).filter(({ applied }) => applied)).toHaveLength(6);
    expect(await server.edges()).toEqual([]);
    await server.catalog.restore(
      "databaseService",
      String((await server.catalog.get("databaseService", fqnOf("pg"), { include: "all" }))?.id),
    );
    await server.events();
    expect(await server.edges()).toHaveLength(1);
    const again = await server.app.inject({ method: "POST", url: "/api/omd/events/apply" });
    expect([again.statusCode, again.json<object>()]).toEqual([202, { waiting: 1 }]);
    const kept = (await server.events()).find(({ note }) => note?.includes("nowhere"));
    const one = await server.app.inject({ method: "POST", url: `/api/omd/events/${String(kept?.id)}/apply` });
    expect([one.statusCode, one.json<object>()]).toMatchObject([200, { applied: false, id: kept?.id }]);
  });

  test("sent again they change nothing", async () => {
    await server.sendAll(recordedEvents("python-client-1.54.0.jsonl"));
    await server.events();
    const before = [...server.catalog.exportLines()];
    const version = (await server.catalog.get("pipeline", pipeline))?.version;
    await server.sendAll(recordedEvents("python-client-1.54.0.jsonl"));
    await server.app.inject({ method: "POST", url: "/api/omd/events/1/apply" });
    await server.events();
    expect([...server.catalog.exportLines()]).toEqual(before);
    expect((await server.catalog.get("pipeline", pipeline))?.version).toBe(version);
  });

  test("a pipeline that an ingestion brought is taken as it is", async () => {
    await server.catalog.put("pipelineService", { name: "omd-systems", serviceType: "Airflow" });
    await server.catalog.put("pipeline", { name: "bake", service: "omd-systems", tasks: [{ name: "mine" }] });
    await server.sendAll(recordedEvents("python-client-1.54.0.jsonl"));
    await server.events();
    expect(await server.edges()).toEqual([
      "pg.bakery.raw.loaves > pg.bakery.mart.revenue (OpenLineage, omd-systems.bake)",
    ]);
    expect(await server.catalog.get("pipeline", pipeline)).toBeUndefined();
    expect(await server.catalog.get("pipeline", fqnOf("omd-systems", "bake"), { fields: ["tasks"] })).toMatchObject({
      tasks: [{ name: "mine" }],
    });
    expect(await server.catalog.pipelineStatuses(fqnOf("omd-systems", "bake"))).toEqual([]);
  });
});

test("events of dbt make a pipeline of the run with a task for each model", async () => {
  await server.addTables("duck", "Datalake", "bakery", {
    "main_raw.loaves": ["id", "day", "flour", "price"],
    "main.sold": ["id", "day", "flour", "price"],
    "main.revenue": ["day", "amount"],
  });
  await server.sendAll(recordedEvents("dbt-ol-1.54.0.jsonl"));
  expect((await server.events()).filter(({ applied }) => !applied)).toEqual([]);
  const pipeline = "dbt_openlineage.omd-dbt-dbt-run-bakery" as FQN;
  const entity = await server.catalog.get("pipeline", pipeline, { fields: ["tasks"] });
  expect(
    ((entity?.["tasks"] ?? []) as { name: string; taskType: string }[]).map(({ name, taskType }) => [name, taskType]),
  ).toEqual(expect.arrayContaining([["bakery.main.bakery.sold", "MODEL"]]));
  expect(await server.edges()).toEqual([
    `duck.bakery.main.sold > duck.bakery.main.revenue (OpenLineage, ${pipeline})`,
    `duck.bakery.main_raw.loaves > duck.bakery.main.sold (OpenLineage, ${pipeline})`,
  ]);
  const runs = await server.catalog.pipelineStatuses(pipeline);
  expect(runs.map(({ executionStatus }) => executionStatus)).toEqual([
    "Failed",
    "Successful",
    "Successful",
    "Successful",
  ]);
});

describe("what an event brings", () => {
  const first = "3f5e83fa-3480-44ff-99c5-ff943904e501";
  const second = "3f5e83fa-3480-44ff-99c5-ff943904e502";
  const run = (eventType: string, more: object, runId = first): object => ({
    eventType,
    eventTime: "2026-01-02T03:04:05Z",
    producer: "https://example.org",
    run: { runId },
    job: { namespace: "n", name: "etl" },
    ...more,
  });
  const at = (...names: string[]): object[] => names.map((name) => ({ namespace: "postgres://h:5432", name }));

  beforeEach(async () => {
    await server.addTables("pg", "Postgres", "db", { "s.a": ["x"], "s.b": ["x"], "s.c": ["x"] });
  });

  test("inputs and outputs that come in two events of a run belong together", async () => {
    await server.sendAll([run("START", { inputs: at("db.s.a") }), run("COMPLETE", { outputs: at("db.s.b") })]);
    await server.sendAll([run("START", { inputs: at("db.s.c") }, second)]);
    await server.events();
    expect(await server.edges()).toEqual(["pg.db.s.a > pg.db.s.b (OpenLineage, openlineage.n-etl)"]);
  });

  test.each(["FAIL", "ABORT"])("%s brings a run, and no edge", async (type) => {
    await server.send(run(type, { inputs: at("db.s.a"), outputs: at("db.s.b") }));
    expect(await server.events()).toMatchObject([{ applied: true }]);
    expect(await server.edges()).toEqual([]);
    expect(await server.catalog.pipelineStatuses(fqnOf("openlineage", "n-etl"))).toMatchObject([
      { executionStatus: "Failed", executionId: first },
    ]);
  });

  test("what is found of an event is applied, what is not is noted", async () => {
    await server.send(run("COMPLETE", { inputs: at("db.s.a", "db.s.gone"), outputs: at("db.s.b", "db.s.a") }));
    expect(await server.events()).toMatchObject([
      { applied: false, note: expect.stringMatching(/^not found: postgres:\/\/h:5432\/db\.s\.gone: /) as unknown },
    ]);
    expect(await server.edges()).toEqual(["pg.db.s.a > pg.db.s.b (OpenLineage, openlineage.n-etl)"]);
  });

  test("what is not found is drawn at what is, with the reason, until the catalog has it", async () => {
    await server.send(run("COMPLETE", { inputs: at("db.s.a", "db.s.gone"), outputs: at("db.s.b", "db.s.later") }));
    await server.send(run("FAIL", { inputs: at("db.s.a"), outputs: at("db.s.failed") }, second));
    await server.events();
    const drawn = async (): Promise<unknown[]> => {
      const answer = await server.app.inject("/api/omd/lineage?type=table&fqn=pg.db.s.a");
      const { nodes, unresolved } = answer.json<{
        nodes: { id: string; name: string }[];
        unresolved: { near: string; side: string; name: string; reason: string }[];
      }>();
      const names = new Map(nodes.map(({ id, name }) => [id, name]));
      return unresolved.map(({ near, side, name, reason }) => [names.get(near), side, name, reason !== ""]);
    };
    expect(await drawn()).toEqual([
      ["a", "downstream", "postgres://h:5432/db.s.later", true],
      ["b", "upstream", "postgres://h:5432/db.s.gone", true],
    ]);
    await server.addTables("pg", "Postgres", "db", { "s.later": ["x"] });
    await server.events();
    expect(await drawn()).toEqual([
      ["b", "upstream", "postgres://h:5432/db.s.gone", true],
      ["later", "upstream", "postgres://h:5432/db.s.gone", true],
    ]);
  });

  test("a job event makes a pipeline and edges with columns as a run does, and no run", async () => {
    const { run: _run, eventType: _type, ...static_ } = run("COMPLETE", {}) as Record<string, unknown>;
    const [input] = at("db.s.a");
    const fields = { x: { inputFields: [{ ...input, field: "x" }] } };
    const [output] = at("db.s.b").map((dataset) => ({ ...dataset, facets: { columnLineage: { fields } } }));
    expect((await server.send({ ...static_, inputs: [input], outputs: [output] })).statusCode).toBe(201);
    expect(await server.events()).toMatchObject([{ applied: true }]);
    const pipeline = fqnOf("openlineage", "n-etl");
    expect(await server.edges()).toEqual([`pg.db.s.a > pg.db.s.b (OpenLineage, ${pipeline})`]);
    expect((await server.catalog.lineageEdges())[0]?.details).toMatchObject({
      columnsLineage: [{ fromColumns: ["pg.db.s.a.x"], toColumn: "pg.db.s.b.x" }],
    });
    expect(await server.catalog.pipelineStatuses(pipeline)).toEqual([]);
  });

  test("a dataset event brings nothing, whatever its facets tell", async () => {
    const { run: _run, eventType: _type, job: _job, ...static_ } = run("COMPLETE", {}) as Record<string, unknown>;
    const before = [...server.catalog.exportLines()];
    const [dataset] = at("db.s.new").map((one) => ({ ...one, facets: { schema: { fields: [{ name: "x" }] } } }));
    expect((await server.send({ ...static_, dataset })).statusCode).toBe(201);
    expect(await server.events()).toMatchObject([{ applied: false }]);
    expect([...server.catalog.exportLines()]).toEqual(before);
  });

  test("columns of a container lead to those of a table", async () => {
    await server.catalog.put("storageService", { name: "lake", serviceType: "S3" });
    await server.catalog.put("container", {
      name: "in",
      service: "lake",
      fullPath: "s3://bucket/in",
      dataModel: { columns: [{ name: "day", dataType: "DATE" }] },
    });
    const file = { namespace: "s3://bucket", name: "in/1.csv" };
    const fields = { x: { inputFields: [{ ...file, field: "day" }] } };
    const outputs = [{ namespace: "postgres://h:5432", name: "db.s.a", facets: { columnLineage: { fields } } }];
    await server.send(run("COMPLETE", { inputs: [file], outputs }));
    expect(await server.events()).toMatchObject([{ applied: true }]);
    expect((await server.catalog.lineageEdges())[0]?.details).toMatchObject({
      columnsLineage: [{ fromColumns: ["lake.in.day"], toColumn: "pg.db.s.a.x" }],
    });
  });

  test("a product of inputs and outputs that is too large is noted", async () => {
    const many = at(...Array.from({ length: 101 }, (_, n) => `db.s.t${n}`));
    await server.send(run("COMPLETE", { inputs: many, outputs: many }));
    expect(await server.events()).toMatchObject([
      { applied: false, note: expect.stringContaining("more than 10000 edges") as unknown },
    ]);
  });

  test("a pipeline whose name the catalog could not hold gets one that it can", async () => {
    await server.send(run("START", { job: { namespace: 'a::b"c', name: `x > ${"y".repeat(400)}` } }));
    expect(await server.events()).toMatchObject([{ applied: true }]);
    const [pipeline] = await server.catalog.search("pipeline", { pattern: "openlineage.*" });
    expect(pipeline?.name).toMatch(/^a__reserved__colon__b__reserved__quote__c-x __reserved__arrow__ y+_[0-9a-f]{12}$/);
    expect(pipeline?.name).toHaveLength(256);
  });

  test("events that wait are applied when the server starts", async () => {
    await server.catalog.writeEvents("store", [
      [
        {
          hash: "h",
          receivedAt: 1,
          eventTime: "2026-01-02T03:04:05Z",
          eventMs: 1,
          producer: "p",
          inputs: [],
          outputs: [],
          body: run("START", {}),
        },
      ],
    ]);
    await server.app.ready();
    expect(await server.events()).toMatchObject([{ applied: true }]);
  });
});
