import { expect, test } from "@jest/globals";
import { addPipeline } from "../../../test/catalog-fixture.ts";
import { addQuery, addTestCase, noon, openShop } from "../../../test/extras-fixture.ts";

async function exported(): Promise<string[]> {
  const shop = await openShop();
  const { catalog, table } = shop;
  const daily = await addPipeline(catalog, "pipes");
  const testCase = await addTestCase(shop);
  const query = await addQuery(shop);
  const { entity: suite } = await catalog.put("testSuite", { name: "nightly" });
  await catalog.writeExtra("samples.put", "table", table.id, { columns: ["id"], rows: [[1]] });
  await catalog.writeExtra("tables.putCustomMetric", table.id, { name: "m", expression: "1" });
  const run = { pipeline: { id: daily.id, type: "pipeline" }, lastRunTime: noon };
  await catalog.writeExtra("tables.putObservability", table.id, [run]);
  await catalog.writeExtra("profiles.put", table.id, { tableProfile: { timestamp: noon, rowCount: 1 } });
  await catalog.writeExtra("usage.set", "table", table.id, { date: "2026-04-01", count: 4 });
  const failed = { timestamp: noon, testCaseStatus: "Failed" };
  await catalog.writeExtra("testResults.put", testCase.id, failed);
  await catalog.writeExtra("testResults.addToSuite", { testSuiteId: suite.id, testCaseIds: [testCase.id] });
  const queryReference = { id: query.id, type: "query" };
  await catalog.writeExtra("queries.addCost", { timestamp: noon, queryReference, cost: 1, count: 1 });
  const lines = [...catalog.exportLines()];
  await catalog.close();
  return lines;
}

test("an export holds what hangs on entities, and is the same for the same content", async () => {
  const lines = await exported();
  const orders = { type: "table", fullyQualifiedName: '"my.svc".shop.main.orders' };
  const extras = lines
    .map((line) => JSON.parse(line) as { kind: string })
    .filter(({ kind }) => ["attachment", "series", "usage", "suiteMember"].includes(kind));
  expect(extras).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ...orders, name: "sampleData", value: { columns: ["id"], rows: [[1]] } }),
      expect.objectContaining({ ...orders, name: "customMetric", value: { name: "m", expression: "1" } }),
      expect.objectContaining({ ...orders, name: "pipelineObservability", key: "pipes.daily" }),
      expect.objectContaining({ ...orders, extension: "table.tableProfile", value: { timestamp: noon, rowCount: 1 } }),
      expect.objectContaining({ kind: "usage", ...orders, date: "2026-04-01", count: 4 }),
      expect.objectContaining({ kind: "suiteMember", testSuite: "nightly" }),
      expect.objectContaining({ extension: "query.queryCostRecord", timestamp: noon }),
    ]),
  );
  // Usage of the table, its schema and its database.
  expect(extras.filter(({ kind }) => kind === "usage")).toHaveLength(3);
  expect(await exported()).toEqual(lines);
});
