import { expect, test } from "@jest/globals";
import { MemoryCatalog } from "../../test/memory-catalog.ts";
import type { PlanEntry } from "../report/report.ts";
import { planningCatalog } from "./planning-catalog.ts";

test("what is written over an entity that is there is an update, without its connection's values", async () => {
  const memory = new MemoryCatalog();
  const connection = { config: { type: "Airflow", password: "canary" } };
  const service = { name: "svc", serviceType: "Airflow", description: "old", connection };
  await memory.port().put("pipelineService", service);
  memory.calls.length = 0;
  const entries: PlanEntry[] = [];
  const planning = planningCatalog(memory.port(), entries);

  expect((await planning.put("pipelineService", { ...service, description: "new" })).outcome).toBe("updated");
  expect((await planning.put("pipelineService", { name: "other", serviceType: "Airflow" })).outcome).toBe("created");

  expect(entries).toEqual([
    {
      action: "update",
      kind: "pipelineService",
      name: "svc",
      changes: [{ path: "/description", before: "old", after: "new" }, { path: "/connection" }],
    },
    {
      action: "create",
      kind: "pipelineService",
      name: "other",
      changes: [
        { path: "/name", after: "other" },
        { path: "/serviceType", after: "Airflow" },
      ],
    },
  ]);
  expect(memory.calls.filter((call) => call !== "get")).toEqual([]);
});
