import { expect, test } from "@jest/globals";
import { encodeName } from "./entity-name.ts";
import { entityName, testCaseName } from "./references.ts";

test.each(["a::b", "::", "a:::b", "line\n::", "\0", "a\0b", "\ud83d", "a\udc00b", "\udc00\ud800"])(
  "%j is no name",
  (name) => {
    for (const schema of [entityName, testCaseName])
      expect(schema.safeParse(name).error?.issues[0]?.message).toMatch(/may not hold `::`, NUL/);
  },
);

test.each(["a:b", "a: :b", "50%", "sl/ash", "a<b>", "𝕒.b", "日本", "-", "a b", "👩‍👩‍👧"])("%j is a name", (name) => {
  for (const schema of [entityName, testCaseName]) expect(schema.safeParse(name).success).toBe(true);
});

test("what encodeName makes of a name with :: is one", () => {
  expect(entityName.safeParse(encodeName("a::b")).success).toBe(true);
});

test("names of entities have 1 to 256 characters, those of test cases as many as they like", () => {
  for (const [name, isName] of [
    ["", false],
    ["a".repeat(256), true],
    ["a".repeat(257), false],
  ] as const)
    expect(entityName.safeParse(name).success).toBe(isName);
  expect(testCaseName.safeParse("a".repeat(1_000)).success).toBe(true);
});
