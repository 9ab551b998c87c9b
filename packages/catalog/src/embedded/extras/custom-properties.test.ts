import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { noon, openShop, type Shop } from "../../../test/extras-fixture.ts";

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.catalog.close());

describe("custom properties", () => {
  test("are given to a type of entity, and replaced by name", async () => {
    const { customProperties } = shop.catalog.extras;
    const { id: table } = customProperties.byName("table") as { id: string };
    const { id: text } = customProperties.byName("string") as { id: string };
    const property = { name: "cost", description: "d", propertyType: { id: text, type: "type" } };
    await shop.catalog.writeExtra("customProperties.put", table, property);
    await shop.catalog.writeExtra("customProperties.put", table, { ...property, description: "changed" });
    expect(customProperties.byId(table)).toMatchObject({
      name: "table",
      category: "entity",
      customProperties: [{ name: "cost", description: "changed", propertyType: { id: text, name: "string" } }],
    });
    expect(customProperties.byName("topic")).toMatchObject({ customProperties: [] });
    expect(customProperties.list("field").map(({ name }) => name)).toContain("markdown");
    expect(customProperties.list("field").map(({ name }) => name)).not.toContain("table");
  });

  test("need a type that is there and may have them", async () => {
    const { customProperties } = shop.catalog.extras;
    const { id: text } = customProperties.byName("string") as { id: string };
    const property = { name: "cost", description: "d", propertyType: { id: "nobody", type: "type" } };
    const { id: table } = customProperties.byName("table") as { id: string };
    const put = (id: string, body: object) => shop.catalog.writeExtra("customProperties.put", id, body);
    await expect(put(table, property)).rejects.toMatchObject({ status: 404 });
    await expect(put(text, property)).rejects.toMatchObject({ status: 400 });
    await expect(put("nobody", property)).rejects.toMatchObject({ status: 404 });
    await expect(put(table, {})).rejects.toMatchObject({ status: 400 });
    expect(() => customProperties.byName("toString")).toThrow(expect.objectContaining({ status: 404 }));
  });
});

describe("automation workflows", () => {
  const given = {
    name: "test-1",
    workflowType: "TEST_CONNECTION",
    request: { serviceType: "Database", connection: { config: { type: "Mysql", password: "canary" } } },
  };
  const put = (body: object) => shop.catalog.writeExtra("automations.put", body);

  test("are made, patched with what came of them, and removed", async () => {
    const { created, workflow } = await put(given);
    expect([created, workflow]).toEqual([true, expect.objectContaining({ status: "Pending", updatedAt: noon })]);
    expect(JSON.stringify(workflow)).not.toContain("canary");
    expect(await put(given)).toMatchObject({ created: false, workflow: { id: workflow.id } });
    const id = String(workflow.id);
    const patched = await shop.catalog.writeExtra("automations.patch", id, [
      { op: "replace", path: "/status", value: "Successful" },
      { op: "add", path: "/response", value: { steps: [] } },
    ]);
    expect(patched).toMatchObject({ status: "Successful", response: { steps: [] } });
    expect(shop.catalog.extras.automations.byName("test-1")).toEqual(patched);
    expect(await shop.catalog.writeExtra("automations.delete", id)).toMatchObject({ id, deleted: true });
    expect(() => shop.catalog.extras.automations.byId(id)).toThrow(expect.objectContaining({ status: 404 }));
  });

  test.each([
    [{ op: "replace", path: "/status", value: "Great" }],
    [{ op: "remove", path: "/nowhere" }],
    [{ op: "replace", path: "/name", value: "other" }],
  ])("the patch %j is refused", async (operation) => {
    const { workflow } = await put(given);
    await expect(
      shop.catalog.writeExtra("automations.patch", String(workflow.id), [operation as { op: "remove"; path: string }]),
    ).rejects.toMatchObject({ status: 400 });
    expect(shop.catalog.extras.automations.byName("test-1")).toEqual(workflow);
  });
});
