import type { Catalog, Resolver } from "../contracts/index.ts";
import { ownersOnlyResolver } from "./default-resolver.ts";
import { ownerCreator } from "./owners.ts";
import type { WorkflowParts } from "./workflow-parts.ts";

/** Finds datasets and owners in `catalog`, in the services that the YAML names. */
export async function runResolver(parts: WorkflowParts, catalog: Catalog): Promise<Resolver> {
  const { config, runtime, registry } = parts;
  const lineage = (config.source.sourceConfig.config["lineageInformation"] ?? {}) as Record<
    string,
    string[] | undefined
  >;
  const creates = config.omd.createMissingOwners && config.sink?.type !== "file";
  const createResolver = runtime.createResolver ?? (await registry.resolver()) ?? ownersOnlyResolver;
  return createResolver({
    catalog,
    databaseServices: lineage["dbServiceNames"] ?? [],
    storageServices: lineage["storageServiceNames"] ?? [],
    messagingServices: lineage["messagingServiceNames"] ?? [],
    createOwner: creates ? ownerCreator(catalog) : undefined,
  });
}
