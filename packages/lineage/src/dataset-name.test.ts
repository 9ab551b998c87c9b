import { describe, expect, test } from "@jest/globals";
import { parseDataset } from "./dataset-name.ts";

/** `database.schema.table`, `*` for what may be anything. */
function tableText(uri: string): string {
  const name = parseDataset(uri);
  if (name.kind !== "table") return name.kind;
  return [name.database ?? "*", name.schema ?? "*", name.table].join("|");
}

describe("tables", () => {
  test.each([
    ["postgres://host:5432/shop/public/orders", "shop|public|orders"],
    ["postgresql://host/shop/public/orders/", "shop|public|orders"],
    ["postgresql+psycopg2://user@host/shop/public/orders", "shop|public|orders"],
    ["postgres://host:5432/shop/public.orders", "shop|public|orders"],
    ["postgres://host:5432/shop.public.orders", "shop|public|orders"],
    ['postgres://host:5432/shop."my.schema".orders', "shop|my.schema|orders"],
    ["postgres://host/shop/public/or%20ders.v1", "shop|public|or ders.v1"],
    ["postgres://host/shop/orders", "shop|*|orders"],
    ["POSTGRES://host/shop/public/orders?sslmode=off", "shop|public|orders"],
    ["redshift://cluster.eu-west-1:5439/dev.public.orders", "dev|public|orders"],
    ["snowflake://org-acct/SHOP/PUBLIC/ORDERS", "SHOP|PUBLIC|ORDERS"],
    ["snowflake://org-acct/SHOP.PUBLIC.ORDERS", "SHOP|PUBLIC|ORDERS"],
    ["trino://host:8080/hive/web/clicks", "hive|web|clicks"],
    ["presto://host:8080/hive.web.clicks", "hive|web|clicks"],
    ["databricks://adb-1.azuredatabricks.net/main/web/clicks", "main|web|clicks"],
    ["unitycatalog://host/main.web.clicks", "main|web|clicks"],
    ["mssql://host;instance:1433/shop/dbo/orders", "shop|dbo|orders"],
    ["sqlserver://host:1433/shop.dbo.orders", "shop|dbo|orders"],
    ["bigquery:project.dataset.table", "project|dataset|table"],
    ["bigquery://project/dataset/table", "project|dataset|table"],
    ["bigquery://project.dataset.table", "project|dataset|table"],
    ["awsathena://athena.us-east-1.amazonaws.com/AwsDataCatalog.web.clicks", "*|web|clicks"],
    ["athena://host/web.clicks", "*|web|clicks"],
    ["awsglue://catalog/web/clicks", "*|web|clicks"],
    ["arn:aws:glue:us-east-1:123456789012:table/web/clicks", "*|web|clicks"],
    ["arn:aws:glue:us-east-1:123456789012/table/web/clicks", "*|web|clicks"],
    ["oracle://host:1521/XE.SCOTT.EMP", "*|SCOTT|EMP"],
    ["mysql://host:3306/shop/orders", "default|shop|orders"],
    ["mysql://host:3306/shop.orders", "default|shop|orders"],
    ["mariadb://host/shop/orders.v1", "default|shop|orders.v1"],
    ["hive://host:10000/web.clicks", "default|web|clicks"],
    ["clickhouse://host/web/clicks", "default|web|clicks"],
    ["sqlite:///tmp/shop.db/orders", "*|main|orders"],
    ["sqlite:/tmp/shop.db/main.orders", "*|main|orders"],
    ["duckdb:///tmp/shop.duckdb/web.clicks", "*|web|clicks"],
  ])("%s", (uri, table) => {
    expect(tableText(uri)).toBe(table);
  });

  test.each([
    ["postgres://host:5432/", "postgres://host:5432/database/schema/table"],
    ["postgres://host:5432", "postgres://host:5432/"],
    ["postgres://host/orders", "names no table"],
    ["postgres://host/a/b/c/d", "names no table"],
    ["postgres://host/shop//orders", "names no table"],
    ["redshift://host", "redshift://"],
    ["snowflake://org-acct/ORDERS", "snowflake://"],
    ["trino://host:8080/clicks", "trino://"],
    ["databricks://host", "databricks://"],
    ["mssql://host:1433/orders", "mssql://"],
    ["bigquery:dataset.table", "bigquery:project.dataset.table"],
    ["bigquery://project", "bigquery:project.dataset.table"],
    ["awsathena://host/clicks", "awsathena://"],
    ["oracle://host:1521/EMP", "oracle://"],
    ["mysql://host:3306/orders", "mysql://host:3306/database/table"],
    ["mysql://host:3306/def/shop/orders", "names no table"],
    ["hive://host/clicks", "hive://"],
    ["sqlite:shop.db", "sqlite:///"],
    ["sqlite:///", "sqlite:///"],
    ["duckdb:///", "duckdb:///"],
    ["arn:aws:glue:us-east-1:123456789012:table/web", "ARN of a Glue table"],
    ["arn:aws:iam::123456789012:role/x", "ARN of a Glue table"],
  ])("%s is none", (uri, reason) => {
    expect(parseDataset(uri)).toMatchObject({ kind: "unknown", reason: expect.stringContaining(reason) });
  });

  test.each([
    ["snowflake://a/B/C/D", true],
    ["mysql://h/b/c", false],
    ["bigquery:a.b.c", false],
  ])("whether %s folds case: %p", (uri, foldsCase) => {
    expect(parseDataset(uri)).toMatchObject({ foldsCase });
  });
});

describe("places in stores", () => {
  test.each([
    ["s3://bucket/a/b.csv", "s3", "//bucket/a/b.csv"],
    ["s3a://bucket/a/", "s3", "//bucket/a"],
    ["arn:aws:s3:::bucket/a/b.csv", "s3", "//bucket/a/b.csv"],
    ["gs://bucket/a", "gs", "//bucket/a"],
    ["gcs://bucket", "gs", "//bucket"],
    ["abfs://data@account.dfs.core.windows.net/a", "abfss", "//data@account.dfs.core.windows.net/a"],
    ["wasbs://data@account.blob.core.windows.net/a", "abfss", "//data@account.blob.core.windows.net/a"],
    ["hdfs://name:8020/warehouse/a", "hdfs", "//name:8020/warehouse/a"],
    ["file:///tmp/a%20b", "file", "///tmp/a b"],
    ["file:/tmp/a", "file", "///tmp/a"],
    ["dbfs:/mnt/a", "dbfs", "///mnt/a"],
    ["dbfs:///mnt/a", "dbfs", "///mnt/a"],
    ["s3://bucket/100%", "s3", "//bucket/100%"],
  ])("%s", (uri, scheme, location) => {
    const name = parseDataset(uri);
    expect(name).toMatchObject({ kind: "container", location });
    expect(name.kind === "container" && name.schemes[0]).toBe(scheme);
  });

  test.each(["s3://", "s3:bucket", "gs:///", "abfss://", "hdfs:", "file://", "dbfs:mnt"])("%s is none", (uri) => {
    expect(parseDataset(uri)).toMatchObject({ kind: "unknown" });
  });
});

describe("topics", () => {
  test.each([
    ["kafka://host:9092/orders", "orders"],
    ["kafka://a:9092,b:9092/shop.orders%2Fv1/", "shop.orders/v1"],
    ["redpanda://host/orders?x=1", "orders"],
    ["arn:aws:kinesis:us-east-1:123456789012:stream/clicks", "clicks"],
  ])("%s", (uri, topic) => {
    expect(parseDataset(uri)).toEqual({ kind: "topic", topic });
  });

  test.each(["kafka://host:9092", "kafka://host:9092/", "kafka:orders", "kafka://host/a/b"])("%s is none", (uri) => {
    expect(parseDataset(uri)).toMatchObject({ kind: "unknown", reason: expect.stringContaining("names no topic") });
  });
});

describe("names of the catalog", () => {
  test.each([
    ["svc.db.s.t", "svc.db.s.t", ["table", "container"]],
    ['svc."d.b".s.t', 'svc."d.b".s.t', ["table", "container"]],
    ["svc.a:b.s.t", "svc.a:b.s.t", ["table", "container"]],
    ["kafka.orders", "kafka.orders", ["topic", "container", "pipeline"]],
    ["s3.a.b.c.d", "s3.a.b.c.d", ["container"]],
    ["x-omd:table:svc.db.s.t", "svc.db.s.t", ["table"]],
    ["x-omd://container/s3.bucket.a", "s3.bucket.a", ["container"]],
    ["x-omd:topic/kafka.orders", "kafka.orders", ["topic"]],
    ["x-omd:svc.db.s.t", "svc.db.s.t", ["table", "container"]],
    ["<#E::table::svc.db.s.t>", "svc.db.s.t", ["table"]],
    ["<#E::table::svc.db.s.t::columns::a>", "svc.db.s.t", ["table"]],
  ])("%s", (text, fqn, types) => {
    expect(parseDataset(text)).toEqual({ kind: "entity", fqn, types });
  });

  test("three parts may also be a table without its service", () => {
    expect(parseDataset('shop."p.q".orders')).toEqual({
      kind: "entity",
      fqn: 'shop."p.q".orders',
      types: ["container"],
      otherwise: { kind: "table", database: "shop", schema: "p.q", table: "orders", foldsCase: true, serviceTypes: [] },
    });
  });

  test.each([
    ["", "has no name"],
    ["  ", "has no name"],
    ["orders", "neither a dataset URI nor"],
    ['svc."db', "neither a dataset URI nor"],
    ["svc..s.t", "neither a dataset URI nor"],
    ["x-omd:chart:a.b", "no type of dataset"],
    ["x-omd:table:orders", "neither a dataset URI nor"],
    ["<#E::user::ann>", "not a link to a dataset"],
    ["<#E::table>", "not a link to a dataset"],
    ["ftp://host/a", "scheme ftp: are not known"],
  ])("%j is none", (text, reason) => {
    expect(parseDataset(text)).toMatchObject({ kind: "unknown", reason: expect.stringContaining(reason) });
  });
});
