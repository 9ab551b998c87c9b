import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { createRequestOracle } from "./request-oracle.ts";

const dir = mkdtempSync(join(tmpdir(), "omd-oracle-"));
afterAll(() => {
  rmSync(dir, { recursive: true });
});
const schema = (file: string, required: string): void => {
  mkdirSync(dirname(join(dir, file)), { recursive: true });
  writeFileSync(
    join(dir, file),
    JSON.stringify({
      type: "object",
      properties: { [required]: { type: "string", format: "uuid" } },
      required: [required],
      additionalProperties: false,
    }),
  );
};
schema("api/data/createPipeline.json", "pipelineOnly");
schema("api/data/restoreEntity.json", "id");
schema("standalone/pipeline__PipelineStatus.json", "statusOnly");
schema("standalone/ingestionPipeline__PipelineStatus.json", "runOnly");
schema("api/services/ingestionPipelines/createIngestionPipeline.json", "ingestionOnly");
const id = "5d7c3f0e-0000-4000-8000-000000000001";

test.each([
  ["PUT", "/api/v1/pipelines", { pipelineOnly: id }],
  ["POST", "pipelines", { pipelineOnly: id }],
  ["PUT", "/pipelines/bulk?async=false", [{ pipelineOnly: id }, { pipelineOnly: id }]],
  ["PUT", "/v1/pipelines/restore", { id }],
  ["PUT", "/pipelines/a%2Fb.c/status", { statusOnly: id }],
  ["PUT", "/pipelines/a.b/status/bulk", [{ statusOnly: id }]],
  ["PUT", "/services/ingestionPipelines", { ingestionOnly: id }],
  ["PUT", "/services/ingestionPipelines/s.m/pipelineStatus", { runOnly: id }],
  [
    "PATCH",
    "/pipelines/1",
    [
      { op: "remove", path: "/a" },
      { op: "move", from: "/a", path: "" },
    ],
  ],
  ["GET", "/pipelines", undefined],
  ["DELETE", "/pipelines/1", undefined],
  ["POST", "/usage/compute.percentile/pipeline/2026-01-01", undefined],
  ["PUT", "/dataQuality/testCases/1/inspectionQuery", "select 1"],
])("%s %s %j is sound", (method, path, body) => {
  expect(createRequestOracle(dir).check(method, path, body)).toEqual([]);
});

test.each([
  ["PUT", "/pipelines", {}, ["PUT pipelines: / must have required property 'pipelineOnly'"]],
  ["PUT", "/pipelines", { pipelineOnly: "x" }, ['PUT pipelines: /pipelineOnly must match format "uuid"']],
  [
    "PUT",
    "/pipelines",
    { pipelineOnly: id, b: [{ c: null }] },
    [
      'PUT pipelines: / must NOT have additional properties ({"additionalProperty":"b"})',
      "PUT pipelines: /b/0/c is null",
    ],
  ],
  ["PUT", "/pipelines/bulk", [{ pipelineOnly: id }, 1], ["PUT pipelines/bulk: /1/ must be object"]],
  ["PUT", "/pipelines/bulk", {}, ["PUT pipelines/bulk: must be a list"]],
  ["GET", "/pipelines", {}, ["GET pipelines: a body where none belongs"]],
  ["PATCH", "/pipelines/1", {}, ["PATCH pipelines/1: a JSON Patch is a list"]],
  [
    "PATCH",
    "/pipelines/1",
    [{ op: "put", path: "a", x: 1 }, { op: "add", path: "/a" }, { op: "copy", path: "/a" }, 1],
    [
      "PATCH pipelines/1: /0/op is no operation",
      "PATCH pipelines/1: /0/path is no pointer",
      "PATCH pipelines/1: /0/x is unknown",
      "PATCH pipelines/1: /1 lacks value",
      "PATCH pipelines/1: /2 lacks from",
      "PATCH pipelines/1: /3 is no operation",
    ],
  ],
  [
    "PUT",
    "/dataQuality/testCases/1/inspectionQuery",
    {},
    ["PUT dataQuality/testCases/1/inspectionQuery: must be a text"],
  ],
  ["PUT", "/planets", {}, ["no schema is known for PUT planets"]],
])("%s %s %j is found", (method, path, body, findings) => {
  expect(createRequestOracle(dir).check(method, path, body)).toEqual(findings);
});

test("a directory without schemas is an error", () => {
  expect(() => createRequestOracle(tmpdir())).toThrow(/holds no OpenMetadata schemas/);
});
