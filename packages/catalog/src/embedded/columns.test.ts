import { describe, expect, test } from "@jest/globals";
import { fqnOf, type Column } from "@omd/schema";
import { checkConstraints, columnFqns, storedColumns, storedFields, storedTasks } from "./columns.ts";

const at = fqnOf("s", "d", "m", "t");

describe("storedColumns", () => {
  test("fills FQNs at every level and quotes what holds a dot", () => {
    const columns = storedColumns(at, [
      { name: "s.x", dataType: "STRUCT", children: [{ name: "y", dataType: "INT" }] },
    ]);
    expect([...columnFqns(columns)]).toEqual(['s.d.m.t."s.x"', 's.d.m.t."s.x".y']);
  });

  test.each<[Partial<Column>, string]>([
    [{}, "decimal"],
    [{ dataTypeDisplay: "Decimal(10,2)" }, "decimal(10,2)"],
    [{ dataTypeDisplay: "" }, "decimal"],
  ])("display type of %j is %s", (more, display) => {
    expect(storedColumns(at, [{ name: "a", dataType: "DECIMAL", ...more }])[0]?.dataTypeDisplay).toBe(display);
  });

  test("keeps arrayDataType on arrays only", () => {
    const [array, int] = storedColumns(at, [
      { name: "a", dataType: "ARRAY", arrayDataType: "INT" },
      { name: "b", dataType: "INT", arrayDataType: "INT" },
    ]);
    expect(array?.arrayDataType).toBe("INT");
    expect(int).not.toHaveProperty("arrayDataType");
  });

  test.each<[string, Column[]]>([
    ["dataLength must not be null", [{ name: "a", dataType: "BINARY" }]],
    ["arrayDataType must not be null", [{ name: "a", dataType: "ARRAY" }]],
    ["children must not be null", [{ name: "a", dataType: "STRUCT", children: [] }]],
    ["precision is not", [{ name: "a", dataType: "DECIMAL", scale: 0 }]],
    ["greater than the precision", [{ name: "a", dataType: "DECIMAL", scale: 3, precision: 2 }]],
    [
      "Column name b is repeated",
      [
        {
          name: "a",
          dataType: "MAP",
          children: [
            { name: "b", dataType: "INT" },
            { name: "b", dataType: "INT" },
          ],
        },
      ],
    ],
  ])("refuses: %s", (message, columns) => {
    expect(() => storedColumns(at, columns)).toThrow(message);
  });

  test("the same name on two levels is fine", () => {
    const columns: Column[] = [{ name: "a", dataType: "MAP", children: [{ name: "a", dataType: "INT" }] }];
    expect(() => storedColumns(at, columns)).not.toThrow();
  });
});

describe("checkConstraints", () => {
  const columns = [
    { name: "id", dataType: "INT", constraint: "PRIMARY_KEY" },
    { name: "x", dataType: "INT" },
  ];
  test.each<[string, object]>([
    ["Multiple columns", { columns: columns.map((column) => ({ ...column, constraint: "PRIMARY_KEY" })) }],
    ["table constraint also", { columns, tableConstraints: [{ constraintType: "PRIMARY_KEY", columns: ["id"] }] }],
    ["table constraint: nope", { columns, tableConstraints: [{ constraintType: "UNIQUE", columns: ["nope"] }] }],
    ["Invalid column name nope", { columns, tablePartition: { columns: [{ columnName: "nope" }] } }],
  ])("refuses: %s", (message, table) => {
    expect(() => checkConstraints({ ...table })).toThrow(message);
  });

  test("accepts what is right, and BigQuery's own partition columns", () => {
    const table = {
      columns,
      tableConstraints: [{ constraintType: "UNIQUE", columns: ["id", "x"] }],
      tablePartition: { columns: [{ columnName: "_PARTITIONTIME" }, { columnName: "x" }] },
    };
    expect(() => checkConstraints(table)).not.toThrow();
    expect(() => checkConstraints({})).not.toThrow();
  });
});

describe("storedTasks and storedFields", () => {
  test("tasks get FQNs; a repeated name is refused", () => {
    expect(storedTasks(fqnOf("p", "a.b"), [{ name: "t.1" }])).toEqual([
      { name: "t.1", fullyQualifiedName: 'p."a.b"."t.1"' },
    ]);
    expect(() => storedTasks(at, [{ name: "t" }, { name: "t" }])).toThrow("Task name t is repeated");
  });

  test("fields get FQNs at every level; others than lists of named fields are refused", () => {
    expect(storedFields(at, [{ name: "r", children: [{ name: "f" }] }])).toMatchObject([
      { fullyQualifiedName: "s.d.m.t.r", children: [{ fullyQualifiedName: "s.d.m.t.r.f" }] },
    ]);
    expect(storedFields(at, undefined)).toBeUndefined();
    expect(() => storedFields(at, "none")).toThrow("must be a list");
    expect(() => storedFields(at, [{ dataType: "INT" }])).toThrow("has no name");
  });
});
