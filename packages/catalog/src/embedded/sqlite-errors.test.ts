import { describe, expect, test } from "@jest/globals";
import { CatalogError } from "@omd/core";
import { guarded, sqliteCode, toCatalogError } from "./sqlite-errors.ts";

const sqlite = (errcode: number): Error => Object.assign(new Error("native"), { code: "ERR_SQLITE_ERROR", errcode });

describe("toCatalogError", () => {
  test.each([
    [5, "locked by another process"],
    [5 | (1 << 8), "locked by another process"],
    [8 | (6 << 8), "read-only"],
    [10 | (3 << 8), "could not be read or written"],
    [11, "damaged"],
    [13, "disk is full"],
    [14, "could not be opened"],
    [26, "no SQLite database"],
    [1, "failed: native"],
  ])("code %d: %s", (errcode, message) => {
    const native = sqlite(errcode);
    const error = toCatalogError(native, "/x/c.db");
    expect(error).toBeInstanceOf(CatalogError);
    expect(error).toMatchObject({
      code: "OMD_CATALOG",
      message: expect.stringContaining(message),
      hint: expect.stringMatching(/\w+/),
      cause: native,
    });
    expect(String(error)).toContain("/x/c.db");
  });

  test("leaves other errors alone", () => {
    const other = new TypeError("mine");
    expect(toCatalogError(other, "f")).toBe(other);
    expect(toCatalogError("text", "f")).toBe("text");
    const ours = new CatalogError("ours", { status: 404 });
    expect(toCatalogError(ours, "f")).toBe(ours);
    expect(sqliteCode({ errcode: "5" })).toBeUndefined();
    expect(sqliteCode(null)).toBeUndefined();
  });
});

test("guarded answers what the work answers and translates what it throws", () => {
  expect(guarded("f", () => 7)).toBe(7);
  const broken = () => {
    throw sqlite(13);
  };
  expect(() => guarded("f", broken)).toThrow("disk is full");
});
