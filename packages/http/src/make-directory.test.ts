import { existsSync, mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { makeDirectory } from "./make-directory.ts";

const dir = mkdtempSync(join(tmpdir(), "omd-directory-"));

test("makes all that is missing, and leaves what is there", () => {
  makeDirectory(join(dir, "a", "b", "c"));
  makeDirectory(join(dir, "a", "b"));
  expect(statSync(join(dir, "a", "b", "c")).isDirectory()).toBe(true);
});

test("says why it cannot, and ends, also where Node's own way does not", () => {
  writeFileSync(join(dir, "file"), "");
  expect(() => makeDirectory(join(dir, "file", "x"))).toThrow("ENOTDIR");
  // Only Linux has /proc.
  if (existsSync("/proc/self")) expect(() => makeDirectory("/proc/x/y")).toThrow("ENOENT");
});
