import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { createRegistry } from "./registry.ts";
import { splitClassName } from "./custom-source.ts";
import { airflow, PackageFixture, sourceModule } from "./package-fixture.ts";

let at: PackageFixture;
beforeEach(() => {
  at = new PackageFixture();
});

function nameOf(found: { sourceClass: object }): unknown {
  return "name" in found.sourceClass ? found.sourceClass.name : undefined;
}

describe("custom classes", () => {
  const connection = (className: string) => ({ type: "CustomPipeline", sourcePythonClass: className });

  test.each([
    ["customDatabase", "databaseService", "CustomDatabase"],
    ["custom-pipeline", "pipelineService", "CustomPipeline"],
    ["customMessaging", "messagingService", "CustomMessaging"],
    ["customStorage", "storageService", "CustomStorage"],
    ["customDashboard", "dashboardService", "CustomDashboard"],
    ["customMlModel", "mlmodelService", "CustomMlModel"],
    ["customSearch", "searchService", "CustomSearch"],
    ["customDrive", "driveService", "CustomDrive"],
  ])("%s from a TypeScript file in a local folder", async (type, serviceKind, serviceType) => {
    at.put(
      "local/connector/mine.ts",
      "export class Mine { static create(this: unknown): Mine { return new Mine(); } }",
    );
    const found = await at.registry().resolve({ type, connection: connection("connector.mine.Mine") });
    expect(found).toMatchObject({ serviceKind, serviceType });
    expect(nameOf(found)).toBe("Mine");
    expect(found.manifest).toBeUndefined();
  });

  test("from an .mjs file, a folder's index, a default export", async () => {
    at.put("local/connector/a.mjs", sourceModule("A"));
    at.put("local/connector/b/index.mjs", `export default class Other { static create() {} }`);
    const names = ["connector.a.A", "connector.b.B"].map(async (name) => {
      const found = await at.registry().resolve({ type: "customPipeline", connection: connection(name) });
      return nameOf(found);
    });
    expect(await Promise.all(names)).toEqual(["A", "Other"]);
  });

  test("sourceClass wins over sourcePythonClass", async () => {
    at.put("local/connector/a.mjs", sourceModule("A"));
    const both = { sourcePythonClass: "python.only.Klass", sourceClass: "connector.a.A" };
    expect(nameOf(await at.registry().resolve({ type: "customPipeline", connection: both }))).toBe("A");
  });

  test("a class name that a manifest declares comes before a local file", async () => {
    at.connector("@x/airflow", { contract: 1, sources: [{ ...airflow, classNames: ["connector.a.A"] }] });
    at.put("local/connector/a.mjs", sourceModule("A"));
    const found = await at.registry().resolve({ type: "customPipeline", connection: connection("connector.a.A") });
    expect(nameOf(found)).toBe("AirflowSource");
    at.connector("other", { contract: 1, sources: [{ ...airflow, type: "o", classNames: ["connector.a.A"] }] });
    expect((await at.refusal("customPipeline", connection("connector.a.A"))).code).toBe("OMD_CONNECTOR_AMBIGUOUS");
  });

  test("from packages: main, exports, a subpath, a file below, a scope", async () => {
    const modules = "app/node_modules";
    at.put(`${modules}/withmain/package.json`, { name: "withmain", main: "lib.mjs" });
    at.put(`${modules}/withmain/lib.mjs`, sourceModule("A"));
    at.put(`${modules}/withmain/sub/thing.mjs`, sourceModule("B"));
    at.put(`${modules}/@s/pkg/package.json`, {
      name: "@s/pkg",
      exports: { ".": "./a.mjs", "./sub": { import: "./b.mjs" } },
    });
    at.put(`${modules}/@s/pkg/a.mjs`, sourceModule("C"));
    at.put(`${modules}/@s/pkg/b.mjs`, sourceModule("D"));
    const names = ["withmain.A", "withmain.sub.thing.B", "@s/pkg.C", "@s/pkg.sub.D"].map(async (name) => {
      const found = await at.registry().resolve({ type: "customDatabase", connection: connection(name) });
      return nameOf(found);
    });
    expect(await Promise.all(names)).toEqual(["A", "B", "C", "D"]);
    expect((await at.refusal("customDatabase", connection("@s/pkg.hidden.E"))).message).toContain(
      "@s/pkg/hidden (not exported)",
    );
  });

  test("from a package that is linked: its directory is searched, and it is below no node_modules", async () => {
    at.put("elsewhere/plugin/package.json", { name: "@s/linked", exports: "./main.mjs", oclif: {} });
    at.put("elsewhere/plugin/main.mjs", sourceModule("A"));
    const registry = createRegistry({ searchFrom: [join(at.root, "elsewhere/plugin")], connectorPaths: [] });
    const found = await registry.resolve({ type: "customPipeline", connection: connection("@s/linked.A") });
    expect(nameOf(found)).toBe("A");
  });

  test("one that is nowhere: all that was tried", async () => {
    const { code, message } = await at.refusal("customPipeline", connection("connector.my_thing.Thing"));
    expect(code).toBe("OMD_CONNECTOR_NOT_FOUND");
    expect(message.split("\n")).toEqual([
      "Class connector.my_thing.Thing not found. Tried:",
      "  the manifests of the installed connectors",
      ...["ts", "js", "mjs"].map((ending) => `  ${join(at.root, "local/connector/my_thing")}.${ending}`),
      ...["ts", "js", "mjs"].map((ending) => `  ${join(at.root, "local/connector/my_thing/index")}.${ending}`),
      "  the package connector (not installed)",
    ]);
  });

  test("no class named, a name that is none, a kind that is not there", async () => {
    expect(await at.refusal("customPipeline")).toMatchObject({
      code: "OMD_CONFIG",
      message: expect.stringContaining("missing key"),
    });
    expect((await at.refusal("customPipeline", connection("../../etc/passwd"))).code).toBe("OMD_CONFIG");
    expect(await at.refusal("customTape", connection("a.B"))).toMatchObject({
      code: "OMD_CONNECTOR_NOT_FOUND",
      hint: expect.stringContaining("customDatabase, customPipeline"),
    });
  });

  test("plain Node runs .ts, .js and .mjs files as they are", () => {
    at.put("package.json", JSON.stringify({ type: "commonjs" }));
    at.put("local/connector/package.json", JSON.stringify({}));
    at.put(
      "local/commonjs/connector/i.ts",
      'import { sep } from "node:path";\nexport class I { static create() { return sep; } }',
    );
    at.put(
      "local/connector/t.ts",
      "interface X { a: string }\nexport class T { static create(x: X): X { return x; } }",
    );
    at.put("local/connector/j.js", sourceModule("J"));
    at.put("local/connector/m.mjs", sourceModule("M"));
    at.put("local/connector/e.ts", "enum E { A }\nexport class T { static create() { return E.A; } }");
    const module = join(import.meta.dirname, "registry.ts");
    const program = `
      import { createRegistry } from ${JSON.stringify(module)};
      const registry = createRegistry({ searchFrom: [${JSON.stringify(at.root)}], connectorPaths: [${JSON.stringify(join(at.root, "local"))}, ${JSON.stringify(join(at.root, "local/commonjs"))}] });
      const names = [];
      for (const sourceClass of ["connector.t.T", "connector.j.J", "connector.m.M", "connector.i.I", "connector.e.T"])
        names.push(await registry.resolve({ type: "customPipeline", connection: { sourceClass } }).then((found) => found.sourceClass.name, (e) => e.hint));
      console.log(JSON.stringify(names));`;
    const args = ["--conditions=@omd/source", "--input-type=module", "--eval", program];
    const output = execFileSync(process.execPath, args, { encoding: "utf8", env: { PATH: process.env["PATH"] } });
    expect(JSON.parse(output)).toEqual(["T", "J", "M", "I", expect.stringContaining("without enums")]);
  });

  test("a file in a folder imports pagers, schemas and zod of omd, unless it has its own; a package in node_modules has what it installs", () => {
    at.put(
      "local/connector/lent.ts",
      `import { offsetPages } from "./pages.ts";
      import { fqnOf } from "@omd/schema";
      import { right } from "@omd/core";
      import { z } from "zod";
      export class Lent { static create(): unknown { return [typeof offsetPages, typeof fqnOf, typeof right, typeof z.object]; } }`,
    );
    at.put(
      "own/connector/own.ts",
      `import { mine } from "zod";\nexport class Own { static create() { return mine; } }`,
    );
    at.put("local/connector/pages.ts", `export { offsetPages } from "@omd/http";`);
    at.put("own/node_modules/zod/package.json", { name: "zod", exports: "./index.mjs" });
    at.put("own/node_modules/zod/index.mjs", `export const mine = "mine";`);
    at.put("local/connector/other.ts", `import "got";\nexport class Other { static create() {} }`);
    at.put("app/node_modules/bare/package.json", { name: "bare", exports: "./index.mjs" });
    at.put("app/node_modules/bare/index.mjs", `import "zod";\n${sourceModule("Bare")}`);
    const module = join(import.meta.dirname, "registry.ts");
    const program = `
      import { createRegistry } from ${JSON.stringify(module)};
      const registry = createRegistry({ searchFrom: [${JSON.stringify(join(at.root, "app"))}], connectorPaths: [${JSON.stringify(join(at.root, "local"))}, ${JSON.stringify(join(at.root, "own"))}] });
      const made = [];
      for (const sourceClass of ["connector.lent.Lent", "connector.own.Own", "connector.other.Other", "bare.Bare"])
        made.push(await registry.resolve({ type: "customPipeline", connection: { sourceClass } }).then((found) => found.sourceClass.create(), (e) => e.message));
      console.log(JSON.stringify(made));`;
    const args = ["--conditions=@omd/source", "--input-type=module", "--eval", program];
    const output = execFileSync(process.execPath, args, { encoding: "utf8", env: { PATH: process.env["PATH"] } });
    expect(JSON.parse(output)).toEqual([
      ["function", "function", "function", "function"],
      "mine",
      expect.stringContaining("Cannot find package 'got'"),
      expect.stringContaining("Cannot find package 'zod'"),
    ]);
  });
});

test.each([
  ["connector.my_c.MyC", "connector/my_c", "MyC"],
  ["@scope/pkg.MyClass", "@scope/pkg", "MyClass"],
  ["pkg.sub.Class", "pkg/sub", "Class"],
])("%s is %s, %s", (className, module, name) => {
  expect(splitClassName(className)).toEqual({ module, name });
});
