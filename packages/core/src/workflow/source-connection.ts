import { fqnOf } from "@omd/schema";
import { ConfigError } from "../config/index.ts";
import type { WorkflowParts } from "./workflow-parts.ts";

/** The connection that the YAML gives, else the one that the catalog has of the service. Throws OMD_CONFIG when there is neither. */
export async function sourceConnection({
  config,
  resolved,
  catalog,
}: WorkflowParts): Promise<Readonly<Record<string, unknown>>> {
  const { serviceName, serviceConnection } = config.source;
  if (serviceConnection) return serviceConnection.config;
  if (resolved.entry?.hasConnection === false) return {};
  const stored = await catalog.serviceConnection?.(resolved.serviceKind, serviceName);
  if (stored) return stored;
  const missing = catalog.serviceConnection
    ? {
        message: `missing key, and the catalog has no connection of a service ${fqnOf(serviceName)}`,
        hint: "Write source.serviceConnection into the file, or store the connection of the service in OpenMetadata.",
      }
    : {
        message: "missing key, and the embedded catalog keeps connections without their secrets",
        hint: "Write source.serviceConnection into the file.",
      };
  const path = ["source", "serviceConnection"];
  const issue = { file: config.origin.file, ...config.origin.locate(path), path, message: missing.message };
  throw new ConfigError([issue], { hint: missing.hint });
}
