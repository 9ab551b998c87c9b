import { expect, test } from "@jest/globals";
import { ago, bytes, counted, duration, kind, kinds, measure, moment, plain, words } from "./format.ts";

test.each([
  [0, "0 ms"],
  [999, "999 ms"],
  [4200, "4.2 s"],
  [59_900, "60 s"],
  [200_000, "3 min 20 s"],
  [300_000, "5 min"],
  [3_600_000, "1 h"],
  [7_500_000, "2 h 5 min"],
  [273_600_000, "3 d 4 h"],
  [-1, ""],
  [Number.NaN, ""],
])("%d ms", (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test.each([
  [0, "just now"],
  [60_000, "1 min ago"],
  [3_540_000, "59 min ago"],
  [3_600_000, "1 h ago"],
  [172_800_000, "2 d ago"],
  [-600_000, "in 10 min"],
])("%d ms ago", (distance, text) => {
  expect(ago(1_000_000_000_000 - distance, 1_000_000_000_000)).toBe(text);
});

test("counts, sizes and kinds in words", () => {
  expect([counted(1, "run"), counted(1200, "entity", "entities")]).toEqual(["1 run", "1,200 entities"]);
  expect([bytes(512), bytes(1500), bytes(20_000_000), bytes(123_456_789)]).toEqual([
    "512 B",
    "1.5 kB",
    "20.0 MB",
    "123 MB",
  ]);
  expect(kind("storedProcedure")).toBe("stored procedure");
  expect([words("NOT_NULL"), words(undefined)]).toEqual(["not null", ""]);
});

test("values of unknown shape do not break a page", () => {
  expect([plain(undefined), plain(null), plain({ a: 1 }), plain(true), plain(1000)]).toEqual([
    "",
    "",
    '{"a":1}',
    "true",
    "1,000",
  ]);
  expect([moment(undefined), moment("no date")]).toEqual(["", ""]);
});

test.each([
  ["pipelineService", "pipeline services"],
  ["dashboard", "dashboards"],
  ["storedProcedure", "stored procedures"],
  ["searchIndex", "search indexes"],
  ["query", "queries"],
  ["directory", "directories"],
  ["key", "keys"],
])("several of %s are %s", (type, many) => {
  expect(kinds(type)).toBe(many);
});

test.each([
  [0, "0"],
  [-3, "-3"],
  [1_234_567, "1,234,567"],
  [98_765.4321, "98,765.43"],
  [12.345678, "12.3457"],
  [0.00012345678, "0.000123457"],
  [true, "true"],
  ["almond", "almond"],
  [undefined, ""],
  [null, ""],
])("the value %j is shown as %s", (value, text) => {
  expect(measure(value)).toBe(text);
});
