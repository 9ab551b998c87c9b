import { describe, expect } from "@jest/globals";
import { fqnOf, type PipelineStatus } from "@omd/schema";
import { addPipeline, freshNames, ref } from "../catalog-fixture.ts";
import { catalogTest, type Setup } from "./setup.ts";

const status = (timestamp: number, more: Partial<PipelineStatus> = {}): PipelineStatus => ({
  timestamp,
  executionStatus: "Successful",
  ...more,
});

/** Pipeline statuses and ingestion runs. */
export function seriesTests(setup: Setup): void {
  const test = catalogTest(setup);
  describe("pipeline statuses", () => {
    test("come newest first, within the range", async (catalog) => {
      const { fullyQualifiedName: fqn } = await addPipeline(catalog, freshNames().pipelines);
      await catalog.putPipelineStatuses(fqn, [status(1000), status(3000), status(2000)]);
      const times = async (range: { startTs: number; endTs: number }) =>
        (await catalog.pipelineStatuses(fqn, range)).map((entry) => entry.timestamp);
      expect(await times({ startTs: 0, endTs: 9000 })).toEqual([3000, 2000, 1000]);
      expect(await times({ startTs: 1000, endTs: 2000 })).toEqual([2000, 1000]);
      expect(await times({ startTs: 4000, endTs: 9000 })).toEqual([]);
    });

    test("the same time replaces", async (catalog) => {
      const { fullyQualifiedName: fqn } = await addPipeline(catalog, freshNames().pipelines);
      await catalog.putPipelineStatuses(fqn, [status(1000, { executionStatus: "Pending" })]);
      await catalog.putPipelineStatuses(fqn, [
        status(1000, { taskStatus: [{ name: "load", executionStatus: "Failed" }], executionStatus: "Failed" }),
      ]);
      expect(await catalog.pipelineStatuses(fqn, { startTs: 0, endTs: 9000 })).toMatchObject([
        { timestamp: 1000, executionStatus: "Failed", taskStatus: [{ name: "load" }] },
      ]);
    });

    test("the latest stands on the pipeline, whose version stays", async (catalog) => {
      const { fullyQualifiedName: fqn } = await addPipeline(catalog, freshNames().pipelines);
      await catalog.putPipelineStatuses(fqn, [status(2000, { executionStatus: "Failed" }), status(1000)]);
      const shown = await catalog.get("pipeline", fqn, { fields: ["pipelineStatus"] });
      expect(shown).toMatchObject({ version: 0.1, pipelineStatus: { timestamp: 2000, executionStatus: "Failed" } });
    });

    test("a task that is none of the pipeline is refused by name", async (catalog) => {
      const { fullyQualifiedName: fqn } = await addPipeline(catalog, freshNames().pipelines);
      const put = catalog.putPipelineStatuses(fqn, [
        status(1000, { taskStatus: [{ name: "stranger", executionStatus: "Failed" }] }),
      ]);
      await expect(put).rejects.toMatchObject({ status: 400, message: expect.stringContaining("stranger") });
    });

    test("a pipeline that is not there answers 404", async (catalog) => {
      await expect(catalog.putPipelineStatuses(fqnOf("no", "pipe"), [status(1)])).rejects.toMatchObject({
        status: 404,
      });
    });
  });

  describe("ingestion runs", () => {
    test("are written, and again under the same id", async (catalog) => {
      const { pipelines } = freshNames();
      const service = (await catalog.put("pipelineService", { name: pipelines, serviceType: "Airflow" })).entity;
      const { entity } = await catalog.put("ingestionPipeline", {
        name: "metadata",
        pipelineType: "metadata",
        sourceConfig: { config: { type: "PipelineMetadata" } },
        airflowConfig: {},
        service: ref("pipelineService", service),
      });
      const run = { runId: "9f0c8bd4-6a4e-4a9d-9b3b-8f8b3a2b8a11", startDate: 1000, timestamp: 1000 };
      const put = (pipelineState: "running" | "success") =>
        catalog.putIngestionRun(entity.fullyQualifiedName, { ...run, pipelineState });
      await expect(put("running")).resolves.toBeUndefined();
      await expect(put("success")).resolves.toBeUndefined();
    });
  });
}
