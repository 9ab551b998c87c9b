import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { columnFqn, noon, openShop, type Shop } from "../../../test/extras-fixture.ts";

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.catalog.close());

const put = (body: unknown) => shop.catalog.writeExtra("profiles.put", shop.table.id, body);
const everything = { startTs: 0, endTs: noon * 2 };

describe("profiles", () => {
  test("are kept by time, the newest shown, one of the same time replaced", async () => {
    await put({ tableProfile: { timestamp: noon, rowCount: 3 } });
    await put({ tableProfile: { timestamp: noon + 1, rowCount: 5 } });
    const shown = await put({ tableProfile: { timestamp: noon, rowCount: 4 } });
    expect(shown).toMatchObject({ id: shop.table.id, profile: { timestamp: noon + 1, rowCount: 5 } });
    const { profiles } = shop.catalog.extras;
    expect(profiles.ofTable(shop.table.id, "table", everything)).toEqual({
      data: [
        { timestamp: noon + 1, rowCount: 5 },
        { timestamp: noon, rowCount: 4 },
      ],
      total: 2,
    });
    expect(profiles.ofTable(shop.table.id, "table", { startTs: noon, endTs: noon }).data).toHaveLength(1);
    expect(profiles.ofTable(shop.table.id, "table", { ...everything, limit: 1 })).toMatchObject({
      data: [{ rowCount: 5 }],
      total: 2,
    });
  });

  test("do not change the version of the table, and are not shown unless asked for", async () => {
    await put({ tableProfile: { timestamp: noon } });
    const table = await shop.catalog.get("table", shop.table.fullyQualifiedName);
    expect(table).toEqual(shop.table);
  });

  test("of columns are found by name, by path and by FQN", async () => {
    const names = ["id", "address.city", "a.b"];
    await put({
      tableProfile: { timestamp: noon },
      columnProfile: names.map((name, at) => ({ name, timestamp: noon + at, nullCount: at })),
    });
    const { profiles } = shop.catalog.extras;
    const found = [columnFqn(shop, "id"), columnFqn(shop, "address", "city"), columnFqn(shop, "a.b")].map(
      (fqn) => profiles.ofColumn(fqn, everything).data,
    );
    expect(found).toEqual(names.map((name, at) => [{ name, timestamp: noon + at, nullCount: at }]));
    expect(profiles.latest(shop.table.id)).toMatchObject({
      profile: { timestamp: noon },
      columns: [
        { name: "id", profile: { nullCount: 0 } },
        { name: "address", children: [{ name: "city", profile: { nullCount: 1 } }] },
        { name: "a.b", profile: { nullCount: 2 } },
        { name: "password" },
      ],
    });
  });

  test("of the system are kept by operation", async () => {
    const at = { timestamp: noon };
    await put({
      tableProfile: at,
      systemProfile: [
        { ...at, operation: "INSERT", rowsAffected: 1 },
        { ...at, operation: "DELETE", rowsAffected: 2 },
        { ...at, operation: "INSERT", rowsAffected: 3 },
      ],
    });
    expect(shop.catalog.extras.profiles.ofTable(shop.table.id, "system", everything).data).toEqual([
      { ...at, operation: "DELETE", rowsAffected: 2 },
      { ...at, operation: "INSERT", rowsAffected: 3 },
    ]);
  });

  test("of all tables are listed in pages, those of deleted tables left out", async () => {
    await put({ tableProfile: { timestamp: noon }, columnProfile: [{ name: "id", timestamp: noon + 1 }] });
    const { profiles } = shop.catalog.extras;
    const first = profiles.all({ ...everything, limit: 1 });
    expect(first).toMatchObject({ total: 2, data: [{ profileType: "column", timestamp: noon + 1 }] });
    expect(profiles.all({ ...everything, limit: 1, offset: 1 }).data).toMatchObject([
      { profileType: "table", entityReference: { id: shop.table.id } },
    ]);
    expect(profiles.all({ ...everything, kind: "table" }).total).toBe(1);
    await shop.catalog.delete("table", shop.table.id);
    expect(profiles.all(everything).total).toBe(0);
  });

  test("of a column that holds secrets by its name show none of its values", async () => {
    const profile = { name: "password", timestamp: noon, min: "aaa-canary", max: "zzz-canary", distinctCount: 2 };
    await put({
      tableProfile: { timestamp: noon },
      columnProfile: [
        {
          ...profile,
          cardinalityDistribution: { categories: ["canary"], counts: [2] },
          histogram: { boundaries: ["canary"], frequencies: [2] },
        },
      ],
    });
    const { data } = shop.catalog.extras.profiles.ofColumn(columnFqn(shop, "password"), everything);
    expect(JSON.stringify(data)).not.toContain("canary");
    expect(data).toMatchObject([{ min: "*********", distinctCount: 2, histogram: { frequencies: [2] } }]);
  });

  test("of an unknown column change nothing", async () => {
    await expect(
      put({ tableProfile: { timestamp: noon }, columnProfile: [{ name: "nope", timestamp: noon }] }),
    ).rejects.toMatchObject({ status: 400, message: "Invalid column name nope" });
    expect(shop.catalog.extras.profiles.ofTable(shop.table.id, "table", everything).total).toBe(0);
  });

  test.each([
    [{}, /tableProfile/],
    [{ tableProfile: { timestamp: "now" } }, /tableProfile\.timestamp/],
    [{ tableProfile: { timestamp: noon }, more: 1 }, /more/],
    [{ tableProfile: { timestamp: noon }, systemProfile: [{ timestamp: noon, operation: "DROP" }] }, /operation/],
  ])("%j is refused", async (body, message) => {
    await expect(put(body)).rejects.toMatchObject({ status: 400, message: expect.stringMatching(message) as unknown });
  });

  test("need a table and a column that are there", async () => {
    const body = { tableProfile: { timestamp: noon } };
    await expect(shop.catalog.writeExtra("profiles.put", "nobody", body)).rejects.toMatchObject({ status: 404 });
    const { profiles } = shop.catalog.extras;
    expect(() => profiles.ofColumn(columnFqn(shop, "nope"), everything)).toThrow(
      expect.objectContaining({ status: 404 }),
    );
    expect(() => profiles.ofColumn('a."b', everything)).toThrow(expect.objectContaining({ status: 400 }));
  });
});
