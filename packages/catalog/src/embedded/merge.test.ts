import { describe, expect, test } from "@jest/globals";
import { label } from "../../test/catalog-fixture.ts";
import { mergePut, uniteTags } from "./merge.ts";

describe("mergePut", () => {
  test("keeps what the request does not name and takes what it names", () => {
    expect(mergePut({ a: 1, sourceUrl: "old", state: "Active" }, { sourceUrl: "new", state: undefined })).toEqual({
      a: 1,
      sourceUrl: "new",
      state: "Active",
    });
  });

  test.each([
    ["by a person", "by a robot", "by a person"],
    ["", "by a robot", "by a robot"],
    [undefined, "by a robot", "by a robot"],
  ])("description %j and %j give %j", (before, given, after) => {
    expect(mergePut({ description: before }, { description: given }).description).toBe(after);
  });

  test("owners are replaced by a list, never by none", () => {
    const [ann, bob] = [
      { id: "a", type: "user" },
      { id: "b", type: "user" },
    ];
    expect(mergePut({ owners: [ann] }, { owners: [bob] }).owners).toEqual([bob]);
    expect(mergePut({ owners: [ann] }, { owners: [] }).owners).toEqual([ann]);
    expect(mergePut({ owners: [ann] }, {}).owners).toEqual([ann]);
  });

  test("extension of people is not touched, a connection is replaced whole", () => {
    const before = { extension: { a: 1 }, connection: { config: { a: 1 } } };
    expect(mergePut(before, { extension: { b: 2 }, connection: { config: { b: 2 } } })).toEqual({
      extension: { a: 1 },
      connection: { config: { b: 2 } },
    });
  });

  test("columns follow the request's order and carry over what people added, at any depth", () => {
    const before = {
      columns: [
        { name: "a", dataType: "INT", description: "words", displayName: "A", constraint: "UNIQUE" },
        { name: "s", dataType: "STRUCT", children: [{ name: "x", description: "deep", tags: [label("c.t")] }] },
        { name: "gone", dataType: "INT", description: "lost" },
      ],
    };
    const request = {
      columns: [
        { name: "s", dataType: "STRUCT", children: [{ name: "x", tags: [label("c.a")] }, { name: "y" }] },
        { name: "a", dataType: "BIGINT", description: "other", constraint: "PRIMARY_KEY" },
        { name: "new", dataType: "INT" },
      ],
    };
    expect(mergePut(before, request).columns).toEqual([
      {
        name: "s",
        dataType: "STRUCT",
        children: [{ name: "x", description: "deep", tags: [label("c.a"), label("c.t")] }, { name: "y" }],
      },
      { name: "a", dataType: "BIGINT", description: "words", displayName: "A", constraint: "PRIMARY_KEY" },
      { name: "new", dataType: "INT" },
    ]);
  });

  test("fields of a topic's schema and columns of a container are carried over too", () => {
    const before = {
      messageSchema: { schemaText: "1", schemaFields: [{ name: "id", description: "words" }] },
      dataModel: { isPartitioned: false, columns: [{ name: "c", description: "words" }] },
    };
    const request = {
      messageSchema: { schemaText: "2", schemaFields: [{ name: "id" }] },
      dataModel: { isPartitioned: true, columns: [{ name: "c" }] },
    };
    expect(mergePut(before, request)).toEqual({
      messageSchema: { schemaText: "2", schemaFields: [{ name: "id", description: "words" }] },
      dataModel: { isPartitioned: true, columns: [{ name: "c", description: "words" }] },
    });
  });

  test("does not change its arguments", () => {
    const before = { tags: [label("c.b")], columns: [{ name: "a" }] };
    const request = { tags: [label("c.a")], columns: [{ name: "a", description: "x" }] };
    const copies = structuredClone([before, request]);
    mergePut(before, request);
    expect([before, request]).toEqual(copies);
  });
});

describe("uniteTags", () => {
  test("orders by FQN and keeps the label that is there", () => {
    const manual = { ...label("c.b"), labelType: "Manual" as const };
    expect(uniteTags([manual], [label("c.b"), label("c.a")])).toEqual([label("c.a"), manual]);
    expect(uniteTags(undefined, [])).toBeUndefined();
  });
});
