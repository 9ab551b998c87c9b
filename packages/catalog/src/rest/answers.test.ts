import { describe, expect, test } from "@jest/globals";
import { fqnOf } from "@omd/schema";
import {
  bulkAnswer,
  edgeAnswer,
  entityOrNothing,
  lineageAnswer,
  listPage,
  parseEntity,
  referenceTo,
  sameText,
  statusPage,
  withoutNulls,
} from "./answers.ts";

const entity = { id: "1", name: "a", fullyQualifiedName: "s.a" };

describe("withoutNulls", () => {
  test("drops members at any depth and keeps items of lists", () => {
    const value = { a: null, b: undefined, c: [{ d: null, e: 0 }, null], f: { g: null }, h: "", i: false };
    expect(withoutNulls(value)).toEqual({ c: [{ e: 0 }, null], f: {}, h: "", i: false });
    expect(value.a).toBeNull();
  });

  test("leaves what knows its own JSON form", () => {
    const when = new Date(0);
    expect(withoutNulls({ when }).when).toBe(when);
  });
});

describe("entities", () => {
  test("keep unknown fields; nulls count as absent", () => {
    expect(parseEntity({ ...entity, version: null, newer: { x: 1 } })).toEqual({ ...entity, newer: { x: 1 } });
  });

  test.each([[{ ...entity, id: null }], [{ ...entity, id: "" }], [{ id: "1", name: "a" }], [[]], [null], ["a"]])(
    "%j is none",
    (value) => {
      expect(() => parseEntity(value)).toThrow();
      expect(entityOrNothing(value)).toBeUndefined();
    },
  );

  test("are referred to by what a reference may hold, nothing else", () => {
    const whole = { ...entity, fullyQualifiedName: fqnOf("s", "a"), displayName: "A", description: "d", version: 1 };
    expect(referenceTo("table", whole)).toEqual({ ...entity, type: "table", displayName: "A" });
    expect(referenceTo("table", { ...whole, displayName: 7 })).not.toHaveProperty("displayName");
  });
});

describe("answers of newer servers", () => {
  test("a page needs a total and takes anything more", () => {
    const page = { data: [{ ...entity, x: null }], paging: { total: 1, after: null, offset: 0 }, more: 1 };
    expect(listPage.parse(page)).toEqual({ data: [entity], paging: { total: 1 } });
    expect(listPage.safeParse({ data: [], paging: { total: "1" } }).success).toBe(false);
    expect(listPage.safeParse({ data: [], paging: { total: -1 } }).success).toBe(false);
  });

  test("an edge is its details, or holds them", () => {
    const details = { source: "ViewLineage", pipeline: { id: "p", type: "pipeline", newer: 1 }, newer: 2 };
    const expected = { edge: { source: "ViewLineage", pipeline: { id: "p", type: "pipeline" } } };
    expect(edgeAnswer.parse({ edge: details })).toEqual(expected);
    expect(edgeAnswer.parse({ edge: { fromEntity: {}, lineageDetails: details } })).toEqual(expected);
    expect(edgeAnswer.parse({ edge: {} })).toEqual({ edge: {} });
    expect(edgeAnswer.safeParse({}).success).toBe(false);
  });

  test("edges of a graph name their ends by id or by reference", () => {
    const edges = [{ fromEntity: "a", toEntity: { id: "b", type: "table" }, newer: 1 }];
    const graph = { entity: { id: "a", type: "table" }, upstreamEdges: null, downstreamEdges: edges };
    expect(lineageAnswer.parse(graph)).toEqual({
      entity: { id: "a", type: "table" },
      nodes: [],
      upstreamEdges: [],
      downstreamEdges: [{ fromEntity: "a", toEntity: "b" }],
    });
  });

  test("a bulk answer without rows has none", () => {
    expect(bulkAnswer.parse({ status: "aborted", abortReason: "x", failedRequest: null })).toEqual({
      status: "aborted",
      abortReason: "x",
      successRequest: [],
      failedRequest: [],
    });
  });

  test("a run keeps what we know of it, its tasks too", () => {
    const run = { timestamp: 1, executionStatus: "Failed", metrics: [], error: null };
    const taskStatus = [{ name: "a", executionStatus: "Skipped", metrics: {} }];
    expect(statusPage.parse({ data: [{ ...run, taskStatus }] }).data).toEqual([
      { timestamp: 1, executionStatus: "Failed", taskStatus: [{ name: "a", executionStatus: "Skipped" }] },
    ]);
    expect(statusPage.safeParse({ data: [{ ...run, timestamp: "now" }] }).success).toBe(false);
  });
});

test("names are compared without regard to case", () => {
  expect(sameText("Ann", "aNN")).toBe(true);
  expect(sameText("Ann", "Anna")).toBe(false);
  expect(sameText(undefined, "undefined")).toBe(false);
});
