import { expect, test } from "@jest/globals";
import { fqnOf } from "@omd/schema";
import { MemoryCatalog } from "../../test/memory-catalog.ts";
import { sourceContext, type ContextParts } from "./source-context.ts";

test("a source asks for what the catalog has below a name, and is told what it writes to", async () => {
  const catalog = new MemoryCatalog().port();
  await catalog.put("pipelineService", { name: "svc", serviceType: "Airflow" });
  await catalog.put("pipeline", { name: "a", service: "svc" });
  await catalog.put("pipeline", { name: "b", service: "svc" });
  const context = sourceContext({ catalog, target: "rest" } as unknown as ContextParts);
  const listed = async (below: string): Promise<string[]> => {
    const names: string[] = [];
    for await (const { name } of context.entities("pipeline", { below: fqnOf(below) })) names.push(name);
    return names;
  };
  expect([context.target, await listed("svc"), await listed("other")]).toEqual(["rest", ["a", "b"], []]);
  expect("catalog" in context).toBe(false);
});
