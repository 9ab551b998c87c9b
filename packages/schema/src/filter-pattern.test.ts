import { describe, expect, test } from "@jest/globals";
import { filterMatcher, InvalidPatternError } from "./filter-pattern.ts";

describe("one pattern", () => {
  /** Answers of `re.match(pattern, name, re.IGNORECASE)` of Python 3.11. */
  test.each<[string, string, boolean]>([
    ["prod.*", "PROD_x", true],
    ["prod", "xprod", false],
    ["a$", "a\n", true],
    ["a$", "a", true],
    ["a$", "ab", false],
    ["^a|b", "xb", false],
    ["a|b", "bcd", true],
    ["(?P<x>a)(?P=x)", "aab", true],
    ["(?i)abc", "ABC", true],
    ["\\Aabc\\Z", "abc", true],
    ["\\Aabc\\Z", "abcd", false],
    ["\\w+$", "\u00e91_", true],
    ["[^\\w]", "-", true],
    ["a{,2}b", "b", true],
    ["a{,2}b", "aaab", false],
    ["a{x}", "a{x}", true],
    ["[]a]", "]", true],
    ["[^]a]", "]", false],
    ["[^]a]", "b", true],
    ["a\\-b", "a-b", true],
    ["[a\\-z]", "-", true],
    ["[[]", "[", true],
    ["a(?#note)b", "ab", true],
    ["\\d", "\u0663", true],
    ["my\\.db", "my.db", true],
    ["my\\.db", "myxdb", false],
    ["(?s).+$", "a\nb", true],
    ["(?m)^a$", "a\nb", true],
    [".*_tmp$", "x_tmp", true],
    ["\\bfoo", "foo", true],
    ["a b", "A B", true],
    ["a\\/b", "a/b", true],
    ["a\\#b", "a#b", true],
    ["\u00df", "SS", false],
    ["K", "K", true],
    ["", "x", true],
    ["}", "}", true],
    ["a\\_b", "a_b", true],
    ["(?is)A.b", "a\nB", true],
    ["x*?y", "xxy", true],
    ["[a-z&&b]", "&", true],
    ["\\$x", "$x", true],
    ["a\\ b", "a b", true],
    ["a\\@b", "a@b", true],
    ["\\x41", "a", true],
    ["[\\d_]+$", "12_", true],
    ["(?!tmp).*", "tmpx", false],
    ["(?!tmp).*", "x", true],
    ["(?<=a)b", "b", false],
    ["\u017f", "s", true],
    ["\ud83d\ude00?$", "\ud83d\ude00", true],
    [".$", "\ud83d\ude00", true],
  ])("%j on %j: %p", (pattern, name, matches) => {
    expect(filterMatcher({ includes: [pattern] })(name)).toBe(matches && name !== "");
    expect(filterMatcher({ excludes: [pattern] })(name)).toBe(!matches && name !== "");
  });
});

describe("includes and excludes together", () => {
  test("no pattern object lets everything through, an empty name too", () => {
    expect(filterMatcher(undefined)("")).toBe(true);
    expect(filterMatcher(undefined)("x")).toBe(true);
  });

  test.each([[{}], [{ includes: [] }], [{ excludes: [] }], [{ includes: [".*"] }], [{ excludes: ["x"] }]])(
    "with the pattern object %j an empty name is filtered",
    (pattern) => {
      expect(filterMatcher(pattern)("")).toBe(false);
      expect(filterMatcher(pattern)("name")).toBe(true);
    },
  );

  test("exclude wins", () => {
    const passes = filterMatcher({ includes: ["sales", "shop"], excludes: ["shop_tmp"] });
    expect(["sales_tmp", "SHOP", "shop_tmp", "shop_tmp_2", "hr"].filter(passes)).toEqual(["sales_tmp", "SHOP"]);
  });

  test("the same matcher answers the same twice", () => {
    const passes = filterMatcher({ includes: ["a"] });
    expect([passes("ab"), passes("ab"), passes("b")]).toEqual([true, true, false]);
  });
});

describe("patterns that cannot be used", () => {
  test.each([
    ["*.sales", "Nothing to repeat"],
    ["(", "Unterminated group"],
    ["a\\", "single backslash"],
    ["(?>a)b", "atomic"],
    ["a++b", "possessive"],
    ["(a)?(?(1)b|c)", "conditional"],
    ["x(?i)a", "at the start only"],
    ["(?x) a", "(?x)"],
    ["(?i:a)b", "part of the pattern"],
    ["[a", "Unterminated character class"],
    ["(?P<a", "Invalid group"],
  ])("%j: %s", (pattern, reason) => {
    let thrown: unknown;
    try {
      filterMatcher({ excludes: ["fine", pattern] });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(InvalidPatternError);
    expect(thrown).toMatchObject({ pattern, code: "OMD_INVALID_PATTERN" });
    expect(String(thrown)).toContain(JSON.stringify(pattern));
    expect(String(thrown)).toContain(reason);
  });
});
