import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "./embedded-catalog.ts";

let catalog: EmbeddedCatalog;
beforeAll(async () => {
  catalog = openEmbeddedCatalog({ file: ":memory:" });
  await catalog.put("databaseService", { name: "shop", serviceType: "Postgres" });
  await catalog.put("database", { name: "db", service: "shop" });
  await catalog.put("databaseSchema", { name: "main", database: "shop.db" });
  const column = (name: string) => ({ name, dataType: "INT" as const });
  const table = (name: string, ...columns: string[]) =>
    catalog.put("table", { name, databaseSchema: "shop.db.main", columns: columns.map(column) });
  await table("loaves", "id", "oven_id");
  await table("stg_loaves", "oven_id");
  await table("ovens", "id");
  for (const name of ["not_null_oven_id", "oven_id_known", "loaves_fresh"]) {
    await catalog.put("testDefinition", { name, entityType: "TABLE", testPlatforms: ["dbt"], description: "d" });
    await catalog.put("testCase", {
      name,
      testDefinition: name,
      entityLink: "<#E::table::shop.db.main.loaves>",
      parameterValues: [],
    });
  }
});
afterAll(() => catalog.close());

const found = (text: string) =>
  catalog.facets.search({ text }).hits.map(({ type, name, matched }) => ({ type, name, why: matched[0] }));

test("a column that is called so counts more than a name that has the word, and is the reason", () => {
  expect(found("oven_id").slice(0, 2)).toEqual([
    { type: "table", name: "loaves", why: { field: "column", value: "oven_id" } },
    { type: "table", name: "stg_loaves", why: { field: "column", value: "oven_id" } },
  ]);
});

test("tests stand behind what they test, unless they are named in full", () => {
  expect(found("loav")[0]).toMatchObject({ type: "table", name: "loaves" });
  expect(found("shop.db.main.lo")[0]).toMatchObject({ type: "table", name: "loaves" });
  expect(found("loaves_fresh")[0]?.name).toBe("loaves_fresh");
  // A test that begins so comes before a table that only has the word somewhere.
  expect(
    found("oven")
      .map(({ name }) => name)
      .indexOf("oven_id_known"),
  ).toBeLessThan(4);
});

test("without words everything stands by its fully qualified name", () => {
  const { hits } = catalog.facets.search({ text: "", filters: { type: ["table", "testCase"] } });
  const fqns = hits.map(({ fqn }) => fqn);
  expect(fqns).toEqual(fqns.toSorted());
  expect(hits.map(({ type }) => type)).toContain("testCase");
});
