import { expect, test } from "@jest/globals";
import { didYouMean } from "./did-you-mean.ts";

const known = ["hostPort", "numberOfStatus", "type", "tags", "connection"];

test.each([
  ["hostPrt", "hostPort"],
  ["HOSTPORT", "hostPort"],
  ["typ", "type"],
  ["tpye", "type"],
  ["tag", "tags"],
  ["numberOfStati", "numberOfStatus"],
  ["conection", "connection"],
])("%s: %s", (word, expected) => {
  expect(didYouMean(word, known)).toBe(expected);
});

test.each(["password", "x", "", "zzzz"])("%s is near to nothing", (word) => {
  expect(didYouMean(word, known)).toBeUndefined();
});

test("the first of the nearest wins, and no candidates are no answer", () => {
  expect(didYouMean("cab", ["car", "cap"])).toBe("car");
  expect(didYouMean("cab", [])).toBeUndefined();
});
