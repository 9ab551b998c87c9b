import type { Catalog, CatalogEntity } from "@omd/core";
import { entityTypes, type EntityType, type FQN } from "@omd/schema";

/** One request as it came, the path split before it was decoded. */
export interface FaceCall {
  readonly method: string;
  /** Below `/api/v1`, percent-encoded as it came. */
  readonly path: string;
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What the handlers share. */
export interface FaceState {
  readonly store: Catalog;
  /** Ingestion runs by pipeline FQN and runId: the port can only write them. */
  readonly runs: Map<string, unknown>;
  /** Where an id was last seen. */
  readonly known: Map<string, { type: EntityType; fqn: FQN }>;
  readonly withoutBulk: boolean;
  readonly withoutStatusBulk: boolean;
  /** Custom properties of each type and their types, where the face checks them. */
  readonly properties: DefinedProperties | undefined;
}

/** Entity type → name of the property → its type. */
export type DefinedProperties = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const typeNames = Object.keys(entityTypes) as EntityType[];

/** The type whose collection begins the path, and what comes after it. */
export function splitCollection(
  segments: readonly string[],
): { type: EntityType; rest: readonly string[] } | undefined {
  for (const type of typeNames) {
    const parts = entityTypes[type].collection.split("/");
    if (parts.every((part, at) => segments[at] === part)) return { type, rest: segments.slice(parts.length) };
  }
  return undefined;
}

/** The entity of an id. The port finds by name only: an id that was not seen yet costs one walk through everything. */
export async function locate(
  state: FaceState,
  id: string,
): Promise<{ type: EntityType; entity: CatalogEntity } | undefined> {
  return (await seen(state, id)) ?? (await walk(state, id));
}

async function seen(state: FaceState, id: string): Promise<{ type: EntityType; entity: CatalogEntity } | undefined> {
  const at = state.known.get(id);
  const entity = at === undefined ? undefined : await state.store.get(at.type, at.fqn, { include: "all" });
  return at === undefined || entity?.id !== id ? undefined : { type: at.type, entity };
}

async function walk(state: FaceState, id: string): Promise<{ type: EntityType; entity: CatalogEntity } | undefined> {
  for (const type of typeNames)
    for await (const entity of state.store.list(type, { include: "all" }))
      state.known.set(entity.id, { type, fqn: entity.fullyQualifiedName });
  return seen(state, id);
}
