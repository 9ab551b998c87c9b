import { describe, expect, test } from "@jest/globals";
import { NamespaceServices, parseDataset } from "@omd/lineage";
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
    expect(datasetUris({ namespace, name, facets: {} })).toEqual([{ uri, services: [] }]);
    expect(parseDataset(uri).kind).toBe(kind);
  });

  test("a table that a place stands for comes first, other names last", () => {
    const identifiers = [
      { namespace: "file", name: "/warehouse/t/v2", type: "LOCATION" },
      { namespace: "hive://metastore:9083", name: "default.t", type: "TABLE" },
    ];
    const dataset = { namespace: "file", name: "/warehouse/t", facets: { symlinks: { identifiers } } };
    expect(datasetUris(dataset).map(({ uri }) => uri)).toEqual([
      "hive://metastore:9083/default.t",
      "file:///warehouse/t",
      "file:///warehouse/t/v2",
    ]);
  });

  test("facets of another shape are as if they were not there", () => {
    for (const symlinks of [null, 1, {}, { identifiers: [{}] }])
      expect(datasetUris({ namespace: "file", name: "/t", facets: { symlinks } })).toEqual([
        { uri: "file:///t", services: [] },
      ]);
    for (const columnLineage of [null, [], { fields: { a: {} } }])
      expect(columnOrigins({ namespace: "file", name: "/t", facets: { columnLineage } })).toEqual([]);
  });
});

describe("in a namespace that means a service", () => {
  const namespaces = new NamespaceServices({ "postgres://h": ["pg"], wh: ["my.dwh"], "ftp://h": ["lake", "pond"] });
  const uris = (namespace: string, name: string): unknown =>
    datasetUris({ namespace, name, facets: {} }, namespaces).map(({ uri, services }) => [uri, ...services]);

  test("a name that its scheme explains is looked up there only", () => {
    expect(uris("postgres://h:5432", "db.s.t")).toEqual([["postgres://h:5432/db.s.t", "pg"]]);
    expect(uris("postgres://other:5432", "db.s.t")).toEqual([["postgres://other:5432/db.s.t"]]);
  });

  test("another name is one below the service", () => {
    expect(uris("wh", "db.s.t")).toEqual([
      ['x-omd:"my.dwh".db.s.t', "my.dwh"],
      ['x-omd:"my.dwh"."db.s.t"', "my.dwh"],
      ['x-omd:"my.dwh".default.db.s.t', "my.dwh"],
      ["x-omd:db.s.t", "my.dwh"],
    ]);
    expect(uris("ftp://h", 'a"b')).toEqual([
      ['x-omd:lake.a"b', "lake", "pond"],
      ['x-omd:lake.default.a"b', "lake", "pond"],
      ['x-omd:pond.a"b', "lake", "pond"],
      ['x-omd:pond.default.a"b', "lake", "pond"],
      ['x-omd:a"b', "lake", "pond"],
    ]);
  });

  test("each name of a symlink goes by its own namespace", () => {
    const symlinks = { identifiers: [{ namespace: "postgres://h:5432", name: "db.s.t", type: "TABLE" }] };
    expect(datasetUris({ namespace: "file", name: "/t", facets: { symlinks } }, namespaces)).toEqual([
      { uri: "postgres://h:5432/db.s.t", services: ["pg"] },
      { uri: "file:///t", services: [] },
    ]);
  });
});

test("datasets are named as people read them", () => {
  expect(datasetText({ namespace: "s3://b", name: "/a" })).toBe("s3://b/a");
  expect(datasetText({ namespace: "pg://h", name: "d.s.t" })).toBe("pg://h/d.s.t");
});
