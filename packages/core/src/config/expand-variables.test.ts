import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { expandVariables, isSecretReference, plainScalar, resolveSecret } from "./expand-variables.ts";

const env = { HOST: "airflow", EMPTY: "", NESTED: "${HOST}" };

test.each([
  ["http://${HOST}:8080", "http://airflow:8080"],
  ["${MISSING:-http://other:1}", "http://other:1"],
  ["${EMPTY:-x}", "x"],
  ["${EMPTY}", ""],
  ["${MISSING:-}", ""],
  ["$HOST/$MISSING", "airflow/$MISSING"],
  ["a$$b$${HOST}", "a$b${HOST}"],
  ["$$$HOST", "$airflow"],
  ["cost 5$ ^a$", "cost 5$ ^a$"],
  ["${unclosed", "${unclosed"],
  ["${NESTED}", "${HOST}"],
])("%s expands to %s", (text, expected) => {
  expect(expandVariables(text, env)).toEqual({ ok: true, text: expected, changed: text !== expected });
});

test("an unset variable names itself and the way to give a default", () => {
  expect(expandVariables("${MISSING}/${MISSING}", env)).toEqual({
    ok: false,
    reason: "environment variable MISSING is not set; a default is written ${MISSING:-default}",
  });
});

test.each(["${}", "${a b}", "${HOST-x}", "${HOST:?x}", "${1A}"])("%s is refused", (text) => {
  expect(expandVariables(text, env)).toEqual({
    ok: false,
    reason: expect.stringContaining("not a variable reference"),
  });
});

test("only text that starts with secret: and goes on is a reference", () => {
  expect(
    ["secret:env:A", "secret:/x", "secret: of success", "secret:", "a secret:env:A"].map(isSecretReference),
  ).toEqual([true, true, false, false, false]);
});

test("secrets come from the environment and from files", () => {
  const file = join(mkdtempSync(join(tmpdir(), "omd-secret-")), "token");
  writeFileSync(file, "line 1\nline 2\r\n");
  expect(resolveSecret("secret:env:HOST", env)).toMatchObject({ ok: true, text: "airflow" });
  expect(resolveSecret(`secret:file:${file}`, env)).toMatchObject({ ok: true, text: "line 1\nline 2" });
});

test.each([
  ["secret:env:NOPE", "secret not found: environment variable NOPE is not set"],
  ["secret:file:/no/such/file", "secret not found: cannot read the file /no/such/file (ENOENT)"],
  ["secret:file:/", "secret not found: cannot read the file / (EISDIR)"],
  ["secret:/my/database/pw", "unknown secret reference: supported are secret:env:NAME and secret:file:/path"],
  ["secret:aws:pw", "unknown secret reference: supported are secret:env:NAME and secret:file:/path"],
  ["secret:env:", "unknown secret reference: supported are secret:env:NAME and secret:file:/path"],
])("%s is an error and never its own value", (text, reason) => {
  expect(resolveSecret(text, env)).toEqual({ ok: false, reason });
});

test.each<[string, unknown]>([
  ["10", 10],
  ["-1.5", -1.5],
  ["0123", "0123"],
  ["1e5", "1e5"],
  ["99999999999999999999", "99999999999999999999"],
  ["true", true],
  ["No", false],
  ["", null],
  ["null", null],
  ["localhost:80", "localhost:80"],
])("a plain scalar %j is %j", (text, expected) => {
  expect(plainScalar(text)).toBe(expected);
});
