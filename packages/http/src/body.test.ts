import { expect, test } from "@jest/globals";
import { Readable } from "node:stream";
import { readAnswer } from "./body.ts";

const body = (...parts: string[]): Readable => Readable.from(parts.map((part) => Buffer.from(part)));

test("a body that ends early or late by its Content-Length is no answer", async () => {
  const read = (length: string) => readAnswer(body("[1", "]"), 200, { "content-length": length }, 100);
  expect((await read("3")).body.toString()).toBe("[1]");
  await expect(read("30")).rejects.toMatchObject({ failure: "network", message: "the answer has 3 of 30 bytes" });
  await expect(read("2")).rejects.toMatchObject({ failure: "network" });
});

test("repeated header fields are joined", async () => {
  const { headers } = await readAnswer(body("x"), 200, { "set-cookie": ["a=1", "b=2"], link: "<a>" }, 100);
  expect(headers).toEqual({ "set-cookie": "a=1, b=2", link: "<a>" });
});
