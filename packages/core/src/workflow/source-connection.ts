import { fqnOf } from "@omd/schema";
import { OmdError } from "../errors.ts";
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
  throw new OmdError(
    "OMD_CONFIG",
    `${config.origin.file}: source.serviceConnection is missing, and the catalog has no connection of a service ${fqnOf(serviceName)}`,
    {
      hint: "Write source.serviceConnection into the file, or store the connection of the service in OpenMetadata.",
    },
  );
}
