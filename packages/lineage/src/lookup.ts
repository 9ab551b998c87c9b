import type { Catalog, CatalogEntity, Resolution } from "@omd/core";
import { splitFqn, unquoteName, type EntityType } from "@omd/schema";

/** What the lookups need of a catalog. */
export type ResolverCatalog = Pick<Catalog, "get" | "search" | "findOwner">;

/** Enough that same names in other services do not push the right one out. */
export const searchLimit = 100;
const nearestLimit = 5;

export function resolved(entityType: EntityType, entity: CatalogEntity): Resolution {
  return { kind: "resolved", entity: { entityType, fqn: entity.fullyQualifiedName } };
}

export function unresolved(reason: string, nearest: readonly string[] = []): Resolution {
  return { kind: "unresolved", reason, nearest: [...new Set(nearest)].slice(0, nearestLimit) };
}

/** `several` tells the kind of thing that came more than once. */
export function ambiguous(several: string, name: string, candidates: readonly CatalogEntity[]): Resolution {
  const fqns = candidates.map((candidate) => candidate.fullyQualifiedName).sort();
  return unresolved(`ambiguous: ${fqns.length} ${several} have ${name}`, fqns);
}

/** The names in an FQN, without quotes; none when it is broken. */
export function namesOf(fqn: string): string[] {
  try {
    return splitFqn(fqn).map(unquoteName);
  } catch {
    return [];
  }
}

export function distinct(entities: readonly CatalogEntity[]): CatalogEntity[] {
  return [...new Map(entities.map((entity) => [entity.fullyQualifiedName, entity])).values()];
}

export function sameText(a: string, b: string, foldsCase: boolean): boolean {
  return foldsCase ? a.toLowerCase() === b.toLowerCase() : a === b;
}

/** `no database service has x`, or which ones were looked in. */
export function noneHas(kind: string, services: readonly string[], thing: string): string {
  const [only] = services;
  if (only === undefined) return `no ${kind} service has ${thing}`;
  if (services.length === 1) return `the ${kind} service ${only} does not have ${thing}`;
  return `none of the ${kind} services ${services.join(", ")} has ${thing}`;
}
