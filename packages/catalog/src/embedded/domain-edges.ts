import { setImmediate } from "node:timers/promises";
import type { CatalogDatabase, Row } from "./database.ts";
import { ends, type GraphDirection } from "./graph-direction.ts";

/** Counts a pair of assets once, however many pipelines and sources know of it; needs no memory for those that were counted. */
export const firstOfPair = `NOT EXISTS (SELECT 1 FROM edge other WHERE other.from_id = edge.from_id AND other.to_id = edge.to_id
  AND (other.pipeline_id, other.source) < (edge.pipeline_id, edge.source))`;

const hasOwn = (entity: string): string =>
  `EXISTS (SELECT 1 FROM group_member own WHERE own.entity_id = ${entity} AND own.kind = 'domain')`;
/** So many entities are looked at before other work has its turn. */
const pageSize = 500;

/**
 * Counts what leads between domains by what they hold: their members, and all below them but for what has domains of its own. The edges of all
 * that are read, some µs each, so that a domain that holds everything takes seconds in a large catalog; others are answered meanwhile.
 */
export class DomainEdges {
  readonly #db: CatalogDatabase;
  /** By entity the nearest that has domains, itself included; only of what lies around other entities. */
  readonly #holders = new Map<string, string | undefined>();
  readonly #domains = new Map<string, readonly string[]>();

  constructor(db: CatalogDatabase) {
    this.#db = db;
  }

  /** Pairs of assets by the domain at the other end. */
  async counts(domain: string, direction: GraphDirection): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for await (const ids of this.#held(domain)) {
      for (const { heir, n } of this.#ends(ids, direction)) {
        const holder = typeof heir === "string" ? this.#holder(heir) : undefined;
        for (const other of this.#domainsOf(holder)) counts.set(other, (counts.get(other) ?? 0) + Number(n));
      }
      await setImmediate();
    }
    return counts;
  }

  /** The far ends of what leads away from these entities: each by the entity whose domains it has or inherits. */
  #ends(ids: readonly string[], direction: GraphDirection): Row[] {
    const { near, far } = ends[direction];
    return this.#db.all(
      `SELECT iif(${hasOwn("far.id")}, far.id, far.parent_id) AS heir, count(*) AS n FROM json_each(?) held
        CROSS JOIN edge ON edge.${near} = held.value JOIN entity far ON far.id = edge.${far}
        WHERE ${firstOfPair} GROUP BY heir`,
      JSON.stringify(ids),
    );
  }

  async *#held(domain: string): AsyncGenerator<string[]> {
    const members = this.#db.all(
      "SELECT id, fqn FROM group_member JOIN entity ON entity.id = entity_id WHERE group_id = ? AND kind = 'domain'",
      domain,
    );
    yield members.map(({ id }) => String(id));
    for (const { id, fqn } of members) {
      let after: [string, string] = [`${String(fqn)}.`, ""];
      for (;;) {
        const rows = this.#db.all(
          `SELECT id, fqn, type, parent_id, ${hasOwn("entity.id")} AS own FROM entity
            WHERE fqn < ? AND (fqn, type) > (?, ?) ORDER BY fqn, type LIMIT ?`,
          `${String(fqn)}/`,
          ...after,
          pageSize,
        );
        // Two services of different kinds may have the same name: what lies below the other has another holder.
        yield rows
          .filter((row) => row.own === 0 && this.#holder(String(row.parent_id)) === id)
          .map((row) => String(row.id));
        const last = rows.at(-1);
        if (!last || rows.length < pageSize) break;
        after = [String(last.fqn), String(last.type)];
      }
    }
  }

  #holder(id: string): string | undefined {
    if (this.#holders.has(id)) return this.#holders.get(id);
    const row = this.#db.get(`SELECT parent_id, ${hasOwn("entity.id")} AS own FROM entity WHERE id = ?`, id);
    const parent = row?.parent_id;
    const found = row?.own === 1 ? id : typeof parent === "string" ? this.#holder(parent) : undefined;
    this.#holders.set(id, found);
    return found;
  }

  #domainsOf(holder: string | undefined): readonly string[] {
    if (holder === undefined) return [];
    const known = this.#domains.get(holder);
    if (known) return known;
    const found = this.#db
      .all("SELECT group_id FROM group_member WHERE entity_id = ? AND kind = 'domain'", holder)
      .map((row) => String(row.group_id));
    this.#domains.set(holder, found);
    return found;
  }
}
