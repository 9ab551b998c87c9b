import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isOmdError } from "../errors.ts";
import { createRegistry, type Registry } from "./registry.ts";

/** For tests: a fresh directory in which packages and local classes are laid out, and a registry that looks at it. */
export class PackageFixture {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "omd-registry-")));

  put(path: string, content: unknown): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  }

  /** A package in node_modules with an `omd` block and one module. */
  connector(name: string, omd: unknown, code = sourceModule("AirflowSource"), below = "app"): void {
    this.put(`${below}/node_modules/${name}/package.json`, { name, version: "1.2.3", type: "module", omd });
    this.put(`${below}/node_modules/${name}/dist/index.mjs`, code);
  }

  registry(): Registry {
    return createRegistry({ searchFrom: [join(this.root, "app/deep")], connectorPaths: [join(this.root, "local")] });
  }

  async nameOf(type: string, connection: Record<string, unknown> = {}): Promise<unknown> {
    const found: object = (await this.registry().resolve({ type, connection })).sourceClass;
    return "name" in found ? found.name : undefined;
  }

  /** What `resolve` throws. */
  async refusal(type: string, connection: Record<string, unknown> = {}) {
    const error: unknown = await this.registry()
      .resolve({ type, connection })
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    if (!isOmdError(error)) throw new Error(`no OmdError: ${String(error)}`);
    return { code: error.code, message: error.message, hint: error.hint };
  }
}

/** A manifest's entry. */
export const airflow = {
  type: "air-flow",
  serviceKind: "pipelineService",
  serviceType: "Airflow",
  module: "./dist/index.mjs",
  export: "AirflowSource",
};

/** Code of a module that exports a source class. */
export function sourceModule(name: string): string {
  return `export class ${name} { static create() { return new ${name}(); } *iter() {} }\n`;
}
