import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { entityLink, fqnOf } from "@omd/schema";
import { z } from "zod";
import { MemoryCatalog } from "../../test/memory-catalog.ts";
import { config, lister, pipeline, service, WorkflowWorld, type Iter } from "../../test/workflow-world.ts";
import { left, right, type SourceConfig, type SourceContext, type TestStep } from "../contracts/index.ts";
import { OmdError } from "../errors.ts";
import type { WorkflowRuntime } from "./runtime.ts";

let world: WorkflowWorld;
const workflow: WorkflowWorld["workflow"] = (...given) => world.workflow(...given);
const execute: WorkflowWorld["execute"] = (...given) => world.execute(...given);

beforeEach(() => {
  world = new WorkflowWorld();
});

afterEach(() => {
  expect(world.closed).toBeLessThanOrEqual(3);
});

describe("outcome", () => {
  test("a complete run exits 0, writes everything, and keeps its report", async () => {
    const { report } = await execute(lister(["a", "b"]));
    expect(report).toEqual(
      expect.objectContaining({ outcome: "complete", exitCode: 0, reasons: [], successPercent: 100 }),
    );
    expect(world.memory.names("pipeline").toSorted()).toEqual(["svc.a", "svc.b"]);
    expect(JSON.parse(readFileSync(join(world.omdHome, "last-report.json"), "utf8"))).toEqual(report);
    expect(world.closed).toBe(1);
  });

  test("the resolver is told what was written, and not what was there already", async () => {
    const told: string[] = [];
    const resolver = {
      dataset: () => Promise.resolve({ kind: "unresolved", reason: "none", nearest: [] } as const),
      owner: () => Promise.resolve(undefined),
      wrote: (entityType: string) => told.push(entityType),
    };
    await execute(lister(["a"]), config(), { createResolver: () => resolver });
    expect(told.toSorted()).toEqual(["pipeline", "pipelineService"]);
    await execute(lister(["a", "b"]), config(), { createResolver: () => resolver });
    expect(told.slice(2)).toEqual(["pipeline"]);
  });

  test("a listing that is short of what was announced is incomplete and deletes nothing", async () => {
    await execute(lister(["a", "b", "c"]));
    const { report } = await execute(lister(["a"], { announced: 3 }));
    expect(report).toEqual(expect.objectContaining({ outcome: "incomplete", exitCode: 3 }));
    expect(report.reasons[0]).toContain("received 1 of 3");
    expect(world.memory.names("pipeline")).toHaveLength(3);
  });

  test("--allow-partial makes it exit 0, and the report still says incomplete", async () => {
    const { report } = await execute(lister(["a"], { announced: 3 }), config(), { allowPartial: true });
    expect(report).toEqual(expect.objectContaining({ outcome: "incomplete", exitCode: 0 }));
  });

  test("what is gone at the source is marked deleted", async () => {
    await execute(lister(["a", "b", "c"]));
    const { report } = await execute(lister(["a", "b"]));
    expect(report.deletes.done).toEqual(["svc.c"]);
    expect(report.exitCode).toBe(0);
    expect(world.memory.names("pipeline", { deleted: true })).toEqual(["svc.c"]);
  });

  test("deletes beyond the guard are refused, listed, and exit 3", async () => {
    const names = Array.from({ length: 20 }, (_, at) => `p${at}`);
    await execute(lister(names));
    const { report } = await execute(lister(names.slice(0, 5)));
    expect(report.exitCode).toBe(3);
    expect(report.deletes.refused[0]?.entities).toHaveLength(15);
    expect(world.memory.names("pipeline")).toHaveLength(20);
  });

  test("one failed record of many is incomplete, below the threshold it is failed", async () => {
    const many = Array.from({ length: 30 }, (_, at) => `p${at}`);
    expect((await execute(lister(many, { left: true }))).report).toEqual(
      expect.objectContaining({ exitCode: 3, reasons: ["1 record failed"] }),
    );
    const strict = config({ workflowConfig: { successThreshold: 99, loggerLevel: "ERROR" } });
    expect((await execute(lister(many, { left: true }), strict)).report).toEqual(
      expect.objectContaining({ outcome: "failed", exitCode: 1 }),
    );
  });

  test("a source that throws fails the run, and a scope it left open is failed", async () => {
    const { report } = await execute(async function* (context) {
      context.ledger.open("test/pipelines");
      yield right(service);
      throw new OmdError("OMD_CONNECTION", "the listing broke off", { hint: "Try again." });
    });
    expect(report).toEqual(expect.objectContaining({ outcome: "failed", exitCode: 1 }));
    expect(report.reasons).toEqual(["the listing broke off. Try again."]);
    expect(report.scopes[0]?.state).toBe("failed");
    expect(world.closed).toBe(1);
  });

  test("a source that finds nothing warns", async () => {
    const { report } = await execute(lister([]));
    expect(report.warnings).toEqual([expect.objectContaining({ reason: "nothing was found at the source" })]);
  });

  test("steps of other workflows are told of", async () => {
    const { report } = await execute(lister(["a"]), config({ stage: { type: "table-usage", config: {} } }));
    expect(report.warnings).toEqual([expect.objectContaining({ name: "stage table-usage" })]);
    expect(report.exitCode).toBe(0);
  });

  test("a source that lists what has not changed has found something", async () => {
    const { report } = await execute(async function* (context) {
      yield right(service);
      const scope = context.ledger.open("test/pipelines");
      scope.received(20);
      scope.complete();
    });
    expect(report.warnings).toEqual([]);
  });

  test("raiseFromStatus throws for what is not complete", async () => {
    expect((await execute(lister(["a"]))).raiseFromStatus()).toBeUndefined();
    const short = await execute(lister(["a"], { announced: 2 }));
    expect(() => short.raiseFromStatus()).toThrow(/incomplete: test\/pipelines is partial/);
  });
});

describe("a connection that the YAML does not have", () => {
  const without = (): object => ({
    source: { type: "test", serviceName: "svc", sourceConfig: { config: { type: "PipelineMetadata" } } },
    workflowConfig: { loggerLevel: "ERROR" },
  });
  let seen: unknown;
  const look: Iter = async function* (_context, sourceConfig) {
    seen = sourceConfig.connection;
    yield right(service);
  };

  test("is the one that the catalog has stored", async () => {
    const stored = { type: "Test", hostPort: "http://stored" };
    const catalog = { ...world.memory.port(), serviceConnection: () => Promise.resolve(stored) };
    await execute(look, without(), { catalog });
    expect(seen).toEqual(stored);
  });

  test("and that the catalog has not either is a mistake in the config", async () => {
    const catalog = { ...world.memory.port(), serviceConnection: () => Promise.resolve(undefined) };
    await expect((await workflow(look, without(), { catalog })).execute()).rejects.toThrow(
      /source\.serviceConnection: missing key, and the catalog has no connection of a service/,
    );
  });

  test("is a mistake in the config where the catalog keeps no secrets", async () => {
    await expect((await workflow(look, without())).execute()).rejects.toThrow(
      /source\.serviceConnection: missing key, and the embedded catalog keeps connections without their secrets/,
    );
  });

  test("is not asked for when the connector's manifest says that it has none", async () => {
    const registry = {
      resolver: () => Promise.resolve(undefined),
      resolve: () =>
        Promise.resolve({
          sourceClass: {
            create: (given: SourceConfig, context: SourceContext) => ({ iter: () => look(context, given) }),
          },
          serviceKind: "pipelineService" as const,
          serviceType: "Test",
          entry: { hasConnection: false },
        }),
    };
    await execute(look, without(), { registry } as unknown as WorkflowRuntime);
    expect(seen).toEqual({});
  });
});

describe("parts of a run", () => {
  test("--limit and --only never delete", async () => {
    await execute(lister(["a", "b", "c"]));
    const { report } = await execute(lister(["a"], { announced: 3 }), config(), { selection: { only: [], limit: 1 } });
    expect(report.exitCode).toBe(0);
    expect(world.memory.names("pipeline")).toHaveLength(3);
  });

  test("marks of one run are seen by the next, for the same service only", async () => {
    await execute(lister(["a"]));
    let seen: unknown;
    await execute(async function* (context) {
      seen = context.marks.get("p/a");
      yield right(service);
    });
    expect(seen).toBe("1");
    world.memory = new MemoryCatalog();
    await execute(async function* (context) {
      seen = context.marks.get("p/a");
      yield right(service);
    });
    // Another catalog gives its service the same id here, but the first run on it starts before the service exists.
    expect(seen).toBeUndefined();
  });

  test("a failed mandatory step ends the run before anything is read", async () => {
    const steps = (): TestStep[] => [
      {
        name: "CheckAccess",
        description: "d",
        mandatory: true,
        run: () => Promise.reject(new OmdError("OMD_PERMISSION", "403", { hint: "give the user the Viewer role" })),
      },
    ];
    const { report } = await execute(lister(["a"]), config(), {}, steps);
    expect(report.reasons).toEqual(["CheckAccess failed: 403. give the user the Viewer role"]);
    expect(report.failureCount).toBe(1);
    expect(world.memory.names("pipeline")).toEqual([]);
  });

  test("check() tells each step and writes nothing", async () => {
    const steps = (): TestStep[] => [
      { name: "CheckAccess", description: "d", mandatory: true, run: () => Promise.resolve("Airflow 2.11.2") },
      { name: "Lineage", description: "d", mandatory: false, run: () => Promise.reject(new Error("403")) },
    ];
    const results = await (await workflow(lister(["a"]), config(), {}, steps)).check();
    expect(results.map((result) => [result.name, result.passed, result.message])).toEqual([
      ["CheckAccess", true, "Airflow 2.11.2"],
      ["Lineage", false, "403"],
    ]);
    expect(world.memory.calls).not.toContain("put");
  });

  test("a run that takes longer than its deadline is failed", async () => {
    const hanging: Iter = async function* (context) {
      yield right(service);
      await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
    };
    const { report } = await execute(hanging, config({ omd: { deadlineSeconds: 0.05 } }));
    expect(report.outcome).toBe("failed");
    expect(report.reasons[0]).toContain("deadlineSeconds");
  });

  test("a deadline that breaks a step off is told before what the step says", async () => {
    const broken = (): Promise<string> =>
      new Promise((_, reject) => setTimeout(() => reject(new Error("GET was stopped")), 150));
    const steps = (): TestStep[] => [{ name: "CheckAccess", description: "d", mandatory: true, run: broken }];
    const { report } = await execute(lister(["a"]), config({ omd: { deadlineSeconds: 0.05 } }), {}, steps);
    expect(report.outcome).toBe("failed");
    expect(report.reasons).toEqual([
      "the run took longer than omd.deadlineSeconds (0.05 s)",
      "CheckAccess failed: GET was stopped",
    ]);
  });

  test("stop() ends a run, closes the source and deletes nothing", async () => {
    await execute(lister(["a", "b"]));
    let started: () => void = () => undefined;
    const running = new Promise<void>((resolve) => {
      started = resolve;
    });
    const run = await workflow(async function* (context) {
      context.ledger.open("test/pipelines", { deletes: { entityType: "pipeline", below: context.service } });
      yield right(service);
      started();
      await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
    });
    const executing = run.execute();
    await running;
    await run.stop();
    await executing;
    expect(run.report.outcome).toBe("stopped");
    expect(run.report.exitCode).toBe(1);
    expect(world.memory.names("pipeline")).toHaveLength(2);
    expect(world.closed).toBe(2);
  });

  test("a mistake in the connector's config is thrown with its place, not reported", async () => {
    const iter: Iter = async function* (_context, sourceConfig) {
      sourceConfig.parseConnection(z.strictObject({ type: z.string(), hostPort: z.string() }));
      yield right(service);
    };
    const run = await workflow(iter, config({}, { type: "Test", hostPrt: "x" }));
    await expect(run.execute()).rejects.toThrow(/source\.serviceConnection\.config\.hostPrt/);
  });

  test("plan() tells what would change, field by field, and writes nothing at all", async () => {
    await execute(lister(["a", "b", "c"]));
    world.memory.calls.length = 0;
    const before = existsSync(join(world.omdHome, "runs"));
    const run = await workflow(async function* (context) {
      const scope = context.ledger.open("test/pipelines", {
        deletes: { entityType: "pipeline", below: context.service },
      });
      yield right(service);
      for (const name of ["a", "b", "new"]) scope.saw(fqnOf("svc", name));
      yield right(pipeline("a", { state: "Inactive" }));
      yield right(pipeline("b"));
      yield right(pipeline("new"));
      scope.complete();
    });
    const entries = await run.plan();
    expect(entries.map((entry) => `${entry.action} ${entry.name}`).sort()).toEqual([
      "create svc.new",
      "delete svc.c",
      "update svc.a",
    ]);
    expect(entries.find((entry) => entry.name === "svc.a")?.changes).toEqual([{ path: "/state", after: "Inactive" }]);
    expect(world.memory.calls.filter((call) => !["get", "list", "connect"].includes(call))).toEqual([]);
    expect(before).toBe(true);
  });

  test("plan() tells that a pipeline comes back, and what is different about it then", async () => {
    await execute(lister(["a", "b"]));
    await execute(lister(["a"]));
    const run = await workflow(async function* () {
      yield right(service);
      yield right(pipeline("b", { state: "Inactive" }));
    });
    const entries = await run.plan();
    expect(entries.map(({ action, name, changes }) => [action, name, changes])).toEqual([
      ["restore", "svc.b", []],
      ["update", "svc.b", [{ path: "/state", after: "Inactive" }]],
    ]);
    expect([run.report.failures, run.report.exitCode]).toEqual([[], 0]);
  });

  test("plan() tells of data models, updates and results too", async () => {
    const table = fqnOf("db", "d", "s", "t");
    const testCase = fqnOf("db", "d", "s", "t", "not_null");
    const catalog = world.memory.port();
    await catalog.put("databaseService", { name: "db", serviceType: "Postgres" });
    await catalog.put("database", { name: "d", service: "db" });
    await catalog.put("databaseSchema", { name: "s", database: "db.d" });
    await catalog.put("table", { name: "t", databaseSchema: "db.d.s", columns: [] });
    world.memory.calls.length = 0;
    const run = await workflow(async function* () {
      yield right(service);
      yield right({ kind: "dataModel", table, dataModel: { modelType: "DBT", sql: "select 1" } });
      yield right({ kind: "entityUpdate", entityType: "table", fqn: table, set: { description: "d" } });
      yield right({
        kind: "entity",
        entityType: "testCase",
        request: { name: "not_null", testDefinition: "not_null", entityLink: entityLink("table", table) },
      });
      yield right({
        kind: "testResult",
        testCase,
        results: [{ timestamp: 5, testCaseStatus: "Failed", testResultValue: [] }],
      });
    });
    const entries = (await run.plan()).map(({ action, kind, name, changes }) => [
      `${action} ${kind} ${name}`,
      changes.map((change) => change.path),
    ]);
    expect(entries).toEqual(
      expect.arrayContaining([
        [`update table ${table}`, ["/dataModel"]],
        [`update table ${table}`, ["/description"]],
        [`create testResults ${testCase}`, ["/results/5"]],
      ]),
    );
    expect(world.memory.calls.filter((call) => !["get", "list", "connect"].includes(call))).toEqual([]);
  });

  test("no secret of the config stands in the report", async () => {
    const { report } = await execute(
      async function* () {
        yield right(service);
        yield left({ name: "x", error: "login with c4nary-password failed" });
      },
      config({}, { type: "Test", password: "c4nary-password" }),
    );
    expect(JSON.stringify(report)).not.toContain("c4nary");
    expect(JSON.stringify([...world.memory.stored.values()])).not.toContain("c4nary");
  });

  test("nor in the ingestion pipeline that the catalog is told of", async () => {
    const options = {
      type: "DBT",
      place: { accountKey: "c4nary-key", address: "https://reader:c4nary-pass@x.example/manifest.json", bucket: "b" },
    };
    const source = { ...(config() as { source: object }).source, sourceConfig: { config: options } };
    await execute(lister(["a"]), config({ source, ingestionPipelineFQN: "svc.nightly" }));
    const stored = [...world.memory.stored.values()];
    expect(JSON.stringify(stored)).toContain('"pipelineType":"dbt"');
    expect(JSON.stringify(stored)).toContain('"bucket":"b"');
    expect(JSON.stringify(stored)).not.toContain("c4nary");
  });
});
