import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { isOmdError } from "../errors.ts";
import { splitClassName } from "./custom-source.ts";
import { splitSourceType } from "./manifest.ts";
import { createRegistry } from "./registry.ts";

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "omd-registry-")));
});

function put(path: string, content: unknown): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

const airflow = {
  type: "air-flow",
  serviceKind: "pipelineService",
  serviceType: "Airflow",
  module: "./dist/index.mjs",
  export: "AirflowSource",
};
const sourceModule = (name: string) =>
  `export class ${name} { static create() { return new ${name}(); } *iter() {} }\n`;

/** A package in node_modules with an `omd` block. */
function connector(name: string, omd: unknown, code = sourceModule("AirflowSource"), below = "app"): void {
  put(`${below}/node_modules/${name}/package.json`, { name, version: "1.2.3", type: "module", omd });
  put(`${below}/node_modules/${name}/dist/index.mjs`, code);
}

function registry() {
  return createRegistry({ searchFrom: [join(root, "app/deep")], connectorPaths: [join(root, "local")] });
}

function nameOf(found: { sourceClass: object }): unknown {
  return "name" in found.sourceClass ? found.sourceClass.name : undefined;
}

async function refusal(type: string, connection: Record<string, unknown> = {}) {
  const error: unknown = await registry()
    .resolve({ type, connection })
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  if (!isOmdError(error)) throw new Error(`no OmdError: ${String(error)}`);
  return { code: error.code, message: error.message, hint: error.hint };
}

describe("packages", () => {
  test("are found in node_modules of the directory and its parents, scoped or not, and by symlink", async () => {
    connector("@x/airflow", { contract: 1, sources: [airflow] });
    connector("plain", { contract: 1, sources: [{ ...airflow, type: "plain" }] }, undefined, "app/deep");
    put("elsewhere/package.json", { name: "linked", omd: { contract: 1, sources: [{ ...airflow, type: "linked" }] } });
    symlinkSync(join(root, "elsewhere"), join(root, "app/node_modules/linked"));
    put("app/node_modules/left-pad/package.json", { name: "left-pad" });
    put("app/node_modules/broken/package.json", "{");
    const found = (await registry().list()).map((manifest) => [manifest.packageName, manifest.directory]);
    expect(found.toSorted(([one = ""], [other = ""]) => one.localeCompare(other))).toEqual([
      ["@x/airflow", join(root, "app/node_modules/@x/airflow")],
      ["linked", join(root, "elsewhere")],
      ["plain", join(root, "app/deep/node_modules/plain")],
    ]);
  });

  test("of two copies of one package the nearer counts", async () => {
    connector("@x/airflow", { contract: 1, sources: [airflow] });
    connector("@x/airflow", { contract: 1, sources: [airflow] }, undefined, "app/deep");
    const found = await registry().resolve({ type: "airflow", connection: {} });
    expect(found.manifest?.directory).toBe(join(root, "app/deep/node_modules/@x/airflow"));
  });

  test("are not loaded by being listed", async () => {
    connector("@x/airflow", { contract: 1, sources: [airflow] }, "throw new Error('loaded');");
    expect(await registry().list()).toHaveLength(1);
    expect(await refusal("airflow")).toMatchObject({
      code: "OMD_CONNECTOR_INVALID",
      message: expect.stringMatching(/index\.mjs cannot be loaded: loaded$/),
    });
  });

  test.each(["airflow", "Air_Flow", "AIRFLOW"])("%s resolves with its class, kind and config schema", async (type) => {
    connector("@x/airflow", { contract: 1, sources: [{ ...airflow, configSchema: "./schema.json" }] });
    put("app/node_modules/@x/airflow/schema.json", { type: "object" });
    const found = await registry().resolve({ type, connection: {} });
    expect(found).toMatchObject({
      serviceKind: "pipelineService",
      serviceType: "Airflow",
      workflow: "metadata",
      configSchema: { type: "object" },
      manifest: { packageName: "@x/airflow", version: "1.2.3" },
    });
    expect(nameOf(found)).toBe("AirflowSource");
  });

  test("a suffix picks the workflow", async () => {
    const usage = { ...airflow, workflows: ["usage"], export: "UsageSource" };
    connector(
      "@x/airflow",
      { contract: 1, sources: [airflow, usage] },
      sourceModule("AirflowSource") + sourceModule("UsageSource"),
    );
    const found = await registry().resolve({ type: "airflow-usage", connection: {} });
    expect([found.workflow, found.entry?.export]).toEqual(["usage", "UsageSource"]);
    expect(await refusal("airflow-lineage")).toMatchObject({
      code: "OMD_CONNECTOR_NOT_FOUND",
      message: expect.stringMatching(/^@x\/airflow \(.*\) has no lineage workflow; it has metadata, usage$/),
    });
  });
});

describe("refusals", () => {
  test("an unknown type says what is near and how to install", async () => {
    connector("@x/airflow", { contract: 1, sources: [airflow] });
    expect(await refusal("airlfow-usage")).toEqual({
      code: "OMD_CONNECTOR_NOT_FOUND",
      message: "No connector for source type airlfow-usage (did you mean air-flow?); installed: air-flow",
      hint: "Install it: omd plugins install @omd/connector-airlfow",
    });
  });

  test("two packages of one type are both named, with their paths", async () => {
    connector("@x/airflow", { contract: 1, sources: [airflow] });
    connector("other", { contract: 1, sources: [{ ...airflow, type: "AirFlow" }] });
    const { code, message } = await refusal("airflow");
    expect(code).toBe("OMD_CONNECTOR_AMBIGUOUS");
    expect(message).toContain(`@x/airflow (${join(root, "app/node_modules/@x/airflow")})`);
    expect(message).toContain(`other (${join(root, "app/node_modules/other")})`);
  });

  test("another contract", async () => {
    connector("@x/airflow", { contract: 2, sources: [airflow], novelty: true });
    expect(await refusal("airflow")).toMatchObject({
      code: "OMD_CONNECTOR_INVALID",
      message: expect.stringContaining("is written for contract 2; this omd speaks contract 1"),
      hint: "Update omd.",
    });
    expect(await registry().list()).toEqual([]);
    expect(await registry().problems()).toHaveLength(1);
  });

  test.each<[unknown, string]>([
    [{ contract: 1, sources: [{ ...airflow, serviceKind: "x" }] }, "omd.sources[0].serviceKind"],
    [{ contract: 1, sources: [{ ...airflow, modul: "./x" }] }, "modul"],
    [{ contract: 1, sources: [{ ...airflow, module: "dist/index.js" }] }, "omd.sources[0].module: must start with ./"],
    [
      { contract: 1, sources: [airflow, { ...airflow, type: "AIRFLOW" }] },
      "omd.sources[1].type: airflow-metadata is claimed twice",
    ],
    [{ sources: [airflow] }, "omd.contract"],
  ])("a wrong manifest %j names package and key", async (omd, key) => {
    connector("@x/airflow", omd);
    const { code, message } = await refusal("airflow");
    expect(code).toBe("OMD_CONNECTOR_INVALID");
    expect(message).toContain("The manifest of @x/airflow (");
    expect(message).toContain(key);
  });

  test("a wrong package does not stand in the way of others", async () => {
    connector("bad", { contract: 1, sources: [{ ...airflow, extra: 1 }] });
    connector("@x/airflow", { contract: 1, sources: [airflow] });
    expect((await registry().resolve({ type: "airflow", connection: {} })).manifest?.packageName).toBe("@x/airflow");
  });

  test.each([
    ["export const AirflowSource = 1;", "AirflowSource in ", "has no static create(config, context)"],
    ["export class AirflowSource { *iter() {} }", "AirflowSource in ", "has no static create(config, context)"],
    [
      "export class AirflowSorce {}",
      "does not export AirflowSource (did you mean AirflowSorce?)",
      "it exports AirflowSorce",
    ],
    [`export default class { static create() {} }`, "does not export AirflowSource", "it exports default"],
    ["export {", "cannot be loaded", ""],
  ])("a module that is %j", async (code, ...parts) => {
    connector("@x/airflow", { contract: 1, sources: [airflow] }, code);
    const refused = await refusal("airflow");
    expect(refused.code).toBe("OMD_CONNECTOR_INVALID");
    for (const part of parts) expect(refused.message).toContain(part);
  });

  test("a package that is not built", async () => {
    connector("@x/airflow", { contract: 1, sources: [{ ...airflow, module: "./dist/none.js" }] });
    expect(await refusal("airflow")).toMatchObject({
      message: expect.stringContaining("@x/airflow names the module ./dist/none.js, but there is no"),
      hint: "Build the package, or install it again.",
    });
  });
});

test("a package with a source condition runs from its sources when omd does", async () => {
  connector("@x/airflow", { contract: 1, sources: [airflow] }, "throw new Error('built');");
  const exports = { ".": { "@omd/source": "./src/index.ts", default: "./dist/index.mjs" } };
  put("app/node_modules/@x/airflow/package.json", {
    name: "@x/airflow",
    exports,
    omd: { contract: 1, sources: [airflow] },
  });
  put("app/node_modules/@x/airflow/src/index.ts", "export const AirflowSource = { create() {} };");
  expect((await registry().resolve({ type: "airflow", connection: {} })).sourceClass).toHaveProperty("create");
});

describe("custom classes", () => {
  const connection = (className: string) => ({ type: "CustomPipeline", sourcePythonClass: className });

  test.each([
    ["customDatabase", "databaseService", "CustomDatabase"],
    ["custom-pipeline", "pipelineService", "CustomPipeline"],
    ["customMessaging", "messagingService", "CustomMessaging"],
    ["customStorage", "storageService", "CustomStorage"],
  ])("%s from a TypeScript file in a local folder", async (type, serviceKind, serviceType) => {
    put("local/connector/mine.ts", "export class Mine { static create(this: unknown): Mine { return new Mine(); } }");
    const found = await registry().resolve({ type, connection: connection("connector.mine.Mine") });
    expect(found).toMatchObject({ serviceKind, serviceType });
    expect(nameOf(found)).toBe("Mine");
    expect(found.manifest).toBeUndefined();
  });

  test("from an .mjs file, a folder's index, a default export", async () => {
    put("local/connector/a.mjs", sourceModule("A"));
    put("local/connector/b/index.mjs", `export default class Other { static create() {} }`);
    const names = ["connector.a.A", "connector.b.B"].map(async (name) => {
      const found = await registry().resolve({ type: "customPipeline", connection: connection(name) });
      return nameOf(found);
    });
    expect(await Promise.all(names)).toEqual(["A", "Other"]);
  });

  test("sourceClass wins over sourcePythonClass", async () => {
    put("local/connector/a.mjs", sourceModule("A"));
    const both = { sourcePythonClass: "python.only.Klass", sourceClass: "connector.a.A" };
    expect(nameOf(await registry().resolve({ type: "customPipeline", connection: both }))).toBe("A");
  });

  test("a class name that a manifest declares comes before a local file", async () => {
    connector("@x/airflow", { contract: 1, sources: [{ ...airflow, classNames: ["connector.a.A"] }] });
    put("local/connector/a.mjs", sourceModule("A"));
    const found = await registry().resolve({ type: "customPipeline", connection: connection("connector.a.A") });
    expect(nameOf(found)).toBe("AirflowSource");
    connector("other", { contract: 1, sources: [{ ...airflow, type: "o", classNames: ["connector.a.A"] }] });
    expect((await refusal("customPipeline", connection("connector.a.A"))).code).toBe("OMD_CONNECTOR_AMBIGUOUS");
  });

  test("from packages: main, exports, a subpath, a file below, a scope", async () => {
    const at = "app/node_modules";
    put(`${at}/withmain/package.json`, { name: "withmain", main: "lib.mjs" });
    put(`${at}/withmain/lib.mjs`, sourceModule("A"));
    put(`${at}/withmain/sub/thing.mjs`, sourceModule("B"));
    put(`${at}/@s/pkg/package.json`, { name: "@s/pkg", exports: { ".": "./a.mjs", "./sub": { import: "./b.mjs" } } });
    put(`${at}/@s/pkg/a.mjs`, sourceModule("C"));
    put(`${at}/@s/pkg/b.mjs`, sourceModule("D"));
    const names = ["withmain.A", "withmain.sub.thing.B", "@s/pkg.C", "@s/pkg.sub.D"].map(async (name) => {
      const found = await registry().resolve({ type: "customDatabase", connection: connection(name) });
      return nameOf(found);
    });
    expect(await Promise.all(names)).toEqual(["A", "B", "C", "D"]);
    expect((await refusal("customDatabase", connection("@s/pkg.hidden.E"))).message).toContain(
      "@s/pkg/hidden (not exported)",
    );
  });

  test("one that is nowhere: all that was tried", async () => {
    const { code, message } = await refusal("customPipeline", connection("connector.my_thing.Thing"));
    expect(code).toBe("OMD_CONNECTOR_NOT_FOUND");
    expect(message.split("\n")).toEqual([
      "Class connector.my_thing.Thing not found. Tried:",
      "  the manifests of the installed connectors",
      ...["ts", "js", "mjs"].map((ending) => `  ${join(root, "local/connector/my_thing")}.${ending}`),
      ...["ts", "js", "mjs"].map((ending) => `  ${join(root, "local/connector/my_thing/index")}.${ending}`),
      "  the package connector (not installed)",
    ]);
  });

  test("no class named, a name that is none, a kind that is not there", async () => {
    expect(await refusal("customPipeline")).toMatchObject({
      code: "OMD_CONFIG",
      message: expect.stringContaining("missing key"),
    });
    expect((await refusal("customPipeline", connection("../../etc/passwd"))).code).toBe("OMD_CONFIG");
    expect(await refusal("customDashboard", connection("a.B"))).toMatchObject({ code: "OMD_CONNECTOR_NOT_FOUND" });
  });

  test("plain Node runs .ts, .js and .mjs files as they are", () => {
    put("local/connector/t.ts", "interface X { a: string }\nexport class T { static create(x: X): X { return x; } }");
    put("local/connector/j.js", sourceModule("J"));
    put("local/connector/m.mjs", sourceModule("M"));
    put("local/connector/e.ts", "enum E { A }\nexport class T { static create() { return E.A; } }");
    const module = join(import.meta.dirname, "registry.ts");
    const program = `
      import { createRegistry } from ${JSON.stringify(module)};
      const registry = createRegistry({ searchFrom: [${JSON.stringify(root)}], connectorPaths: [${JSON.stringify(join(root, "local"))}] });
      const names = [];
      for (const sourceClass of ["connector.t.T", "connector.j.J", "connector.m.M", "connector.e.T"])
        names.push(await registry.resolve({ type: "customPipeline", connection: { sourceClass } }).then((found) => found.sourceClass.name, (e) => e.hint));
      console.log(JSON.stringify(names));`;
    const args = ["--conditions=@omd/source", "--input-type=module", "--eval", program];
    const output = execFileSync(process.execPath, args, { encoding: "utf8", env: { PATH: process.env["PATH"] } });
    expect(JSON.parse(output)).toEqual(["T", "J", "M", expect.stringContaining("without enums")]);
  });
});

describe("the catalog", () => {
  const catalog = { module: "./dist/index.mjs", export: "openCatalog" };
  test("is found by its manifest", async () => {
    expect(await registry().catalog()).toBeUndefined();
    connector("@x/catalog", { contract: 1, catalog }, "export async function openCatalog() { return 'opened'; }");
    const open = await registry().catalog();
    expect(open?.name).toBe("openCatalog");
  });

  test("is a function, and one only", async () => {
    connector("@x/catalog", { contract: 1, catalog }, "export const openCatalog = 1;");
    await expect(registry().catalog()).rejects.toThrow("openCatalog in");
    connector("@y/catalog", { contract: 1, catalog });
    await expect(registry().catalog()).rejects.toMatchObject({ code: "OMD_CONNECTOR_AMBIGUOUS" });
  });
});

test.each([
  ["Snowflake-Usage", "snowflake", "usage"],
  ["snow_flake_lineage", "snowflake", "lineage"],
  ["openlineage", "openlineage", "metadata"],
  ["kafka-connect", "kafkaconnect", "metadata"],
  ["usage", "usage", "metadata"],
])("%s is %s, %s", (type, base, workflow) => {
  expect(splitSourceType(type)).toEqual({ base, workflow });
});

test.each([
  ["connector.my_c.MyC", "connector/my_c", "MyC"],
  ["@scope/pkg.MyClass", "@scope/pkg", "MyClass"],
  ["pkg.sub.Class", "pkg/sub", "Class"],
])("%s is %s, %s", (className, module, name) => {
  expect(splitClassName(className)).toEqual({ module, name });
});
