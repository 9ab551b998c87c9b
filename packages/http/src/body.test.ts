import { expect, test } from "@jest/globals";
import { Readable } from "node:stream";
import { readAnswer } from "./body.ts";

const body = (...parts: string[]): Readable => Readable.from(parts.map((part) => Buffer.from(part)));

const whole = { maxBodyBytes: 100, request: { path: "/" } };

test("a body that ends early or late by its Content-Length is no answer", async () => {
  const read = (length: string) => readAnswer(body("[1", "]"), 200, { "content-length": length }, whole);
  expect((await read("3")).body.toString()).toBe("[1]");
  await expect(read("30")).rejects.toMatchObject({ failure: "network", message: "the answer has 3 of 30 bytes" });
  await expect(read("2")).rejects.toMatchObject({ failure: "network" });
});

test("repeated header fields are joined", async () => {
  const { headers } = await readAnswer(body("x"), 200, { "set-cookie": ["a=1", "b=2"], link: "<a>" }, whole);
  expect(headers).toEqual({ "set-cookie": "a=1, b=2", link: "<a>" });
});

test("of an answer whose beginning is enough no more is read, whatever its size", async () => {
  const first = { maxBodyBytes: 4, request: { path: "/", firstBytes: 3 } };
  const stream = body("ab", "cd", "ef");
  const long = await readAnswer(stream, 200, { "content-length": "6", "content-encoding": "gzip" }, first);
  expect([long.body.toString(), stream.destroyed]).toEqual(["abc", true]);
  expect((await readAnswer(body("ab"), 206, {}, first)).body.toString()).toBe("ab");
  expect((await readAnswer(body("no"), 404, { "content-length": "2" }, first)).body.toString()).toBe("no");
  const cut = new Readable({ read: () => undefined });
  cut.push("a");
  setImmediate(() => cut.destroy());
  await expect(readAnswer(cut, 200, {}, first)).rejects.toMatchObject({ failure: "network" });
});
