import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ServiceType } from "@omd/schema";
import { OmdError } from "../errors.ts";
import { manifestModule, moduleCandidates, packageModule } from "./load-export.ts";
import { splitSourceType, type ConnectorManifest, type ConnectorSource } from "./manifest.ts";
import { findPackage } from "./scan-packages.ts";

/** The types for classes of one's own, and the service that each writes. */
const customTypes: Readonly<Record<string, { serviceKind: ServiceType; serviceType: string }>> = {
  customdatabase: { serviceKind: "databaseService", serviceType: "CustomDatabase" },
  custompipeline: { serviceKind: "pipelineService", serviceType: "CustomPipeline" },
  custommessaging: { serviceKind: "messagingService", serviceType: "CustomMessaging" },
  customstorage: { serviceKind: "storageService", serviceType: "CustomStorage" },
  customdashboard: { serviceKind: "dashboardService", serviceType: "CustomDashboard" },
  custommlmodel: { serviceKind: "mlmodelService", serviceType: "CustomMlModel" },
  customsearch: { serviceKind: "searchService", serviceType: "CustomSearch" },
  customdrive: { serviceKind: "driveService", serviceType: "CustomDrive" },
};

export interface CustomSource {
  readonly serviceKind: ServiceType;
  readonly serviceType: string;
  /** `connector.my_awesome_connector.MyAwesomeConnector`. */
  readonly className: string;
}

/** Where a class was found. */
export interface FoundClass {
  readonly file: string;
  readonly export: string;
  readonly manifest?: ConnectorManifest | undefined;
  readonly entry?: ConnectorSource | undefined;
}

/** Whether sources of this type are classes of one's own: `customPipeline` and its like. */
export function isCustomType(type: string): boolean {
  return splitSourceType(type).base in customTypes;
}

/** What `customPipeline` and its like ask for; undefined for other types. Throws OMD_CONFIG when no class is named. */
export function customSource(base: string, connection: Readonly<Record<string, unknown>>): CustomSource | undefined {
  if (!base.startsWith("custom")) return undefined;
  const service = customTypes[base];
  const className = connection["sourceClass"] ?? connection["sourcePythonClass"];
  if (!service)
    throw new OmdError("OMD_CONNECTOR_NOT_FOUND", `No custom source type ${base}`, {
      hint: `There are ${Object.values(customTypes)
        .map(({ serviceType }) => `c${serviceType.slice(1)}`)
        .join(", ")}.`,
    });
  if (typeof className !== "string" || className === "")
    throw new OmdError("OMD_CONFIG", "missing key: a custom source names its class by sourcePythonClass", {
      hint: "Name the class, for instance sourcePythonClass: connector.my_awesome_connector.MyAwesomeConnector (sourceClass does too).",
    });
  return { ...service, className };
}

export interface ClassSearch {
  readonly manifests: readonly ConnectorManifest[];
  readonly connectorPaths: readonly string[];
  readonly searchFrom: readonly string[];
}

/** Looks a class name up: in the manifests, then below the connector paths, then among the installed packages. Throws OMD_CONNECTOR_NOT_FOUND with all that was tried. */
export function findClass(className: string, search: ClassSearch): FoundClass {
  const declared = search.manifests.flatMap((manifest) =>
    manifest.sources.filter((entry) => entry.classNames.includes(className)).map((entry) => ({ manifest, entry })),
  );
  const [first] = declared;
  const owners = [...new Set(declared.map(({ manifest }) => `${manifest.packageName} (${manifest.directory})`))];
  if (owners.length > 1)
    throw new OmdError("OMD_CONNECTOR_AMBIGUOUS", `${className} is claimed by ${owners.join(" and ")}`);
  if (first) return { ...first, file: manifestModule(first.manifest, first.entry.module), export: first.entry.export };

  const { module, name } = splitClassName(className);
  const files = search.connectorPaths.flatMap((path) => moduleCandidates(resolve(path, module)));
  const local = files.find((file) => existsSync(file));
  if (local !== undefined) return { file: local, export: name };

  const parts = module.split("/");
  const packageName = parts.slice(0, module.startsWith("@") ? 2 : 1).join("/");
  const subpath = ["", ...parts.slice(module.startsWith("@") ? 2 : 1)].join("/");
  const directory = findPackage(packageName, [...search.connectorPaths, ...search.searchFrom]);
  const installed = directory === undefined ? undefined : packageModule(directory, `.${subpath}`);
  if (installed !== undefined) return { file: installed, export: name };
  const inPackage =
    directory === undefined
      ? `the package ${packageName} (not installed)`
      : `${join(directory, subpath)} (not exported)`;
  throw new OmdError(
    "OMD_CONNECTOR_NOT_FOUND",
    `Class ${className} not found. Tried:\n${["the manifests of the installed connectors", ...files, inPackage].map((line) => `  ${line}`).join("\n")}`,
    { hint: "Put the file there, or give its folder by --connector-path." },
  );
}

/** `connector.my_connector.MyConnector` → the module `connector/my_connector` and the export `MyConnector`. Throws OMD_CONFIG. */
export function splitClassName(className: string): { readonly module: string; readonly name: string } {
  const parts = /^(?<scope>@[\w-]+\/)?(?<module>[\w-]+(?:\.[\w-]+)*)\.(?<name>[A-Za-z_$][\w$]*)$/.exec(
    className,
  )?.groups;
  const { scope = "", module, name } = parts ?? {};
  if (module !== undefined && name !== undefined) return { module: scope + module.replaceAll(".", "/"), name };
  throw new OmdError("OMD_CONFIG", `${JSON.stringify(className)} does not name a class`, {
    hint: "Write module and class with dots: connector.my_awesome_connector.MyAwesomeConnector, or @scope/package.MyConnector.",
  });
}
