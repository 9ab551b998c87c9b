import { describe, expect, test } from "@jest/globals";
import { knownDataModel, sameDataModel } from "./data-model-sameness.ts";
import type { DataModel } from "./requests/table-data.ts";

const label = (tagFQN: string) =>
  ({ tagFQN, source: "Classification", labelType: "Automated", state: "Confirmed" }) as const;
const model: DataModel = {
  modelType: "DBT",
  path: "models/a.sql",
  sql: "select 1",
  rawSql: "select {{ x }}",
  upstream: ["a", "b"],
  tags: [label("dbt.x"), label("dbt.y")],
  owners: [{ id: "1", type: "user" }],
  columns: [
    { name: "id", dataType: "INT", description: "key" },
    { name: "s", dataType: "STRUCT", children: [{ name: "c", dataType: "INT", tags: [label("dbt.x")] }] },
  ],
};
const same = (stored: object, given: DataModel): boolean => sameDataModel(knownDataModel(stored), given);
const column = (more: object): DataModel => ({
  ...model,
  columns: [{ name: "id", dataType: "INT", description: "key", ...more }, ...(model.columns ?? []).slice(1)],
});

test("a stored model is held without its statements", () => {
  expect(JSON.stringify(knownDataModel(model))).not.toContain("select");
  expect(knownDataModel(undefined)).toBeUndefined();
});

describe("the same", () => {
  test.each<[string, object, DataModel]>([
    ["itself", model, model],
    ["another time of the build", { ...model, generatedAt: "2026-01-01T00:00:00Z" }, model],
    [
      "another order of upstream and tags",
      { ...model, upstream: ["b", "a"], tags: [...(model.tags ?? [])].reverse() },
      model,
    ],
    ["a blank statement, which leaves the stored one", model, { ...model, sql: " ", rawSql: undefined }],
    [
      "what the server fills in",
      {
        ...column({ fullyQualifiedName: "x", dataTypeDisplay: "int" }),
        tags: model.tags?.map((tag) => ({ ...tag, name: "x" })),
      },
      model,
    ],
    ["a display in other letters", column({ dataTypeDisplay: "int" }), column({ dataTypeDisplay: "INT" })],
  ])("%s", (_what, stored, given) => {
    expect(same(stored, given)).toBe(true);
  });
});

describe("different", () => {
  test.each<[string, DataModel]>([
    ["sql", { ...model, sql: "select 2" }],
    ["path", { ...model, path: undefined }],
    ["upstream", { ...model, upstream: ["a"] }],
    ["owners", { ...model, owners: [] }],
    ["tags", { ...model, tags: [label("dbt.x")] }],
    ["a column's description", column({ description: undefined })],
    ["a column's type", column({ dataType: "BIGINT" })],
    ["a column more", { ...model, columns: [...(model.columns ?? []), { name: "z", dataType: "INT" }] }],
    ["a column less", { ...model, columns: [] }],
  ])("%s", (_what, given) => {
    expect(same(model, given)).toBe(false);
  });

  test("from none at all", () => {
    expect(sameDataModel(undefined, model)).toBe(false);
  });
});
