import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { errorCodes } from "@omd/core";
import { entityTypes } from "@omd/schema";
import { entityTypeNames } from "../src/entity-type-flag.ts";
import { withReference } from "../scripts/command-reference.ts";
import { repositoryRoot } from "./run-omd.ts";

test("the command reference and the report's schema are current", () => {
  const script = join(repositoryRoot, "packages/cli/scripts/write-docs.ts");
  const { status, stderr } = spawnSync(process.execPath, ["--conditions=@omd/source", script, "--check"], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HOME: "/nonexistent" },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

describe("the reference in the README", () => {
  const readme = "# a\n\n<!-- commands, written by `npm run docs` -->\nold\n<!-- end of commands -->\n";
  test("is replaced between its markers", () => {
    expect(withReference(readme, "new")).toBe(
      "# a\n\n<!-- commands, written by `npm run docs` -->\n\nnew\n\n<!-- end of commands -->\n",
    );
  });
  test("is not written into a README without markers", () => {
    expect(() => withReference("# a\n", "new")).toThrow("markers");
  });
});

test("docs/errors.md explains every code, and no other", () => {
  const sections = readFileSync(join(repositoryRoot, "docs/errors.md"), "utf8").split(/^## /m).slice(1);
  expect(new Set(sections.map((section) => section.split("\n")[0]))).toEqual(new Set(errorCodes));
  expect(sections).toHaveLength(errorCodes.length);
  for (const section of sections) expect(section).toContain("**Mend:**");
});

test("--type knows all entity types", () => {
  expect([...entityTypeNames].sort()).toEqual(Object.keys(entityTypes).sort());
});
