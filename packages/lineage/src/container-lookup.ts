import type { CatalogEntity, Resolution } from "@omd/core";
import { fqnOf, rootFqn, storePlace } from "@omd/schema";
import type { ContainerName } from "./dataset-kinds.ts";
import { ambiguous, distinct, noneHas, resolved, searchLimit, unresolved, type ResolverCatalog } from "./lookup.ts";
import type { RunCache } from "./run-cache.ts";

/** What is at a place of a store, and what is near; many files share their directories, so the answers are cached. */
export type PlaceCache = RunCache<readonly CatalogEntity[]>;

/**
 * Finds the container whose `fullPath` is the place or the nearest directory above it, up to the bucket: a file belongs to the container of its directory.
 * Paths are case-sensitive. Only the given storage services count, or all when none are given.
 */
export async function findContainer(
  catalog: ResolverCatalog,
  name: ContainerName,
  services: readonly string[],
  cache: PlaceCache,
): Promise<Resolution> {
  const allowed = new Set(services.map((service) => fqnOf(service)));
  const elsewhere: CatalogEntity[] = [];
  for (const place of placesUp(name.location)) {
    const found = await cache.get(`${name.schemes[0]}:${place}`, () => containersAt(catalog, name.schemes, place));
    const candidates = found.filter((entity) => allowed.size === 0 || allowed.has(rootFqn(entity.fullyQualifiedName)));
    const [only, second] = candidates;
    if (only && !second) return resolved("container", only);
    if (only) return ambiguous("containers", `${name.schemes[0]}:${place}`, candidates);
    elsewhere.push(...found);
  }
  const text = `${name.schemes[0]}:${name.location}`;
  const nearest = elsewhere.length > 0 ? elsewhere : await inSameBucket(catalog, name, cache);
  return unresolved(
    noneHas("storage", services, `a container for ${text} or for a directory above it`),
    nearest.map((entity) => entity.fullyQualifiedName),
  );
}

/** `//bucket/a/b.csv`, `//bucket/a`, `//bucket`. */
export function placesUp(location: string): string[] {
  const [authority = "", ...segments] = location.slice(2).split("/");
  const places = segments.map((_, at) => `//${[authority, ...segments.slice(0, segments.length - at)].join("/")}`);
  return authority === "" ? places : [...places, `//${authority}`];
}

async function containersAt(
  catalog: ResolverCatalog,
  schemes: readonly string[],
  place: string,
): Promise<readonly CatalogEntity[]> {
  // Services write a path with or without the slash at its end, and with either spelling of the scheme.
  const path = place.replace(/^\/\/\//, "/");
  const found = await Promise.all(
    [`*:*${path}`, `*:*${path}/`].map((pattern) =>
      catalog.search("container", { field: "fullPath", pattern, limit: searchLimit }),
    ),
  );
  return distinct(found.flat().filter((entity) => placeOf(entity, schemes) === place));
}

/** The place that a stored full path means, or undefined for another kind of store. */
function placeOf(entity: CatalogEntity, schemes: readonly string[]): string | undefined {
  const fullPath = entity["fullPath"];
  const found = typeof fullPath === "string" ? storePlace(fullPath) : undefined;
  return found && schemes.includes(found.scheme) ? found.place : undefined;
}

async function inSameBucket(
  catalog: ResolverCatalog,
  { location, schemes }: ContainerName,
  cache: PlaceCache,
): Promise<readonly CatalogEntity[]> {
  const bucket = location.slice(2).split("/")[0] ?? "";
  if (bucket === "") return [];
  const pattern = `*://${bucket}/*`;
  return cache.get(`${schemes[0]}:${pattern}`, async () => {
    const found = await catalog.search("container", { field: "fullPath", pattern, limit: searchLimit });
    return found
      .filter((entity) => placeOf(entity, schemes) !== undefined)
      .toSorted((a, b) => (a.fullyQualifiedName < b.fullyQualifiedName ? -1 : 1));
  });
}
