import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { fqnOf, Secret, type CreateRequest } from "@omd/schema";
import { addPipeline, addSchema, addTable, addTag, collect, id, label, mail, ref } from "../../test/catalog-fixture.ts";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "./embedded-catalog.ts";
import { mask } from "./mask.ts";
import { migrations } from "./migrations.ts";

function memory(): EmbeddedCatalog {
  let now = 1_000;
  return openEmbeddedCatalog({ file: ":memory:", clock: () => (now += 1) });
}

describe("entities", () => {
  test("carry what OpenMetadata adds", async () => {
    const catalog = memory();
    const { entity } = await catalog.put("pipelineService", { name: "s", serviceType: "Airflow" });
    expect(entity).toMatchObject({
      href: `/api/v1/services/pipelineServices/${entity.id}`,
      updatedBy: "ingestion-bot",
      updatedAt: 1_001,
      deleted: false,
    });
    expect(entity.changeDescription).toBeUndefined();
  });

  test("a brief answer has id and names, and is written all the same", async () => {
    const catalog = memory();
    const request = { name: "s.v", serviceType: "Airflow", description: "d" };
    const { outcome, entity } = await catalog.put("pipelineService", request, { brief: true });
    expect(entity).toEqual({ id: entity.id, name: "s.v", fullyQualifiedName: '"s.v"' });
    expect([outcome, (await catalog.get("pipelineService", fqnOf("s.v")))?.id]).toEqual(["created", entity.id]);
  });

  test("a 404 names type and FQN as the server does", async () => {
    const catalog = memory();
    const put = catalog.put("database", { name: "d", service: "my.db" });
    await expect(put).rejects.toThrow('databaseService instance for "my.db" not found');
  });

  test("a new source hash alone is stored without a new version", async () => {
    const catalog = memory();
    await addPipeline(catalog, "s");
    await catalog.put("pipeline", { name: "p", service: "s", sourceHash: "a" });
    const { outcome, entity } = await catalog.put("pipeline", { name: "p", service: "s", sourceHash: "b" });
    expect([outcome, entity.version, entity.sourceHash]).toEqual(["updated", 0.1, "b"]);
  });

  test("a PUT without tasks leaves the tasks alone, one with none removes them", async () => {
    const catalog = memory();
    const { fullyQualifiedName: fqn } = await addPipeline(catalog, "s");
    await catalog.put("pipeline", { name: "daily", service: "s" });
    expect((await catalog.get("pipeline", fqn, { fields: ["tasks"] }))?.tasks).toHaveLength(2);
    await catalog.put("pipeline", { name: "daily", service: "s", tasks: [] });
    expect((await catalog.get("pipeline", fqn, { fields: ["tasks"] }))?.tasks ?? []).toEqual([]);
  });

  test("per kind the newer life-cycle time wins", async () => {
    const catalog = memory();
    await addPipeline(catalog, "s");
    const put = (lifeCycle: CreateRequest<"pipeline">["lifeCycle"]) =>
      catalog.put("pipeline", { name: "p", service: "s", lifeCycle });
    await put({ created: { timestamp: 5 }, updated: { timestamp: 5 } });
    const { entity } = await put({ created: { timestamp: 4 }, updated: { timestamp: 6 } });
    expect(entity.lifeCycle).toEqual({ created: { timestamp: 5 }, updated: { timestamp: 6 } });
  });

  test("a wrong type in a patch and a reach into the prototype are refused", async () => {
    const catalog = memory();
    const pipeline = await addPipeline(catalog, "s");
    for (const path of ["/description", "/owners", "/tags", "/tasks/0/name"]) {
      await expect(catalog.patch("pipeline", pipeline.id, [{ op: "add", path, value: 7 }])).rejects.toMatchObject({
        status: 400,
      });
    }
    const reach = catalog.patch("pipeline", pipeline.id, [{ op: "add", path: "/__proto__/polluted", value: 1 }]);
    await expect(reach).rejects.toMatchObject({ status: 400 });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test("a name that no FQN can be made of is a 400", async () => {
    const catalog = memory();
    await addPipeline(catalog, "s");
    await expect(catalog.put("pipeline", { name: 'a"b', service: "s" })).rejects.toMatchObject({ status: 400 });
    const schema = await addSchema(catalog, "d");
    await expect(addTable(catalog, schema, "t", [{ name: 'a"b', dataType: "INT" }])).rejects.toMatchObject({
      status: 400,
    });
  });

  test("domains do not exist here", async () => {
    const catalog = memory();
    const put = catalog.put("pipelineService", { name: "s", serviceType: "Airflow", domains: ["Sales"] });
    await expect(put).rejects.toThrow("domain instance for Sales not found");
  });

  test("children are listed when asked for", async () => {
    const catalog = memory();
    const schema = await addSchema(catalog, "d");
    await addTable(catalog, schema, "b");
    await addTable(catalog, schema, "a");
    expect((await catalog.get("databaseSchema", schema, { fields: ["tables"] }))?.tables).toMatchObject([
      { name: "a" },
      { name: "b" },
    ]);
    expect((await catalog.get("databaseSchema", schema))?.tables).toBeUndefined();
  });

  test("lists a thousand and more in FQN order, once each", async () => {
    const catalog = memory();
    const schema = await addSchema(catalog, "d");
    const requests = Array.from({ length: 1_203 }, (_, index) => ({
      name: `t${index}`,
      databaseSchema: schema,
      columns: [id],
    }));
    await catalog.putMany("table", requests);
    const fqns = (await collect(catalog.list("table"))).map((table) => table.fullyQualifiedName);
    expect(fqns).toEqual([...new Set(fqns)].sort());
    expect(fqns).toHaveLength(1_203);
  });
});

describe("versions", () => {
  test("keep every state, newest first, with what changed", async () => {
    const catalog = memory();
    const schema = await addSchema(catalog, "d");
    const { id: table } = await addTable(catalog, schema, "t", [id, mail]);
    await addTable(catalog, schema, "t", [id]);
    await catalog.delete("table", table);
    await catalog.delete("table", table);
    const versions = await catalog.versions("table", table);
    expect(versions.map((state) => [state.version, state.deleted, (state.columns as unknown[]).length])).toEqual([
      [1.2, true, 1],
      [1.1, false, 1],
      [0.1, false, 2],
    ]);
    expect(versions[0]?.changeDescription).toEqual({
      fieldsAdded: [],
      fieldsUpdated: [{ name: "deleted", oldValue: false, newValue: true }],
      fieldsDeleted: [],
      previousVersion: 1.1,
    });
    expect(versions[1]).toMatchObject({
      changeDescription: { fieldsDeleted: [{ name: "columns" }], previousVersion: 0.1 },
    });
  });

  test("a shorter column breaks readers, a new one does not", async () => {
    const catalog = memory();
    const schema = await addSchema(catalog, "d");
    const version = async (dataLength: number) =>
      (await addTable(catalog, schema, "t", [{ ...mail, dataLength }])).version;
    expect([await version(20), await version(30), await version(10)]).toEqual([0.1, 0.2, 1.2]);
  });
});

describe("secrets", () => {
  test("no byte of a secret reaches the files", async () => {
    const directory = mkdtempSync(join(tmpdir(), "omd-secret-"));
    const catalog = openEmbeddedCatalog({ file: join(directory, "c.db") });
    const config = {
      type: "Airflow",
      hostPort: "http://u:canary-1@localhost:8080",
      connection: { authConfig: { password: "canary-2", token: new Secret("canary-3") } },
      credentials: { gcpConfig: { privateKey: "canary-4" } },
    };
    const { entity } = await catalog.put("pipelineService", {
      name: "s",
      serviceType: "Airflow",
      connection: { config },
    });
    expect(entity.connection).toMatchObject({
      config: { connection: { authConfig: { password: mask, token: mask } } },
    });
    const again = await catalog.put("pipelineService", { name: "s", serviceType: "Airflow", connection: { config } });
    expect(again.outcome).toBe("unchanged");
    await catalog.patch("pipelineService", entity.id, [
      { op: "replace", path: "/connection/config/connection/authConfig/password", value: "canary-5" },
    ]);
    const { fullyQualifiedName } = (await catalog.put("pipeline", { name: "p", service: "s" })).entity;
    await catalog.putPipelineStatuses(fullyQualifiedName, [
      { timestamp: 1, executionStatus: "Successful", parameters: { api_key: "canary-6" } },
    ]);
    for (const file of readdirSync(directory))
      expect(readFileSync(join(directory, file), "latin1")).not.toContain("canary");
    await catalog.close();
    rmSync(directory, { recursive: true, force: true });
  });
});

describe("identity and counts", () => {
  test("reset empties the catalog and gives it a new identity", async () => {
    const catalog = memory();
    const before = catalog.identity;
    const pipeline = await addPipeline(catalog, "s");
    await catalog.putPipelineStatuses(pipeline.fullyQualifiedName, [{ timestamp: 1, executionStatus: "Failed" }]);
    await catalog.delete("pipeline", pipeline.id);
    expect(catalog.counts()).toEqual({
      entities: { pipelineService: 1 },
      deletedEntities: 1,
      lineageEdges: 0,
      pipelineStatuses: 1,
      ingestionRuns: 0,
    });
    await catalog.reset();
    expect(catalog.counts()).toMatchObject({ entities: {}, deletedEntities: 0, pipelineStatuses: 0 });
    expect(before).toMatch(/^embedded:[0-9a-f-]{36}$/);
    expect(catalog.identity).not.toBe(before);
    expect(await catalog.connect()).toEqual({ version: String(migrations.length) });
  });

  test("ingestion runs are listed newest first, each id once", async () => {
    const catalog = memory();
    const service = (await catalog.put("pipelineService", { name: "s", serviceType: "Airflow" })).entity;
    const request = { name: "m", pipelineType: "metadata", sourceConfig: { config: {} }, airflowConfig: {} } as const;
    await catalog.put("ingestionPipeline", { ...request, service: ref("pipelineService", service) });
    const fqn = fqnOf("s", "m");
    const run = (runId: string, timestamp: number, pipelineState: "running" | "success") =>
      catalog.putIngestionRun(fqn, { runId, timestamp, startDate: timestamp, pipelineState });
    await run("a", 1, "running");
    await run("a", 1, "success");
    await run("b", 2, "running");
    expect(catalog.runs(fqn).map((entry) => [entry.runId, entry.pipelineState])).toEqual([
      ["b", "running"],
      ["a", "success"],
    ]);
    expect(catalog.runs()[0]?.ingestionPipeline).toBe(fqn);
    expect(catalog.runs(fqnOf("s", "other"))).toEqual([]);
    await expect(
      catalog.putIngestionRun(fqnOf("x"), { runId: "a", timestamp: 1, startDate: 1, pipelineState: "failed" }),
    ).rejects.toMatchObject({ status: 404 });
  });
});

describe("exportLines", () => {
  async function fill(reverse: boolean): Promise<string> {
    const catalog = memory();
    const tag = await addTag(catalog, "Cls", "Gold");
    const team = (await catalog.put("team", { name: "crew", teamType: "Group" })).entity;
    const schema = await addSchema(catalog, "d");
    const names = reverse ? ["b", "a"] : ["a", "b"];
    const tables = new Map<string, string>();
    for (const name of names) {
      const request = {
        name,
        databaseSchema: schema,
        columns: [id, mail],
        owners: [ref("team", team)],
        tags: [label(tag)],
      };
      tables.set(name, (await catalog.put("table", request)).entity.id);
    }
    const pipeline = await addPipeline(catalog, "p");
    if (reverse) await catalog.patch("pipeline", pipeline.id, [{ op: "add", path: "/concurrency", value: 1 }]);
    await catalog.put("pipeline", { name: "daily", service: "p", concurrency: 2 });
    for (const column of reverse ? ["mail", "id"] : ["id", "mail"]) {
      await catalog.putLineage({
        from: { id: String(tables.get("a")), type: "table" },
        to: { id: String(tables.get("b")), type: "table" },
        details: { columnsLineage: [{ fromColumns: [`${schema}.a.${column}`], toColumn: `${schema}.b.${column}` }] },
      });
    }
    await catalog.putPipelineStatuses(pipeline.fullyQualifiedName, [{ timestamp: 7, executionStatus: "Failed" }]);
    const text = [...catalog.exportLines()].join("\n");
    expect(text).not.toContain(pipeline.id);
    return text;
  }

  test("two catalogs with the same content are byte-identical", async () => {
    const text = await fill(false);
    expect(await fill(true)).toBe(text);
    for (const word of ["href", "updatedAt", '"version"', "changeDescription", "updatedBy"])
      expect(text).not.toContain(word);
    const lines = text.split("\n").map((line) => JSON.parse(line) as { kind: string; fullyQualifiedName?: string });
    expect(lines.filter((line) => line.kind === "entity").map((line) => line.fullyQualifiedName)).toEqual(
      lines.flatMap((line) => line.fullyQualifiedName ?? []).sort(),
    );
    expect(lines.at(-1)).toMatchObject({ kind: "pipelineStatus", pipeline: "p.daily", timestamp: 7 });
    expect(text).toContain('"owners":[{"fullyQualifiedName":"crew","type":"team"}]');
  });

  test("another content gives other lines", async () => {
    const catalog = memory();
    await addPipeline(catalog, "p");
    const before = [...catalog.exportLines()];
    await catalog.put("pipeline", { name: "daily", service: "p", concurrency: 3 });
    expect([...catalog.exportLines()]).not.toEqual(before);
    expect([...catalog.exportLines()].find((line) => line.includes("p.daily"))).toContain('"concurrency":3');
  });
});
