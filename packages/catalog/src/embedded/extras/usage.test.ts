import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { parseFqn } from "@omd/schema";
import { addTable } from "../../../test/catalog-fixture.ts";
import { openShop, type Shop } from "../../../test/extras-fixture.ts";

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.catalog.close());

const set = (id: string, date: string, count: number) =>
  shop.catalog.writeExtra("usage.set", "table", id, { date, count });
const add = (id: string, date: string, count: number) =>
  shop.catalog.writeExtra("usage.add", "table", id, { date, count });

async function summaries(): Promise<unknown[]> {
  const fields = { fields: ["usageSummary"] };
  const { catalog, table, schema } = shop;
  const all = [
    await catalog.get("table", table.fullyQualifiedName, fields),
    await catalog.get("databaseSchema", schema, fields),
    await catalog.get("database", parseFqn('"my.svc".shop'), fields),
  ];
  return all.map((entity) => (entity as { usageSummary?: unknown } | undefined)?.usageSummary);
}

describe("usage", () => {
  test("is set or added by day and rolls up to schema and database by what changed", async () => {
    const other = await addTable(shop.catalog, shop.schema, "other");
    await set(shop.table.id, "2026-04-01", 10);
    await set(other.id, "2026-04-01", 5);
    await add(shop.table.id, "2026-04-01", 2);
    await set(shop.table.id, "2026-04-01", 3);
    const stats = (count: number) => ({ dailyStats: { count }, weeklyStats: { count }, monthlyStats: { count } });
    expect(await summaries()).toEqual([3, 8, 8].map((count) => ({ date: "2026-04-01", ...stats(count) })));
  });

  test("is summed over the 7 and 30 days that end with the day", async () => {
    const days = { "2026-04-01": 1, "2026-03-26": 10, "2026-03-25": 100, "2026-03-03": 1000, "2026-03-02": 10_000 };
    for (const [date, count] of Object.entries(days)) await set(shop.table.id, date, count);
    expect((await summaries())[0]).toEqual({
      date: "2026-04-01",
      dailyStats: { count: 1 },
      weeklyStats: { count: 11 },
      monthlyStats: { count: 1111 },
    });
    expect((await set(shop.table.id, "2026-03-02", 7)).usage).toMatchObject([{ monthlyStats: { count: 7 } }]);
  });

  test("of the last days, newest first; without a date up to today", async () => {
    for (const [at, date] of ["2026-03-30", "2026-03-31", "2026-04-01", "2026-04-02"].entries())
      await set(shop.table.id, date, at);
    const dates = (options: object) =>
      shop.catalog.extras.usage.get("table", shop.table.id, options).usage.map(({ date }) => date);
    expect(dates({ days: 2 })).toEqual(["2026-04-01", "2026-03-31"]);
    expect(dates({ date: "2026-03-31", days: 30 })).toEqual(["2026-03-31", "2026-03-30"]);
    expect(dates({ date: "2026-05-01" })).toEqual([]);
    expect(shop.catalog.extras.usage.get("table", shop.table.id).entity).toMatchObject({
      id: shop.table.id,
      fullyQualifiedName: shop.table.fullyQualifiedName,
    });
  });

  test("is ranked among the entities of its type", async () => {
    const tables = [
      shop.table,
      await addTable(shop.catalog, shop.schema, "b"),
      await addTable(shop.catalog, shop.schema, "c"),
    ];
    for (const [at, { id }] of tables.entries()) await set(id, "2026-04-01", at);
    await set(tables[0]?.id ?? "", "2026-03-31", 100);
    expect(await shop.catalog.writeExtra("usage.computePercentiles", "table", "2026-04-01")).toBe(3);
    const ranks = tables.map(({ id }) => {
      const [day] = shop.catalog.extras.usage.get("table", id, { date: "2026-04-01" }).usage;
      return [day?.dailyStats.percentileRank, day?.weeklyStats.percentileRank];
    });
    expect(ranks).toEqual([
      [0, 100],
      [50, 0],
      [100, 50],
    ]);
    const [schema] = (await summaries()).slice(1) as { dailyStats: object }[];
    expect(schema?.dailyStats).toEqual({ count: 3 });
  });

  test.each([
    { date: "01.04.2026", count: 1 },
    { date: "2026-04-01", count: -1 },
    { date: "2026-04-01" },
    { date: "2026-04-01", count: 1, more: 1 },
  ])("%j is refused", async (body) => {
    await expect(shop.catalog.writeExtra("usage.set", "table", shop.table.id, body)).rejects.toMatchObject({
      status: 400,
    });
    expect((await summaries())[1]).toBeUndefined();
  });

  test("needs an entity that is there and a day that is one", async () => {
    await expect(set("nobody", "2026-04-01", 1)).rejects.toMatchObject({ status: 404 });
    await expect(shop.catalog.writeExtra("usage.computePercentiles", "table", "today")).rejects.toMatchObject({
      status: 400,
    });
  });
});
