import { valueAt } from "../config/explain-issues.ts";
import type { FindOpenParts, OpenPart, OpenParts } from "../config/index.ts";
import type { ConfigSchemas } from "../contracts/index.ts";
import { isOmdError } from "../errors.ts";
import { isCustomType, type CatalogOpener, type Registry } from "../registry/index.ts";
import { ownConnection } from "./own-connection.ts";

const connectionPath = ["source", "serviceConnection", "config"] as const;
const optionsPath = ["source", "sourceConfig", "config"] as const;
const serverPath = ["workflowConfig", "openMetadataServerConfig"] as const;

/** Who knows what belongs into the open parts of a config. */
export interface PartKnowers {
  /** Given: the source's part is looked at. */
  readonly registry?: Pick<Registry, "resolve"> | undefined;
  /** Given: the catalog's part is looked at. */
  readonly catalog?: (() => Promise<CatalogOpener | undefined>) | undefined;
}

/** Asks the connector that the config names, and the catalog, for the schemas of their parts. */
export function openPartsOf({ registry, catalog }: PartKnowers): FindOpenParts {
  return async (config) => {
    const server = isMap(valueAt(config, serverPath)) ? (await catalog?.())?.serverSchema : undefined;
    const serverParts = server ? [{ path: serverPath, schema: server, value: valueAt(config, serverPath) }] : [];
    const { parts, problem } = registry ? await sourceParts(config, registry) : { parts: [] };
    return { parts: [...parts, ...serverParts], problem };
  };
}

async function sourceParts(config: unknown, registry: Pick<Registry, "resolve">): Promise<OpenParts> {
  const type = valueAt(config, ["source", "type"]);
  if (typeof type !== "string" || type === "") return { parts: [] };
  const written = valueAt(config, connectionPath);
  const connection = isMap(written) ? written : {};
  try {
    const { sourceClass } = await registry.resolve({ type, connection });
    return { parts: partsOf(type, sourceClass.configSchemas ?? {}, config) };
  } catch (error) {
    if (!isOmdError(error)) throw error;
    const classKey = "sourceClass" in connection ? "sourceClass" : "sourcePythonClass";
    return {
      parts: [],
      problem: { path: isCustomType(type) ? [...connectionPath, classKey] : ["source", "type"], error },
    };
  }
}

/** Where a part is missing or no map, the schema of the file says so; only options may be left out. */
function partsOf(type: string, schemas: ConfigSchemas, config: unknown): OpenPart[] {
  const written = valueAt(config, connectionPath);
  const connection =
    isMap(written) && schemas.connection ? ownConnection(type, written, schemas.connection) : undefined;
  const options = isMap(valueAt(config, ["source", "sourceConfig"])) ? (valueAt(config, optionsPath) ?? {}) : undefined;
  return [
    { path: connectionPath, schema: schemas.connection, value: connection },
    { path: optionsPath, schema: schemas.options, value: options },
  ].flatMap(({ path, schema, value }) => (schema && isMap(value) ? [{ path, schema, value }] : []));
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
