import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { openShop, type Shop } from "../../../test/extras-fixture.ts";

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.catalog.close());

const put = (body: unknown, type = "table", id = shop.table.id) =>
  shop.catalog.writeExtra("samples.put", type, id, body);

describe("samples", () => {
  test("of a table are shown when asked for, replaced and removed; nulls are data", async () => {
    const sample = { columns: ["id", "address.city"], rows: [[1, null]] };
    expect(await put({ columns: ["id"], rows: [] })).toMatchObject({ sampleData: { columns: ["id"], rows: [] } });
    expect(await put(sample)).toMatchObject({ sampleData: sample });
    const fqn = shop.table.fullyQualifiedName;
    expect(await shop.catalog.get("table", fqn)).not.toHaveProperty("sampleData");
    expect(await shop.catalog.get("table", fqn, { fields: ["sampleData"] })).toMatchObject({ sampleData: sample });
    expect(await shop.catalog.writeExtra("samples.delete", "table", shop.table.id)).not.toHaveProperty("sampleData");
    expect(shop.catalog.extras.samples.get("table", shop.table.id)).not.toHaveProperty("sampleData");
  });

  test("do not get into the body by a patch of the table", async () => {
    await put({ columns: ["id"], rows: [[1]] });
    await shop.catalog.patch("table", shop.table.id, [{ op: "add", path: "/description", value: "d" }]);
    await shop.catalog.writeExtra("samples.delete", "table", shop.table.id);
    const all = await shop.catalog.get("table", shop.table.fullyQualifiedName, { fields: ["*"] });
    expect(all).toMatchObject({ description: "d" });
    expect(all).not.toHaveProperty("sampleData");
  });

  test("hold no secrets: neither of columns with such names nor in URLs", async () => {
    const shown = await put({
      columns: ["id", "password", "a.b"],
      rows: [[1, "canary-1", "mysql://me:canary-2@h/db"]],
    });
    expect(JSON.stringify(shown)).not.toContain("canary");
    expect(shown).toMatchObject({ sampleData: { rows: [[1, "*********", "mysql://me:*********@h/db"]] } });
  });

  test.each([
    [{ columns: ["nope"], rows: [] }, "Invalid column name nope"],
    [{ columns: ["id", "a.b"], rows: [[1, 2], [1]] }, "Number of columns is 2 but row 1 has 1 sample values"],
    [{ columns: ["id"], rows: [1] }, "Invalid sample data: rows.0"],
    [{ columns: ["id"] }, "Invalid sample data: rows"],
  ])("%j is refused", async (body, message) => {
    await expect(put(body)).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining(message) as unknown,
    });
  });

  test("of a topic are messages, masked by the keys of their JSON", async () => {
    await shop.catalog.put("messagingService", { name: "kafka", serviceType: "Kafka" });
    const topic = (await shop.catalog.put("topic", { name: "t", service: "kafka", partitions: 1 })).entity;
    const messages = ['{"id": 1}', '{"password":"canary"}', "plain amqp://me:canary@h"];
    expect(await put({ messages }, "topic", topic.id)).toMatchObject({
      sampleData: { messages: ['{"id": 1}', '{"password":"*********"}', "plain amqp://me:*********@h"] },
    });
    await expect(put({ columns: [], rows: [] }, "topic", topic.id)).rejects.toMatchObject({ status: 400 });
  });

  test("are refused for what has none and for what is not there", async () => {
    const body = { columns: [], rows: [] };
    const database = await shop.catalog.get("databaseSchema", shop.schema);
    await expect(put(body, "databaseSchema", database?.id)).rejects.toMatchObject({ status: 404 });
    await expect(put(body, "table", "nobody")).rejects.toMatchObject({ status: 404 });
    await shop.catalog.delete("table", shop.table.id);
    await expect(put(body)).rejects.toMatchObject({ status: 404 });
  });
});
