import type { Catalog, CatalogEdge, CatalogEntity, GetOptions, ListOptions, Neighbourhood } from "@omd/core";
import type { EntityKey, EntityReference, EntityType, FQN, LineageDetails, LineageSource } from "@omd/schema";
import type { CatalogDatabase, Row } from "./database.ts";
import { entityRows } from "./entity-rows.ts";
import { href, included, stored, type StoredEntity } from "./entity-store.ts";
import { writtenFields, type EntityView } from "./entity-view.ts";

/**
 * The catalog as it was at a moment, from versions and past edges. Names and references are shown as they are now; what was removed for
 * good is not in it, nor are runs of pipelines.
 */
export class CatalogAt implements Pick<Catalog, "get" | "list" | "neighbourhood"> {
  readonly #db: CatalogDatabase;
  readonly #view: EntityView;
  readonly #time: number;

  /** `time` in epoch ms. */
  constructor(db: CatalogDatabase, view: EntityView, time: number) {
    this.#db = db;
    this.#view = view;
    this.#time = time;
  }

  async get(type: EntityType, fqn: FQN, options: GetOptions = {}): Promise<CatalogEntity | undefined> {
    const state = this.#state(this.#db.get("SELECT * FROM entity WHERE type = ? AND fqn = ?", type, fqn));
    return state && included(state, options.include) ? this.#show(state) : undefined;
  }

  async *list(type: EntityType, options: ListOptions = {}): AsyncGenerator<CatalogEntity> {
    for (const row of entityRows(this.#db, type, options.below)) {
      const state = this.#state(row);
      if (state && included(state, options.include)) yield this.#show(state);
    }
  }

  /** All within so many steps; nothing is reached through what was soft-deleted then. */
  async neighbourhood(
    key: EntityKey,
    depth: { upstream: number; downstream: number },
  ): Promise<Neighbourhood | undefined> {
    const start = this.#state(this.#db.get("SELECT * FROM entity WHERE type = ? AND fqn = ?", key.entityType, key.fqn));
    if (!start || start.deleted) return undefined;
    const known = new Map<string, StoredEntity | undefined>([[start.id, start]]);
    const edges = new Map<string, CatalogEdge>();
    this.#walk(start.id, "upstream", depth.upstream, known, edges);
    this.#walk(start.id, "downstream", depth.downstream, known, edges);
    const nodes = [...known.values()].filter(
      (entity) => entity !== undefined && !entity.deleted && entity.id !== start.id,
    );
    return {
      entity: reference(start),
      nodes: nodes.flatMap((entity) => (entity ? [reference(entity)] : [])),
      edges: [...edges.values()],
    };
  }

  #walk(
    start: string,
    direction: "upstream" | "downstream",
    depth: number,
    known: Map<string, StoredEntity | undefined>,
    edges: Map<string, CatalogEdge>,
  ): void {
    const [near, far] = direction === "upstream" ? ["to_id", "from_id"] : ["from_id", "to_id"];
    const reached = new Set([start]);
    let level = [start];
    for (let step = 0; step < depth && level.length > 0; step += 1) {
      const next: string[] = [];
      for (const row of this.#edges(near, level)) {
        const id = String(row[far]);
        const entity = this.#known(id, known);
        if (!entity || entity.deleted) continue;
        const edge = this.#edge(row, known);
        if (edge) edges.set(`${edge.from.id} ${edge.to.id}`, edge);
        if (!reached.has(id)) next.push(id);
        reached.add(id);
      }
      level = next;
    }
  }

  #edges(near: string, level: readonly string[]): Row[] {
    const columns = "from_id, to_id, pipeline_id, source, body, valid_from";
    return this.#db.all(
      `SELECT ${columns} FROM edge WHERE ${near} IN (SELECT value FROM json_each(?1)) AND valid_from <= ?2
        UNION ALL SELECT ${columns} FROM past_edge WHERE ${near} IN (SELECT value FROM json_each(?1)) AND valid_from <= ?2 AND valid_to > ?2
        ORDER BY from_id, to_id, valid_from`,
      JSON.stringify(level),
      this.#time,
    );
  }

  #edge(row: Row, known: Map<string, StoredEntity | undefined>): CatalogEdge | undefined {
    const from = this.#known(String(row.from_id), known);
    const to = this.#known(String(row.to_id), known);
    if (!from || !to) return undefined;
    const pipeline = row.pipeline_id === "" ? undefined : this.#byId(String(row.pipeline_id));
    const details = JSON.parse(String(row.body)) as LineageDetails;
    return {
      from: reference(from),
      to: reference(to),
      details: {
        ...details,
        ...(pipeline ? { pipeline: reference(pipeline) } : {}),
        source: row.source as LineageSource,
      },
    };
  }

  #known(id: string, known: Map<string, StoredEntity | undefined>): StoredEntity | undefined {
    if (!known.has(id)) known.set(id, this.#byId(id));
    return known.get(id);
  }

  #byId(id: string): StoredEntity | undefined {
    return this.#state(this.#db.get("SELECT * FROM entity WHERE id = ?", id));
  }

  /** The state that held then; undefined before the entity was made. */
  #state(row: Row | undefined): StoredEntity | undefined {
    if (!row || Number(row.created_at) > this.#time) return undefined;
    if (Number(row.version_at) <= this.#time) return stored(row);
    const past = this.#db.get(
      "SELECT version, deleted, updated_at, change, body FROM version WHERE entity_id = ? AND version_at <= ? ORDER BY version DESC LIMIT 1",
      String(row.id),
      this.#time,
    );
    return past && stored({ ...row, ...past });
  }

  #show(state: StoredEntity): CatalogEntity {
    return this.#view.show(state, (field, type) => field !== "pipelineStatus" && writtenFields(field, type));
  }
}

function reference({ id, type, name, fqn, deleted }: StoredEntity): EntityReference {
  return { id, type, name, fullyQualifiedName: fqn, deleted, href: href(type, id) };
}
