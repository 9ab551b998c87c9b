import { beforeEach, expect, test } from "@jest/globals";
import { fqnOf, type CreateRequest } from "@omd/schema";
import { MemoryCatalog } from "../../../test/memory-catalog.ts";
import { planRelatedMetrics } from "./related-metrics.ts";

const catalog = new MemoryCatalog().port();
const stored = { id: "1", name: "margin", fullyQualifiedName: fqnOf("margin") };
const reference = (name: string, id: string) => ({ id, type: "metric", name, fullyQualifiedName: name });
const ids = new Map<string, string>();

const plan = (relatedMetrics: string[] | undefined, known?: unknown) => {
  const request: CreateRequest<"metric"> = { name: "margin", ...(relatedMetrics && { relatedMetrics }) };
  return planRelatedMetrics(catalog, Object.assign({}, stored, { relatedMetrics: known }), request);
};
const idOf = (name: string): string => ids.get(name) ?? "";

beforeEach(async () => {
  for (const name of ["revenue", "cost"]) ids.set(name, (await catalog.put("metric", { name })).entity.id);
});

test("what the metric lacks is added, each once", async () => {
  const [revenue, cost] = [reference("revenue", idOf("revenue")), reference("cost", idOf("cost"))];
  expect(await plan(["revenue", "cost", "revenue"])).toEqual([
    { op: "add", path: "/relatedMetrics", value: [revenue, cost] },
  ]);
  expect(await plan(["revenue", "cost"], [])).toHaveLength(1);
  expect(await plan(["revenue", "cost"], [revenue])).toEqual([{ op: "add", path: "/relatedMetrics/-", value: cost }]);
});

test("what it has stays, whoever said it", async () => {
  const both = [reference("revenue", idOf("revenue")), reference("by hand", "7")];
  expect(await plan(["revenue"], both)).toEqual([]);
  expect(await plan([], both)).toEqual([]);
  expect(await plan(undefined, both)).toEqual([]);
});

test("what the catalog does not have is left out", async () => {
  expect(await plan(["gone"])).toEqual([]);
});
