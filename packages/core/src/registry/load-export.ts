import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { exports as resolveExports } from "resolve.exports";
import { didYouMean } from "../config/did-you-mean.ts";
import type { SourceClass } from "../contracts/index.ts";
import { OmdError } from "../errors.ts";
import { lendPackages } from "./lent-packages.ts";
import type { ConnectorManifest } from "./manifest.ts";
import { readPackageJson } from "./scan-packages.ts";

/** Set when omd itself runs from its sources: then the packages beside it do too, whether built or not. */
const runsFromSource = import.meta.url.endsWith(".ts");

/** The file of a manifest's `module`. Throws OMD_CONNECTOR_INVALID when it is not there. */
export function manifestModule(manifest: ConnectorManifest, module: string): string {
  const source = runsFromSource ? sourceModule(manifest.directory, module) : undefined;
  const file = source ?? join(manifest.directory, module);
  if (existsSync(file)) return file;
  throw new OmdError(
    "OMD_CONNECTOR_INVALID",
    `${manifest.packageName} names the module ${module}, but there is no ${file}`,
    {
      hint: "Build the package, or install it again.",
    },
  );
}

/** The value that a module exports under a name, or with `orDefault` its default export. Throws OMD_CONNECTOR_INVALID when the module does not load or has no such export. */
export async function loadExport(file: string, name: string, orDefault = false): Promise<unknown> {
  let module: Record<string, unknown>;
  try {
    module = await importFile(file);
  } catch (error) {
    throw new OmdError("OMD_CONNECTOR_INVALID", `${file} cannot be loaded: ${reason(error)}`, {
      cause: error,
      hint: file.endsWith(".ts")
        ? "TypeScript runs as it is from Node 22.18 on, without enums, parameter properties and namespaces; types are imported by `import type`."
        : undefined,
    });
  }
  if (name in module) return module[name];
  if (orDefault && module["default"] !== undefined) return module["default"];
  const names = Object.keys(module);
  const near = didYouMean(name, names);
  throw new OmdError(
    "OMD_CONNECTOR_INVALID",
    `${file} does not export ${name}${near === undefined ? "" : ` (did you mean ${near}?)`}; it exports ${names.join(", ") || "nothing"}`,
  );
}

type Module = Record<string, unknown>;

/**
 * A `.ts` connector is an ES module, whatever the package.json above it says: `npm init` writes `"type": "commonjs"`, and then Node
 * takes the file for CommonJS and stops at its first `import`.
 */
async function importFile(file: string): Promise<Module> {
  const url = pathToFileURL(file).href;
  try {
    return (await import(url)) as Module;
  } catch (error) {
    if (lendPackages(error)) return importFile(file);
    if (!(error instanceof SyntaxError) || !file.endsWith(".ts")) throw error;
    const hooks = registerHooks({
      load: (wanted, context, next) =>
        next(wanted, wanted.includes(".ts") ? { ...context, format: "module-typescript" } : context),
    });
    try {
      return (await import(`${url}?module`)) as Module;
    } finally {
      hooks.deregister();
    }
  }
}

/** Loads a source class. Throws OMD_CONNECTOR_INVALID when what is there is none. */
export async function loadSourceClass(file: string, name: string, orDefault = false): Promise<SourceClass> {
  const loaded = await loadExport(file, name, orDefault);
  if (isSourceClass(loaded)) return loaded;
  throw new OmdError("OMD_CONNECTOR_INVALID", `${name} in ${file} has no static create(config, context)`, {
    hint: `A source is a class with \`static create(config, context) { return new ${name}(config, context); }\` and \`iter()\`.`,
  });
}

/** The file that an installed package gives for a subpath (`.` or `./sub`); undefined when it gives none. */
export function packageModule(directory: string, subpath: string): string | undefined {
  const packageJson = readPackageJson(directory) ?? {};
  if (packageJson["exports"] === undefined) {
    const main = typeof packageJson["main"] === "string" && subpath === "." ? [packageJson["main"]] : [];
    return existingModule(
      join(directory, subpath),
      main.map((file) => join(directory, file)),
    );
  }
  try {
    const conditions = runsFromSource ? ["@omd/source"] : [];
    return resolveExports(packageJson, subpath, { conditions })
      ?.map((file) => join(directory, file))
      .find((file) => existsSync(file));
  } catch {
    // The library throws when a package exports no such subpath.
    return undefined;
  }
}

/** Files that `base` may stand for: `base.ts`, `base.js`, `base.mjs`, or the index of the folder `base`. */
export function moduleCandidates(base: string): readonly string[] {
  return [base, join(base, "index")].flatMap((path) => [".ts", ".js", ".mjs"].map((ending) => `${path}${ending}`));
}

function existingModule(base: string, first: readonly string[]): string | undefined {
  return [...first, ...moduleCandidates(base)].find((file) => existsSync(file));
}

/** The source of a built module, by the package's `exports`: of the entry whose `default` is that module. */
function sourceModule(directory: string, module: string): string | undefined {
  const entries: unknown = readPackageJson(directory)?.["exports"];
  const built = Object.values(typeof entries === "object" && entries !== null ? entries : {}).find(
    (entry: unknown): entry is { "@omd/source": string } =>
      typeof entry === "object" &&
      entry !== null &&
      "default" in entry &&
      entry.default === module &&
      "@omd/source" in entry &&
      typeof entry["@omd/source"] === "string",
  );
  const file = built && join(directory, built["@omd/source"]);
  return file !== undefined && existsSync(file) ? file : undefined;
}

function isSourceClass(value: unknown): value is SourceClass {
  const holder = typeof value === "function" || (typeof value === "object" && value !== null) ? value : undefined;
  return holder !== undefined && "create" in holder && typeof holder.create === "function";
}

function reason(error: unknown): string {
  const message = typeof error === "object" && error !== null && "message" in error ? error.message : error;
  return String(message).split("\n")[0] ?? "";
}
