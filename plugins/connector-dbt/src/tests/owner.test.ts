import { describe, expect, test } from "@jest/globals";
import type { ProjectView, Relation, TestEntry } from "../project/view.ts";
import { ownerOf } from "./owner.ts";

function relation(uniqueId: string, more: Partial<Relation> = {}): Relation {
  const [resourceType = "", packageName, ...rest] = uniqueId.split(".");
  const name = resourceType === "model" ? (rest[0] ?? "") : (rest.at(-1) ?? "");
  return {
    uniqueId,
    resourceType,
    name,
    packageName,
    database: "db",
    schema: "main",
    identifier: name,
    materialized: "table",
    isEphemeral: false,
    dependsOn: [],
    version: undefined,
    ...more,
  };
}

const all = [
  relation("model.shop.orders"),
  relation("model.shop.customers"),
  relation("model.other.orders"),
  relation("model.shop.dim.v1", { version: "1" }),
  relation("model.shop.dim.v2", { version: "2" }),
  relation("source.shop.raw.orders"),
  relation("source.shop.old.orders"),
  relation("model.shop.absent"),
];
const relations = new Map(all.map((one) => [one.uniqueId, one]));

/** A view in which every relation but `absent` has a table. */
function owner(entry: Partial<TestEntry>, testOfNode: object = {}): string | undefined {
  const view = {
    relations,
    load: () => ({ test: { name: undefined, kwargs: {}, ...testOfNode } }),
    table: (id: string) => (id.endsWith("absent") ? undefined : {}),
  } as unknown as ProjectView;
  return ownerOf(view, { uniqueId: "test.shop.t", name: "t", dependsOn: [], attachedNode: undefined, ...entry });
}

const reads = (...dependsOn: string[]): Partial<TestEntry> => ({ dependsOn });
const both = reads("model.shop.customers", "model.shop.orders");

describe("the owner of a test", () => {
  test("is the node that the manifest says", () => {
    expect(owner({ ...both, attachedNode: "model.shop.orders" })).toBe("model.shop.orders");
  });

  test.each([
    ["ref('orders')", both, "model.shop.orders"],
    ['{{ get_where_subquery(ref("orders")) }}', both, "model.shop.orders"],
    ["ref('other', 'orders')", reads("model.shop.orders", "model.other.orders"), "model.other.orders"],
    ["ref('dim', version='2')", reads("model.shop.dim.v1", "model.shop.dim.v2"), "model.shop.dim.v2"],
    ["ref('dim', v=1)", reads("model.shop.dim.v2", "model.shop.dim.v1"), "model.shop.dim.v1"],
    ["source('old', 'orders')", reads("source.shop.raw.orders", "source.shop.old.orders"), "source.shop.old.orders"],
    ["ref('orders')", reads("source.shop.raw.orders", "model.shop.orders"), "model.shop.orders"],
  ])("is what it is given: %s", (model, entry, expected) => {
    expect(owner(entry, { name: "relationships", kwargs: { model } })).toBe(expected);
  });

  test.each([
    ["models.orders", both, "model.shop.orders"],
    ["sources.old", reads("source.shop.raw.orders", "source.shop.old.orders"), "source.shop.old.orders"],
  ])("is what it is written below: %s", (fileKeyName, entry, expected) => {
    expect(owner(entry, { name: "custom", fileKeyName })).toBe(expected);
  });

  test("is the first that it reads and that has a table, for a singular test", () => {
    expect(owner(reads("model.shop.absent", "model.shop.orders", "model.shop.customers"))).toBe("model.shop.orders");
  });

  test("is nobody when it reads nothing, and never a relation that it does not read", () => {
    expect(owner({})).toBeUndefined();
    expect(owner(reads("macro.shop.x"))).toBeUndefined();
    expect(owner(both, { kwargs: { model: "ref('dim', v=1)" } })).toBe("model.shop.customers");
  });
});
