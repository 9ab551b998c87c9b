import { describe, expect, test } from "@jest/globals";
import fastJsonPatch, { type Operation } from "fast-json-patch";
import type { CreateRequest, EntityType } from "./entity-types.ts";
import type { JsonPatchOperation } from "./json-patch.ts";
import { planPatch } from "./patch-plan.ts";

type Json = Record<string, unknown>;
const keep = { overrideMetadata: false };

/** What the plan makes of the entity; checks on the way that each operation is valid and that nothing is left to do. */
function patched<T extends EntityType>(type: T, existing: Json, request: CreateRequest<T>, options = keep): Json {
  const plan = planPatch(type, existing, request, options);
  const result = fastJsonPatch.applyPatch(structuredClone(existing), plan as Operation[], true).newDocument;
  expect(planPatch(type, result, request, options)).toEqual([]);
  return result;
}

/** The operations apart from the one on the hash. */
function operations<T extends EntityType>(type: T, existing: Json, request: CreateRequest<T>, options = keep) {
  return planPatch(type, existing, request, options).filter(({ path }) => path !== "/sourceHash");
}

const pipeline = { name: "p", service: "s" };
const table = { name: "t", databaseSchema: "s.d.x", columns: [{ name: "a", dataType: "INT" }] };
const label = (tagFQN: string) =>
  ({ tagFQN, source: "Classification", labelType: "Manual", state: "Confirmed" }) as const;
const owner = (id: string) => ({ id, type: "user" });

test("parameters of a test definition are those of the request; what a server fills in stays", () => {
  const request: CreateRequest<"testDefinition"> = {
    name: "accepted_values_a",
    entityType: "COLUMN",
    testPlatforms: ["dbt"],
    parameterDefinition: [{ name: "accepted_values", required: false }, { name: "quote" }],
  };
  const stored = { ...request, parameterDefinition: [{ name: "accepted_values", required: false, optionValues: [] }] };
  expect(operations("testDefinition", stored, request)).toEqual([
    { op: "add", path: "/parameterDefinition/-", value: { name: "quote" } },
  ]);
  expect(operations("testDefinition", stored, { ...request, parameterDefinition: undefined })).toEqual([]);
  const parameters = patched("testDefinition", stored, request)["parameterDefinition"] as object[];
  expect(parameters[0]).toEqual({ name: "accepted_values", required: false, optionValues: [] });
});

describe("tasks", () => {
  const stored = {
    ...pipeline,
    tasks: [
      { name: "a", description: "kept", taskType: "Bash", downstreamTasks: ["b", "c"] },
      { name: "b", startDate: "x", fullyQualifiedName: "s.p.b" },
      { name: "c" },
      { name: "d", downstreamTasks: [] },
    ],
  };
  const request: CreateRequest<"pipeline"> = {
    ...pipeline,
    tasks: [
      { name: "new", description: "told", owners: [owner("1")], tags: [label("A.b")], downstreamTasks: undefined },
      { name: "d", description: "filled", owners: [owner("1")] },
      { name: "a", description: "other", taskType: "Python", downstreamTasks: ["c", "b"] },
    ],
  };

  test("stay in their stored order; vanished ones go from the end, new ones come whole", () => {
    expect(operations("pipeline", stored, request)).toEqual([
      { op: "replace", path: "/tasks/0/taskType", value: "Python" },
      { op: "add", path: "/tasks/3/description", value: "filled" },
      { op: "add", path: "/tasks/3/owners", value: [owner("1")] },
      { op: "remove", path: "/tasks/2" },
      { op: "remove", path: "/tasks/1" },
      {
        op: "add",
        path: "/tasks/-",
        value: { name: "new", description: "told", owners: [owner("1")], tags: [label("A.b")] },
      },
    ] satisfies JsonPatchOperation[]);
    expect(patched("pipeline", stored, request)["tasks"]).toMatchObject([
      { name: "a" },
      { name: "d" },
      { name: "new" },
    ]);
  });

  test.each([[{}], [{ tasks: null }], [{ tasks: [] }], [{ tasks: "?" }]])(
    "an entity with %j gets them all",
    (tasks) => {
      expect(patched("pipeline", { ...pipeline, ...tasks }, request)["tasks"]).toHaveLength(3);
    },
  );

  test("a source that says nothing of tasks leaves them; an empty list removes them", () => {
    expect(operations("pipeline", stored, pipeline)).toEqual([]);
    expect(patched("pipeline", stored, { ...pipeline, tasks: [] })["tasks"]).toEqual([]);
  });

  test("a name that comes twice is taken once; broken stored elements go", () => {
    const twice = { ...pipeline, tasks: [{ name: "a" }, { name: "a", taskType: "late" }] };
    expect(patched("pipeline", pipeline, twice)["tasks"]).toEqual([{ name: "a" }]);
    expect(patched("pipeline", { ...pipeline, tasks: [null, { name: "a" }, { name: "a" }] }, twice)["tasks"]).toEqual([
      { name: "a" },
    ]);
  });
});

describe("columns", () => {
  const stored = {
    ...table,
    columns: [{ name: "a", dataType: "INT", dataTypeDisplay: "int", description: "by hand" }],
  };

  test.each([[[]], [undefined]])("an empty list (%p) never removes the stored ones", (columns) => {
    expect(operations("table", stored, { ...table, columns: columns ?? [] })).toEqual([]);
    expect(operations("container", { dataModel: stored }, { ...pipeline, dataModel: { columns: [] } })).toEqual([]);
  });

  test("the display of a type is compared whatever its case", () => {
    expect(
      operations("table", stored, { ...table, columns: [{ name: "a", dataType: "INT", dataTypeDisplay: "INT" }] }),
    ).toEqual([]);
    const bigger = [{ name: "a", dataType: "BIGINT", dataTypeDisplay: "BIGINT" }];
    expect(patched("table", stored, { ...table, columns: bigger })["columns"]).toEqual([
      { ...bigger[0], description: "by hand" },
    ]);
  });

  test("a display of the old type does not outlive it", () => {
    const bigger = [{ name: "a", dataType: "BIGINT" }];
    expect(patched("table", stored, { ...table, columns: bigger })["columns"]).toEqual([
      { name: "a", dataType: "BIGINT", dataTypeDisplay: "bigint", description: "by hand" },
    ]);
    expect(operations("table", stored, { ...table, columns: [{ name: "a", dataType: "INT" }] })).toEqual([]);
  });

  test("null stored columns are filled", () => {
    expect(patched("table", { ...table, columns: null }, table)["columns"]).toEqual(table.columns);
    expect(patched("table", { name: "t" }, table)["columns"]).toEqual(table.columns);
  });

  test("nested ones are aligned too; they go when the type changes, not when they are merely missing", () => {
    const struct = (...names: string[]) => [
      { name: "a", dataType: "STRUCT", children: names.map((name) => ({ name, dataType: "INT" })) },
    ];
    const nested = { ...table, columns: struct("x", "y") };
    expect(operations("table", nested, { ...table, columns: struct("z", "y") })).toEqual([
      { op: "remove", path: "/columns/0/children/0" },
      { op: "add", path: "/columns/0/children/-", value: { name: "z", dataType: "INT" } },
    ]);
    expect(operations("table", nested, { ...table, columns: struct() })).toEqual([]);
    expect(patched("table", nested, table)["columns"]).toEqual([{ name: "a", dataType: "INT", children: [] }]);
  });

  test("message fields of a topic keep what was written on them", () => {
    const topic = { name: "t", service: "k", partitions: 1 };
    const messageSchema = {
      schemaType: "JSON",
      schemaFields: [
        { name: "f", dataType: "INT" },
        { name: "g", dataType: "INT" },
      ],
    };
    const before = {
      ...topic,
      messageSchema: { schemaType: "Avro", schemaFields: [{ name: "f", dataType: "LONG", description: "d" }] },
    };
    expect(patched("topic", before, { ...topic, messageSchema })["messageSchema"]).toEqual({
      schemaType: "JSON",
      schemaFields: [
        { name: "f", dataType: "INT", description: "d" },
        { name: "g", dataType: "INT" },
      ],
    });
    expect(patched("topic", topic, { ...topic, messageSchema })["messageSchema"]).toEqual(messageSchema);
  });
});
