import { describe, expect, test } from "@jest/globals";
import { parseFqn } from "@omd/schema";
import type { Raw } from "../artifacts/fields.ts";
import { constraintsOf, relationParts } from "./constraints.ts";

const column = (name: string, ...constraints: Raw[]) => ({
  name,
  isNested: false,
  type: undefined,
  description: undefined,
  tags: [],
  meta: {},
  constraints,
});

const buyers = {
  fqn: parseFqn('s.d.x."buy.ers"'),
  columnOf: (name: string) => (name.toLowerCase() === "id" ? "ID" : undefined),
};

const told = (columns: ReturnType<typeof column>[], ...constraints: Raw[]) => {
  const referred = (name: string) => (name === '"d"."x"."buy.ers"' ? buyers : undefined);
  const { ofColumns, ofTable } = constraintsOf({ columns, constraints, referred });
  return { columns: Object.fromEntries(ofColumns), table: ofTable };
};

describe("constraints of a contract", () => {
  test("of one column stand at the column, the one that says most", () => {
    expect(
      told([
        column("id", { type: "not_null" }, { type: "primary_key" }),
        column("code", { type: "unique" }, { type: "not_null" }),
        column("day", { type: "not_null" }, { type: "check", expression: "day > 0" }),
        column("x", { type: "custom" }),
      ]),
    ).toEqual({ columns: { id: "PRIMARY_KEY", code: "UNIQUE", day: "NOT_NULL" }, table: [] });
  });

  test("a key of several columns is one of the table, and only one", () => {
    const key = { constraintType: "PRIMARY_KEY", columns: ["A", "b"] };
    const both = [column("A", { type: "primary_key" }), column("b", { type: "primary_key" }, { type: "not_null" })];
    expect(told(both)).toEqual({ columns: { b: "NOT_NULL" }, table: [key] });
    expect(told(both, { type: "primary_key", columns: ["a", "B"] })).toEqual({
      columns: { b: "NOT_NULL" },
      table: [key],
    });
  });

  test("a foreign key names the columns of the other table", () => {
    const foreign = { type: "foreign_key", to: '"d"."x"."buy.ers"', to_columns: ["id"] };
    const expected = { constraintType: "FOREIGN_KEY", columns: ["buyer"], referredColumns: ['s.d.x."buy.ers".ID'] };
    expect(told([column("buyer", foreign)])).toEqual({ columns: {}, table: [expected] });
    expect(told([column("buyer")], { ...foreign, columns: ["buyer"] })).toEqual({ columns: {}, table: [expected] });
  });

  test.each<Raw>([
    { type: "foreign_key", columns: ["id"], to: '"d"."x"."gone"', to_columns: ["id"] },
    { type: "foreign_key", columns: ["id"], to: '"d"."x"."buy.ers"', to_columns: ["gone"] },
    { type: "foreign_key", columns: ["id"], expression: "other (id)" },
    { type: "unique", columns: ["id", "gone"] },
    { type: "unique" },
    { type: "constructor", columns: ["id"] },
    {},
  ])("what a catalog would refuse is left out: %j", (constraint) => {
    expect(told([column("id")], constraint).table).toEqual([]);
  });
});

test.each([
  ['"d"."a.b"."t""q"', ["d", "a.b", 't"q']],
  ["`p`.`d`.`t`", ["p", "d", "t"]],
  ["`p.d.t`", ["p", "d", "t"]],
  ["[db].[dbo].[my t]", ["db", "dbo", "my t"]],
  ["DB.S.T", ["DB", "S", "T"]],
])("%s is taken apart", (name, parts) => {
  expect(relationParts(name).map((part) => part.name)).toEqual(parts);
});
