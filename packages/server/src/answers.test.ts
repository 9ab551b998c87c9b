import { expect, test } from "@jest/globals";
import { CatalogError, OmdError } from "@omd/core";
import { InvalidNameError } from "@omd/schema";
import { z } from "zod";
import { errorBody, Refusal } from "./answers.ts";

test("refusals and the catalog's own answers keep their status", () => {
  expect(errorBody(new Refusal(409, "Entity already exists"))).toEqual({ code: 409, message: "Entity already exists" });
  expect(errorBody(new CatalogError("not there", { status: 404 }))).toEqual({ code: 404, message: "not there" });
});

test("a file that can't be written is told with its hint, as something to repeat", () => {
  const full = new CatalogError("The catalog c.db could not grow: the disk is full", { hint: "Free some space" });
  expect(errorBody(full)).toEqual({
    code: 503,
    message: "The catalog c.db could not grow: the disk is full. Free some space",
  });
  expect(errorBody(new OmdError("OMD_CONNECTION", "down")).code).toBe(503);
});

test("bad names and bodies are the client's fault", () => {
  expect(errorBody(new InvalidNameError('a"b', "it holds a quote")).code).toBe(400);
  const { error } = z.object({ edge: z.object({ id: z.string() }) }).safeParse({ edge: {} });
  expect(errorBody(error)).toMatchObject({ code: 400, message: expect.stringContaining("edge.id: ") });
  expect(errorBody(Object.assign(new Error("Body is too large"), { statusCode: 413 })).code).toBe(413);
});

test("of faults of our own nothing is told", () => {
  for (const fault of [
    new Error("secret"),
    "secret",
    undefined,
    Object.assign(new Error("secret"), { statusCode: 500 }),
  ])
    expect(errorBody(fault)).toEqual({ code: 500, message: "Internal error; see the log of omd serve" });
});
