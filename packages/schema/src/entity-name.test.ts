import { describe, expect, test } from "@jest/globals";
import { decodeName, encodeName } from "./entity-name.ts";

describe("names that OpenMetadata does not allow", () => {
  test.each([
    ["a::b", "a__reserved__colon__b"],
    ["a>b", "a__reserved__arrow__b"],
    ['a"b"', "a__reserved__quote__b__reserved__quote__"],
    ["a\r\n\tb", "a__reserved__carriage_return____reserved__newline____reserved__tab__b"],
    ["a:::b", "a__reserved__colon__:b"],
  ])("%j", (name, encoded) => {
    expect(encodeName(name)).toBe(encoded);
    expect(decodeName(encoded)).toBe(name);
  });

  test("others stay", () => {
    expect(encodeName("a:b<c.é")).toBe("a:b<c.é");
  });
});
