import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import fastJsonPatch, { type Operation } from "fast-json-patch";
import { planPatch } from "./patch-plan.ts";
import type { CreatePipeline, Task } from "./requests/pipeline.ts";
import type { Column, CreateTable } from "./requests/table.ts";

type Json = Record<string, unknown>;

const name = fc.constantFrom("a", "b", "c", "d/e", "f~g", "é");
const words = fc.constantFrom("", "one", "two");
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const storedMaybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 3 });
const tags = fc.uniqueArray(fc.constantFrom("T.a", "T.b", "T.c"), { maxLength: 3 }).map((names) =>
  names.map((tagFQN) => ({
    tagFQN,
    source: "Classification" as const,
    labelType: "Manual" as const,
    state: "Confirmed" as const,
  })),
);
const owners = fc
  .uniqueArray(fc.constantFrom("1", "2", "3"), { maxLength: 2 })
  .map((ids) => ids.map((id) => ({ id, type: "user" })));

const task: fc.Arbitrary<Task> = fc.record({
  name,
  description: maybe(words),
  displayName: maybe(words),
  taskType: maybe(words),
  startDate: maybe(fc.constantFrom("2024-01-01T00:00:00Z", "2024-01-01T00:00:00+00:00", "2025-05-05")),
  downstreamTasks: maybe(fc.uniqueArray(name)),
  tags: maybe(tags),
  owners: maybe(owners),
});
const pipeline: fc.Arbitrary<CreatePipeline> = fc.record({
  name: fc.constant("p"),
  service: fc.constant("s"),
  description: maybe(words),
  state: maybe(fc.constantFrom("Active", "Inactive")),
  concurrency: maybe(fc.nat(3)),
  scheduleInterval: maybe(words),
  startDate: maybe(fc.constantFrom("2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000Z", "2025-05-05T00:00:00Z")),
  owners: maybe(owners),
  tags: maybe(tags),
  extension: maybe(fc.dictionary(fc.constantFrom("k", "a/b", "x~y"), words)),
  tasks: maybe(fc.uniqueArray(task, { selector: (one) => one.name })),
});
const column: fc.Arbitrary<Column> = fc.letrec<{ column: Column }>((tie) => ({
  column: fc.record({
    name,
    dataType: fc.constantFrom("INT", "STRUCT"),
    dataTypeDisplay: maybe(fc.constantFrom("int", "INT", "struct<a>")),
    description: maybe(words),
    precision: maybe(fc.nat(3)),
    tags: maybe(tags),
    children: maybe(
      fc.uniqueArray(tie("column"), {
        selector: (one) => one.name,
        maxLength: 3,
        depthIdentifier: "column",
        size: "-1",
      }),
    ),
  }),
})).column;
const table: fc.Arbitrary<CreateTable> = fc.record({
  name: fc.constant("t"),
  databaseSchema: fc.constant("s.d.x"),
  description: maybe(words),
  tableType: maybe(fc.constantFrom("Regular", "View")),
  schemaDefinition: maybe(words),
  columns: fc.uniqueArray(column, { selector: (one) => one.name, maxLength: 5 }),
});

/** An entity as a catalog could hold it: the like of a request, some fields null, and fields that no request has. */
function stored(request: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  return fc
    .tuple(request, storedMaybe(fc.constantFrom("old")), fc.subarray(["tasks", "columns", "tags", "owners"]))
    .map(([like, sourceHash, nulled]) => ({
      ...(JSON.parse(JSON.stringify(like)) as Json),
      ...Object.fromEntries(nulled.map((field) => [field, null])),
      sourceHash,
      id: "id",
      version: 0.1,
      followers: [{ id: "f" }],
    }));
}

const filled = (value: unknown) =>
  value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
const named = (value: unknown) => (Array.isArray(value) ? (value as Json[]) : []);

function apply(before: Json, operations: readonly unknown[]): Json {
  return fastJsonPatch.applyPatch(structuredClone(before), operations as Operation[], true).newDocument;
}

function curatedHolds(field: string, [before, wanted, after]: [Json, Json, Json], overrideMetadata: boolean): void {
  const expected =
    filled(wanted[field]) && (overrideMetadata || !filled(before[field])) ? wanted[field] : before[field];
  expect(after[field] ?? "").toEqual(expected ?? "");
}

function elementsHold(field: string, [before, wanted, after]: [Json, Json, Json], overrideMetadata: boolean): void {
  const had = named(before[field]);
  const wants = named(wanted[field]);
  const has = named(after[field]);
  const names = wants.map((element) => element["name"]);
  const kept = had.filter((element) => names.includes(element["name"])).map((element) => element["name"]);
  expect(has.map((element) => element["name"])).toEqual([...kept, ...names.filter((one) => !kept.includes(one))]);
  for (const element of has) {
    const want = wants.find((one) => one["name"] === element["name"]) ?? {};
    const was = had.find((one) => one["name"] === element["name"]);
    if (!was) expect(element).toEqual(JSON.parse(JSON.stringify(want)));
    else curatedHolds("description", [was, want, element], overrideMetadata);
  }
}

describe("for any stored entity and request", () => {
  test("a pipeline comes to the request, keeps what it must, and then needs nothing more", () => {
    fc.assert(
      fc.property(stored(pipeline), pipeline, fc.boolean(), (before, request, overrideMetadata) => {
        const operations = planPatch("pipeline", before, request, { overrideMetadata });
        const after = apply(before, operations);
        expect(planPatch("pipeline", after, request, { overrideMetadata })).toEqual([]);
        expect(planPatch("pipeline", before, request, { overrideMetadata })).toEqual(operations);
        for (const field of ["concurrency", "scheduleInterval"] as const) {
          expect(after[field] ?? "").toEqual(request[field] ?? "");
        }
        expect(after["state"]).toEqual(request.state ?? before["state"]);
        const triple: [Json, Json, Json] = [before, { ...request }, after];
        curatedHolds("description", triple, overrideMetadata);
        if (request.tasks) elementsHold("tasks", triple, overrideMetadata);
        else expect(after["tasks"]).toEqual(before["tasks"]);
        const tagged = new Set([...named(before["tags"]), ...(request.tags ?? [])].map((tag) => tag.tagFQN));
        expect(new Set(named(after["tags"]).map((tag) => tag["tagFQN"]))).toEqual(tagged);
        expect(after).toMatchObject({ id: "id", version: 0.1, followers: [{ id: "f" }] });
      }),
      { numRuns: 500 },
    );
  });

  test("a table too, whatever its nesting, and an empty list of columns leaves the stored ones", () => {
    fc.assert(
      fc.property(stored(table), table, fc.boolean(), (before, request, overrideMetadata) => {
        const after = apply(before, planPatch("table", before, request, { overrideMetadata }));
        expect(planPatch("table", after, request, { overrideMetadata })).toEqual([]);
        const triple: [Json, Json, Json] = [before, { ...request }, after];
        curatedHolds("description", triple, overrideMetadata);
        if (request.columns.length === 0) expect(after["columns"]).toEqual(before["columns"]);
        else elementsHold("columns", triple, overrideMetadata);
        expect(after["schemaDefinition"] ?? "").toEqual(request.schemaDefinition ?? "");
        expect(after["tableType"]).toEqual(request.tableType ?? before["tableType"]);
      }),
      { numRuns: 500 },
    );
  });
});
