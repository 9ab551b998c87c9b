import type { EntityType, FQN } from "@omd/schema";
import type { CatalogDatabase } from "./database.ts";
import type { EntityStore } from "./entity-store.ts";
import type { FacetSearch } from "./search-facets.ts";

export interface ServiceOverview {
  readonly id: string;
  readonly type: EntityType;
  readonly name: string;
  readonly fqn: FQN;
  readonly serviceType?: string | undefined;
  /** Non-deleted entities of the service, itself not counted. */
  readonly entities: number;
}

/** The non-deleted services by name, with how much each holds. */
export function servicesOverview(db: CatalogDatabase, store: EntityStore, search: FacetSearch): ServiceOverview[] {
  const counts = new Map<string, number>();
  for (const { service, count } of search.byService()) counts.set(service, (counts.get(service) ?? 0) + count);
  return db
    .all("SELECT entity_id AS id, type FROM search_doc WHERE deleted = 0 AND service_id = entity_id")
    .flatMap((row) => store.byId(row.type as EntityType, String(row.id)) ?? [])
    .map(({ id, type, name, fqn, body }) => ({
      id,
      type,
      name,
      fqn: fqn as FQN,
      ...(typeof body.serviceType === "string" ? { serviceType: body.serviceType } : {}),
      entities: (counts.get(id) ?? 1) - 1,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
