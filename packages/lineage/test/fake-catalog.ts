import type { CatalogEntity, SearchOptions } from "@omd/core";
import { parseFqn, splitFqn, unquoteName, type EntityReference, type EntityType } from "@omd/schema";
import type { ResolverCatalog } from "../src/lookup.ts";

export interface FakeCatalog extends ResolverCatalog {
  /** Every call, as `get table a.b`. */
  readonly calls: string[];
  add(type: EntityType, fqn: string, fields?: Record<string, unknown>): void;
}

/** A catalog in memory that keeps the contract of `get`, `search` and `findOwner`. For tests. */
export function fakeCatalog(owners: Record<string, EntityReference> = {}): FakeCatalog {
  const entities: { type: EntityType; entity: CatalogEntity }[] = [];
  const calls: string[] = [];
  const of = (type: EntityType) => entities.filter((stored) => stored.type === type).map(({ entity }) => entity);
  return {
    calls,
    add: (type, text, fields = {}) => {
      const fqn = parseFqn(text);
      const name = unquoteName(splitFqn(fqn).at(-1) ?? "");
      entities.push({ type, entity: { id: `${type} ${fqn}`, name, fullyQualifiedName: fqn, ...fields } });
    },
    get: (type, fqn) => {
      calls.push(`get ${type} ${fqn}`);
      return Promise.resolve(of(type).find((entity) => entity.fullyQualifiedName === fqn));
    },
    search: (type, options) => {
      calls.push(`search ${type} ${options.field ?? "fullyQualifiedName"} ${options.pattern}`);
      const found = of(type).filter((entity) => entity.deleted !== true && matches(entity, options));
      return Promise.resolve(found.slice(0, options.limit ?? 10));
    },
    findOwner: (name, options) => {
      calls.push(`findOwner ${name}${options?.fuzzy === true ? " fuzzy" : ""}`);
      const key = Object.keys(owners).find(
        (known) => known === name || (options?.fuzzy === true && known.includes(name)),
      );
      return Promise.resolve(key === undefined ? undefined : owners[key]);
    },
  };
}

function matches(entity: CatalogEntity, { field = "fullyQualifiedName", pattern }: SearchOptions): boolean {
  const value = entity[field];
  const expression = pattern
    .replace(/[\\^$.+()[\]{}|]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return typeof value === "string" && new RegExp(`^${expression}$`, "is").test(value);
}
