import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { omd, omdBin, repositoryRoot, runNode, temporaryDirectory } from "./run-omd.ts";

const { version } = JSON.parse(readFileSync(join(repositoryRoot, "packages/cli/package.json"), "utf8")) as {
  version: string;
};

describe("omd --version", () => {
  test.each(["--version", "-v"])("%s answers without loading anything", async (flag) => {
    const { code, stdout, stderr } = await omdBin([flag]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(`omd ${version} (node ${process.versions.node})\n`);
  });

  test.each([
    ["--version", "--json"],
    ["--json", "-v"],
  ])("%s %s answers for programs", async (...words) => {
    const { code, stdout, stderr } = await omdBin(words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({ name: "omd", version, node: process.versions.node });
  });

  test("needs nothing but Node to be answered", () => {
    const text = readFileSync(join(repositoryRoot, "packages/cli/bin/run.js"), "utf8");
    const imports = [...text.matchAll(/^import .* from "(?<from>[^"]+)"/gm)].map((match) => match.groups?.["from"]);
    expect(imports.length).toBeGreaterThan(0);
    expect(imports.filter((from) => !from?.startsWith("node:"))).toEqual([]);
  });
});

describe("what cannot be run", () => {
  test("an unknown flag says which was meant, exit 2", async () => {
    const { code, stdout, stderr } = await omd(["ingest", "-c", "a.yaml", "--limt", "3", "--json"]);
    expect([code, stderr]).toEqual([
      2,
      "omd: there is no flag --limt (did you mean --limit?)\n  See more help with --help\n",
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "OMD_USAGE", exitCode: 2 } });
  });

  test("a workflow file without its flag says how it is named, exit 2", async () => {
    const { code, stderr } = await omd(["plan", "airflow.yaml"]);
    expect(code).toBe(2);
    expect(stderr).toContain("omd plan -c airflow.yaml");
  });

  test("an unknown command says which was meant, exit 2", async () => {
    const { code, stdout, stderr } = await omd(["catalog", "lst"]);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain('there is no command "catalog lst" (did you mean "catalog list"?)');
  });

  test("a word too many is not taken for a command", async () => {
    const { code, stderr } = await omd(["connectors", "airflow"]);
    expect(code).toBe(2);
    expect(stderr).toContain('connectors takes no argument "airflow"');
  });

  test.each([
    [["ingest"], "config"],
    [["ingest", "-c", "x.yaml", "--nope"], "--nope"],
    [["ingest", "-c", "x.yaml", "--limit", "zero"], "integer"],
    [["ingest", "-c", "x.yaml", "--log-level", "LOUD"], "DEBUG"],
    [["catalog", "list", "--type", "tabel"], "table"],
  ])("%j is bad usage", async (args, said) => {
    const { code, stdout, stderr } = await omd(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(said);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

test("help lists the commands and shows no warning of Node", async () => {
  const { code, stdout, stderr } = await omd(["--help"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const name of ["ingest", "plan", "check", "catalog", "lineage", "connectors", "plugins", "config", "report"])
    expect(stdout).toMatch(new RegExp(`^ {2}${name} `, "m"));
});

test("connectors lists what is installed", async () => {
  const home = temporaryDirectory();
  const people = await omd(["connectors"], { cwd: home.path });
  expect(people.code).toBe(0);
  expect(people.stdout).toMatch(/airflow +@omd\/connector-airflow/);
  const { stdout } = await omd(["connectors", "--json"], { cwd: home.path });
  const { connectors } = JSON.parse(stdout) as { connectors: { type: string; package: string; workflows: string[] }[] };
  expect(connectors).toContainEqual(
    expect.objectContaining({ type: "airflow", package: "@omd/connector-airflow", workflows: ["metadata"] }),
  );
});

describe("schemas", () => {
  test("of a workflow file", async () => {
    const { code, stdout } = await omd(["config", "schema"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      type: "object",
      required: expect.arrayContaining(["source"]),
      properties: { workflowConfig: {} },
    });
  });

  test("of a connector that is not there", async () => {
    const { code, stdout, stderr } = await omd(["config", "schema", "--connector", "airfow"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("did you mean airflow?");
    expect(stderr).toContain("[OMD_CONNECTOR_NOT_FOUND]");
  });

  test("of the report", async () => {
    const { code, stdout } = await omd(["report", "schema"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(
      JSON.parse(readFileSync(join(repositoryRoot, "docs/report.schema.json"), "utf8")),
    );
  });
});

describe("on a Node that is too old", () => {
  const pretend =
    "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})";

  test("says what to do, exit 2, when no newer one is at hand", async () => {
    const { code, stdout, stderr } = await omdOn(pretend, { OMD_STARTED_BY: "20.20.2" });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("omd needs Node 22.22 or newer; this is Node 20.20.2.");
    expect(stderr).toContain("npm install node@24");
  });

  test("goes on in the newer one that stands in node_modules", async () => {
    const { code, stdout } = await omdOn(pretend, {});
    expect(code).toBe(0);
    expect(stdout).toMatch(/ node-v(?!20\.)/);
  });

  function omdOn(preload: string, env: Record<string, string>) {
    return runNode(["--import", preload, join(repositoryRoot, "packages/cli/bin/run.js"), "--help"], {
      cwd: repositoryRoot,
      env,
    });
  }
});
