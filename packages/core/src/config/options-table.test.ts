import { expect, test } from "@jest/globals";
import { z } from "zod";
import { optionSchema, optionsTable } from "./options-table.ts";

test("each key has a row, with its values, its default and what it does; those of maps and lists stand below", () => {
  const schema = z.strictObject({
    mode: z.enum(["a", "b"]).default("a").describe("One | other"),
    count: z.union([z.int(), z.string().transform(Number)]).default(3),
    place: z.union([
      z.strictObject({ kind: z.literal("file"), path: z.string().describe("Where") }),
      z.strictObject({ kind: z.literal("web"), url: z.string().nullish() }),
    ]),
    rules: z.array(z.strictObject({ on: z.boolean() })).default([]),
  });
  expect(optionsTable({ options: optionSchema(schema) }).split("\n")).toEqual([
    "| Key | Value | Default | What it does |",
    "| --- | --- | --- | --- |",
    "| **options** |  |  |  |",
    String.raw`| ${"`mode`"} | ${"`a`, `b`"} | ${'`"a"`'} | One \| other |`,
    "| `count` | integer or string | `3` |  |",
    "| `place` | object | (needed) |  |",
    "| `place.kind` | `file`, `web` | (needed) |  |",
    "| `place.path` | string | (needed) | Where |",
    "| `place.url` | string |  |  |",
    "| `rules` | array |  |  |",
    "| `rules[].on` | boolean | (needed) |  |",
    "",
  ]);
});
