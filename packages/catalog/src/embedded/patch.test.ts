import { describe, expect, test } from "@jest/globals";
import type { JsonPatchOperation } from "@omd/schema";
import { label } from "../../test/catalog-fixture.ts";
import type { StoredEntity } from "./entity-store.ts";
import { patchedBody } from "./patch.ts";

const columns = [{ name: "a", dataType: "INT", dataTypeDisplay: "int", fullyQualifiedName: "s.d.m.t.a" }];
const service = { id: "1", type: "databaseService" };
const table: StoredEntity = {
  id: "9",
  type: "table",
  name: "t",
  fqn: "s.d.m.t",
  parentId: "2",
  deleted: false,
  version: 0.1,
  updatedAt: 1,
  change: undefined,
  body: { service, columns, description: "old" },
};
const shown = { id: "9", name: "t", fullyQualifiedName: "s.d.m.t", version: 0.1, ...table.body };

function patched(...operations: JsonPatchOperation[]) {
  return patchedBody(table, shown, operations);
}

describe("patchedBody", () => {
  test("without operations is the body, columns in the form of a request", () => {
    expect(patched()).toEqual({
      service,
      columns: [{ name: "a", dataType: "INT", dataTypeDisplay: "int" }],
      description: "old",
    });
  });

  test("makes missing lists and objects for add", () => {
    expect(
      patched(
        { op: "add", path: "/tags/0", value: label("c.t") },
        { op: "add", path: "/tags/-", value: label("c.u") },
        { op: "add", path: "/columns/0/tags/0", value: label("c.t") },
        { op: "add", path: "/lifeCycle/created", value: { timestamp: 1 } },
      ),
    ).toMatchObject({
      tags: [label("c.t"), label("c.u")],
      columns: [{ name: "a", tags: [label("c.t")] }],
      lifeCycle: { created: { timestamp: 1 } },
    });
  });

  test("knows move, copy, test and remove", () => {
    const result = patched(
      { op: "test", path: "/description", value: "old" },
      { op: "copy", from: "/description", path: "/displayName" },
      { op: "move", from: "/description", path: "/schemaDefinition" },
      { op: "remove", path: "/schemaDefinition" },
    );
    expect(result).toMatchObject({ displayName: "old" });
    expect(result).not.toHaveProperty("description");
    expect(result).not.toHaveProperty("schemaDefinition");
  });

  test("a vanished column is nulled and removed", () => {
    const b = { name: "b", dataType: "INT" };
    const result = patched(
      { op: "add", path: "/columns/1", value: b },
      { op: "replace", path: "/columns/0", value: null },
      { op: "remove", path: "/columns/0" },
    );
    expect(result.columns).toEqual([b]);
  });

  test("a null takes a field away", () => {
    expect(patched({ op: "replace", path: "/description", value: null })).not.toHaveProperty("description");
  });

  test("puts back what identifies the entity, even when it is removed", () => {
    const result = patched({ op: "remove", path: "/service" }, { op: "replace", path: "/id", value: "666" });
    expect(result.service).toEqual(service);
    expect(result).not.toHaveProperty("id");
  });

  test("what we know no form of stays as it was", () => {
    expect(patched({ op: "add", path: "/compressionStrategy", value: 7 })).not.toHaveProperty("compressionStrategy");
    expect(patched({ op: "add", path: "/processedLineage", value: true })).toMatchObject({ processedLineage: true });
  });

  test("leaves entity and operations as they were", () => {
    const operations: JsonPatchOperation[] = [{ op: "add", path: "/lifeCycle", value: { created: {} } }];
    const copies = structuredClone([shown, operations]);
    patched(...operations, { op: "add", path: "/lifeCycle/created/timestamp", value: 1 });
    expect([shown, operations]).toEqual(copies);
  });

  test("copies that double the entity over and over come to an end", () => {
    const value = "x".repeat(100);
    const doubled = ["a", "b"].map((name) => ({ op: "copy", from: "/extension", path: `/extension/${name}` }) as const);
    const many = Array.from(
      { length: 30 },
      () => ({ op: "copy", from: "/extension/a", path: "/extension/b/b" }) as const,
    );
    expect(() =>
      patched(
        { op: "add", path: "/extension", value: { value } },
        ...doubled,
        ...many.flatMap((copy) => [...doubled, copy]),
      ),
    ).toThrow(expect.objectContaining({ status: 400, message: expect.stringMatching(/64 MiB|levels deep/) }));
    expect(() =>
      patched(
        { op: "add", path: "/extension/x", value: 1 },
        ...Array.from({ length: 300 }, () => ({ op: "copy", from: "/extension", path: "/extension/x" }) as const),
      ),
    ).toThrow(expect.objectContaining({ status: 400, message: expect.stringMatching(/levels deep/) }));
  });

  test.each<[string, JsonPatchOperation]>([
    ["a test that fails", { op: "test", path: "/description", value: "new" }],
    ["an index beyond the list", { op: "add", path: "/columns/7", value: columns[0] }],
    ["a path into a text", { op: "add", path: "/description/x", value: 1 }],
    ["to take away what a table can't be without", { op: "remove", path: "/columns" }],
    ["to null what a table can't be without", { op: "replace", path: "/columns", value: null }],
    ["another document", { op: "replace", path: "", value: { columns } }],
    ["to move a field to the root", { op: "move", from: "/service", path: "" }],
    ["the whole document", { op: "replace", path: "", value: null }],
    ["an unknown operation", { op: "merge" as "add", path: "/description", value: "x" }],
    ["an unknown property", { op: "add", path: "/nickname", value: "x" }],
    ["an unknown property of a column", { op: "add", path: "/columns/0/colour", value: "red" }],
    ["a wrong type", { op: "replace", path: "/columns", value: "none" }],
    ["a wrong type of what no request has", { op: "add", path: "/votes", value: "many" }],
    ["a life cycle without a time", { op: "add", path: "/lifeCycle", value: { created: {} } }],
    ["a wrong enum", { op: "add", path: "/tableType", value: "Sofa" }],
    ["a tag that is no label", { op: "add", path: "/tags/0", value: { name: "x" } }],
    ["an owner without an id", { op: "add", path: "/owners/0", value: { name: "x" } }],
    ["to move the whole into itself", { op: "move", from: "", path: "/extension" }],
    ["to move a column into itself", { op: "move", from: "/columns/0", path: "/columns/0/children/0" }],
    ["a life cycle of an unknown kind", { op: "add", path: "/lifeCycle", value: { moved: { timestamp: 1 } } }],
    ["a partition of no list", { op: "add", path: "/tablePartition", value: { columns: 5 } }],
    ["a constructor", { op: "add", path: "/constructor/prototype/x", value: 1 }],
  ])("refuses %s", (_, operation) => {
    expect(() => patched(operation)).toThrow(expect.objectContaining({ status: 400 }));
  });
});
