import { describe, expect, test } from "@jest/globals";
import { fqnOf, type PipelineStatus } from "@omd/schema";
import { addPipeline } from "../../test/catalog-fixture.ts";
import { openEmbeddedCatalog } from "./embedded-catalog.ts";

const memory = () => openEmbeddedCatalog({ file: ":memory:" });
const ok = (timestamp: number): PipelineStatus => ({ timestamp, executionStatus: "Successful" });

describe("pipeline statuses", () => {
  test("without a range are all, and a limit takes the newest", async () => {
    const catalog = memory();
    const { fullyQualifiedName: fqn } = await addPipeline(catalog, "p");
    await catalog.putPipelineStatuses(fqn, [ok(1), ok(3), ok(2)]);
    expect(await catalog.pipelineStatuses(fqn)).toEqual([ok(3), ok(2), ok(1)]);
    expect(await catalog.pipelineStatuses(fqn, { limit: 2 })).toEqual([ok(3), ok(2)]);
    expect(await catalog.pipelineStatuses(fqn, { startTs: 2 })).toHaveLength(2);
  });

  test("are stored all or none", async () => {
    const catalog = memory();
    const { fullyQualifiedName: fqn } = await addPipeline(catalog, "p");
    const bad: PipelineStatus = { ...ok(2), taskStatus: [{ name: "ghost", executionStatus: "Failed" }] };
    await expect(catalog.putPipelineStatuses(fqn, [ok(1), bad])).rejects.toThrow("Invalid task name ghost");
    const wrong = { timestamp: 1.5, executionStatus: "Successful" } as PipelineStatus;
    await expect(catalog.putPipelineStatuses(fqn, [ok(1), wrong])).rejects.toMatchObject({ status: 400 });
    expect(await catalog.pipelineStatuses(fqn)).toEqual([]);
  });

  test("of a deleted pipeline answer 404 and come back with it", async () => {
    const catalog = memory();
    const { id, fullyQualifiedName: fqn } = await addPipeline(catalog, "p");
    await catalog.putPipelineStatuses(fqn, [ok(1)]);
    await catalog.delete("pipeline", id);
    await expect(catalog.pipelineStatuses(fqn)).rejects.toMatchObject({ status: 404 });
    await catalog.restore("pipeline", id);
    expect(await catalog.pipelineStatuses(fqn)).toHaveLength(1);
    await catalog.delete("pipeline", id, { hard: true });
    await addPipeline(catalog, "p");
    expect(await catalog.pipelineStatuses(fqnOf("p", "daily"))).toEqual([]);
  });
});
