import { expect, test } from "@jest/globals";
import { curve, middleOf, roundedPath } from "./paths.ts";

const [from, to] = [
  { x: 0, y: 0 },
  { x: 100, y: 40 },
];

test("a curve leaves to the right and arrives from the left, also when it runs back", () => {
  expect(curve(from, to)).toBe("M0,0C50,0 50,40 100,40");
  expect(curve(to, from)).toBe("M100,40C150,40 -50,0 0,0");
  expect(curve(from, { x: 10, y: 0 })).toBe("M0,0C30,0 -20,0 10,0");
});

test("a curve goes level through the points between, and its middle lies on it", () => {
  const via = [
    { x: 20, y: 80 },
    { x: 60, y: 80 },
  ];
  expect(curve(from, to, via)).toBe("M0,0C10,0 10,80 20,80C40,80 40,80 60,80C80,80 80,40 100,40");
  expect(middleOf(from, to, via)).toEqual({ x: 40, y: 80, width: 40 });
  expect(middleOf(from, to)).toEqual({ x: 50, y: 20, width: 100 });
});

test("a path with corners rounds them, and short pieces only to their middle", () => {
  expect(roundedPath([from, { x: 100, y: 0 }, to])).toBe("M0,0L94,0Q100,0 100,6L100,40");
  expect(roundedPath([])).toBe("");
});
