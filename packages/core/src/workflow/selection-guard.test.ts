import { describe, expect, test } from "@jest/globals";
import { fqnOf, type EntityType, type FQN, type MetadataRecord } from "@omd/schema";
import type { Selection } from "../contracts/index.ts";
import { requireOwn, SelectionGuard } from "./selection-guard.ts";

const orders = fqnOf("db", "shop", "raw", "orders");
const table = (name: string): MetadataRecord => ({
  kind: "entity",
  entityType: "table",
  request: { name, databaseSchema: fqnOf("db", "shop", "raw"), columns: [] },
});
const records: Readonly<Record<string, MetadataRecord>> = {
  service: { kind: "entity", entityType: "databaseService", request: { name: "db", serviceType: "Mysql" } },
  database: { kind: "entity", entityType: "database", request: { name: "shop", service: "db" } },
  schema: { kind: "entity", entityType: "databaseSchema", request: { name: "raw", database: fqnOf("db", "shop") } },
  "other schema": {
    kind: "entity",
    entityType: "databaseSchema",
    request: { name: "r", database: fqnOf("db", "shop") },
  },
  orders: table("orders"),
  "a table that begins like it": table("orders_old"),
  update: { kind: "entityUpdate", entityType: "table", fqn: orders, set: { description: "d" } },
  "update of its schema": {
    kind: "entityUpdate",
    entityType: "databaseSchema",
    fqn: fqnOf("db", "shop", "raw"),
    set: {},
  },
  "data model": { kind: "dataModel", table: orders, dataModel: { modelType: "DBT" } },
  results: { kind: "testResult", testCase: fqnOf("db", "shop", "raw", "orders", "id", "unique"), results: [] },
  "results of another": { kind: "testResult", testCase: fqnOf("db", "shop", "raw", "b", "unique"), results: [] },
  definition: {
    kind: "entity",
    entityType: "testDefinition",
    request: { name: "unique", description: "", entityType: "TABLE", testPlatforms: ["dbt"] },
  },
  tag: { kind: "tag", classification: { name: "C", description: "" }, tag: { name: "t", description: "" } },
  "edge from it": edge(orders, fqnOf("db", "shop", "raw", "b")),
  "edge to it": edge(fqnOf("db", "shop", "raw", "b"), orders),
  "edge made by it": edge(fqnOf("a"), fqnOf("b"), orders),
  "edge elsewhere": edge(fqnOf("db", "shop", "raw", "a"), fqnOf("db", "shop", "raw", "b")),
  runs: { kind: "pipelineStatus", pipeline: fqnOf("db", "x"), statuses: [] },
  removal: {
    kind: "lineageRemoval",
    from: { entityType: "table", fqn: orders },
    to: { entityType: "table", fqn: orders },
  },
};

function edge(from: FQN, to: FQN, pipeline?: FQN): MetadataRecord {
  const of = (fqn: FQN): { entityType: EntityType; fqn: FQN } => ({ entityType: "table", fqn });
  return {
    kind: "lineage",
    from: of(from),
    to: of(to),
    source: "PipelineLineage",
    ...(pipeline && { pipeline: of(pipeline) }),
  };
}

function taken(selection: Selection): string[] {
  const guard = new SelectionGuard(selection, "databaseService");
  return Object.keys(records).filter((name) => {
    const record = records[name];
    return record !== undefined && guard.judge(record) === "take";
  });
}

describe("--only", () => {
  test("takes the entity, what is about it and what it lies in", () => {
    expect(taken({ only: [orders] }).join(", ")).toBe(
      "service, database, schema, orders, update, data model, results, definition, tag, edge from it, edge to it, edge made by it",
    );
  });

  test("takes all that lies below", () => {
    const left = Object.keys(records).filter((name) => !taken({ only: [fqnOf("db", "shop", "raw")] }).includes(name));
    expect(left).toEqual(["other schema", "runs", "removal"]);
    expect(taken({ only: [fqnOf("db")] })).toEqual(Object.keys(records).filter((name) => name !== "removal"));
  });

  test("is told of by name where nothing turned up", () => {
    const found = fqnOf("db", "shop", "raw", "seen");
    const guard = new SelectionGuard(
      { only: [orders, fqnOf("db", "shop", "raw"), found, fqnOf("db", "x")] },
      "databaseService",
    );
    guard.judge(table("orders"));
    guard.saw(found);
    // That something points to it does not mean that it is there.
    guard.judge(edge(orders, fqnOf("db", "x")));
    expect(guard.notFound).toEqual(["db.x"]);
  });

  test("of another service is a mistake", () => {
    const own = (...names: string[]): void => requireOwn({ only: [fqnOf(...names)] }, fqnOf("db"));
    expect(() => own("db")).not.toThrow();
    expect(() => own("db", "shop")).not.toThrow();
    expect(() => own("db2", "shop")).toThrow("--only db2.shop: that is not in the service db");
    expect(() => own("orders")).toThrow(expect.objectContaining({ code: "OMD_CONFIG" }));
  });
});

describe("--limit", () => {
  test("counts tables and not what they lie in, ends at the first too many", () => {
    const guard = new SelectionGuard({ only: [], limit: 2 }, "databaseService");
    const verdicts = ["service", "database", "schema", "orders", "orders", "update", "definition"].map((name) => {
      const record = records[name];
      return record && guard.judge(record);
    });
    expect(new Set(verdicts)).toEqual(new Set(["take"]));
    expect([guard.judge(table("b")), guard.hasDropped]).toEqual(["take", false]);
    expect([guard.judge(table("c")), guard.hasEnded, guard.hasDropped]).toEqual(["end", true, true]);
  });

  test("counts only what --only lets through, and calls nothing missing that was not read for it", () => {
    const guard = new SelectionGuard({ only: [orders, fqnOf("db", "z")], limit: 1 }, "databaseService");
    expect([guard.judge(table("a")), guard.judge(table("orders")), guard.hasEnded]).toEqual(["drop", "take", false]);
    expect(guard.notFound).toEqual(["db.z"]);
    const ended = new SelectionGuard({ only: [fqnOf("db", "shop"), fqnOf("db", "z")], limit: 1 }, "databaseService");
    expect([ended.judge(table("a")), ended.judge(table("b")), ended.notFound]).toEqual(["take", "end", []]);
  });
});
