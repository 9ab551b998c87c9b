import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isOmdError, type OmdError } from "../errors.ts";
import { comparable, readManifest, type ConnectorManifest } from "./manifest.ts";

/** A package that has an `omd` block which cannot be used. */
export interface InvalidPackage {
  readonly packageName: string;
  /** The source types it seems to claim, comparable. */
  readonly types: readonly string[];
  readonly error: OmdError;
}

export interface ScannedPackages {
  readonly manifests: readonly ConnectorManifest[];
  readonly invalid: readonly InvalidPackage[];
}

/**
 * Reads the manifests of all packages that Node would find from the given directories: the directory's own package.json and `node_modules`, then its parents'.
 * Of a package that is there twice, the one found first counts.
 */
export function scanPackages(searchFrom: readonly string[]): ScannedPackages {
  const manifests = new Map<string, ConnectorManifest>();
  const invalid = new Map<string, InvalidPackage>();
  for (const directory of packageDirectories(searchFrom)) {
    const packageJson = readPackageJson(directory);
    const name = typeof packageJson?.["name"] === "string" ? packageJson["name"] : directory;
    if (packageJson?.["omd"] === undefined || manifests.has(name) || invalid.has(name)) continue;
    try {
      manifests.set(name, readManifest(packageJson, directory));
    } catch (error) {
      if (!isOmdError(error)) throw error;
      invalid.set(name, { packageName: name, types: claimedTypes(packageJson["omd"]), error });
    }
  }
  return { manifests: [...manifests.values()], invalid: [...invalid.values()] };
}

/** Real path of the nearest package of that name: the directory or a parent that is the package itself (a linked plugin), or what Node would find. */
export function findPackage(packageName: string, searchFrom: readonly string[]): string | undefined {
  for (const directory of ancestors(searchFrom)) {
    if (readPackageJson(directory)?.["name"] === packageName) return realpathSync(directory);
    const installed = join(directory, "node_modules", packageName);
    if (existsSync(join(installed, "package.json"))) return realpathSync(installed);
  }
  return undefined;
}

/** The package.json of a directory; undefined when there is none or it is no map that mentions `name`. */
export function readPackageJson(directory: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    // A broken package.json of some other package is not for us to complain about.
    return undefined;
  }
}

function packageDirectories(searchFrom: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const directory of ancestors(searchFrom)) {
    if (existsSync(join(directory, "package.json"))) found.add(realpathSync(directory));
    for (const entry of entries(join(directory, "node_modules"))) {
      const path = join(directory, "node_modules", entry);
      const packages = entry.startsWith("@") ? entries(path).map((name) => join(path, name)) : [path];
      for (const candidate of packages)
        if (existsSync(join(candidate, "package.json"))) found.add(realpathSync(candidate));
    }
  }
  return found;
}

function ancestors(searchFrom: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const start of searchFrom) {
    let directory = resolve(start);
    while (!found.has(directory)) {
      found.add(directory);
      directory = dirname(directory);
    }
  }
  return [...found];
}

function entries(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => !name.startsWith("."));
  } catch {
    return [];
  }
}

function claimedTypes(omd: unknown): readonly string[] {
  const sources: unknown = typeof omd === "object" && omd !== null && "sources" in omd ? omd.sources : undefined;
  if (!Array.isArray(sources)) return [];
  return sources.flatMap((source: unknown) =>
    typeof source === "object" && source !== null && "type" in source && typeof source.type === "string"
      ? [comparable(source.type)]
      : [],
  );
}
