import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { splitSourceType } from "./manifest.ts";
import { airflow, PackageFixture, sourceModule } from "./package-fixture.ts";

let at: PackageFixture;
beforeEach(() => {
  at = new PackageFixture();
});

describe("packages", () => {
  test("are found in node_modules of the directory and its parents, scoped or not, and by symlink", async () => {
    at.connector("@x/airflow", { contract: 1, sources: [airflow] });
    at.connector("plain", { contract: 1, sources: [{ ...airflow, type: "plain" }] }, undefined, "app/deep");
    at.put("elsewhere/package.json", {
      name: "linked",
      omd: { contract: 1, sources: [{ ...airflow, type: "linked" }] },
    });
    symlinkSync(join(at.root, "elsewhere"), join(at.root, "app/node_modules/linked"));
    at.put("app/node_modules/left-pad/package.json", { name: "left-pad" });
    at.put("app/node_modules/broken/package.json", "{");
    const found = (await at.registry().list()).map((manifest) => [manifest.packageName, manifest.directory]);
    expect(found.toSorted(([one = ""], [other = ""]) => one.localeCompare(other))).toEqual([
      ["@x/airflow", join(at.root, "app/node_modules/@x/airflow")],
      ["linked", join(at.root, "elsewhere")],
      ["plain", join(at.root, "app/deep/node_modules/plain")],
    ]);
  });

  test("of two copies of one package the nearer counts", async () => {
    at.connector("@x/airflow", { contract: 1, sources: [airflow] });
    at.connector("@x/airflow", { contract: 1, sources: [airflow] }, undefined, "app/deep");
    const found = await at.registry().resolve({ type: "airflow", connection: {} });
    expect(found.manifest?.directory).toBe(join(at.root, "app/deep/node_modules/@x/airflow"));
  });

  test("are not loaded by being listed", async () => {
    at.connector("@x/airflow", { contract: 1, sources: [airflow] }, "throw new Error('loaded');");
    expect(await at.registry().list()).toHaveLength(1);
    expect(await at.refusal("airflow")).toMatchObject({
      code: "OMD_CONNECTOR_INVALID",
      message: expect.stringMatching(/index\.mjs cannot be loaded: loaded$/),
    });
  });

  test.each(["airflow", "Air_Flow", "AIRFLOW"])("%s resolves with its class, kind and config schema", async (type) => {
    at.connector("@x/airflow", { contract: 1, sources: [{ ...airflow, configSchema: "./schema.json" }] });
    at.put("app/node_modules/@x/airflow/schema.json", { type: "object" });
    const found = await at.registry().resolve({ type, connection: {} });
    expect(found).toMatchObject({
      serviceKind: "pipelineService",
      serviceType: "Airflow",
      workflow: "metadata",
      configSchema: { type: "object" },
      manifest: { packageName: "@x/airflow", version: "1.2.3" },
    });
    expect(await at.nameOf(type)).toBe("AirflowSource");
  });

  test("a suffix picks the workflow", async () => {
    const usage = { ...airflow, workflows: ["usage"], export: "UsageSource" };
    at.connector(
      "@x/airflow",
      { contract: 1, sources: [airflow, usage] },
      sourceModule("AirflowSource") + sourceModule("UsageSource"),
    );
    const found = await at.registry().resolve({ type: "airflow-usage", connection: {} });
    expect([found.workflow, found.entry?.export]).toEqual(["usage", "UsageSource"]);
    expect(await at.refusal("airflow-lineage")).toMatchObject({
      code: "OMD_CONNECTOR_NOT_FOUND",
      message: expect.stringMatching(/^@x\/airflow \(.*\) has no lineage workflow; it has metadata, usage$/),
    });
  });
});

describe("refusals", () => {
  test("an unknown type says what is near and how to install", async () => {
    at.connector("@x/airflow", { contract: 1, sources: [airflow] });
    expect(await at.refusal("airlfow-usage")).toEqual({
      code: "OMD_CONNECTOR_NOT_FOUND",
      message: "No connector for source type airlfow-usage (did you mean air-flow?); installed: air-flow",
      hint: "Correct the type, or install the connector: omd plugins install @omd/connector-airlfow",
    });
  });

  test("two packages of one type are both named, with their paths", async () => {
    at.connector("@x/airflow", { contract: 1, sources: [airflow] });
    at.connector("other", { contract: 1, sources: [{ ...airflow, type: "AirFlow" }] });
    const { code, message } = await at.refusal("airflow");
    expect(code).toBe("OMD_CONNECTOR_AMBIGUOUS");
    expect(message).toContain(`@x/airflow (${join(at.root, "app/node_modules/@x/airflow")})`);
    expect(message).toContain(`other (${join(at.root, "app/node_modules/other")})`);
  });

  test("another contract", async () => {
    at.connector("@x/airflow", { contract: 2, sources: [airflow], novelty: true });
    expect(await at.refusal("airflow")).toMatchObject({
      code: "OMD_CONNECTOR_INVALID",
      message: expect.stringContaining("is written for contract 2; this omd speaks contract 1"),
      hint: "Update omd.",
    });
    expect(await at.registry().list()).toEqual([]);
    expect(await at.registry().problems()).toHaveLength(1);
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
    at.connector("@x/airflow", omd);
    const { code, message } = await at.refusal("airflow");
    expect(code).toBe("OMD_CONNECTOR_INVALID");
    expect(message).toContain("The manifest of @x/airflow (");
    expect(message).toContain(key);
  });

  test("a wrong package does not stand in the way of others", async () => {
    at.connector("bad", { contract: 1, sources: [{ ...airflow, extra: 1 }] });
    at.connector("@x/airflow", { contract: 1, sources: [airflow] });
    expect((await at.registry().resolve({ type: "airflow", connection: {} })).manifest?.packageName).toBe("@x/airflow");
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
    at.connector("@x/airflow", { contract: 1, sources: [airflow] }, code);
    const refused = await at.refusal("airflow");
    expect(refused.code).toBe("OMD_CONNECTOR_INVALID");
    for (const part of parts) expect(refused.message).toContain(part);
  });

  test("a package that is not built", async () => {
    at.connector("@x/airflow", { contract: 1, sources: [{ ...airflow, module: "./dist/none.js" }] });
    expect(await at.refusal("airflow")).toMatchObject({
      message: expect.stringContaining("@x/airflow names the module ./dist/none.js, but there is no"),
      hint: "Build the package, or install it again.",
    });
  });
});

test("a package with a source condition runs from its sources when omd does", async () => {
  at.connector("@x/airflow", { contract: 1, sources: [airflow] }, "throw new Error('built');");
  const exports = { ".": { "@omd/source": "./src/index.ts", default: "./dist/index.mjs" } };
  at.put("app/node_modules/@x/airflow/package.json", {
    name: "@x/airflow",
    exports,
    omd: { contract: 1, sources: [airflow] },
  });
  at.put("app/node_modules/@x/airflow/src/index.ts", "export const AirflowSource = { create() {} };");
  expect((await at.registry().resolve({ type: "airflow", connection: {} })).sourceClass).toHaveProperty("create");
});

describe("the catalog", () => {
  const catalog = { module: "./dist/index.mjs", export: "openCatalog" };
  test("is found by its manifest", async () => {
    expect(await at.registry().catalog()).toBeUndefined();
    at.connector("@x/catalog", { contract: 1, catalog }, "export async function openCatalog() { return 'opened'; }");
    const open = await at.registry().catalog();
    expect(open?.name).toBe("openCatalog");
  });

  test("is a function, and one only", async () => {
    at.connector("@x/catalog", { contract: 1, catalog }, "export const openCatalog = 1;");
    await expect(at.registry().catalog()).rejects.toThrow("openCatalog in");
    at.connector("@y/catalog", { contract: 1, catalog });
    await expect(at.registry().catalog()).rejects.toMatchObject({ code: "OMD_CONNECTOR_AMBIGUOUS" });
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
