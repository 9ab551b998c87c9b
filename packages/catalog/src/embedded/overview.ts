import type { EntityType, FQN } from "@omd/schema";
import type { CatalogDatabase } from "./database.ts";
import { stored } from "./entity-store.ts";
import { Remembered } from "./remembered.ts";
import type { FacetSearch } from "./search-facets.ts";

/** How much a catalog holds. */
export interface CatalogCounts {
  /** Non-deleted entities by type; types without any are left out. */
  readonly entities: Readonly<Partial<Record<EntityType, number>>>;
  readonly deletedEntities: number;
  readonly lineageEdges: number;
  readonly pipelineStatuses: number;
  readonly ingestionRuns: number;
}

export interface ServiceOverview {
  readonly id: string;
  readonly type: EntityType;
  readonly name: string;
  readonly fqn: FQN;
  readonly serviceType?: string | undefined;
  /** Non-deleted entities of the service, itself not counted. */
  readonly entities: number;
}

/** Figures of the whole catalog; in a large file they may be some seconds old. */
export class Overview {
  readonly #db: CatalogDatabase;
  readonly #search: FacetSearch;
  readonly #counts: Remembered<CatalogCounts>;

  constructor(db: CatalogDatabase, search: FacetSearch) {
    this.#db = db;
    this.#search = search;
    this.#counts = new Remembered(db);
  }

  counts(): CatalogCounts {
    return this.#counts.value(() => {
      const count = (sql: string): number => Number(this.#db.get(`SELECT count(*) AS n FROM ${sql}`)?.n);
      const byType = this.#db.all(
        `SELECT type, sum(n) AS n FROM (SELECT type, count(*) AS n FROM search_doc WHERE deleted = 0 GROUP BY service_id, type)
          GROUP BY type ORDER BY type`,
      );
      return {
        entities: Object.fromEntries(byType.map((row) => [String(row.type), Number(row.n)])),
        deletedEntities: count("search_doc WHERE deleted = 1"),
        lineageEdges: count("edge"),
        pipelineStatuses: count("pipeline_status"),
        ingestionRuns: count("ingestion_run"),
      };
    });
  }

  /** The non-deleted services by name. */
  services(): ServiceOverview[] {
    return [...this.#search.everything().byService]
      .flatMap(([id, count]) => {
        const entity = stored(this.#db.get("SELECT * FROM entity WHERE id = ? AND deleted = 0", id));
        if (!entity) return [];
        const { serviceType } = entity.body;
        return {
          id,
          type: entity.type,
          name: entity.name,
          fqn: entity.fqn as FQN,
          ...(typeof serviceType === "string" ? { serviceType } : {}),
          entities: count - 1,
        };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
