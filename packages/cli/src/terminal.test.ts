import { describe, expect, test } from "@jest/globals";
import { styleOf } from "./terminal.ts";

describe("styleOf", () => {
  const terminal = { isTTY: true, columns: 90, hasColors: () => true };

  test("a terminal has its width and colours", () => {
    expect(styleOf(terminal, {})).toEqual({ width: 90, colour: true });
  });

  test.each([
    ["NO_COLOR", { NO_COLOR: "1" }],
    ["a dumb terminal", { TERM: "dumb" }],
  ])("no colours with %s", (_, env) => {
    expect(styleOf(terminal, env).colour).toBe(false);
  });

  test("an empty NO_COLOR is none", () => {
    expect(styleOf(terminal, { NO_COLOR: "" }).colour).toBe(true);
  });

  test("a file has no colours and the width of COLUMNS, else 120", () => {
    expect(styleOf({}, {})).toEqual({ width: 120, colour: false });
    expect(styleOf({}, { COLUMNS: "72" })).toEqual({ width: 72, colour: false });
    expect(styleOf({}, { COLUMNS: "wide" }).width).toBe(120);
  });

  test("a tiny terminal gets text all the same", () => {
    expect(styleOf({ ...terminal, columns: 5 }, {}).width).toBe(40);
  });
});
