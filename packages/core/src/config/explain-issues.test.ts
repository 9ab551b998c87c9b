import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { explainIssues, isZodError } from "./explain-issues.ts";

function explain(schema: z.ZodType, value: unknown) {
  const error = schema.safeParse(value).error;
  const jsonSchema = z.toJSONSchema(schema, { unrepresentable: "any" });
  return explainIssues(error?.issues ?? [], value, jsonSchema).map(({ path, message, suggestion }) => [
    path.join("."),
    suggestion === undefined ? message : `${message} → ${suggestion}`,
  ]);
}

describe("unions", () => {
  const basic = z.strictObject({ username: z.string(), password: z.string() });
  const token = z.strictObject({ token: z.string() });
  const gcs = z.strictObject({ type: z.literal("gcs"), bucket: z.string() });
  const s3 = z.strictObject({ type: z.literal("s3"), bucket: z.string(), region: z.string() });

  test("without a type the branch with the fewest complaints is taken", () => {
    const schema = z.object({ auth: z.union([token, basic]) });
    expect(explain(schema, { auth: { username: "u", pasword: "p" } })).toEqual([
      ["auth.password", "missing key"],
      ["auth.pasword", "unknown key → password"],
    ]);
  });

  test("with a type its branch is taken, be it the longer one", () => {
    const schema = z.object({ store: z.union([gcs, s3]) });
    expect(explain(schema, { store: { type: "s3" } })).toEqual([
      ["store.bucket", "missing key"],
      ["store.region", "missing key"],
    ]);
  });

  test("a type that no branch has is told with all that there are", () => {
    for (const schema of [
      z.object({ store: z.union([gcs, s3]) }),
      z.object({ store: z.discriminatedUnion("type", [gcs, s3]) }),
    ]) {
      expect(explain(schema, { store: { type: "s4", bucket: "b" } })).toEqual([
        ["store.type", 'must be one of gcs, s3, got "s4" → s3'],
      ]);
    }
    const discriminated = z.object({ store: z.discriminatedUnion("type", [gcs, s3]) });
    expect(explain(discriminated, { store: {} })).toEqual([["store.type", "missing key: one of gcs, s3"]]);
    expect(explain(discriminated, {})).toEqual([["store", "missing key"]]);
  });

  test("of text or a list, what is neither gets the first form's complaint", () => {
    const schema = z.object({ jobs: z.union([z.string(), z.array(z.string())]) });
    expect(explain(schema, { jobs: ["a", 1] })).toEqual([["jobs.1", "expected text, got a number"]]);
    expect(explain(schema, { jobs: true })).toEqual([["jobs", "expected text, got true or false"]]);
    expect(explain(schema, {})).toEqual([["jobs", "missing key"]]);
  });
});

test("kinds are told in words", () => {
  const schema = z.object({
    a: z.int(),
    b: z.number(),
    c: z.boolean(),
    d: z.array(z.string()),
    e: z.object({}),
    f: z.record(z.string(), z.string()),
    g: z.date(),
  });
  expect(explain(schema, { a: 1.5, b: "1", c: 1, d: {}, e: [], f: null, g: "x" })).toEqual([
    ["a", "expected a whole number, got a number with decimals"],
    ["b", "expected a number, got text"],
    ["c", "expected true or false, got a number"],
    ["d", "expected a list, got a map"],
    ["e", "expected a map, got a list"],
    ["f", "expected a map, got nothing"],
    ["g", "expected date, got text"],
  ]);
});

test("limits are told in words", () => {
  const schema = z.strictObject({
    name: z.string().min(1),
    code: z.string().max(2),
    tags: z.array(z.string()).min(2),
    retries: z.int().min(0),
    seconds: z.number().positive(),
  });
  expect(explain(schema, { name: "", code: "abc", tags: ["a"], retries: -1, seconds: 0 })).toEqual([
    ["name", "must not be empty"],
    ["code", "must have at most 2 characters"],
    ["tags", "must have at least 2 entries"],
    ["retries", "must be at least 0"],
    ["seconds", "must be more than 0"],
  ]);
});

test("a custom check speaks for itself, even about a key that is not there", () => {
  const schema = z.object({ a: z.string().optional(), b: z.string().optional() }).superRefine((value, context) => {
    if (!value.a && !value.b) context.addIssue({ code: "custom", path: ["a"], message: "give a or b" });
  });
  expect(explain(schema, {})).toEqual([["a", "give a or b"]]);
});

test("the value of a secret key is never told", () => {
  const schema = z.object({ token: z.enum(["x"]), apiKey: z.literal("y"), mode: z.enum(["x"]) });
  const told = explain(schema, { token: "s3cret", apiKey: "s3cret", mode: "other" });
  expect(told).toEqual([
    ["token", "must be x"],
    ["apiKey", "must be y"],
    ["mode", 'must be x, got "other"'],
  ]);
});

test("a ZodError is known by what it is, other errors are not", () => {
  expect(isZodError(z.string().safeParse(1).error)).toBe(true);
  expect(isZodError(Object.assign(new Error("x"), { name: "ZodError", issues: [] }))).toBe(true);
  for (const other of [new Error("x"), { issues: [] }, undefined, Object.assign(new Error("x"), { name: "ZodError" })])
    expect(isZodError(other)).toBe(false);
});
