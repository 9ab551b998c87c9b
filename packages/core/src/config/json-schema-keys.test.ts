import { expect, test } from "@jest/globals";
import { z } from "zod";
import { keysAt, valuesAt } from "./json-schema-keys.ts";

interface Tree {
  name: string;
  children?: Tree[] | undefined;
}
const tree: z.ZodType<Tree> = z.lazy(() => z.object({ name: z.string(), children: z.array(tree).optional() }));
const schema = z.toJSONSchema(
  z.object({
    either: z.union([
      z.object({ type: z.literal("A"), a: z.string() }),
      z.object({ type: z.enum(["B", "C"]), b: z.object({ deep: z.int() }) }),
    ]),
    byName: z.record(z.string(), z.object({ inside: z.string() })),
    tree,
  }),
);

test.each<[(string | number)[], string[]]>([
  [[], ["either", "byName", "tree"]],
  [["either"], ["type", "a", "b"]],
  [["either", "b"], ["deep"]],
  [["byName", "anything"], ["inside"]],
  [
    ["tree", "children", 0, "children", 7],
    ["name", "children"],
  ],
  [["nowhere"], []],
  [["either", "a", "b"], []],
])("keys at %j are %j", (path, keys) => {
  expect(keysAt(schema, path)).toEqual(keys);
});

test("values come from const and enum", () => {
  expect(valuesAt(schema, ["either", "type"])).toEqual(["A", "B", "C"]);
  expect(valuesAt(schema, ["tree", "name"])).toEqual([]);
});

test("what is no schema has no keys, and a circle of references ends", () => {
  for (const none of [undefined, null, true, "x", { $ref: "#/$defs/none" }, { $ref: "#" }])
    expect(keysAt(none, [])).toEqual([]);
});
