import { afterEach, describe, expect, test } from "@jest/globals";
import { Spool } from "./spool.ts";

let spool: Spool;
afterEach(() => spool.close());

/** Values of all sizes, up to some times what is read and written at once. */
function valueOf(at: number): unknown {
  const length = at % 97 === 0 ? 400_000 : at % 10 === 0 ? 20_000 : at % 50;
  return { at, text: "größe 数📈\n".repeat(Math.ceil(length / 10)) };
}

describe("values come back as they were written", () => {
  const count = 500;
  const orders: readonly (readonly [string, (at: number) => number])[] = [
    ["in their order", (at) => at],
    ["backwards", (at) => count - 1 - at],
    ["from three places in turn", (at) => ((at % 3) * 200 + Math.floor(at / 3)) % count],
    ["from everywhere", (at) => (at * 271) % count],
  ];

  test.each(orders)("%s", (_, nth) => {
    spool = new Spool();
    const places = Array.from({ length: count }, (__, at) => spool.add(valueOf(at)));
    for (let at = 0; at < count; at += 1) {
      const one = nth(at);
      expect(JSON.stringify(spool.read(places[one] ?? -1)) === JSON.stringify(valueOf(one))).toBe(true);
    }
  });

  test("also while others are still written", () => {
    spool = new Spool();
    for (let at = 0; at < count; at += 1) {
      const place = spool.add(valueOf(at));
      expect(JSON.stringify(spool.read(place)) === JSON.stringify(valueOf(at))).toBe(true);
      expect(spool.read(place >> 1)).toMatchObject({ at: place >> 1 });
    }
  });
});

test("a value of several MB, half a character and members that are undefined", () => {
  spool = new Spool();
  const values = [1, { a: "数".repeat(1_500_000) }, { b: "\ud800", c: undefined, d: [null] }, ""];
  const places = values.map((value) => spool.add(value));
  expect(places.map((place) => spool.read(place))).toEqual([1, values[1], { b: "\ud800", d: [null] }, ""]);
});

test("nothing is read from a spool that is closed, which may be closed again", () => {
  spool = new Spool();
  const place = spool.add("a");
  expect(spool.read(place)).toBe("a");
  spool.close();
  expect(() => spool.read(place)).toThrow("EBADF");
  spool.close();
});
