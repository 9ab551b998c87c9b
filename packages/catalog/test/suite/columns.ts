import { describe, expect } from "@jest/globals";
import { childFqn, type Column } from "@omd/schema";
import { addSchema, addTable, addTag, freshNames, id, label, mail } from "../catalog-fixture.ts";
import { catalogTest, type Setup } from "./setup.ts";

/** Columns of tables: FQNs, versions, what is carried over, what is refused. */
export function columnTests(setup: Setup): void {
  const test = catalogTest(setup);
  describe("columns", () => {
    columnRules(test);
    columnRefusals(test);
  });
}

function columnRules(test: ReturnType<typeof catalogTest>): void {
  test("columns get FQNs and a lower-case display type", async (catalog) => {
    const schema = await addSchema(catalog, freshNames().service);
    const table = await addTable(catalog, schema, "t", [
      { name: "a.b", dataType: "INT" },
      { name: "c", dataType: "VARCHAR", dataLength: 3, dataTypeDisplay: "VARCHAR(3)" },
      { name: "s", dataType: "STRUCT", children: [{ name: "x", dataType: "INT" }] },
    ]);
    const at = table.fullyQualifiedName;
    expect(table.columns).toMatchObject([
      { name: "a.b", dataTypeDisplay: "int", fullyQualifiedName: childFqn(at, "a.b") },
      { name: "c", dataTypeDisplay: "varchar(3)", fullyQualifiedName: childFqn(at, "c") },
      { name: "s", fullyQualifiedName: childFqn(at, "s"), children: [{ fullyQualifiedName: childFqn(at, "s", "x") }] },
    ]);
  });

  test("a new column adds 0.1, a removed one 1.0", async (catalog) => {
    const schema = await addSchema(catalog, freshNames().service);
    await addTable(catalog, schema, "t", [id]);
    expect((await addTable(catalog, schema, "t", [id, mail])).version).toBe(0.2);
    expect((await addTable(catalog, schema, "t", [id])).version).toBe(1.2);
  });

  test("a column keeps its description and tags", async (catalog) => {
    const names = freshNames();
    const tag = await addTag(catalog, `Cls${names.pipelines}`, "Mail");
    const schema = await addSchema(catalog, names.service);
    await addTable(catalog, schema, "t", [{ ...mail, description: "by a person", tags: [label(tag)] }]);
    await addTable(catalog, schema, "t", [id, { ...mail, description: "by a robot" }]);
    const shown = await catalog.get("table", childFqn(schema, "t"), { fields: ["columns", "tags"] });
    expect(((shown?.columns ?? []) as Column[]).find((column) => column.name === "mail")).toMatchObject({
      description: "by a person",
      tags: [{ tagFQN: tag }],
    });
  });
}

function columnRefusals(test: ReturnType<typeof catalogTest>): void {
  const bad: [string, Column[]][] = [
    ["a VARCHAR without length", [{ name: "a", dataType: "VARCHAR" }]],
    ["an ARRAY without element type", [{ name: "a", dataType: "ARRAY" }]],
    ["a scale without precision", [{ name: "a", dataType: "DECIMAL", scale: 2 }]],
    ["a scale above the precision", [{ name: "a", dataType: "DECIMAL", precision: 1, scale: 2 }]],
    ["a repeated name", [id, id]],
    [
      "two primary keys",
      [
        { ...id, constraint: "PRIMARY_KEY" },
        { ...mail, constraint: "PRIMARY_KEY" },
      ],
    ],
    ["an unknown data type", [{ name: "a", dataType: "INTEGERISH" }]],
  ];
  for (const [what, columns] of bad) {
    test(`refuses ${what}`, async (catalog) => {
      const schema = await addSchema(catalog, freshNames().service);
      await expect(addTable(catalog, schema, "t", columns)).rejects.toMatchObject({ status: 400 });
      expect(await catalog.get("table", childFqn(schema, "t"))).toBeUndefined();
    });
  }

  test("refuses a constraint on a column that is not there", async (catalog) => {
    const schema = await addSchema(catalog, freshNames().service);
    const tableConstraints = [{ constraintType: "UNIQUE" as const, columns: ["nope"] }];
    const request = { name: "t", databaseSchema: schema, columns: [id], tableConstraints };
    await expect(catalog.put("table", request)).rejects.toMatchObject({ status: 400 });
  });
}
