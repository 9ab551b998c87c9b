import type { EntityType } from "@omd/schema";
import type { CatalogDatabase } from "./database.ts";
import { DomainEdges, firstOfPair } from "./domain-edges.ts";
import { ends, type GraphDirection } from "./graph-direction.ts";

/** What holds assets. */
type GroupKind = "service" | "domain" | "dataProduct";

/** A step along edges of assets from one group to another. */
export interface AssetStep {
  readonly near: string;
  readonly far: string;
  /** Pairs of assets with an edge between them. */
  readonly assets: number;
}

/** Whether the type holds assets, and how. */
export function groupKind(type: EntityType): GroupKind | undefined {
  if (type.endsWith("Service")) return "service";
  return type === "domain" || type === "dataProduct" ? type : undefined;
}

/**
 * Edges between services, domains and data products that follow from the edges of what they hold (`ChildAssets`). Those of services are counted when an edge
 * is written; those of domains and data products, which people change and entities inherit, when somebody asks. One object is for one answer.
 */
export class AssetEdges {
  readonly #db: CatalogDatabase;
  readonly #kind: GroupKind;
  readonly #known = new Map<string, readonly AssetStep[]>();
  readonly #domains: DomainEdges;

  constructor(db: CatalogDatabase, kind: GroupKind) {
    this.#db = db;
    this.#kind = kind;
    this.#domains = new DomainEdges(db);
  }

  /** The steps from these groups to others that are not deleted; ids of anything else have none. */
  async steps(ids: readonly string[], direction: GraphDirection): Promise<readonly AssetStep[]> {
    const found: AssetStep[] = [];
    for (const id of ids) {
      const key = `${direction} ${id}`;
      const known = this.#known.get(key) ?? (await this.#find(id, direction));
      this.#known.set(key, known);
      found.push(...known);
    }
    return found;
  }

  /** The number of asset edges that lead from one group to the other; 0 without any. */
  async between(from: string, to: string): Promise<number> {
    return (await this.steps([from], "downstream")).find(({ far }) => far === to)?.assets ?? 0;
  }

  async #find(near: string, direction: GraphDirection): Promise<AssetStep[]> {
    const counts = await this.#counts(near, direction);
    counts.delete(near);
    return this.#db
      .all(
        "SELECT id FROM entity WHERE id IN (SELECT value FROM json_each(?)) AND deleted = 0 ORDER BY fqn",
        JSON.stringify([...counts.keys()]),
      )
      .map(({ id }) => ({ near, far: String(id), assets: counts.get(String(id)) ?? 0 }));
  }

  async #counts(id: string, direction: GraphDirection): Promise<Map<string, number>> {
    if (this.#kind === "domain") return this.#domains.counts(id, direction);
    const { near, far } = ends[direction];
    const rows =
      this.#kind === "service"
        ? this.#db.all(`SELECT ${far} AS far, assets AS n FROM service_edge WHERE ${near} = ? AND assets > 0`, id)
        : this.#db.all(
            `SELECT other.group_id AS far, count(*) AS n FROM group_member member JOIN edge ON edge.${near} = member.entity_id
              JOIN group_member other ON other.entity_id = edge.${far} AND other.kind = 'dataProduct'
              WHERE member.group_id = ? AND member.kind = 'dataProduct' AND ${firstOfPair} GROUP BY other.group_id`,
            id,
          );
    return new Map(rows.map((row) => [String(row.far), Number(row.n)]));
  }
}
