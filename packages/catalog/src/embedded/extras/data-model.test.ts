import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { parseFqn } from "@omd/schema";
import { addTag, label, ref } from "../../../test/catalog-fixture.ts";
import { openShop, type Shop } from "../../../test/extras-fixture.ts";

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.catalog.close());

const whole = () => shop.catalog.get("table", shop.table.fullyQualifiedName, { fields: ["*"] });
const put = (model: object) =>
  shop.catalog.writeExtra("tables.putDataModel", shop.table.id, { modelType: "DBT", ...model });
const sent = (tagFQN: string) => ({
  tagFQN,
  source: "Classification",
  labelType: "Automated",
  state: "Suggested",
});

describe("a data model", () => {
  test("adds its tags and those of its columns to the table, without a new version", async () => {
    const own = await addTag(shop.catalog, "Own", "gold");
    await addTag(shop.catalog, "dbtTags", "nightly");
    await shop.catalog.patch("table", shop.table.id, [{ op: "add", path: "/tags", value: [label(own)] }]);
    const before = await whole();
    await put({
      tags: [sent("dbtTags.nightly")],
      columns: [
        { name: "ID", dataType: "INT", tags: [sent("dbtTags.nightly")] },
        { name: "unknown", dataType: "INT", tags: [sent("dbtTags.nightly")] },
      ],
    });
    const table = await whole();
    expect(table).toMatchObject({
      tags: [{ tagFQN: "Own.gold" }, { tagFQN: "dbtTags.nightly", labelType: "Automated" }],
      version: before?.version,
      dataModel: { modelType: "DBT" },
    });
    const columns = (table?.["columns"] ?? []) as object[];
    expect(columns).toMatchObject([
      { name: "id", tags: [{ tagFQN: "dbtTags.nightly" }] },
      { name: "address" },
      { name: "a.b" },
      { name: "password" },
    ]);
    expect(columns[1]).not.toHaveProperty("tags");
  });

  test("that comes with its table has no password in its statements either", async () => {
    const sql = "select * from read_csv('https://u:c4nary@example.com/x')";
    const { databaseSchema } = shop.table as unknown as { databaseSchema: { fullyQualifiedName: string } };
    await shop.catalog.put("table", {
      name: "made",
      databaseSchema: databaseSchema.fullyQualifiedName,
      columns: [],
      dataModel: { modelType: "DBT", sql },
    });
    const made = await shop.catalog.get("table", parseFqn(`${databaseSchema.fullyQualifiedName}.made`), {
      fields: ["dataModel"],
    });
    expect(made).toMatchObject({ dataModel: { sql: expect.stringContaining("read_csv('https://u:") } });
    expect(JSON.stringify(made)).not.toContain("c4nary");
  });

  test("brings owners to a table that has none, and to no other", async () => {
    const [ann, ben] = await Promise.all(
      ["ann", "ben"].map(async (name) =>
        ref("user", (await shop.catalog.put("user", { name, email: `${name}@example.com` })).entity),
      ),
    );
    await put({ owners: [ann] });
    expect(await whole()).toMatchObject({ owners: [{ name: "ann" }] });
    await put({ owners: [ben] });
    expect(await whole()).toMatchObject({ owners: [{ name: "ann" }] });
  });

  test("keeps the statements of before when the new ones are blank", async () => {
    await put({ sql: "select 1", rawSql: "select {{ one }}" });
    await put({ sql: " ", path: "models/a.sql" });
    expect((await whole())?.["dataModel"]).toEqual({
      modelType: "DBT",
      path: "models/a.sql",
      sql: "select 1",
      rawSql: "select {{ one }}",
    });
  });

  test("with an unknown tag, or with tags that shut each other out, is refused whole", async () => {
    await shop.catalog.put("classification", { name: "Size", description: "d", mutuallyExclusive: true });
    await addTag(shop.catalog, "dbtTags", "nightly");
    for (const name of ["small", "large"])
      await shop.catalog.put("tag", { name, description: "d", classification: "Size" });
    await expect(put({ tags: [sent("dbtTags.gone")] })).rejects.toMatchObject({ status: 404 });
    await put({ tags: [sent("Size.small")] });
    await expect(put({ tags: [sent("Size.large"), sent("dbtTags.nightly")] })).rejects.toMatchObject({ status: 400 });
    expect(await whole()).toMatchObject({ tags: [{ tagFQN: "Size.small" }] });
  });
});
