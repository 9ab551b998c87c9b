import { describe, expect, test } from "@jest/globals";
import { Errors } from "@oclif/core";
import { ConfigError, OmdError, type ErrorCode } from "@omd/core";
import { explainError, unknownCommand } from "./explain-error.ts";

describe("explainError", () => {
  test("a bad configuration is its lines and nothing else", () => {
    const issues = [
      { file: "a.yaml", line: 3, column: 5, path: ["source", "typ"], message: "unknown key", suggestion: "type" },
      { file: "a.yaml", line: 9, column: 1, path: [], message: "tabs" },
    ];
    expect(explainError(new ConfigError(issues))).toEqual({
      text: "a.yaml:3:5 source.typ: unknown key (did you mean type?)\na.yaml:9:1: tabs",
      exitCode: 2,
    });
  });

  test("a file that names a connector which is not there has its code behind its line", () => {
    const issues = [{ file: "a.yaml", line: 2, column: 9, path: ["source", "type"], message: "no connector" }];
    expect(explainError(new ConfigError(issues, { code: "OMD_CONNECTOR_NOT_FOUND", hint: "install it" }))).toEqual({
      text: "a.yaml:2:9 source.type: no connector [OMD_CONNECTOR_NOT_FOUND]\n  install it",
      exitCode: 2,
    });
  });

  test.each<[ErrorCode, number]>([
    ["OMD_CONFIG", 2],
    ["OMD_CONNECTOR_NOT_FOUND", 2],
    ["OMD_CONNECTOR_AMBIGUOUS", 2],
    ["OMD_CONNECTOR_INVALID", 2],
    ["OMD_CATALOG", 1],
    ["OMD_STATE_LOCKED", 1],
    ["OMD_PERMISSION", 1],
  ])("%s exits %d", (code, exitCode) => {
    expect(explainError(new OmdError(code, "no"))).toMatchObject({ exitCode });
  });

  test("an error of omd has its code and what to do", () => {
    const error = new OmdError("OMD_PERMISSION", "403 on dags", { hint: "give the user the Viewer role" });
    expect(explainError(error).text).toBe("omd: 403 on dags [OMD_PERMISSION]\n  give the user the Viewer role");
  });

  test("another copy's error is known by its symbol", () => {
    const foreign = Object.assign(new Error("no"), { [Symbol.for("omd.error")]: true, code: "OMD_CONFIG" });
    expect(explainError(foreign)).toEqual({ text: "omd: no [OMD_CONFIG]", exitCode: 2 });
    const inFile = Object.assign(foreign, { issues: [] });
    expect(explainError(inFile)).toEqual({ text: "no", exitCode: 2 });
  });

  test("wrong usage exits 2, an exit that was asked for says nothing", () => {
    expect(explainError(new Errors.CLIError("Nonexistent flag: --x"))).toEqual({
      text: "omd: Nonexistent flag: --x",
      exitCode: 2,
    });
    expect(explainError(new Errors.ExitError(0))).toEqual({ text: "", exitCode: 0 });
  });

  test("the unexpected is one line, with the stack and the cause only in debug", () => {
    const error = new Error("boom", { cause: new TypeError("deep down") });
    expect(explainError(error)).toEqual({
      text: "omd: boom\n  This was not expected. Run it again with --debug to see where it happened.",
      exitCode: 1,
    });
    const { text } = explainError(error, true);
    expect(text).toMatch(/^omd: boom\nError: boom\n +at /);
    expect(text).toContain("caused by TypeError: deep down");
  });

  test.each([
    ["text", "text"],
    [undefined, "undefined"],
    [new RangeError(""), "RangeError"],
  ])("anything thrown is told: %p", (thrown, said) => {
    expect(explainError(thrown).text).toMatch(new RegExp(`^omd: ${said}\n`));
  });
});

describe("unknownCommand", () => {
  const known = ["catalog", "catalog list", "ingest"];

  test("names what was meant, if anything was near", () => {
    expect(unknownCommand(["ingst", "-c", "x"], known, () => "ingest")).toMatchObject({
      text: expect.stringContaining('no command "ingst" (did you mean "ingest"?)'),
      exitCode: 2,
    });
    expect(unknownCommand(["xyz"], known, () => undefined).text).toBe(
      'omd: there is no command "xyz"\n  omd --help shows what there is.',
    );
  });

  test("tells a word too many from an unknown command", () => {
    expect(unknownCommand(["catalog", "list", "tables"], known, () => undefined).text).toBe(
      'omd: catalog list takes no argument "tables"\n  omd catalog list --help shows what there is.',
    );
  });
});
