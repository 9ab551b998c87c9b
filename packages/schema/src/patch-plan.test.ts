import { describe, expect, test } from "@jest/globals";
import { planPatch } from "./patch-plan.ts";
import { computeSourceHash } from "./source-hash.ts";
import type { CreatePipeline } from "./requests/pipeline.ts";

const keep = { overrideMetadata: false };

describe("pipelines", () => {
  test("a paused DAG without a schedule", () => {
    const request: CreatePipeline = { name: "p", service: "s", state: "Inactive" };
    const operations = planPatch(
      "pipeline",
      { name: "p", state: "Active", scheduleInterval: "@daily", tasks: null, sourceHash: "old" },
      request,
      keep,
    );
    expect(operations).toEqual([
      { op: "replace", path: "/state", value: "Inactive" },
      { op: "remove", path: "/scheduleInterval" },
      { op: "replace", path: "/sourceHash", value: computeSourceHash("pipeline", request) },
    ]);
  });
});
