import { describe, expect, test } from "@jest/globals";
import { fqnOf, type FQN, type MetadataRecord } from "@omd/schema";
import { checkRecords } from "./record-check.ts";

const pipeline: MetadataRecord = {
  kind: "entity",
  entityType: "pipeline",
  request: { name: "p", service: fqnOf("svc") },
};
const table = (name: string) => ({ entityType: "table" as const, fqn: fqnOf("db", name) });
const edge: MetadataRecord = { kind: "lineage", from: table("a"), to: table("b"), source: "PipelineLineage" };

describe("checkRecords", () => {
  test("has nothing to say about good records", () => {
    expect(checkRecords([pipeline, edge])).toEqual([]);
  });
  test("names a field that is wrong, and where", () => {
    const nameless = { ...pipeline, request: { service: "svc" } } as unknown as MetadataRecord;
    const problems = checkRecords([pipeline, nameless]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ index: 1, kind: "entity" });
    expect(problems[0]?.problem).toContain("request.name");
  });
  test("refuses a field that the request does not have", () => {
    const more = { ...pipeline, request: { ...pipeline.request, colour: "red" } } as unknown as MetadataRecord;
    expect(checkRecords([more])[0]?.problem).toContain("colour");
  });
  test("refuses a broken FQN and an edge to itself", () => {
    const broken: MetadataRecord = { ...edge, to: { entityType: "table", fqn: 'db."open' as FQN } };
    expect(checkRecords([broken]).map(({ problem }) => problem)).toContainEqual(expect.stringContaining("not closed"));
    expect(checkRecords([{ ...edge, to: edge.from }])[0]?.problem).toContain("to itself");
  });
});
