import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { CatalogEntity } from "@omd/core";
import { ref } from "../../../test/catalog-fixture.ts";
import { addQuery, noon, openShop, type Shop } from "../../../test/extras-fixture.ts";

let shop: Shop;
let query: CatalogEntity;
beforeEach(async () => {
  shop = await openShop();
  query = await addQuery(shop);
});
afterEach(() => shop.catalog.close());

const whole = () => shop.catalog.get("query", query.fullyQualifiedName, { fields: ["*"] });

describe("queries", () => {
  test("gather the entities that they use, each once", async () => {
    const table = ref("table", shop.table);
    await shop.catalog.writeExtra("queries.addUsage", query.id, [table]);
    await shop.catalog.writeExtra("queries.addUsage", query.id, [table]);
    expect(await whole()).toMatchObject({ queryUsedIn: [{ id: shop.table.id, name: "orders" }], version: 0.1 });
    const used = await shop.catalog.page("query", { filters: { entityId: shop.table.id } });
    expect(used.data.map(({ id }) => id)).toEqual([query.id]);
    await shop.catalog.writeExtra("queries.removeUsage", query.id, [table]);
    expect((await shop.catalog.page("query", { filters: { entityId: shop.table.id } })).data).toEqual([]);
  });

  test("gather who runs them", async () => {
    await shop.catalog.put("user", { name: "ann", email: "ann@example.com" });
    await shop.catalog.put("user", { name: "bob", email: "bob@example.com" });
    await shop.catalog.writeExtra("queries.addUsers", query.id, ["ann"]);
    await shop.catalog.writeExtra("queries.addUsers", query.id, ["bob", "ann"]);
    await shop.catalog.writeExtra("queries.addUsedBy", query.id, ["job"]);
    await shop.catalog.writeExtra("queries.addUsedBy", query.id, ["etl", "job"]);
    expect(await whole()).toMatchObject({ users: [{ name: "ann" }, { name: "bob" }], usedBy: ["etl", "job"] });
  });

  test("refuse what is not there", async () => {
    const nobody = [{ id: "nobody", type: "table" }];
    await expect(shop.catalog.writeExtra("queries.addUsage", query.id, nobody)).rejects.toMatchObject({ status: 404 });
    await expect(shop.catalog.writeExtra("queries.addUsers", query.id, ["nobody"])).rejects.toMatchObject({
      status: 404,
    });
    await expect(shop.catalog.writeExtra("queries.addUsedBy", query.id, [1])).rejects.toMatchObject({ status: 400 });
    await expect(shop.catalog.writeExtra("queries.addUsedBy", "nobody", ["a"])).rejects.toMatchObject({ status: 404 });
  });
});

describe("what a query cost", () => {
  const record = (queryReference: object, timestamp = noon) => ({ timestamp, queryReference, cost: 1.5, count: 2 });

  test("is kept by time, and refused when it is sent again", async () => {
    const reference = ref("query", query);
    const kept = await shop.catalog.writeExtra("queries.addCost", { ...record(reference), totalDuration: 3 });
    expect(kept).toMatchObject({ cost: 1.5, totalDuration: 3, queryReference: { id: query.id, name: query.name } });
    await expect(shop.catalog.writeExtra("queries.addCost", record(reference))).rejects.toMatchObject({ status: 409 });
    await shop.catalog.writeExtra("queries.addCost", record(reference, noon + 1));
    expect(shop.catalog.extras.queries.costs(query.id, {})).toMatchObject({
      data: [{ timestamp: noon + 1 }, { timestamp: noon }],
      total: 2,
    });
  });

  test("needs a query", async () => {
    await expect(shop.catalog.writeExtra("queries.addCost", record(ref("table", shop.table)))).rejects.toMatchObject({
      status: 400,
    });
    await expect(
      shop.catalog.writeExtra("queries.addCost", record({ id: "nobody", type: "query" })),
    ).rejects.toMatchObject({ status: 404 });
  });
});
