import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { addPipeline } from "../../../test/catalog-fixture.ts";
import { noon, openShop, type Shop } from "../../../test/extras-fixture.ts";

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.catalog.close());

const whole = () => shop.catalog.get("table", shop.table.fullyQualifiedName, { fields: ["*"] });

describe("profiler configurations", () => {
  test("of a table are set, read and removed", async () => {
    const config = { profileSample: 10, excludeColumns: ["address.city"], includeColumns: [{ columnName: "id" }] };
    expect(await shop.catalog.writeExtra("profilerConfigs.put", "table", shop.table.id, config)).toMatchObject({
      tableProfilerConfig: config,
    });
    expect(await whole()).toMatchObject({ tableProfilerConfig: config, version: 0.1 });
    await shop.catalog.writeExtra("profilerConfigs.delete", "table", shop.table.id);
    expect(await whole()).not.toHaveProperty("tableProfilerConfig");
  });

  test("outlive the next ingestion of the table", async () => {
    const config = { sampleDataCount: 5 };
    await shop.catalog.writeExtra("profilerConfigs.put", "table", shop.table.id, config);
    await shop.catalog.put("table", {
      name: "orders",
      databaseSchema: shop.schema,
      columns: [{ name: "id", dataType: "INT" }],
      description: "changed",
    });
    expect(await whole()).toMatchObject({ description: "changed", tableProfilerConfig: config });
  });

  test("of a schema hold no secrets", async () => {
    const { id = "" } = (await shop.catalog.get("databaseSchema", shop.schema)) ?? {};
    const config = { sampleDataStorageConfig: { config: { secretAccessKey: "canary", bucketName: "b" } } };
    const shown = await shop.catalog.writeExtra("profilerConfigs.put", "databaseSchema", id, config);
    expect(shown).toMatchObject({
      databaseSchemaProfilerConfig: {
        sampleDataStorageConfig: { config: { secretAccessKey: "*********", bucketName: "b" } },
      },
    });
  });

  test.each([
    [{ excludeColumns: ["nope"] }, "Invalid column name nope"],
    [{ partitioning: { partitionColumnName: "nope" } }, "Invalid column name nope"],
    [{ profileSampleType: "SOME" }, "profileSampleType"],
    [{ other: 1 }, "other"],
  ])("%j is refused", async (config, message) => {
    await expect(shop.catalog.writeExtra("profilerConfigs.put", "table", shop.table.id, config)).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining(message) as unknown,
    });
  });
});

test("a data model is kept as given, secrets masked", async () => {
  const model = { modelType: "DBT", sql: "copy from 's3://k:canary@b'", columns: [{ name: "id", dataType: "INT" }] };
  const shown = await shop.catalog.writeExtra("tables.putDataModel", shop.table.id, { ...model, path: null });
  expect(shown).toMatchObject({ dataModel: { ...model, sql: "copy from 's3://k:*********@b'" } });
  expect(await shop.catalog.get("table", shop.table.fullyQualifiedName)).not.toHaveProperty("dataModel");
  await expect(shop.catalog.writeExtra("tables.putDataModel", shop.table.id, {})).rejects.toMatchObject({
    status: 400,
  });
});

describe("custom metrics", () => {
  const put = (body: object) => shop.catalog.writeExtra("tables.putCustomMetric", shop.table.id, body);

  test("belong to the table or to a column and keep their id", async () => {
    const first = (await put({ name: "m", expression: "a" })) as { customMetrics?: { id: string }[] };
    const again = await put({ name: "m", expression: "b" });
    expect(again).toMatchObject({
      customMetrics: [{ id: first.customMetrics?.[0]?.id, name: "m", expression: "b", updatedAt: noon }],
    });
    await put({ name: "m", expression: "c", columnName: "address.city" });
    const shown = (await whole()) as unknown as { columns: { customMetrics?: unknown; children?: object[] }[] };
    expect(shown.columns[0]).not.toHaveProperty("customMetrics");
    expect(shown.columns[1]?.children).toMatchObject([{ name: "city", customMetrics: [{ expression: "c" }] }]);
  });

  test("are removed one by one", async () => {
    await put({ name: "m", expression: "a" });
    await put({ name: "m", expression: "a", columnName: "id" });
    await shop.catalog.writeExtra("tables.deleteCustomMetric", shop.table.id, "m", "id");
    expect(await whole()).toMatchObject({ customMetrics: [{ name: "m" }] });
    await expect(shop.catalog.writeExtra("tables.deleteCustomMetric", shop.table.id, "m", "id")).rejects.toMatchObject({
      status: 404,
    });
  });

  test("need a column and owners that are there", async () => {
    await expect(put({ name: "m", expression: "a", columnName: "nope" })).rejects.toMatchObject({ status: 400 });
    const owners = [{ id: "nobody", type: "user" }];
    await expect(put({ name: "m", expression: "a", owners })).rejects.toMatchObject({ status: 404 });
    expect(await whole()).not.toHaveProperty("customMetrics");
  });
});

describe("pipeline observability", () => {
  test("is kept by pipeline, however the client names it", async () => {
    const daily = await addPipeline(shop.catalog, "pipes");
    const { entity: hourly } = await shop.catalog.put("pipeline", { name: "hourly/x", service: "pipes" });
    const pipeline = { id: daily.id, type: "pipeline" };
    await shop.catalog.writeExtra("tables.putObservability", shop.table.id, [
      { pipeline, lastRunStatus: "Failed", averageRunTime: null, serviceType: "Nonsense" },
    ]);
    await shop.catalog.writeExtra("tables.putObservabilityOf", shop.table.id, hourly.fullyQualifiedName, {
      pipeline,
      lastRunStatus: "Running",
    });
    const shown = (await whole()) as unknown as { pipelineObservability: { pipeline: { name: string } }[] };
    expect(shown.pipelineObservability.toSorted((a, b) => (a.pipeline.name < b.pipeline.name ? -1 : 1))).toMatchObject([
      { pipeline: { id: daily.id, name: "daily" }, lastRunStatus: "Failed", serviceType: "Airflow" },
      { pipeline: { id: hourly.id, name: "hourly/x" }, lastRunStatus: "Running" },
    ]);
  });

  test("needs a pipeline that is there", async () => {
    const put = (pipeline: object) => shop.catalog.writeExtra("tables.putObservability", shop.table.id, [{ pipeline }]);
    await expect(put({ id: "nobody", type: "pipeline" })).rejects.toMatchObject({ status: 404 });
    await expect(put({ id: shop.table.id, type: "table" })).rejects.toMatchObject({ status: 400 });
  });
});

describe("joins", () => {
  const put = (body: object) => shop.catalog.writeExtra("joins.put", shop.table.id, body);
  const other = (joinCount: number, fullyQualifiedName = "s.d.s.other.id") => ({ fullyQualifiedName, joinCount });

  test("are the sums of 30 days; a day that is sent again replaces itself", async () => {
    await put({ startDate: "2026-02-01", columnJoins: [{ columnName: "id", joinedWith: [other(100)] }] });
    await put({ startDate: "2026-03-31", columnJoins: [{ columnName: "id", joinedWith: [other(2), other(9, "x")] }] });
    const day = { startDate: "2026-04-01", dayCount: 1, directTableJoins: [other(3, "s.d.s.other")] };
    await put({ ...day, columnJoins: [{ columnName: "id", joinedWith: [other(5)] }] });
    expect(await put({ ...day, columnJoins: [{ columnName: "id", joinedWith: [other(6)] }] })).toMatchObject({
      joins: {
        startDate: "2026-03-03",
        dayCount: 30,
        columnJoins: [{ columnName: "id", joinedWith: [other(9, "x"), other(8)] }],
        directTableJoins: [other(3, "s.d.s.other")],
      },
    });
  });

  test.each([
    [{ startDate: "2026-04-01", columnJoins: [{ columnName: "nope" }] }],
    [{ startDate: "2026-04-31" }],
    [{ startDate: "2026-04-01", directTableJoins: [other(-1)] }],
  ])("%j is refused", async (body) => {
    await expect(put(body)).rejects.toMatchObject({ status: 400 });
    expect(await whole()).not.toHaveProperty("joins");
  });
});
