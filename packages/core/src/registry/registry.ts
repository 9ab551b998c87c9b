import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { HttpRuntime } from "@omd/http";
import type { ServiceType } from "@omd/schema";
import { didYouMean } from "../config/did-you-mean.ts";
import type { Catalog, Resolver, Schema, SourceClass } from "../contracts/index.ts";
import { OmdError } from "../errors.ts";
import { customSource, findClass, type CustomSource } from "./custom-source.ts";
import { loadExport, loadSourceClass, manifestModule } from "./load-export.ts";
import {
  comparable,
  splitSourceType,
  type ConnectorManifest,
  type ConnectorSource,
  type Workflow,
} from "./manifest.ts";
import { scanPackages, type ScannedPackages } from "./scan-packages.ts";

export interface RegistryOptions {
  /** Directories from which packages are looked for as Node does: in their `node_modules` and their parents'. */
  readonly searchFrom: readonly string[];
  /** Folders that module names such as `connector.my_connector.MyConnector` are looked up in. */
  readonly connectorPaths: readonly string[];
}

/** A source type or class name with its code loaded. */
export interface ResolvedSource {
  readonly sourceClass: SourceClass;
  readonly serviceKind: ServiceType;
  readonly serviceType: string;
  readonly workflow: Workflow;
  /** The package it comes from; absent for a class in a local folder. */
  readonly manifest?: ConnectorManifest | undefined;
  /** The manifest's entry for it. */
  readonly entry?: ConnectorSource | undefined;
  /** JSON Schema of the connection, where the manifest names one. */
  readonly configSchema?: unknown;
}

/** What a package with an `omd.catalog` block exports: opens the server that is named, or the embedded catalog. */
export interface CatalogOpener {
  (
    /** `openMetadataServerConfig` as it is written. */
    server: Readonly<Record<string, unknown>> | undefined,
    deps: {
      http: HttpRuntime;
      omdHome: string;
      /** `none`: for a plan or a check, not even an empty catalog is to be made; `many`: for a run. Default `few`. */
      writes?: "none" | "few" | "many" | undefined;
    },
  ): Promise<Catalog>;
  /** Of `openMetadataServerConfig`: mistakes in it are shown together with all others. */
  readonly serverSchema?: Schema<unknown> | undefined;
}

/** What a package with an `omd.resolver` block exports. */
export type CreateResolver = (options: {
  catalog: Catalog;
  databaseServices: string[];
  storageServices: string[];
  messagingServices?: string[] | undefined;
  createOwner?: ((name: string) => ReturnType<Resolver["owner"]>) | undefined;
}) => Resolver;

/** Knows the installed connectors by their manifests; loads the code of one when it is asked for. */
export interface Registry {
  /** Manifests of all usable packages. */
  list(): Promise<readonly ConnectorManifest[]>;
  /** Why packages with an `omd` block cannot be used. */
  problems(): Promise<readonly OmdError[]>;
  /** Loads the class for a source. Throws OMD_CONNECTOR_NOT_FOUND, OMD_CONNECTOR_AMBIGUOUS, OMD_CONNECTOR_INVALID, OMD_CONFIG. */
  resolve(source: { type: string; connection: Readonly<Record<string, unknown>> }): Promise<ResolvedSource>;
  /** The function that opens a catalog, of the package that has one; undefined when none is installed. Throws OMD_CONNECTOR_AMBIGUOUS. */
  catalog(): Promise<CatalogOpener | undefined>;
  /** Likewise the function that makes a resolver. */
  resolver(): Promise<CreateResolver | undefined>;
}

/** Packages are read at the first question and not again. */
export function createRegistry(options: RegistryOptions): Registry {
  return new PackageRegistry(options);
}

class PackageRegistry implements Registry {
  readonly #options: RegistryOptions;
  #scanned: ScannedPackages | undefined;

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  get #packages(): ScannedPackages {
    this.#scanned ??= scanPackages([...this.#options.searchFrom, ...this.#options.connectorPaths]);
    return this.#scanned;
  }

  async list(): Promise<readonly ConnectorManifest[]> {
    return this.#packages.manifests;
  }

  async problems(): Promise<readonly OmdError[]> {
    return this.#packages.invalid.map((found) => found.error);
  }

  async resolve(source: { type: string; connection: Readonly<Record<string, unknown>> }): Promise<ResolvedSource> {
    const { base, workflow } = splitSourceType(source.type);
    const custom = customSource(base, source.connection);
    if (custom) return this.#custom(custom, workflow);
    const { manifest, entry } = this.#claimed(source.type);
    return {
      sourceClass: await loadSourceClass(manifestModule(manifest, entry.module), entry.export),
      serviceKind: entry.serviceKind,
      serviceType: entry.serviceType,
      workflow,
      manifest,
      entry,
      configSchema: readConfigSchema(manifest, entry),
    };
  }

  catalog(): Promise<CatalogOpener | undefined> {
    return this.#part<CatalogOpener>("catalog");
  }

  resolver(): Promise<CreateResolver | undefined> {
    return this.#part<CreateResolver>("resolver");
  }

  async #part<T>(name: "catalog" | "resolver"): Promise<T | undefined> {
    const found = this.#packages.manifests.filter((manifest) => manifest[name] !== undefined);
    const [manifest] = found;
    const part = manifest?.[name];
    if (!manifest || !part) return undefined;
    if (found.length > 1)
      throw new OmdError("OMD_CONNECTOR_AMBIGUOUS", `Two packages bring a ${name}: ${places(found)}`);
    const file = manifestModule(manifest, part.module);
    const value = await loadExport(file, part.export);
    if (typeof value === "function") return value as T;
    throw new OmdError("OMD_CONNECTOR_INVALID", `${part.export} in ${file} is not a function`);
  }

  async #custom(custom: CustomSource, workflow: Workflow): Promise<ResolvedSource> {
    const { serviceKind, serviceType } = custom;
    const found = findClass(custom.className, { ...this.#options, manifests: this.#packages.manifests });
    const sourceClass = await loadSourceClass(found.file, found.export, found.entry === undefined);
    const { manifest, entry } = found;
    const configSchema = manifest && entry && readConfigSchema(manifest, entry);
    return { sourceClass, serviceKind, serviceType, workflow, manifest, entry, configSchema };
  }

  #claimed(type: string): { manifest: ConnectorManifest; entry: ConnectorSource } {
    const { base, workflow } = splitSourceType(type);
    const { manifests, invalid } = this.#packages;
    const all = manifests.flatMap((manifest) => manifest.sources.map((entry) => ({ manifest, entry })));
    const ofType = all.filter(({ entry }) => comparable(entry.type) === base);
    const claims = ofType.filter(({ entry }) => entry.workflows.includes(workflow));
    const [claim] = claims;
    if (claims.length > 1) {
      const which = `Source type ${type} is claimed by ${places(claims.map(({ manifest }) => manifest))}`;
      throw new OmdError("OMD_CONNECTOR_AMBIGUOUS", which, {
        hint: "Remove one of them: omd plugins uninstall <name>",
      });
    }
    if (claim) return claim;
    const broken = invalid.find((found) => found.types.includes(base));
    if (broken) throw broken.error;
    if (ofType.length > 0) {
      const offered = [...new Set(ofType.flatMap(({ entry }) => entry.workflows))].join(", ");
      throw new OmdError(
        "OMD_CONNECTOR_NOT_FOUND",
        `${places(ofType.map(({ manifest }) => manifest))} has no ${workflow} workflow; it has ${offered}`,
      );
    }
    throw notFound(
      type,
      base,
      all.map(({ entry }) => entry.type),
    );
  }
}

function notFound(type: string, base: string, installed: readonly string[]): OmdError {
  const near = didYouMean(type.replace(/[-_](usage|lineage)$/i, ""), installed);
  const install = `omd plugins install @omd/connector-${base}`;
  const known = [...new Set(installed)].sort().join(", ") || "none";
  return new OmdError(
    "OMD_CONNECTOR_NOT_FOUND",
    `No connector for source type ${type}${near === undefined ? "" : ` (did you mean ${near}?)`}; installed: ${known}`,
    { hint: `${near === undefined ? "Install it" : "Correct the type, or install the connector"}: ${install}` },
  );
}

function places(manifests: readonly ConnectorManifest[]): string {
  return [...new Set(manifests.map((manifest) => `${manifest.packageName} (${manifest.directory})`))].join(" and ");
}

/** Only for better messages: a schema that cannot be read is none. */
function readConfigSchema(manifest: ConnectorManifest, entry: ConnectorSource): unknown {
  if (entry.configSchema === undefined) return undefined;
  try {
    return JSON.parse(readFileSync(join(manifest.directory, entry.configSchema), "utf8")) as unknown;
  } catch {
    return undefined;
  }
}
