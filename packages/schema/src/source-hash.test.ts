import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { entityTypes, type CreateRequest, type EntityType } from "./entity-types.ts";
import { computeSourceHash, hasSourceHash } from "./source-hash.ts";

describe("values that the Python client computes", () => {
  test("a database", () => {
    expect(computeSourceHash("database", { name: "demo.v1", service: "lite" })).toBe(
      "5d5fed1b2708f1f71d0ba42498af3677",
    );
  });

  test("a pipeline with tasks, a state and text outside ASCII", () => {
    expect(
      computeSourceHash("pipeline", {
        name: "p1",
        service: "svc",
        displayName: "P 1",
        description: "é",
        state: "Active",
        tasks: [{ name: "a", downstreamTasks: ["b"] }, { name: "b" }],
      }),
    ).toBe("1c14152ab94bd15d16d0bde0270966c7");
  });

  test("a table: columns by name, white space of the definition levelled", () => {
    expect(
      computeSourceHash("table", {
        name: "t",
        databaseSchema: "s.d.x",
        tableType: "Regular",
        columns: [
          { name: "b", dataType: "INT" },
          { name: "a", dataType: "VARCHAR", dataLength: 5 },
        ],
        schemaDefinition: "CREATE  VIEW\n x",
      }),
    ).toBe("69e185dbae442997ed02edcd21c5b93f");
  });

  /** Requests of ours, hashes answered by openmetadata-ingestion 1.12.8.10. */
  const answered = JSON.parse(
    readFileSync(new URL("../test/fixtures/source-hashes-1.12.8.json", import.meta.url), "utf8"),
  ) as { type: EntityType; request: CreateRequest<EntityType>; hash: string }[];

  test.each(answered.map((vector, index) => ({ title: `${index + 1}: ${vector.type}`, ...vector })))(
    "answer $title",
    ({ type, request, hash }) => {
      expect(computeSourceHash(type, request)).toBe(hash);
    },
  );

  test("the answers cover each type that has a hash", () => {
    const hashed = (Object.keys(entityTypes) as EntityType[]).filter(hasSourceHash);
    expect(new Set(answered.map(({ type }) => type))).toEqual(new Set(hashed));
  });
});

describe("what changes a hash and what does not", () => {
  const table: CreateRequest<"table"> = {
    name: "t",
    databaseSchema: "s.d.x",
    columns: [
      { name: "a", dataType: "INT" },
      { name: "b", dataType: "INT" },
    ],
  };

  test("the hash itself, absent and undefined fields, and the order of columns do not", () => {
    const hash = computeSourceHash("table", table);
    expect(computeSourceHash("table", { ...table, sourceHash: "x" })).toBe(hash);
    expect(computeSourceHash("table", { ...table, description: undefined })).toBe(hash);
    expect(computeSourceHash("table", { ...table, columns: table.columns.toReversed() })).toBe(hash);
  });

  test("a value, a default that is written out differently, and the order of tasks do", () => {
    expect(computeSourceHash("table", { ...table, description: "d" })).not.toBe(computeSourceHash("table", table));
    const tasks = [{ name: "a" }, { name: "b" }];
    const pipeline = { name: "p", service: "s" };
    expect(computeSourceHash("pipeline", { ...pipeline, tasks })).not.toBe(
      computeSourceHash("pipeline", { ...pipeline, tasks: tasks.toReversed() }),
    );
  });

  test("a database whose default is written out equals one that leaves it to the default", () => {
    expect(computeSourceHash("database", { name: "d", service: "s", default: false })).toBe(
      computeSourceHash("database", { name: "d", service: "s" }),
    );
  });

  test("the request is not changed", () => {
    const request = structuredClone(table);
    request.columns.reverse();
    const before = structuredClone(request);
    computeSourceHash("table", request);
    expect(request).toEqual(before);
  });

  test("types without a source hash get a stable one, whatever the order of their fields", () => {
    const hash = computeSourceHash("pipelineService", { name: "s", serviceType: "Airflow" });
    expect(hash).toMatch(/^[0-9a-f]{32}$/);
    expect(computeSourceHash("pipelineService", { serviceType: "Airflow", name: "s" })).toBe(hash);
    expect(computeSourceHash("pipelineService", { serviceType: "Dagster", name: "s" })).not.toBe(hash);
  });

  test("a frozen request has the hash of one that is not", () => {
    const frozen = Object.freeze(structuredClone(table));
    expect([computeSourceHash("table", frozen), computeSourceHash("table", frozen)]).toEqual([
      computeSourceHash("table", table),
      computeSourceHash("table", table),
    ]);
  });
});
