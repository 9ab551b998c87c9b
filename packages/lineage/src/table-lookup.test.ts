import { beforeEach, describe, expect, test } from "@jest/globals";
import type { Resolution } from "@omd/core";
import { fakeCatalog, type FakeCatalog } from "../test/fake-catalog.ts";
import { createResolver, type ResolverOptions } from "./resolver.ts";

let catalog: FakeCatalog;
const resolver = (options: Partial<ResolverOptions> = {}) =>
  createResolver({ catalog, databaseServices: [], storageServices: [], ...options });
/** The FQN, or why there is none. */
const outcome = (resolution: Resolution) =>
  resolution.kind === "resolved" ? `${resolution.entity.entityType} ${resolution.entity.fqn}` : resolution.reason;

beforeEach(() => {
  catalog = fakeCatalog();
});

describe("tables", () => {
  beforeEach(() => {
    catalog.add("table", "pg.shop.public.orders", { serviceType: "Postgres" });
    catalog.add("table", "pg.shop.audit.orders", { serviceType: "Postgres" });
    catalog.add("table", '"my.pg".shop.public.customers', { serviceType: "Postgres" });
    catalog.add("table", "sf.SHOP.PUBLIC.ORDERS_V", { serviceType: "Snowflake" });
    catalog.add("table", "my.default.shop.Orders", { serviceType: "Mysql" });
    catalog.add("table", "bq.project.dataset.table", { serviceType: "BigQuery" });
    catalog.add("table", "athena.AwsDataCatalog.web.clicks", { serviceType: "Athena" });
    catalog.add("table", "lite.default.main.orders_lite", { serviceType: "SQLite" });
  });

  test.each([
    ["postgres://h:5432/shop/public/orders", "table pg.shop.public.orders"],
    ["postgres://h:5432/shop.public.customers", 'table "my.pg".shop.public.customers'],
    ["snowflake://acct/shop/public/orders_v", "table sf.SHOP.PUBLIC.ORDERS_V"],
    ["mysql://h:3306/shop/Orders", "table my.default.shop.Orders"],
    ["bigquery:project.dataset.table", "table bq.project.dataset.table"],
    ["arn:aws:glue:us-east-1:1:table/web/clicks", "table athena.AwsDataCatalog.web.clicks"],
    ["awsathena://athena.eu/Other.web.clicks", "table athena.AwsDataCatalog.web.clicks"],
    ["sqlite:///tmp/shop.db/orders_lite", "table lite.default.main.orders_lite"],
    ["shop.audit.orders", "table pg.shop.audit.orders"],
  ])("%s in any service", async (uri, expected) => {
    expect(outcome(await resolver().dataset(uri))).toBe(expected);
  });

  test("a whole name in a given service costs one read", async () => {
    await resolver({ databaseServices: ["pg"] }).dataset("postgres://h/shop/public/orders");
    expect(catalog.calls).toEqual(["get table pg.shop.public.orders"]);
  });

  test("only the given services are looked in", async () => {
    const found = await resolver({ databaseServices: ["sf", "my"] }).dataset("postgres://h/shop/public/orders");
    expect(found).toEqual({
      kind: "unresolved",
      reason: "none of the database services sf, my has shop.public.orders",
      nearest: ["pg.shop.public.orders", "pg.shop.audit.orders", "my.default.shop.Orders"],
    });
  });

  test("a service of that name with a dot in it", async () => {
    const found = await resolver({ databaseServices: ["my.pg"] }).dataset("postgres://h/shop/public/customers");
    expect(outcome(found)).toBe('table "my.pg".shop.public.customers');
  });

  test("what is nowhere tells what was looked for, and like names: same schema first, at most five", async () => {
    for (const schema of ["a", "b", "c", "d", "e"]) catalog.add("table", `other.x.${schema}.missing`);
    catalog.add("table", "other.x.public.missing");
    const found = await resolver().dataset("postgres://h/shop/public/missing");
    expect(found).toMatchObject({ kind: "unresolved", reason: "no database service has shop.public.missing" });
    expect(found.kind === "unresolved" && found.nearest).toEqual([
      "other.x.public.missing",
      "other.x.a.missing",
      "other.x.b.missing",
      "other.x.c.missing",
      "other.x.d.missing",
    ]);
  });

  test("where case matters, another case is only near", async () => {
    expect(await resolver().dataset("mysql://h/shop/orders")).toEqual({
      kind: "unresolved",
      reason: "no database service has default.shop.orders",
      nearest: ["my.default.shop.Orders", "pg.shop.audit.orders", "pg.shop.public.orders"],
    });
    expect(outcome(await resolver().dataset("bigquery:project.dataset.TABLE"))).toContain("no database service has");
  });

  test("where case is folded, the exact spelling still wins, and two others are ambiguous", async () => {
    catalog.add("table", "sf.shop.public.orders_v", { serviceType: "Snowflake" });
    expect(outcome(await resolver().dataset("snowflake://a/shop/public/orders_v"))).toBe(
      "table sf.shop.public.orders_v",
    );
    expect(await resolver().dataset("snowflake://a/Shop/Public/Orders_V")).toEqual({
      kind: "unresolved",
      reason: "ambiguous: 2 tables have Shop.Public.Orders_V",
      nearest: ["sf.SHOP.PUBLIC.ORDERS_V", "sf.shop.public.orders_v"],
    });
  });

  test("the same table in two services is ambiguous, given or not, unless only one is of the right kind", async () => {
    catalog.add("table", "pg2.shop.public.orders", { serviceType: "Postgres" });
    catalog.add("table", "copy.SHOP.PUBLIC.ORDERS_V", { serviceType: "Oracle" });
    for (const databaseServices of [[], ["pg", "pg2"]]) {
      expect(await resolver({ databaseServices }).dataset("postgres://h/shop/public/orders")).toEqual({
        kind: "unresolved",
        reason: "ambiguous: 2 tables have shop.public.orders",
        nearest: ["pg.shop.public.orders", "pg2.shop.public.orders"],
      });
    }
    const databaseServices = ["copy", "sf"];
    expect(outcome(await resolver({ databaseServices }).dataset("snowflake://a/SHOP/PUBLIC/ORDERS_V"))).toBe(
      "table sf.SHOP.PUBLIC.ORDERS_V",
    );
  });

  test("a service of another kind counts only when it is given", async () => {
    catalog.add("table", "ora.shop.public.invoices", { serviceType: "Oracle" });
    expect(await resolver().dataset("postgres://h/shop/public/invoices")).toEqual({
      kind: "unresolved",
      reason: "no database service has shop.public.invoices, apart from services of another kind (Oracle)",
      nearest: ["ora.shop.public.invoices"],
    });
    const given = resolver({ databaseServices: ["ora"] });
    expect(outcome(await given.dataset("postgres://h/shop/public/invoices"))).toBe("table ora.shop.public.invoices");
    catalog.add("table", "own.shop.public.notes", { serviceType: "CustomDatabase" });
    expect(outcome(await resolver().dataset("postgres://h/shop/public/notes"))).toBe("table own.shop.public.notes");
  });

  test("a table of a service of unknown kind keeps a name ambiguous", async () => {
    catalog.add("table", "pg2.shop.public.orders");
    expect(outcome(await resolver().dataset("postgres://h/shop/public/orders"))).toContain("ambiguous");
  });

  test("a name without its schema is found when only one schema has it", async () => {
    expect(outcome(await resolver().dataset("postgres://h/shop/customers"))).toBe(
      'table "my.pg".shop.public.customers',
    );
    expect(outcome(await resolver().dataset("postgres://h/shop/orders"))).toBe(
      "ambiguous: 2 tables have shop.*.orders",
    );
  });

  test("parts are compared whole: a dot in a name is not a level, a `*` in a name is no wild card", async () => {
    catalog.add("table", 'pg.x."a.shop".t');
    catalog.add("table", "pg.x.shop.star_t");
    expect(outcome(await resolver().dataset("postgres://h/a/shop/t"))).toBe("no database service has a.shop.t");
    expect(outcome(await resolver().dataset("postgres://h/x/shop/star*"))).toBe("no database service has x.shop.star*");
  });

  test("a deleted table is not there", async () => {
    catalog.add("table", "pg.shop.public.gone", { deleted: true });
    const found = await resolver({ databaseServices: ["pg"] }).dataset("postgres://h/shop/public/gone");
    expect(outcome(found)).toBe("the database service pg does not have shop.public.gone");
    expect(outcome(await resolver().dataset("pg.shop.public.gone"))).toContain("the catalog has no table");
  });

  test("names that OpenMetadata stores otherwise", async () => {
    catalog.add("table", "pg.shop.public.a__reserved__colon__b");
    const found = await resolver({ databaseServices: ["pg"] }).dataset("postgres://h/shop/public/a::b");
    expect(outcome(found)).toBe("table pg.shop.public.a__reserved__colon__b");
  });
});
