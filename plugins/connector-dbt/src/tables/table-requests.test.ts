import { describe, expect, test } from "@jest/globals";
import { parseFqn } from "@omd/schema";
import type { CatalogTable } from "../artifacts/shapes.ts";
import type { Relation } from "../project/view.ts";
import { serviceTypeOf } from "./service-type.ts";
import { lastName, levelsAbove, placeOf, tableTypeOf } from "./table-requests.ts";

describe("the type of a table", () => {
  test.each([
    ["BASE TABLE", "view", "Regular"],
    ["VIEW", "table", "View"],
    ["MATERIALIZED VIEW", undefined, "MaterializedView"],
    ["EXTERNAL TABLE", undefined, "External"],
    ["DYNAMIC TABLE", undefined, "Dynamic"],
    ["LOCAL TEMPORARY", undefined, "Local"],
    [undefined, "view", "View"],
    [undefined, "materialized_view", "MaterializedView"],
    [undefined, "incremental", "Regular"],
    [undefined, undefined, "Regular"],
  ])("%s made as %s", (type, materialized, expected) => {
    expect(tableTypeOf(type === undefined ? undefined : { type }, materialized)).toBe(expected);
  });
});

test.each([
  ["snowflake", "Snowflake"],
  ["bigquery", "BigQuery"],
  ["redshift", "Redshift"],
  ["postgres", "Postgres"],
  ["mysql", "Mysql"],
  ["databricks", "Databricks"],
  ["Snowflake", "Snowflake"],
  ["duckdb", "CustomDatabase"],
  ["constructor", "CustomDatabase"],
  [undefined, "CustomDatabase"],
])("the adapter %s works on %s", (adapter, type) => {
  expect(serviceTypeOf(adapter)).toBe(type);
});

describe("where a table is made", () => {
  const relation = { database: "db", schema: "s", identifier: "t" } as Relation;
  const place = (catalog: Partial<CatalogTable> | undefined, type?: string, relationName?: string) => {
    const { database, schema, identifier } = placeOf(relation, catalog as CatalogTable, {
      type,
      relationName: () => relationName,
    });
    return [database, schema, identifier];
  };
  test("is what the database says", () => {
    expect(place({ database: "DB", schema: "S", name: "T" })).toEqual(["DB", "S", "T"]);
    expect(place({ database: undefined, schema: "S", name: "T" })).toEqual(["db", "S", "T"]);
  });
  test("is lower case in PostgreSQL, unless it is quoted", () => {
    expect(place(undefined, "postgres", 'DB."S".T')).toEqual(["db", "S", "t"]);
  });
  test("is upper case in Snowflake, unless it is quoted", () => {
    expect(place(undefined, "snowflake", 'db."s".t')).toEqual(["DB", "s", "T"]);
    expect(place(undefined, "duckdb", "db.s.T")).toEqual(["db", "s", "t"]);
    expect(place(undefined, "snowflake", undefined)).toEqual(["db", "s", "t"]);
  });
});

test("levels above a table", () => {
  const table = parseFqn('x."d.b".s."a.b"');
  expect([levelsAbove(table), lastName(table)]).toEqual([{ schema: 'x."d.b".s', database: 'x."d.b"' }, "a.b"]);
});
