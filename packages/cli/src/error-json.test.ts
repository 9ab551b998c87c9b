import { expect, test } from "@jest/globals";
import { Errors } from "@oclif/core";
import { ConfigError, OmdError } from "@omd/core";
import { errorDocument } from "./error-json.ts";
import { explainError } from "./explain-error.ts";
import { usageError } from "./usage-error.ts";

const of = (error: unknown): unknown => JSON.parse(JSON.stringify(errorDocument(error, explainError(error)).error));

test("an error of omd has its code, what to do and the exit code", () => {
  const error = new OmdError("OMD_PERMISSION", "403 on dags", { hint: "give the user the Viewer role", status: 403 });
  expect(of(error)).toEqual({
    code: "OMD_PERMISSION",
    message: "403 on dags",
    hint: "give the user the Viewer role",
    status: 403,
    exitCode: 1,
  });
});

test("a bad configuration has each mistake with its place", () => {
  const issues = [{ file: "a.yaml", line: 3, column: 5, path: ["source", "typ"], message: "unknown key" }];
  const message = "a.yaml:3:5 source.typ: unknown key";
  expect(of(new ConfigError(issues))).toEqual({ code: "OMD_CONFIG", message, issues, exitCode: 2 });
});

test("wrong usage and the unexpected have codes too", () => {
  expect(of(usageError("there is no catalog in /x\n  Fill it with omd ingest."))).toEqual({
    code: "OMD_USAGE",
    message: "there is no catalog in /x",
    hint: "Fill it with omd ingest.",
    exitCode: 2,
  });
  expect(of(new Errors.CLIError("Nonexistent flag: --x"))).toMatchObject({ code: "OMD_USAGE" });
  expect(of(new TypeError("boom"))).toMatchObject({ code: "OMD_UNEXPECTED", message: "boom", exitCode: 1 });
});
