import { describe, expect, test } from "@jest/globals";
import fastJsonPatch, { type Operation } from "fast-json-patch";
import type { CreateRequest, EntityType } from "./entity-types.ts";
import { planPatch } from "./patch-plan.ts";
import { computeSourceHash } from "./source-hash.ts";

type Json = Record<string, unknown>;
const keep = { overrideMetadata: false };
const override = { overrideMetadata: true };

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

describe("the source hash", () => {
  test("is brought up to date when nothing else differs", () => {
    expect(planPatch("pipeline", { ...pipeline, sourceHash: "old" }, { ...pipeline, sourceHash: "new" }, keep)).toEqual(
      [{ op: "replace", path: "/sourceHash", value: "new" }],
    );
  });

  test("is computed when the request has none, and added where the entity has none", () => {
    expect(planPatch("pipeline", { ...pipeline }, pipeline, keep)).toEqual([
      { op: "add", path: "/sourceHash", value: computeSourceHash("pipeline", pipeline) },
    ]);
  });

  test("nothing to do is an empty plan", () => {
    expect(planPatch("pipeline", { ...pipeline, sourceHash: "h" }, { ...pipeline, sourceHash: "h" }, keep)).toEqual([]);
  });

  test("types without a hash get none", () => {
    expect(planPatch("pipelineService", { name: "s" }, { name: "s", serviceType: "Airflow" }, keep)).toEqual([]);
  });
});

describe("what the source knows", () => {
  test("a paused DAG without a schedule", () => {
    const stored = {
      state: "Active",
      scheduleInterval: "@daily",
      concurrency: 4,
      startDate: "2024-01-01",
      tasks: null,
    };
    expect(operations("pipeline", stored, { ...pipeline, state: "Inactive" })).toEqual([
      { op: "replace", path: "/state", value: "Inactive" },
      { op: "remove", path: "/concurrency" },
      { op: "remove", path: "/startDate" },
      { op: "remove", path: "/scheduleInterval" },
    ]);
  });

  test("a state that the source does not tell stays", () => {
    expect(operations("pipeline", { state: "Inactive" }, pipeline)).toEqual([]);
  });

  test("an unchanged point in time, however it is written, is not patched", () => {
    const request = { ...pipeline, startDate: "2024-01-01T00:00:00+00:00" };
    expect(operations("pipeline", { startDate: "2024-01-01T00:00:00.000000Z" }, request)).toEqual([]);
    expect(operations("pipeline", { startDate: "2024-01-01T00:00:00" }, request)).toEqual([]);
    expect(operations("pipeline", { startDate: "2024-01-01T00:00:01Z" }, request)).toHaveLength(1);
    expect(operations("pipeline", { startDate: "some day" }, request)).toHaveLength(1);
  });

  test("zero and false are values", () => {
    expect(operations("container", { numberOfObjects: 3 }, { ...pipeline, numberOfObjects: 0 })).toEqual([
      { op: "replace", path: "/numberOfObjects", value: 0 },
    ]);
  });

  test("lists whose order says nothing", () => {
    const topic = { name: "t", service: "k", partitions: 1 };
    const stored = { partitions: 1, cleanupPolicies: ["compact", "delete"] };
    expect(operations("topic", stored, { ...topic, cleanupPolicies: ["delete", "compact"] })).toEqual([]);
    expect(operations("topic", stored, { ...topic, cleanupPolicies: ["delete"] })).toEqual([
      { op: "replace", path: "/cleanupPolicies", value: ["delete"] },
    ]);
  });

  test("fields that are not ours stay", () => {
    const stored = { ...table, id: "1", version: 0.3, followers: [{ id: "x" }], domains: [{ id: "d" }] };
    const result = patched("table", stored, { ...table, sourceUrl: "http://x" });
    expect(result).toMatchObject({ ...stored, sourceUrl: "http://x" });
  });
});

describe("what people may have written", () => {
  const request: CreateRequest<"table"> = {
    ...table,
    description: "of the source",
    displayName: "Source",
    owners: [owner("1")],
    tableConstraints: [{ constraintType: "UNIQUE", columns: ["a"] }],
    extension: { team: "a", "a/b~c": "new" },
  };
  const curated = {
    ...table,
    description: "of a person",
    displayName: "Person",
    owners: [owner("2")],
    tableConstraints: [{ constraintType: "PRIMARY_KEY", columns: ["a"] }],
    extension: { team: "b" },
  };

  test.each([
    ["absent", {}],
    ["null", { description: null, displayName: null, owners: null, tableConstraints: null, extension: null }],
    ["empty", { description: " ", displayName: "", owners: [], tableConstraints: [], extension: {} }],
  ])("%s fields are filled", (_, stored) => {
    const { description, displayName, owners, tableConstraints, extension } = request;
    expect(patched("table", { ...table, ...stored }, request)).toMatchObject({
      description,
      displayName,
      owners,
      tableConstraints,
      extension,
    });
  });

  test("is kept; only new keys of the extension are added", () => {
    expect(operations("table", curated, request)).toEqual([{ op: "add", path: "/extension/a~1b~0c", value: "new" }]);
    patched("table", curated, request);
  });

  test("is replaced with overrideMetadata", () => {
    const result = patched("table", curated, request, override);
    expect(result).toMatchObject({ description: "of the source", displayName: "Source", owners: [owner("1")] });
    expect(result["tableConstraints"]).toEqual(request.tableConstraints);
    expect(result["extension"]).toEqual({ team: "a", "a/b~c": "new" });
  });

  test.each([keep, override])("is never removed (%j)", (options) => {
    expect(operations("table", { ...curated, tags: [label("A.b")] }, table, options)).toEqual([]);
    const empty = { description: "", owners: [], tags: [], tableConstraints: [], extension: {} };
    expect(operations("table", { ...curated, tags: [label("A.b")] }, { ...table, ...empty }, options)).toEqual([]);
  });

  test("owners are compared by id, and inherited ones are none", () => {
    const stored = { ...table, owners: [{ ...owner("2"), name: "b" }, owner("1")] };
    expect(operations("table", stored, { ...table, owners: [owner("1"), owner("2")] }, override)).toEqual([]);
    const inherited = { ...table, owners: [{ ...owner("2"), inherited: true }] };
    expect(operations("table", inherited, { ...table, owners: [owner("1")] })).toEqual([
      { op: "replace", path: "/owners", value: [owner("1")] },
    ]);
  });

  test("constraints in another order, or with null members, are the same", () => {
    const unique = { constraintType: "UNIQUE" as const, columns: ["a"] };
    const key = { constraintType: "PRIMARY_KEY" as const, columns: ["b", "c"] };
    const stored = { ...table, tableConstraints: [{ ...key, referredColumns: null }, unique] };
    expect(operations("table", stored, { ...table, tableConstraints: [unique, key] }, override)).toEqual([]);
    const turned = { ...key, columns: ["c", "b"] };
    expect(operations("table", stored, { ...table, tableConstraints: [unique, turned] }, override)).toHaveLength(1);
  });

  test.each([keep, override])("tags are united by tagFQN (%j)", (options) => {
    const tags = [label("A.b"), label("A.c"), label("A.c")];
    expect(
      operations("table", { ...table, tags: [{ ...label("A.b"), labelType: "Derived" }] }, { ...table, tags }, options),
    ).toEqual([{ op: "add", path: "/tags/-", value: label("A.c") }]);
    expect(operations("table", { ...table, tags: null }, { ...table, tags }, options)).toEqual([
      { op: "add", path: "/tags", value: [label("A.b"), label("A.c")] },
    ]);
  });
});
