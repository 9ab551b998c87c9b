import { describe, expect, test } from "@jest/globals";
import { column } from "@omd/schema";
import { columnType, type ColumnType } from "./column-type.ts";

type Expected = string | Partial<ColumnType>;

/** Types as the catalogs of dbt's adapters write them. */
const dialects: Record<string, Record<string, Expected>> = {
  snowflake: {
    "NUMBER(38,0)": { dataType: "NUMBER", precision: 38, scale: 0 },
    "VARCHAR(16777216)": { dataType: "VARCHAR", dataLength: 16777216 },
    TEXT: "TEXT",
    FLOAT: "FLOAT",
    BOOLEAN: "BOOLEAN",
    "TIMESTAMP_NTZ(9)": "TIMESTAMP",
    TIMESTAMP_TZ: "TIMESTAMPZ",
    TIMESTAMP_LTZ: "TIMESTAMPZ",
    VARIANT: "VARIANT",
    OBJECT: "JSON",
    ARRAY: { dataType: "ARRAY", arrayDataType: "UNKNOWN" },
    "ARRAY(NUMBER)": { dataType: "ARRAY", arrayDataType: "NUMBER" },
    "OBJECT(city VARCHAR, zip NUMBER(5,0) NOT NULL)": {
      dataType: "STRUCT",
      children: [
        { name: "city", dataType: "VARCHAR", dataLength: 1, dataTypeDisplay: "VARCHAR" },
        { name: "zip", dataType: "NUMBER", precision: 5, scale: 0, dataTypeDisplay: "NUMBER(5,0)" },
      ],
    },
    "VECTOR(FLOAT, 256)": { dataType: "ARRAY", arrayDataType: "FLOAT" },
    GEOGRAPHY: "GEOGRAPHY",
    "BINARY(8388608)": { dataType: "BINARY", dataLength: 8388608 },
  },
  bigquery: {
    INT64: "BIGINT",
    FLOAT64: "DOUBLE",
    "NUMERIC(10, 2)": { dataType: "NUMERIC", precision: 10, scale: 2 },
    BIGNUMERIC: "NUMERIC",
    STRING: "STRING",
    BYTES: "BYTES",
    BOOL: "BOOLEAN",
    DATETIME: "DATETIME",
    "ARRAY<STRING>": { dataType: "ARRAY", arrayDataType: "STRING" },
    "STRUCT<a INT64, b ARRAY<STRUCT<c STRING>>>": {
      dataType: "STRUCT",
      children: [
        { name: "a", dataType: "BIGINT", dataTypeDisplay: "INT64" },
        {
          name: "b",
          dataType: "ARRAY",
          arrayDataType: "STRUCT",
          dataTypeDisplay: "ARRAY<STRUCT<c STRING>>",
          children: [{ name: "c", dataType: "STRING", dataTypeDisplay: "STRING" }],
        },
      ],
    },
    "RANGE<DATE>": "UNKNOWN",
    JSON: "JSON",
    INTERVAL: "INTERVAL",
  },
  redshift: {
    "character varying(256)": { dataType: "VARCHAR", dataLength: 256 },
    "character(3)": { dataType: "CHAR", dataLength: 3 },
    "double precision": "DOUBLE",
    "timestamp without time zone": "TIMESTAMP",
    "timestamp with time zone": "TIMESTAMPZ",
    super: "SUPER",
    hllsketch: "HLLSKETCH",
    "varbyte(64000)": { dataType: "VARBINARY", dataLength: 64000 },
    "numeric(18,0)": { dataType: "NUMERIC", precision: 18, scale: 0 },
  },
  postgres: {
    integer: "INT",
    bigint: "BIGINT",
    "character varying": { dataType: "VARCHAR", dataLength: 1 },
    "timestamp(3) with time zone": "TIMESTAMPZ",
    "integer[]": { dataType: "ARRAY", arrayDataType: "INT" },
    "text[][]": { dataType: "ARRAY", arrayDataType: "ARRAY" },
    jsonb: "JSON",
    uuid: "UUID",
    inet: "INET",
    bytea: "BYTEA",
    name: "STRING",
    "bit varying(5)": "BIT",
    "interval day to second(6)": "INTERVAL",
    my_enum: "UNKNOWN",
    "USER-DEFINED": "UNKNOWN",
    tsvector: "TSVECTOR",
  },
  mysql: {
    "int unsigned": "INT",
    "bigint(20) unsigned": "BIGINT",
    "tinyint(1)": "TINYINT",
    "decimal(10,2)": { dataType: "DECIMAL", precision: 10, scale: 2 },
    "enum('a','b, c')": "ENUM",
    "set('x)','y')": "SET",
    longtext: "TEXT",
    mediumblob: "MEDIUMBLOB",
    year: "YEAR",
    "varbinary(16)": { dataType: "VARBINARY", dataLength: 16 },
  },
  databricks: {
    string: "STRING",
    long: "LONG",
    "array<int>": { dataType: "ARRAY", arrayDataType: "INT" },
    "map<string,array<int>>": "MAP",
    timestamp_ntz: "TIMESTAMP",
    void: "NULL",
    "struct<a:int,b:struct<c:decimal(10,2)>>": {
      dataType: "STRUCT",
      children: [
        { name: "a", dataType: "INT", dataTypeDisplay: "int" },
        {
          name: "b",
          dataType: "STRUCT",
          dataTypeDisplay: "struct<c:decimal(10,2)>",
          children: [{ name: "c", dataType: "DECIMAL", precision: 10, scale: 2, dataTypeDisplay: "decimal(10,2)" }],
        },
      ],
    },
  },
  duckdb: {
    HUGEINT: "LARGEINT",
    UBIGINT: "UINT",
    "VARCHAR[]": { dataType: "ARRAY", arrayDataType: "VARCHAR" },
    "INTEGER[3]": { dataType: "ARRAY", arrayDataType: "INT" },
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMPZ",
    "MAP(VARCHAR, INTEGER)": "MAP",
    'STRUCT("a b" INTEGER, c VARCHAR[])': {
      dataType: "STRUCT",
      children: [
        { name: "a b", dataType: "INT", dataTypeDisplay: "INTEGER" },
        { name: "c", dataType: "ARRAY", arrayDataType: "VARCHAR", dataTypeDisplay: "VARCHAR[]" },
      ],
    },
    "STRUCT(a INTEGER)[]": {
      dataType: "ARRAY",
      arrayDataType: "STRUCT",
      children: [{ name: "a", dataType: "INT", dataTypeDisplay: "INTEGER" }],
    },
    "ENUM('sad', 'ok')": "ENUM",
    DOUBLE: "DOUBLE",
    BLOB: "BLOB",
  },
  clickhouse: {
    Int8: "TINYINT",
    UInt64: "UINT",
    "Nullable(String)": "STRING",
    "LowCardinality(Nullable(String))": "STRING",
    "Array(Int32)": { dataType: "ARRAY", arrayDataType: "INT" },
  },
};

describe.each(Object.entries(dialects))("%s", (_dialect, types) => {
  test.each(Object.entries(types))("%s", (text, expected) => {
    const wanted = typeof expected === "string" ? { dataType: expected } : expected;
    const found = columnType(text);
    expect(found).toEqual({ ...wanted, dataTypeDisplay: text });
    expect(column.safeParse({ name: "c", ...found }).success).toBe(true);
  });
});

describe("texts that are no types", () => {
  test.each([
    undefined,
    "",
    "  ",
    "struct<a:int",
    "array<int))",
    "enum('a",
    "decimal(2,5)",
    `${"array<".repeat(500)}int${">".repeat(500)}`,
    "struct<,,>",
    "x".repeat(200_000),
    "constructor",
    "__proto__",
  ])("%.30s gives a column all the same", (text) => {
    expect(column.safeParse({ name: "c", ...columnType(text) }).success).toBe(true);
  });

  test.each([
    ["varchar", { dataType: "VARCHAR", dataLength: 2147483647 }],
    ["decimal", { dataType: "DECIMAL", precision: 2147483647 }],
  ])("an absurd size of %s is bounded, and shown as it is", (name, expected) => {
    const written = `${name}(${"9".repeat(50)})`;
    const found = columnType(written);
    expect(found).toEqual({ ...expected, dataTypeDisplay: written });
    expect(column.safeParse({ name: "c", ...found }).success).toBe(true);
    const { dataLength = 0 } = columnType(`varchar(-${"9".repeat(50)})`);
    expect(dataLength).toBe(-1);
  });

  test("a scale above the precision is left out", () => {
    expect(columnType("decimal(2,5)")).toEqual({ dataType: "DECIMAL", precision: 2, dataTypeDisplay: "decimal(2,5)" });
  });

  test("members that repeat stand once, those without a name are numbered", () => {
    expect(columnType("STRUCT<INT64, a STRING, a INT64>").children?.map(({ name }) => name)).toEqual(["_1", "a"]);
  });
});
