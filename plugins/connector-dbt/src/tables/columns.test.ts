import { describe, expect, test } from "@jest/globals";
import type { CatalogColumn, ManifestColumn } from "../artifacts/shapes.ts";
import { columnFacts, columnPath, columnsOf } from "./columns.ts";

const documented = (name: string, more: Partial<ManifestColumn> = {}): ManifestColumn => ({
  name,
  description: undefined,
  dataType: undefined,
  tags: [],
  meta: {},
  constraints: [],
  raw: {},
  ...more,
});

const listed = (...columns: [string, string, string?][]) => ({
  columns: columns.map(([name, type, comment], at): CatalogColumn => ({ name, type, comment, index: at + 1 })),
});

const label = (tag: string) =>
  ({ tagFQN: `t.${tag}`, source: "Classification", labelType: "Automated", state: "Suggested" }) as const;
const labels = ({ tags }: { tags: readonly string[] }) => tags.map(label);

describe("columns of manifest and catalog together", () => {
  test("keep the database's names, order and types, and dbt's words, whatever the case", () => {
    const facts = columnFacts(
      [documented("total", { description: "Sum" }), documented("id", { dataType: "int", tags: ["key"] })],
      listed(["ID", "NUMBER(38,0)"], ["TOTAL", "FLOAT", "comment of the database"], ["LOADED", "DATE", "since"]),
    );
    expect(columnsOf(facts, { labels })).toEqual([
      {
        name: "ID",
        dataType: "NUMBER",
        precision: 38,
        scale: 0,
        dataTypeDisplay: "NUMBER(38,0)",
        tags: [label("key")],
      },
      { name: "TOTAL", dataType: "FLOAT", dataTypeDisplay: "FLOAT", description: "Sum" },
      { name: "LOADED", dataType: "DATE", dataTypeDisplay: "DATE", description: "since" },
    ]);
  });

  test("two columns that differ in case only stay two", () => {
    const facts = columnFacts(
      [documented("a", { description: "small" }), documented("A", { description: "great" })],
      listed(["A", "int"], ["a", "int"]),
    );
    expect(facts.map(({ name, description }) => [name, description])).toEqual([
      ["A", "great"],
      ["a", "small"],
    ]);
  });

  test("what dbt says of one of two that differ in case only is not said of the other", () => {
    const facts = columnFacts(
      [documented("amount", { description: "small" })],
      listed(["AMOUNT", "int"], ["amount", "int"]),
    );
    expect(facts.map(({ name, description }) => [name, description])).toEqual([
      ["AMOUNT", undefined],
      ["amount", "small"],
    ]);
  });

  test("without a catalog the manifest's columns and types stand", () => {
    const facts = columnFacts([documented("id", { dataType: "bigint" }), documented("x")], undefined);
    expect(columnsOf(facts, { labels })).toEqual([
      { name: "id", dataType: "BIGINT", dataTypeDisplay: "bigint" },
      { name: "x", dataType: "UNKNOWN" },
    ]);
  });

  test("columns that the catalog does not list come last", () => {
    expect(columnFacts([documented("new"), documented("id")], listed(["ID", "int"])).map(({ name }) => name)).toEqual([
      "ID",
      "new",
    ]);
  });

  test("members of a struct that are listed beside it are documented in it", () => {
    const facts = columnFacts(
      [documented("addr.city", { description: "Town", tags: ["pii"] })],
      listed(["addr", "STRUCT<city STRING, zip STRING>"], ["addr.city", "STRING"], ["addr.zip", "STRING"]),
    );
    const [addr, ...others] = columnsOf(facts, { labels });
    expect(others).toEqual([]);
    expect(addr?.children).toEqual([
      { name: "city", dataType: "STRING", dataTypeDisplay: "STRING", description: "Town", tags: [label("pii")] },
      { name: "zip", dataType: "STRING", dataTypeDisplay: "STRING" },
    ]);
  });

  test("names of the catalog are used where it has the column", () => {
    const facts = columnFacts([documented("id"), documented("x")], undefined);
    const columns = columnsOf(facts, { labels, nameOf: (name) => (name === "id" ? "ID" : undefined) });
    expect(columns.map(({ name }) => name)).toEqual(["ID", "x"]);
  });
});

describe("what follows the table in a column's FQN", () => {
  test.each([
    ["a.b", false, '"a.b"'],
    ["a.b", true, "a.b"],
    ["Full Name", false, "Full Name"],
  ])("%s", (name, isNested, path) => {
    expect(columnPath({ name, isNested })).toBe(path);
  });
});
