import { z } from "zod";
import { OmdError } from "../errors.ts";
import { pathText } from "../config/config-error.ts";

/** Version of the contract between core and connectors that this core speaks. */
export const contractVersion = 1;

const relativeModule = z.string().regex(/^\.\//, "must start with ./");

const sourceEntry = z.strictObject({
  /** What `source.type` names, without `-usage` or `-lineage`; upper and lower case, `-` and `_` make no difference. */
  type: z.string().min(1),
  serviceKind: z.enum(["databaseService", "pipelineService", "messagingService", "storageService"]),
  /** `serviceType` of the service entity, for instance `Airflow`. */
  serviceType: z.string().min(1),
  /** False for a source that is reached without `serviceConnection`: its service is one that another source fills. */
  hasConnection: z.boolean().default(true),
  /** True for a source that writes entities outside the service of `serviceName` too: `--only` may name those. */
  writesElsewhere: z.boolean().optional(),
  /** `type` of `serviceConnection.config`. */
  connectionType: z.string().min(1).optional(),
  workflows: z
    .array(z.enum(["metadata", "usage", "lineage"]))
    .min(1)
    .default(["metadata"]),
  /** File with the class, below the package's directory. */
  module: relativeModule,
  export: z.string().min(1),
  /** Names that `sourcePythonClass` or `sourceClass` may give for this source. */
  classNames: z.array(z.string()).default([]),
  /** JSON Schema of `serviceConnection.config`; of `sourceConfig.config` where there is no connection. */
  configSchema: relativeModule.optional(),
});

/** A function that a package brings: file below its directory, and export. */
const partEntry = z.strictObject({ module: relativeModule, export: z.string().min(1) });

const omdManifest = z
  .strictObject({
    contract: z.literal(contractVersion),
    sources: z.array(sourceEntry).default([]),
    catalog: partEntry.optional(),
    resolver: partEntry.optional(),
  })
  .superRefine((manifest, context) => {
    const seen = new Set<string>();
    for (const [at, source] of manifest.sources.entries()) {
      for (const key of source.workflows.map((workflow) => `${comparable(source.type)}-${workflow}`)) {
        if (seen.has(key))
          context.addIssue({ code: "custom", path: ["sources", at, "type"], message: `${key} is claimed twice` });
        seen.add(key);
      }
    }
  });

export type ConnectorSource = z.infer<typeof sourceEntry>;
export type Workflow = ConnectorSource["workflows"][number];

/** What a package says about itself under `omd` in its package.json, and where it is. */
export interface ConnectorManifest extends z.infer<typeof omdManifest> {
  readonly packageName: string;
  readonly version: string | undefined;
  /** Real path of the package. */
  readonly directory: string;
}

/** Reads the `omd` block of a package.json. Throws OMD_CONNECTOR_INVALID naming the package and the key. */
export function readManifest(packageJson: Readonly<Record<string, unknown>>, directory: string): ConnectorManifest {
  const packageName = typeof packageJson["name"] === "string" ? packageJson["name"] : directory;
  const version = typeof packageJson["version"] === "string" ? packageJson["version"] : undefined;
  const omd = packageJson["omd"];
  const contract = typeof omd === "object" && omd !== null && "contract" in omd ? omd.contract : undefined;
  if (typeof contract === "number" && contract !== contractVersion)
    throw new OmdError(
      "OMD_CONNECTOR_INVALID",
      `${packageName} (${directory}) is written for contract ${contract}; this omd speaks contract ${contractVersion}`,
      { hint: contract > contractVersion ? "Update omd." : `Update the connector: omd plugins install ${packageName}` },
    );
  const parsed = omdManifest.safeParse(omd);
  if (parsed.success) return { ...parsed.data, packageName, version, directory };
  const problems = parsed.error.issues.map((issue) => {
    const path = ["omd", ...issue.path.filter((part) => typeof part !== "symbol")];
    return `${pathText(path)}: ${issue.message}`;
  });
  throw new OmdError(
    "OMD_CONNECTOR_INVALID",
    `The manifest of ${packageName} (${directory}) is wrong: ${problems.join("; ")}`,
    {
      hint: "Tell the author of the package, or remove it.",
      cause: parsed.error,
    },
  );
}

/** A type or name without case, `-` and `_`. */
export function comparable(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, "");
}

/** Splits `snowflake-usage` into what to read and the workflow, as OpenMetadata's ingestion does. */
export function splitSourceType(type: string): { readonly base: string; readonly workflow: Workflow } {
  const suffix = /[-_](usage|lineage)$/.exec(type.toLowerCase());
  return suffix
    ? { base: comparable(type.slice(0, suffix.index)), workflow: suffix[1] as Workflow }
    : { base: comparable(type), workflow: "metadata" };
}
