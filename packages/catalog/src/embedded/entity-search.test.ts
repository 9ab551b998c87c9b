import { describe, expect, test } from "@jest/globals";
import { fqnOf } from "@omd/schema";
import { addPipeline, addSchema, addTable } from "../../test/catalog-fixture.ts";
import { openEmbeddedCatalog } from "./embedded-catalog.ts";

const memory = () => openEmbeddedCatalog({ file: ":memory:" });

describe("search", () => {
  async function filled() {
    const catalog = memory();
    for (const service of ["my.db", "Other", "[x]"]) {
      const schema = await addSchema(catalog, service);
      await addTable(catalog, schema, "Orders");
      await addTable(catalog, schema, "v1.orders");
    }
    return catalog;
  }

  test.each([
    ["*.orders", ['"my.db".shop.main.Orders', "Other.shop.main.Orders", "[x].shop.main.Orders"]],
    ['*."v1.orders"', ['"my.db".shop.main."v1.orders"', 'Other.shop.main."v1.orders"', '[x].shop.main."v1.orders"']],
    ["OTHER.SHOP.MAIN.ORDERS", ["Other.shop.main.Orders"]],
    ["other.*", ['Other.shop.main."v1.orders"', "Other.shop.main.Orders"]],
    ["[x].*.orders", ["[x].shop.main.Orders"]],
    ["?x].*.orders", ["[x].shop.main.Orders"]],
    ['*orders"', ['"my.db".shop.main."v1.orders"', 'Other.shop.main."v1.orders"', '[x].shop.main."v1.orders"']],
    ["orders", []],
    ["x.*.orders", []],
  ])("%s", async (pattern, fqns) => {
    const catalog = await filled();
    const found = await catalog.search("table", { pattern });
    expect(found.map((table) => table.fullyQualifiedName)).toEqual(fqns);
  });

  test("by name, no more than the limit", async () => {
    const catalog = await filled();
    const byName = { field: "name", pattern: "order?" } as const;
    expect(await catalog.search("table", byName)).toHaveLength(3);
    expect(await catalog.search("table", { ...byName, limit: 2 })).toHaveLength(2);
    expect(await catalog.search("pipeline", byName)).toEqual([]);
  });
});

describe("searchByName", () => {
  test("ranks names before columns before FQNs", async () => {
    const catalog = memory();
    const schema = await addSchema(catalog, "d");
    await addTable(catalog, schema, "mail_log", [{ name: "at", dataType: "DATE" }]);
    await addTable(catalog, schema, "users");
    await addTable(catalog, schema, "old_mail", [{ name: "Old_Mail_Id", dataType: "INT" }]);
    await addTable(catalog, schema, "mail", []);
    await addTable(catalog, schema, "other", [{ name: "email", dataType: "INT" }]);
    const hits = catalog.searchByName(" MAIL ");
    expect(hits.map((hit) => [hit.name, hit.match, hit.matched])).toEqual([
      ["mail", "name", "d.shop.main.mail"],
      ["mail_log", "name", "d.shop.main.mail_log"],
      ["old_mail", "name", "d.shop.main.old_mail"],
      ["users", "column", "d.shop.main.users.mail"],
      ["other", "column", "d.shop.main.other.email"],
    ]);
    expect(catalog.searchByName("mail", { limit: 1 })).toHaveLength(1);
    expect(catalog.searchByName("main.user").map((hit) => hit.match)).toEqual(["fullyQualifiedName"]);
  });

  test("finds tasks, keeps to a type, leaves out what is deleted", async () => {
    const catalog = memory();
    const pipeline = await addPipeline(catalog, "p");
    expect(catalog.searchByName("extr")).toMatchObject([
      { type: "pipeline", match: "task", matched: "p.daily.extract" },
    ]);
    expect(catalog.searchByName("extr", { type: "table" })).toEqual([]);
    expect(catalog.searchByName("   ")).toEqual([]);
    await catalog.delete("pipeline", pipeline.id);
    expect(catalog.searchByName("extr")).toEqual([]);
  });
});

describe("findOwner", () => {
  async function people() {
    const catalog = memory();
    await catalog.put("user", { name: "ann.lee", email: "Ann.Lee@example.com", displayName: "Ann Lee" });
    await catalog.put("user", { name: "annlee2", email: "annlee2@example.com", displayName: "ann-lee 2" });
    await catalog.put("user", { name: "robot", email: "robot@example.com", isBot: true });
    await catalog.put("team", { name: "data-platform", teamType: "Group", displayName: "Data Platform" });
    await catalog.put("team", { name: "sales", teamType: "Department" });
    await catalog.put("user", { name: "dataplatform", email: "dp@example.com" });
    await catalog.put("user", { name: "twin_a", email: "twin1@example.com", displayName: "Same Name" });
    await catalog.put("user", { name: "twin_b", email: "twin2@example.com", displayName: "same-name" });
    return catalog;
  }

  test.each([
    ["ann.lee", false, "ann.lee"],
    ["ANN.LEE@EXAMPLE.COM", false, "ann.lee"],
    ["Ann Lee", false, "ann.lee"],
    ["ann lee", false, undefined],
    ["ANN_LEE", true, "ann.lee"],
    ["dataplatform", false, "dataplatform"],
    ["Data_Platform", true, "data-platform"],
    ["robot", true, undefined],
    ["sales", true, undefined],
    ["same name", true, undefined],
    ["Same Name", true, "twin_a"],
    ["- _", true, undefined],
    ["", true, undefined],
  ])("%j (fuzzy: %j) is %s", async (name, fuzzy, owner) => {
    const catalog = await people();
    expect((await catalog.findOwner(name, { fuzzy }))?.name).toBe(owner);
  });

  test("does not find who is deleted", async () => {
    const catalog = await people();
    const user = await catalog.get("user", fqnOf("ann.lee"));
    await catalog.delete("user", String(user?.id));
    expect(await catalog.findOwner("ann.lee", { fuzzy: true })).toBeUndefined();
  });
});
