import { describe, expect, test } from "@jest/globals";
import type { z } from "zod";
import { entityTypes } from "./entity-types.ts";
import { fqnOf } from "./fqn.ts";
import { entityRecord, metadataRecord, type EntityRecord, type MetadataRecord } from "./records.ts";

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
/** Does not compile when a schema and its interface drift apart. */
const sameTypes: [
  Same<z.infer<typeof metadataRecord>, MetadataRecord>,
  Same<z.infer<typeof entityRecord>, EntityRecord>,
] = [true, true];

const table = { entityType: "table" as const, fqn: fqnOf("s", "d", "x", "t.1") };
const valid: MetadataRecord[] = [
  { kind: "entity", entityType: "pipeline", request: { name: "p", service: "s" }, marks: [{ key: "k", value: "v" }] },
  { kind: "entity", entityType: "topic", request: { name: "t", service: "k", partitions: 1 } },
  { kind: "tag", classification: { name: "c", description: "" }, tag: { name: "t", description: "d" } },
  {
    kind: "lineage",
    from: table,
    to: table,
    source: "PipelineLineage",
    columnsLineage: [{ fromColumns: ["a"], toColumn: "b" }],
  },
  { kind: "lineageRemoval", from: table, to: table, pipeline: { entityType: "pipeline", fqn: fqnOf("s", "p") } },
  { kind: "pipelineStatus", pipeline: fqnOf("s", "p"), statuses: [{ timestamp: 1, executionStatus: "Failed" }] },
  { kind: "dataModel", table: table.fqn, dataModel: { modelType: "DBT", sql: "select 1", upstream: ["a.b.c.d"] } },
  {
    kind: "entityUpdate",
    ...table,
    set: { description: "d", tier: fqnOf("Tier", "Tier1"), columnDescriptions: { "a.b": "c" } },
    override: ["description"],
  },
  {
    kind: "testResult",
    testCase: fqnOf("s", "d", "x", "t", "c"),
    results: [{ timestamp: 1, testCaseStatus: "Success", testResultValue: [] }],
    inspectionQuery: "select 1",
  },
];

describe("records", () => {
  test("schemas and interfaces are of the same types", () => {
    expect(sameTypes).toEqual([true, true]);
  });

  test.each(valid)("%j", (record) => {
    expect(metadataRecord.parse(record)).toEqual(record);
  });

  test("every entity type has its record", () => {
    const types = entityRecord.options.map((option) => option.shape.entityType.value);
    expect(types.toSorted()).toEqual(Object.keys(entityTypes).toSorted());
  });

  test.each<[string, unknown, string]>([
    ["an unknown kind", { kind: "guess" }, "kind"],
    ["an unknown entity type", { kind: "entity", entityType: "planet", request: {} }, "entityType"],
    [
      "a request that misses a field",
      { kind: "entity", entityType: "pipeline", request: { name: "p" } },
      "request.service",
    ],
    [
      "the request of another type",
      { kind: "entity", entityType: "topic", request: { name: "p", service: "s" } },
      "request.partitions",
    ],
    ["an unknown field", { ...valid[2], more: 1 }, ""],
    ["an FQN with an open quote", { kind: "pipelineStatus", pipeline: 's."p', statuses: [] }, "pipeline"],
    ["an FQN with needless quotes", { kind: "pipelineStatus", pipeline: 's."p"', statuses: [] }, "pipeline"],
    ["an empty FQN", { kind: "pipelineStatus", pipeline: "", statuses: [] }, "pipeline"],
    ["a lineage source that OpenMetadata does not know", { ...valid[3], source: "Magic" }, "source"],
    ["a removal of a source that OpenMetadata does not know", { ...valid[4], source: "Magic" }, "source"],
    ["an end of another type", { ...valid[3], to: { entityType: "planet", fqn: "a" } }, "to.entityType"],
    ["a data model of another kind", { ...valid[6], dataModel: { modelType: "SQLMesh" } }, "dataModel.modelType"],
    ["an update of a field that updates have not", { ...valid[7], set: { displayName: "x" } }, "set"],
    ["an override of what is never replaced", { ...valid[7], override: ["tags"] }, "override.0"],
    [
      "a result of an unknown status",
      { ...valid[8], results: [{ timestamp: 1, testCaseStatus: "Warn" }] },
      "results.0.testCaseStatus",
    ],
    [
      "a time that is no integer",
      { ...valid[5], statuses: [{ timestamp: 1.5, executionStatus: "Failed" }] },
      "statuses.0.timestamp",
    ],
  ])("%s is refused", (_, record, path) => {
    const result = metadataRecord.safeParse(record);
    expect(result.success).toBe(false);
    expect(result.error?.issues.map((issue) => issue.path.join("."))).toContain(path);
  });
});
