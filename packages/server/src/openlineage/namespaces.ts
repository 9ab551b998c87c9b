import { didYouMean, loadOtherFile, type CatalogEntity } from "@omd/core";
import { NamespaceServices, normalNamespace } from "@omd/lineage";
import { fqnOf, type EntityType } from "@omd/schema";
import { z } from "zod";
import type { ServerParts } from "../parts.ts";

const service = z
  .string()
  .trim()
  .regex(/^[^"]+$/, 'expected the name of a service: not empty, and without "');
const services = z.union([service.transform((only) => [only]), z.array(service).min(1, "the list names no service")]);

/** The file: the key of OpenMetadata's own connector for OpenLineage, with a service or a list of services for each namespace. */
const namespacesFile = z.strictObject({
  namespaceToServiceMapping: z.record(z.string().trim().min(1), services).superRefine((mapping, context) => {
    const known = new Map<string, string>();
    for (const key of Object.keys(mapping)) {
      const normal = key.endsWith("*") ? normalNamespace(key, true) : normalNamespace(key);
      const same = known.get(normal);
      if (same === undefined) known.set(normal, key);
      else context.addIssue({ code: "custom", path: [key], message: `is the same namespace as ${same}` });
    }
  }),
});

const serviceTypes: readonly EntityType[] = [
  "databaseService",
  "storageService",
  "messagingService",
  "pipelineService",
];

/** Reads which services namespaces mean. Throws ConfigError with file, line and key of all that is wrong. */
export async function loadNamespaces(path: string): Promise<NamespaceServices> {
  const { namespaceToServiceMapping } = await loadOtherFile({
    path,
    schema: namespacesFile,
    example: "namespaceToServiceMapping:",
  });
  return new NamespaceServices(namespaceToServiceMapping);
}

/** For people: the services of the mapping that the catalog does not have, or not yet. Empty when it has all. */
export async function unknownServices(
  namespaces: NamespaceServices,
  catalog: Pick<ServerParts["catalog"], "get" | "list">,
): Promise<string[]> {
  const missing: string[] = [];
  for (const name of namespaces.services) {
    const found = await Promise.all(serviceTypes.map((type) => catalog.get(type, fqnOf(name))));
    if (found.every((entity) => entity === undefined)) missing.push(name);
  }
  if (missing.length === 0) return [];
  const known = (await Promise.all(serviceTypes.map((type) => namesOf(catalog.list(type))))).flat();
  return missing.map((name) => {
    const near = didYouMean(name, known);
    return near === undefined ? name : `${name} (did you mean ${near}?)`;
  });
}

async function namesOf(entities: AsyncIterable<CatalogEntity>): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of entities) names.push(name);
  return names;
}
