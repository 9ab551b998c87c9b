import { expect, test } from "@jest/globals";
import { momentOf } from "./moment.ts";

const now = Date.parse("2026-11-21T12:00:00Z");

test.each([
  ["2d", "2026-11-19T12:00:00.000Z"],
  ["2 days ago", "2026-11-19T12:00:00.000Z"],
  ["90m", "2026-11-21T10:30:00.000Z"],
  ["1 hour ago", "2026-11-21T11:00:00.000Z"],
  ["1w", "2026-11-14T12:00:00.000Z"],
  ["1.5 h", "2026-11-21T10:30:00.000Z"],
  ["30s", "2026-11-21T11:59:30.000Z"],
  ["2026-11-20T08:00Z", "2026-11-20T08:00:00.000Z"],
  ["2026-11-20 08:00:01.5+02:00", "2026-11-20T06:00:01.500Z"],
])("%s", (text, wanted) => {
  expect(new Date(momentOf(text, now) ?? 0).toISOString()).toBe(wanted);
});

test("a date is local midnight", () => {
  expect(momentOf("2026-11-20", now)).toBe(new Date(2026, 10, 20).getTime());
});

test.each(["", "yesterday", "2", "2x", "-2d", "2026-13-01", "2026-11-20T25:00", "20261120", "latest"])(
  "%j is none",
  (text) => {
    expect(momentOf(text, now)).toBeUndefined();
  },
);
