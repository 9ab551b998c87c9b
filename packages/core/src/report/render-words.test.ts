import { expect, test } from "@jest/globals";
import { bytesInWords, counted, durationInWords } from "./render-words.ts";

test.each([
  [0, "0 ms"],
  [999.4, "999 ms"],
  [1500, "1.5 s"],
  [59_949, "59.9 s"],
  [59_999, "1m 00s"],
  [65_500, "1m 06s"],
  [3_723_000, "1h 02m 03s"],
  [176_400_000, "2d 01h 00m 00s"],
])("%d ms is %s", (ms, text) => {
  expect(durationInWords(ms)).toBe(text);
});

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1536, "1.5 KiB"],
  [20 * 1024 ** 2, "20 MiB"],
  [5 * 1024 ** 5, "5120 TiB"],
])("%d bytes are %s", (bytes, text) => {
  expect(bytesInWords(bytes)).toBe(text);
});

test("counts have their plural", () => {
  expect([counted(1, "edge"), counted(2, "edge"), counted(0, "entity", "entities"), counted(12_345, "row")]).toEqual([
    "1 edge",
    "2 edges",
    "0 entities",
    "12,345 rows",
  ]);
});
