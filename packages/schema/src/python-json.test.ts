import { describe, expect, test } from "@jest/globals";
import { compareCodePoints, PythonFloat, pythonJson } from "./python-json.ts";

describe("JSON as Python writes it", () => {
  test.each([
    [{ b: [1, true, null], a: "x" }, '{"a": "x", "b": [1, true, null]}'],
    [{ gone: undefined, kept: [] }, '{"kept": []}'],
    ["é\u007f\u2028😀", '"\\u00e9\\u007f\\u2028\\ud83d\\ude00"'],
    ['"\\/\n\t\b\u0001', '"\\"\\\\/\\n\\t\\b\\u0001"'],
    [{}, "{}"],
  ])("%j", (value, json) => {
    expect(pythonJson(value)).toBe(json);
  });

  test.each([
    [0, "0.0"],
    [-0, "-0.0"],
    [12, "12.0"],
    [-1, "-1.0"],
    [1.5, "1.5"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [1.25e-7, "1.25e-07"],
    [9007199254740991, "9007199254740991.0"],
    [1e16, "1e+16"],
    [1.5e300, "1.5e+300"],
  ])("the float %p", (value, json) => {
    expect(pythonJson(new PythonFloat(value))).toBe(json);
  });

  test("an integer has no point", () => {
    expect(pythonJson([1, -20])).toBe("[1, -20]");
  });
});

describe("order of strings", () => {
  test("by code point, where UTF-16 units would say otherwise", () => {
    const texts = ["😀", "ﬀ", "a", "ab", ""];
    expect(texts.toSorted(compareCodePoints)).toEqual(["", "a", "ab", "ﬀ", "😀"]);
    expect(texts.toSorted()).not.toEqual(texts.toSorted(compareCodePoints));
  });

  test("equal texts", () => {
    expect(compareCodePoints("a😀", "a😀")).toBe(0);
  });
});
