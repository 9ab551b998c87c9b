import { expect, test } from "@jest/globals";
import { differences } from "./version-diff.ts";

const before = {
  version: 0.1,
  updatedAt: 1,
  description: "old",
  columns: [
    { name: "id", dataType: "INT" },
    { name: "paid", dataType: "INT" },
  ],
  tags: [{ tagFQN: "PII.None" }],
};

test("a changed field, a changed column, a new and a gone item", () => {
  const after = {
    version: 0.2,
    updatedAt: 2,
    description: "new",
    columns: [
      { name: "paid", dataType: "BOOLEAN" },
      { name: "id", dataType: "INT" },
      { name: "at", dataType: "DATE" },
    ],
  };
  expect(differences(before, after)).toEqual([
    { path: "description", before: "old", after: "new" },
    { path: "columns › paid › dataType", before: "INT", after: "BOOLEAN" },
    { path: "columns › at", before: undefined, after: { name: "at", dataType: "DATE" } },
    { path: "tags", before: [{ tagFQN: "PII.None" }], after: undefined },
  ]);
});

test("what changes with every version is no difference", () => {
  expect(differences(before, { ...before, version: 0.2, updatedAt: 9 })).toEqual([]);
});

test("lists whose items have no names of their own are compared as a whole", () => {
  expect(differences({ a: [[1], [2]] }, { a: [[2], [1]] })).toEqual([
    { path: "a", before: [[1], [2]], after: [[2], [1]] },
  ]);
  expect(differences({ a: ["x", "x"] }, { a: ["x"] })).toHaveLength(1);
});
