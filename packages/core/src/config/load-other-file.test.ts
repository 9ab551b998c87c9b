import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { z } from "zod";
import { loadOtherFile } from "./load-config.ts";

const folder = mkdtempSync(join(tmpdir(), "omd-other-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

const schema = z.strictObject({ limits: z.record(z.string(), z.number().nullable()) });
const load = (text: string, name = "limits.yaml"): Promise<unknown> => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return loadOtherFile({ path, schema, example: "limits:", env: { MOST: "7" } });
};

test("variables stand in keys and values, and a key without a value is null", async () => {
  expect(await load("limits:\n  a${MOST}: ${MOST}\n  b:\n")).toEqual({ limits: { a7: 7, b: null } });
});

test("JSON is held to JSON", async () => {
  expect(await load('{"limits": {"a": 1}}', "limits.json")).toEqual({ limits: { a: 1 } });
  await expect(load("{limits: {}}", "limits.json")).rejects.toThrow("is not valid JSON");
});

test.each([
  ["limit: {a: 1}", "limits.yaml:1:1 limit: unknown key (did you mean limits?)"],
  ["limits: {a: x}", "limits.yaml:1:13 limits.a: expected a number, got text"],
  ["limits: {a: 1, a: 2}", "limits.yaml:1:16: duplicate key a"],
  ["limits: {a: ${LEAST}}", "limits.yaml:1:13 limits.a: "],
  ["- 1", "limits.yaml:1:1: must be a map of keys, such as `limits:`"],
  ["", "limits.yaml:1:1: the file is empty"],
])("%j: %s", async (text, message) => {
  const error: unknown = await load(text).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "ConfigError" });
  expect((error as Error).message.replaceAll(`${folder}/`, "")).toContain(message);
});

test("a file that is not there is told", async () => {
  const path = join(folder, "none.yaml");
  await expect(loadOtherFile({ path, schema, example: "limits:" })).rejects.toThrow(`${path}: file not found`);
});
