import { describe, expect, test } from "@jest/globals";
import { changeOf, nextVersion } from "./change.ts";

describe("changeOf", () => {
  test("is undefined when nothing moved, whatever the order of the keys", () => {
    expect(changeOf({ a: { x: 1, y: 2 }, b: [1] }, { b: [1], a: { y: 2, x: 1 } })).toBeUndefined();
  });

  test("tells added, updated and deleted fields", () => {
    expect(changeOf({ a: "1", b: { c: 1 } }, { b: { c: 2 }, d: "x" })).toMatchObject({
      fieldsAdded: [{ name: "d", newValue: "x" }],
      fieldsUpdated: [{ name: "b", oldValue: '{"c":1}', newValue: '{"c":2}' }],
      fieldsDeleted: [{ name: "a", oldValue: "1" }],
      breaking: false,
      versioned: true,
    });
  });

  test("a source hash alone is not worth a version, with anything else it is", () => {
    expect(changeOf({ sourceHash: "a" }, { sourceHash: "b" })).toMatchObject({ versioned: false });
    expect(changeOf({ sourceHash: "a" }, { sourceHash: "b", state: "x" })).toMatchObject({ versioned: true });
  });

  test("names the column and its field, at any depth", () => {
    const before = { columns: [{ name: "a", children: [{ name: "b" }] }] };
    const after = { columns: [{ name: "a", children: [{ name: "b", description: "x" }] }] };
    expect(changeOf(before, after)?.fieldsAdded).toEqual([{ name: "columns.a.children.b.description", newValue: "x" }]);
  });

  test("a new order of columns is a change that breaks nobody", () => {
    const [a, b] = [{ name: "a" }, { name: "b" }];
    expect(changeOf({ columns: [a, b] }, { columns: [b, a] })).toMatchObject({
      breaking: false,
      fieldsUpdated: [{ name: "columns" }],
    });
  });

  const column = (more: object) => ({
    columns: [{ name: "a", dataType: "VARCHAR", dataLength: 9, precision: 5, ...more }],
  });
  test.each([
    ["a removed column", column({}), { columns: [] }, true],
    ["a new column", { columns: [] }, column({}), false],
    ["a shorter column", column({}), column({ dataLength: 8 }), true],
    ["a longer column", column({}), column({ dataLength: 10 }), false],
    ["less precision", column({}), column({ precision: 4 }), true],
    ["another type", column({}), column({ dataType: "TEXT" }), true],
    ["a removed child", column({ children: [{ name: "x" }] }), column({ children: [] }), true],
    ["a removed task", { tasks: [{ name: "a" }] }, { tasks: [] }, false],
  ])("%s", (_, before, after, breaking) => {
    expect(changeOf(before, after)?.breaking ?? false).toBe(breaking);
  });
});

describe("nextVersion", () => {
  test.each([
    [0.1, false, 0.2],
    [0.2, false, 0.3],
    [0.9, false, 1],
    [0.3, true, 1.3],
    [12.7, true, 13.7],
  ])("%d, breaking %j: %d", (version, breaking, next) => expect(nextVersion(version, breaking)).toBe(next));
});
