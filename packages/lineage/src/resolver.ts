import type { Resolution, Resolver } from "@omd/core";
import { parseFqn, type EntityReference, type EntityType } from "@omd/schema";
import { findContainer, type PlaceCache } from "./container-lookup.ts";
import type { EntityName, ParsedName } from "./dataset-kinds.ts";
import { parseDataset } from "./dataset-name.ts";
import { resolved, searchLimit, unresolved, type ResolverCatalog } from "./lookup.ts";
import { RunCache } from "./run-cache.ts";
import { findTable } from "./table-lookup.ts";
import { findTopic } from "./topic-lookup.ts";

export interface ResolverOptions {
  readonly catalog: ResolverCatalog;
  /** Names of the services to look in; empty: all of that kind. */
  readonly databaseServices: readonly string[];
  readonly storageServices: readonly string[];
  readonly messagingServices?: readonly string[] | undefined;
  /** Called once for each owner that the catalog does not know. */
  readonly createOwner?: ((name: string) => Promise<EntityReference | undefined>) | undefined;
}

const ownerTypes: ReadonlySet<EntityType> = new Set(["user", "team"]);
const datasetTypes: ReadonlySet<EntityType> = new Set(["table", "container", "topic"]);

const datasetsKept = 20_000;
const ownersKept = 5_000;

/** Resolves names against the catalog, remembering answers for the run. Errors of the catalog are thrown on and not remembered. */
export function createResolver(options: ResolverOptions): Required<Resolver> {
  const datasets = new RunCache<Resolution>(datasetsKept, ({ kind }) => kind === "unresolved");
  const places: PlaceCache = new RunCache(datasetsKept, (found) => found.length === 0);
  const owners = new RunCache<EntityReference | undefined>(ownersKept, (found) => found === undefined);
  return {
    dataset: (uri) => datasets.get(uri, () => findDataset(options, parseDataset(uri), places)),
    owner: (name, { exact = false } = {}) => {
      const wanted = name.trim();
      if (wanted === "") return Promise.resolve(undefined);
      // One that was made meanwhile is found by its exact name too.
      if (exact) return options.catalog.findOwner(wanted);
      return owners.get(wanted, () => findOwner(options, wanted));
    },
    wrote: (entityType) => {
      if (ownerTypes.has(entityType)) owners.invalidate();
      if (!datasetTypes.has(entityType)) return;
      datasets.invalidate();
      places.invalidate();
    },
  };
}

async function findDataset(options: ResolverOptions, name: ParsedName, places: PlaceCache): Promise<Resolution> {
  const { catalog, databaseServices, storageServices, messagingServices = [] } = options;
  switch (name.kind) {
    case "table":
      return findTable(catalog, name, databaseServices);
    case "container":
      return findContainer(catalog, name, storageServices, places);
    case "topic":
      return findTopic(catalog, name, messagingServices);
    case "entity": {
      const found = await findEntity(catalog, name);
      return found.kind === "unresolved" && name.otherwise
        ? findTable(catalog, name.otherwise, databaseServices)
        : found;
    }
    default:
      return unresolved(name.reason);
  }
}

async function findEntity(catalog: ResolverCatalog, { fqn, types }: EntityName): Promise<Resolution> {
  const normal = parseFqn(fqn);
  for (const type of types) {
    const entity = await catalog.get(type, normal);
    if (entity && entity.deleted !== true) return resolved(type, entity);
  }
  const spelledOtherwise = await Promise.all(
    types.map((type) => catalog.search(type, { pattern: normal, limit: searchLimit })),
  );
  return unresolved(
    `the catalog has no ${types.join(", ")} named ${normal}`,
    spelledOtherwise.flat().map((entity) => entity.fullyQualifiedName),
  );
}

async function findOwner(
  { catalog, createOwner }: ResolverOptions,
  name: string,
): Promise<EntityReference | undefined> {
  return (
    (await catalog.findOwner(name)) ?? (await catalog.findOwner(name, { fuzzy: true })) ?? (await createOwner?.(name))
  );
}
