import { describe, expect, test } from "@jest/globals";
import { parseDataset } from "@omd/lineage";
import { columnOrigins, datasetText, datasetUris } from "./datasets.ts";

describe("datasetUris", () => {
  test.each([
    ["postgres://h:5432", "db.s.t", "postgres://h:5432/db.s.t", "table"],
    ["s3://bucket", "/a/b", "s3://bucket/a/b", "container"],
    ["s3://bucket/", "a b#c%d?e", "s3://bucket/a b%23c%25d%3Fe", "container"],
    ["file", "/tmp/x", "file:///tmp/x", "container"],
    ["bigquery", "p.d.t", "bigquery:p.d.t", "table"],
    ["kafka://broker:9092", "orders", "kafka://broker:9092/orders", "topic"],
    ["duckdb:///srv/x.duckdb", "x.main.t", "duckdb:///srv/x.duckdb/x.main.t", "table"],
    ["arn:aws:glue:eu-west-1:123456789012", "table/db/t", "arn:aws:glue:eu-west-1:123456789012/table/db/t", "table"],
    ["my-service", "db.s.t", "x-omd:my-service.db.s.t", "entity"],
  ])("%s and %s", (namespace, name, uri, kind) => {
    expect(datasetUris({ namespace, name, facets: {} })).toEqual([uri]);
    expect(parseDataset(uri).kind).toBe(kind);
  });

  test("a table that a place stands for comes first, other names last", () => {
    const identifiers = [
      { namespace: "file", name: "/warehouse/t/v2", type: "LOCATION" },
      { namespace: "hive://metastore:9083", name: "default.t", type: "TABLE" },
    ];
    expect(datasetUris({ namespace: "file", name: "/warehouse/t", facets: { symlinks: { identifiers } } })).toEqual([
      "hive://metastore:9083/default.t",
      "file:///warehouse/t",
      "file:///warehouse/t/v2",
    ]);
  });

  test("facets of another shape are as if they were not there", () => {
    for (const symlinks of [null, 1, {}, { identifiers: [{}] }])
      expect(datasetUris({ namespace: "file", name: "/t", facets: { symlinks } })).toEqual(["file:///t"]);
    for (const columnLineage of [null, [], { fields: { a: {} } }])
      expect(columnOrigins({ namespace: "file", name: "/t", facets: { columnLineage } })).toEqual([]);
  });
});

test("datasets are named as people read them", () => {
  expect(datasetText({ namespace: "s3://b", name: "/a" })).toBe("s3://b/a");
  expect(datasetText({ namespace: "pg://h", name: "d.s.t" })).toBe("pg://h/d.s.t");
});
