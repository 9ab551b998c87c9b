import { describe, expect, test } from "@jest/globals";
import {
  childFqn,
  fqnOf,
  InvalidNameError,
  isBelow,
  parentFqn,
  parseFqn,
  quoteName,
  rootFqn,
  splitFqn,
  unquoteName,
} from "./fqn.ts";

describe("quoting a name", () => {
  test.each([
    ["plain", "plain"],
    ["my.db", '"my.db"'],
    ['"my.db"', '"my.db"'],
    ['"b c"', "b c"],
    ["", ""],
    ['""', ""],
    ["a b/<c>-:é", "a b/<c>-:é"],
  ])("%j becomes %j", (name, quoted) => {
    expect(quoteName(name)).toBe(quoted);
  });

  test.each(['a"b', '"a', 'a"', '"a"b"', '"', "a\nb"])("%j is refused", (name) => {
    expect(() => quoteName(name)).toThrow(InvalidNameError);
  });

  test("unquoting", () => {
    expect(['"my.db"', "plain", '"'].map(unquoteName)).toEqual(["my.db", "plain", '"']);
  });
});

describe("joining and splitting", () => {
  test("raw names are quoted where needed", () => {
    expect(fqnOf("svc", "my.db", "s", "t")).toBe('svc."my.db".s.t');
    expect(childFqn(fqnOf("my.svc"), "a.b", "c")).toBe('"my.svc"."a.b".c');
  });

  test.each([
    ['a."b.c".d', ["a", '"b.c"', "d"]],
    ["a", ["a"]],
    ["a b.c/d", ["a b", "c/d"]],
    ['"a.b"', ['"a.b"']],
    ["a..b", ["a", "", "b"]],
  ])("%j splits into %j", (fqn, parts) => {
    expect(splitFqn(fqn)).toEqual(parts);
  });

  test.each(['a.b"c', 'a."b', '"a"b.c', 'a.b"'])("%j is refused", (fqn) => {
    expect(() => splitFqn(fqn)).toThrow(InvalidNameError);
  });

  test("parsing gives the normal form", () => {
    expect(parseFqn('a."b"."c.d"')).toBe('a.b."c.d"');
    expect(() => parseFqn('a."b')).toThrow('Invalid name "a.\\"b"');
  });
});

describe("places in the tree", () => {
  const fqn = fqnOf("my.svc", "db", "s.1");

  test("parent and root", () => {
    expect(parentFqn(fqn)).toBe('"my.svc".db');
    expect(parentFqn(fqnOf("svc"))).toBeUndefined();
    expect(rootFqn(fqn)).toBe('"my.svc"');
  });

  test("below, by whole parts only", () => {
    expect(isBelow("a.b.c", "a.b")).toBe(true);
    expect(isBelow("a.bc", "a.b")).toBe(false);
    expect(isBelow("a.b", "a.b")).toBe(false);
    expect(isBelow("x.b", "a")).toBe(false);
  });
});
