import { splitFqn, unquoteName, type EntityKey } from "@omd/schema";
import type { Catalog, Written } from "../../contracts/index.ts";

/** So many missing entities of a run get a search for names like theirs. */
const maxSearches = 50;
const maxNearest = 3;

/** Says of an entity that the catalog has not got what it has instead. */
export class MissingEntities {
  readonly #catalog: Catalog;
  #searches = 0;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  async written(key: EntityKey): Promise<Written> {
    const nearest = await this.#nearest(key);
    const instead = nearest.length === 0 ? "" : `; nearest: ${nearest.join(", ")}`;
    return { outcome: "missing", name: key.fqn, warning: `this ${key.entityType} is not in the catalog${instead}` };
  }

  /** The same name elsewhere, else names that hold it. A search that fails says nothing. */
  async #nearest({ entityType, fqn }: EntityKey): Promise<string[]> {
    if (this.#searches >= maxSearches) return [];
    this.#searches += 1;
    const name = unquoteName(splitFqn(fqn).at(-1) ?? "").replaceAll(/[*?]/g, "?");
    for (const pattern of [name, `*${name}*`]) {
      const search = { field: "name", pattern, limit: maxNearest } as const;
      const found = await this.#catalog.search(entityType, search).catch(() => []);
      if (found.length > 0) return found.map((entity) => entity.fullyQualifiedName);
    }
    return [];
  }
}
