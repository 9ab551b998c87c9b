import { beforeEach, describe, expect, test } from "@jest/globals";
import { fqnOf, type EntityRecord, type LineageRecord, type MetadataRecord, type TagRecord } from "@omd/schema";
import { MemoryCatalog } from "../../../test/memory-catalog.ts";
import type { Catalog, Either, Written } from "../../contracts/index.ts";
import { KnownEntities } from "./known-entities.ts";
import { MetadataRestSink, type MetadataRestSinkOptions } from "./sink.ts";

let memory: MemoryCatalog;

function sinkWith(options: Partial<MetadataRestSinkOptions> = {}): MetadataRestSink {
  const catalog = memory.port();
  return new MetadataRestSink({
    catalog,
    known: new KnownEntities(catalog),
    overrideMetadata: false,
    forceEntityOverwriting: false,
    storeServiceConnection: true,
    ...options,
  });
}

const service: EntityRecord = {
  kind: "entity",
  entityType: "pipelineService",
  request: { name: "svc", serviceType: "Airflow", connection: { config: { type: "Airflow" } } },
};
const pipeline = (name: string, extra: object = {}): EntityRecord => ({
  kind: "entity",
  entityType: "pipeline",
  request: { name, service: "svc", ...extra },
});
const edge = (from: string, to: string): LineageRecord => ({
  kind: "lineage",
  from: { entityType: "pipeline", fqn: fqnOf("svc", from) },
  to: { entityType: "pipeline", fqn: fqnOf("svc", to) },
  source: "PipelineLineage",
});
const tag: TagRecord = {
  kind: "tag",
  classification: { name: "AirflowTags", description: "d" },
  tag: { name: "shop", description: "d" },
};

/** All at once, as the runner does. */
async function runAll(sink: MetadataRestSink, records: readonly MetadataRecord[]): Promise<Either<Written>[]> {
  const running = records.map((record) => sink.run(record));
  await sink.flush();
  const results = await Promise.all(running);
  for await (const { result } of sink.finish()) results.push(result);
  return results;
}

const outcomes = (results: readonly Either<Written>[]): string[] =>
  results.map((result) => result.right?.outcome ?? `failed: ${result.left?.error ?? ""}`);

beforeEach(() => {
  memory = new MemoryCatalog();
});

describe("entities", () => {
  test("wait for their parent although all are started at once", async () => {
    expect(outcomes(await runAll(sinkWith(), [service, pipeline("a"), pipeline("b")]))).toEqual([
      "created",
      "created",
      "created",
    ]);
  });

  test("that the catalog has unchanged are not sent again", async () => {
    await runAll(sinkWith(), [service, pipeline("a")]);
    memory.calls.length = 0;
    expect(outcomes(await runAll(sinkWith(), [service, pipeline("a")]))).toEqual(["unchanged", "unchanged"]);
    expect(memory.calls.filter((call) => !["get", "list"].includes(call))).toEqual([]);
  });

  test("whose hash alone is another are told to be unchanged, and skipped by the next run", async () => {
    await runAll(sinkWith(), [service, pipeline("a", { description: "d" })]);
    memory.calls.length = 0;
    // What people may have written stays, so that the other description reaches nothing but the hash.
    const other = [service, pipeline("a", { description: "e" })];
    expect(outcomes(await runAll(sinkWith(), other))).toEqual(["unchanged", "unchanged"]);
    expect(memory.calls).toContain("patch");
    memory.calls.length = 0;
    expect(outcomes(await runAll(sinkWith(), other))).toEqual(["unchanged", "unchanged"]);
    expect(memory.calls).not.toContain("patch");
  });

  test("are listed once a parent, not looked up one by one", async () => {
    await runAll(sinkWith(), [service, ...Array.from({ length: 20 }, (_, at) => pipeline(`p${at}`))]);
    expect(memory.calls.filter((call) => call === "list")).toHaveLength(1);
  });

  test("that changed are patched, not replaced", async () => {
    await runAll(sinkWith(), [service, pipeline("a", { state: "Active" })]);
    memory.calls.length = 0;
    expect(outcomes(await runAll(sinkWith(), [pipeline("a", { state: "Inactive" })]))).toEqual(["updated"]);
    expect(memory.calls).toContain("patch");
    expect(memory.calls).not.toContain("put");
    expect(memory.stored.get("pipeline svc.a")?.entity["state"]).toBe("Inactive");
  });

  test("that were deleted come back, also with the same hash", async () => {
    await runAll(sinkWith(), [service, pipeline("a")]);
    await memory.port().delete("pipeline", memory.stored.get("pipeline svc.a")?.entity.id ?? "");
    expect(outcomes(await runAll(sinkWith(), [pipeline("a")]))).toEqual(["restored"]);
    expect(memory.names("pipeline")).toEqual(["svc.a"]);
  });

  test("without their parent fail by name", async () => {
    const [result] = await runAll(sinkWith(), [pipeline("a")]);
    expect(result?.left?.name).toBe("svc.a");
    expect(result?.left?.error).toContain("not found");
  });

  test("a failed patch is a failure", async () => {
    await runAll(sinkWith(), [service, pipeline("a")]);
    memory.failing.add("patch");
    expect(outcomes(await runAll(sinkWith(), [pipeline("a", { state: "Inactive" })]))).toEqual([
      "failed: patch is out of order",
    ]);
  });
});

describe("services", () => {
  test("that exist are not written again, unless forced", async () => {
    await runAll(sinkWith(), [service]);
    memory.calls.length = 0;
    await runAll(sinkWith(), [service]);
    expect(memory.calls).not.toContain("put");
    await runAll(sinkWith({ forceEntityOverwriting: true }), [service]);
    expect(memory.calls).toContain("put");
  });

  test.each([
    [{ storeServiceConnection: false }, undefined],
    [
      { serviceConnection: { type: "Airflow", hostPort: "http://af" } },
      { config: { type: "Airflow", hostPort: "http://af" } },
    ],
    [{}, { config: { type: "Airflow" } }],
  ])("store the connection as %j asks", async (options, expected) => {
    await runAll(sinkWith(options), [service]);
    expect(memory.stored.get("pipelineService svc")?.entity["connection"]).toEqual(expected);
  });
});

describe("bulk types", () => {
  const table = (name: string): EntityRecord => ({
    kind: "entity",
    entityType: "table",
    request: { name, databaseSchema: "db.shop.public", columns: [{ name: "id", dataType: "INT" }] },
  });
  const parents: EntityRecord[] = [
    { kind: "entity", entityType: "databaseService", request: { name: "db", serviceType: "Postgres" } },
    { kind: "entity", entityType: "database", request: { name: "shop", service: "db" } },
    { kind: "entity", entityType: "databaseSchema", request: { name: "public", database: "db.shop" } },
  ];

  test("go in batches, parents first, and edges between them are written", async () => {
    const tables = Array.from({ length: 7 }, (_, at) => table(`t${at}`));
    const lineage: LineageRecord = {
      kind: "lineage",
      from: { entityType: "table", fqn: fqnOf("db", "shop", "public", "t0") },
      to: { entityType: "table", fqn: fqnOf("db", "shop", "public", "t1") },
      source: "ViewLineage",
    };
    const results = await runAll(sinkWith({ batchSize: 3 }), [...parents, ...tables, lineage]);
    expect(new Set(outcomes(results))).toEqual(new Set(["created"]));
    expect(memory.names("table")).toHaveLength(7);
    expect(memory.edges).toHaveLength(1);
    expect(memory.calls.filter((call) => call === "putMany").length).toBeLessThanOrEqual(5);
  });

  test("an edge at something that this run made is not looked for, unless this run drew it already", async () => {
    const port = memory.port();
    const looked: string[] = [];
    const catalog: Catalog = {
      ...port,
      putLineage: (drawn, options) => {
        looked.push(options?.isNew === true ? "not looked for" : "looked for");
        return port.putLineage(drawn);
      },
    };
    const sink = (): MetadataRestSink => sinkWith({ catalog, known: new KnownEntities(catalog) });
    await runAll(sink(), [service, pipeline("a"), pipeline("b"), edge("a", "b"), edge("a", "b")]);
    expect(looked).toEqual(["not looked for", "looked for"]);
    await runAll(sink(), [service, pipeline("c"), edge("a", "b"), edge("a", "c")]);
    expect(looked.slice(2)).toEqual(["looked for", "not looked for"]);
  });

  test("a bad item fails alone", async () => {
    const orphan: EntityRecord = {
      kind: "entity",
      entityType: "table",
      request: { name: "x", databaseSchema: "db.shop.nowhere", columns: [] },
    };
    const results = outcomes(await runAll(sinkWith(), [...parents, table("t0"), orphan]));
    expect(results.slice(0, 4)).toEqual(["created", "created", "created", "created"]);
    expect(results[4]).toContain("not found");
  });
});

describe("tags", () => {
  test("are written once, however often they are used, and not again in the next run", async () => {
    const labelled = pipeline("a", {
      tags: [{ tagFQN: "AirflowTags.shop", source: "Classification", labelType: "Automated", state: "Suggested" }],
    });
    expect(outcomes(await runAll(sinkWith(), [tag, service, labelled, tag, tag]))).toEqual([
      "created",
      "created",
      "created",
      "unchanged",
      "unchanged",
    ]);
    expect(memory.calls.filter((call) => call === "put")).toHaveLength(4);
    expect(outcomes(await runAll(sinkWith(), [tag]))).toEqual(["unchanged"]);
  });
});

describe("runs", () => {
  test("wait for their pipeline", async () => {
    const status: MetadataRecord = {
      kind: "pipelineStatus",
      pipeline: fqnOf("svc", "a"),
      statuses: [{ timestamp: 1, executionStatus: "Successful" }],
    };
    expect(outcomes(await runAll(sinkWith(), [service, pipeline("a"), status]))).toEqual([
      "created",
      "created",
      "created",
    ]);
    expect(memory.runs.get("svc.a")).toHaveLength(1);
  });
});

describe("edges", () => {
  test("that come before their ends are written after them", async () => {
    expect(outcomes(await runAll(sinkWith(), [service, edge("a", "b"), pipeline("a"), pipeline("b")]))).toEqual([
      "created",
      "deferred",
      "created",
      "created",
      "created",
    ]);
    expect(memory.edges).toHaveLength(1);
  });

  test("whose end never comes fail and name the end", async () => {
    const results = await runAll(sinkWith(), [service, pipeline("a"), edge("a", "nowhere")]);
    expect(results.at(-1)?.left).toEqual(
      expect.objectContaining({ name: "svc.a → svc.nowhere", error: "pipeline instance for svc.nowhere not found" }),
    );
  });

  test("that override wait until the old ones of their pipeline are gone", async () => {
    const maker = { entityType: "pipeline", fqn: fqnOf("svc", "a") } as const;
    await runAll(sinkWith(), [service, pipeline("a"), pipeline("b"), pipeline("c"), edge("b", "c")]);
    const made = [edge("a", "b"), edge("b", "c")].map((record) => ({ ...record, pipeline: maker, override: true }));
    expect(outcomes(await runAll(sinkWith(), made))).toEqual(["created", "created"]);
    expect(memory.edges).toHaveLength(2);
    expect(memory.calls.filter((call) => call === "deleteLineageBySource")).toHaveLength(1);
  });

  test("that override replace those into the same entity, unless pipelines are what makes them", async () => {
    const maker = { entityType: "pipeline", fqn: fqnOf("svc", "a") } as const;
    await runAll(sinkWith(), [service, pipeline("a"), pipeline("b"), pipeline("c")]);
    const made = [edge("a", "b"), edge("b", "c"), edge("a", "c")].map((record) => ({
      ...record,
      source: "DbtLineage" as const,
      pipeline: maker,
      override: true,
    }));
    await runAll(sinkWith(), made);
    expect(memory.calls.filter((call) => call === "deleteLineageBySource")).toHaveLength(2);
  });

  test("are removed by name, but not when their pipeline is not in the catalog", async () => {
    await runAll(sinkWith(), [service, pipeline("a"), pipeline("b")]);
    const { from, to } = edge("a", "b");
    const gone = { entityType: "pipeline", fqn: fqnOf("svc", "gone") } as const;
    await runAll(sinkWith(), [{ kind: "lineageRemoval", from, to, pipeline: gone }]);
    expect(memory.removed).toEqual([]);
    await runAll(sinkWith(), [{ kind: "lineageRemoval", from, to, pipeline: from }]);
    expect(memory.removed).toHaveLength(1);
  });
});
