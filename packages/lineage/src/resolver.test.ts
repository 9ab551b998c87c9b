import { beforeEach, describe, expect, test } from "@jest/globals";
import type { Resolution } from "@omd/core";
import { fakeCatalog, type FakeCatalog } from "./fake-catalog.ts";
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
    catalog.add("table", "copy.SHOP.PUBLIC.ORDERS_V", { serviceType: "CustomDatabase" });
    for (const databaseServices of [[], ["pg", "pg2"]]) {
      expect(await resolver({ databaseServices }).dataset("postgres://h/shop/public/orders")).toEqual({
        kind: "unresolved",
        reason: "ambiguous: 2 tables have shop.public.orders",
        nearest: ["pg.shop.public.orders", "pg2.shop.public.orders"],
      });
    }
    expect(outcome(await resolver().dataset("snowflake://a/SHOP/PUBLIC/ORDERS_V"))).toBe(
      "table sf.SHOP.PUBLIC.ORDERS_V",
    );
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

describe("containers", () => {
  beforeEach(() => {
    catalog.add("container", "s3.lake", { fullPath: "s3://lake" });
    catalog.add("container", "s3.lake.raw", { fullPath: "s3://lake/raw/" });
    catalog.add("container", "s3.lake.raw.orders", { fullPath: "s3a://lake/raw/orders" });
    catalog.add("container", "gcs.lake", { fullPath: "gs://lake" });
    catalog.add("container", "adls.data", { fullPath: "abfss://data@acct.dfs.core.windows.net/in" });
    catalog.add("container", "dbfs.mnt", { fullPath: "dbfs:/mnt/in" });
    catalog.add("container", "files.tmp", { fullPath: "file:///tmp/in" });
    catalog.add("container", "hdfs.in", { fullPath: "hdfs://name:8020/in" });
  });

  test.each([
    ["s3://lake/raw/orders", "s3.lake.raw.orders"],
    ["s3://lake/raw/orders/2024/part-0.parquet", "s3.lake.raw.orders"],
    ["s3://lake/raw/other.csv", "s3.lake.raw"],
    ["s3a://lake/raw", "s3.lake.raw"],
    ["s3://lake/rawest/x", "s3.lake"],
    ["s3://lake", "s3.lake"],
    ["gs://lake/a/b", "gcs.lake"],
    ["abfs://data@acct.dfs.core.windows.net/in/x.csv", "adls.data"],
    ["dbfs:///mnt/in/x", "dbfs.mnt"],
    ["file:/tmp/in/x", "files.tmp"],
    ["hdfs://name:8020/in/x", "hdfs.in"],
  ])("%s lies in %s", async (uri, fqn) => {
    expect(outcome(await resolver().dataset(uri))).toBe(`container ${fqn}`);
  });

  test.each([
    ["s3://other/raw/x", "no storage service has a container for s3://other/raw/x or for a directory above it"],
    ["s3://LAKE/raw", "no storage service has"],
    ["gs://lak/a", "no storage service has"],
    ["wasbs://other@acct/in", "no storage service has"],
    ["dbfs:/mnt/other", "no storage service has"],
    ["file:///tmp", "no storage service has"],
    ["hdfs://other:8020/in/x", "no storage service has"],
  ])("%s lies nowhere", async (uri, reason) => {
    expect(outcome(await resolver().dataset(uri))).toContain(reason);
  });

  test("only the given storage services count; the others are near", async () => {
    const found = await resolver({ storageServices: ["gcs"] }).dataset("s3://lake/raw/orders/x");
    expect(found).toMatchObject({ kind: "unresolved", nearest: ["s3.lake.raw.orders", "s3.lake.raw", "s3.lake"] });
    expect(outcome(found)).toContain("the storage service gcs does not have a container for s3://lake/raw/orders/x");
    expect(outcome(await resolver({ storageServices: ["s3"] }).dataset("s3://lake/raw"))).toBe("container s3.lake.raw");
  });

  test("two containers of one place are ambiguous", async () => {
    catalog.add("container", "s3b.lake.raw", { fullPath: "s3://lake/raw" });
    expect(await resolver().dataset("s3://lake/raw/x.csv")).toEqual({
      kind: "unresolved",
      reason: "ambiguous: 2 containers have s3://lake/raw",
      nearest: ["s3.lake.raw", "s3b.lake.raw"],
    });
  });

  test("near is what else lies in the bucket", async () => {
    catalog.add("container", "s3.deep", { fullPath: "s3://deep/a/b" });
    expect(await resolver().dataset("s3://deep/a/c")).toMatchObject({ kind: "unresolved", nearest: ["s3.deep"] });
  });

  test("files of one directory share its look-ups", async () => {
    const one = resolver();
    await one.dataset("s3://none/a/1");
    const before = catalog.calls.length;
    await one.dataset("s3://none/a/2");
    expect(catalog.calls.slice(before).filter((call) => !call.includes("/2") && !call.includes("none/*"))).toEqual([]);
  });
});

describe("topics", () => {
  beforeEach(() => {
    catalog.add("topic", 'k."shop.orders"');
    catalog.add("topic", "k.clicks");
    catalog.add("topic", "k2.clicks");
  });

  test.each([
    ["kafka://h:9092/shop.orders", [], 'topic k."shop.orders"'],
    ["kafka://h:9092/clicks", ["k2"], "topic k2.clicks"],
    ["kafka://h:9092/clicks", [], "ambiguous: 2 topics have clicks"],
    ["kafka://h:9092/orders", [], "no messaging service has the topic orders"],
    ["kafka://h:9092/Clicks", ["k"], "the messaging service k does not have the topic Clicks"],
    ["k.clicks", [], "topic k.clicks"],
  ])("%s in %j", async (uri, messagingServices, expected) => {
    expect(outcome(await resolver({ messagingServices }).dataset(uri))).toBe(expected);
  });

  test("near are topics of that name in other services or another case", async () => {
    expect(await resolver({ messagingServices: ["k3"] }).dataset("kafka://h/clicks")).toMatchObject({
      nearest: ["k.clicks", "k2.clicks"],
    });
  });
});

describe("names of the catalog", () => {
  test.each(["pg.shop.public.orders", "x-omd:table:pg.shop.public.orders", "<#E::table::pg.shop.public.orders>"])(
    "%s",
    async (name) => {
      catalog.add("table", "pg.shop.public.orders");
      expect(outcome(await resolver().dataset(name))).toBe("table pg.shop.public.orders");
    },
  );

  test("four parts may be a container too", async () => {
    catalog.add("container", "s3.a.b.c");
    expect(outcome(await resolver().dataset("s3.a.b.c"))).toBe("container s3.a.b.c");
  });

  test("another case is only near", async () => {
    catalog.add("table", "pg.shop.public.Orders");
    expect(await resolver().dataset("x-omd:table:pg.shop.public.orders")).toEqual({
      kind: "unresolved",
      reason: "the catalog has no table named pg.shop.public.orders",
      nearest: ["pg.shop.public.Orders"],
    });
  });

  test("what is no name is not looked for", async () => {
    expect(outcome(await resolver().dataset("ftp://h/x"))).toBe(
      "datasets of the scheme ftp: are not known (ftp://h/x)",
    );
    expect(catalog.calls).toEqual([]);
  });
});

describe("the cache of a run", () => {
  test("asks once, at the same time or later", async () => {
    catalog.add("table", "pg.shop.public.orders");
    const one = resolver();
    const uri = "postgres://h/shop/public/orders";
    const [a, b] = await Promise.all([one.dataset(uri), one.dataset(uri)]);
    expect(a).toBe(b);
    const calls = catalog.calls.length;
    one.invalidate();
    await one.dataset(uri);
    expect(catalog.calls).toHaveLength(calls);
  });

  test("what was not there is asked again only after invalidate", async () => {
    const one = resolver();
    const uri = "postgres://h/shop/public/late";
    expect((await one.dataset(uri)).kind).toBe("unresolved");
    catalog.add("table", "pg.shop.public.late");
    expect((await one.dataset(uri)).kind).toBe("unresolved");
    one.invalidate();
    expect((await one.dataset(uri)).kind).toBe("resolved");
  });

  test("a place of a store too", async () => {
    const one = resolver();
    await one.dataset("s3://b/k");
    catalog.add("container", "s3.b", { fullPath: "s3://b" });
    one.invalidate();
    expect((await one.dataset("s3://b/k")).kind).toBe("resolved");
  });

  test("an error of the catalog is thrown and not remembered", async () => {
    catalog.add("table", "pg.shop.public.orders");
    let failing = true;
    const one = resolver({
      catalog: {
        ...catalog,
        search: (...args) => (failing ? Promise.reject(new Error("down")) : catalog.search(...args)),
      },
    });
    await expect(one.dataset("postgres://h/shop/public/orders")).rejects.toThrow("down");
    failing = false;
    expect((await one.dataset("postgres://h/shop/public/orders")).kind).toBe("resolved");
  });
});

describe("owners", () => {
  const ann = { id: "1", type: "user", name: "ann" };
  const annabel = { id: "2", type: "user", name: "annabel" };

  test("exact before fuzzy", async () => {
    catalog = fakeCatalog({ annabel, ann });
    expect(await resolver().owner(" ann ")).toEqual(ann);
    expect(catalog.calls).toEqual(["findOwner ann"]);
    expect(await resolver().owner("annab")).toEqual(annabel);
    expect(catalog.calls.slice(1)).toEqual(["findOwner annab", "findOwner annab fuzzy"]);
  });

  test("created once when nobody has that name", async () => {
    const created: string[] = [];
    const one = resolver({
      createOwner: (name) => {
        created.push(name);
        return Promise.resolve({ id: "9", type: "user", name });
      },
    });
    const owners = await Promise.all([one.owner("bob"), one.owner("bob"), one.owner("eve")]);
    expect(owners.map((owner) => owner?.name)).toEqual(["bob", "bob", "eve"]);
    expect(created).toEqual(["bob", "eve"]);
  });

  test("nobody", async () => {
    const one = resolver();
    expect(await one.owner("bob")).toBeUndefined();
    expect(await one.owner("  ")).toBeUndefined();
    const calls = catalog.calls.length;
    expect(await one.owner("bob")).toBeUndefined();
    expect(catalog.calls).toHaveLength(calls);
  });
});
