import type { EntityType, FQN } from "@omd/schema";
import { AssetEdges, groupKind } from "./asset-edges.ts";
import type { CatalogDatabase, Row } from "./database.ts";
import { ends, type GraphDirection } from "./graph-direction.ts";
import { graphEdges, graphNodes, type GraphEdge, type GraphNode } from "./graph-shape.ts";

/** A bounded part of the lineage around one entity. */
export interface LineageGraph {
  readonly root: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Whether a step within the depth that was asked for was left out for the limit. */
  readonly truncated: boolean;
}

/** One entity that is reached from another along lineage. */
export interface ImpactItem {
  readonly id: string;
  readonly type: EntityType;
  readonly name: string;
  readonly fqn: FQN;
  /** Name of the service. */
  readonly service?: string | undefined;
  /** Steps from the start, along the shortest way. */
  readonly depth: number;
  /** Ids of those one step before it on shortest ways. */
  readonly via: readonly string[];
}

/** Everything that is reached; `truncated` when it is more than {@link maxImpact}. */
export interface Impact {
  readonly total: number;
  readonly items: readonly ImpactItem[];
  readonly truncated: boolean;
}

/** Most entities of an impact list. */
export const maxImpact = 10_000;
/** Most entities that a search for a path looks at. */
const maxVisited = 50_000;
/** Hidden neighbours of a node are counted up to here. */
const maxHidden = 1000;

/** Where a walk began, until it has left there; edges of assets, when it began at what holds assets. */
interface Way {
  readonly start?: { readonly id: string; readonly type: EntityType } | undefined;
  readonly assets: AssetEdges | undefined;
}

/** Walks over lineage, level by level and each with a bound. Soft-deleted entities are never reached. */
export class GraphStore {
  readonly #db: CatalogDatabase;

  constructor(db: CatalogDatabase) {
    this.#db = db;
  }

  /**
   * What lies within so many steps of an entity, at most `limit` nodes. A pipeline also has as neighbours what its edges lead from and to.
   */
  async around(
    start: { id: string; type: EntityType },
    { upstream, downstream, limit }: { upstream: number; downstream: number; limit: number },
  ): Promise<LineageGraph> {
    const reached = new Set([start.id]);
    // Apart, since in a cycle one entity is reached both ways and leads on both ways.
    const walked = { upstream: new Set([start.id]), downstream: new Set([start.id]) };
    const levels = { upstream: [start.id], downstream: [start.id] };
    const depth = { upstream, downstream };
    const assets = this.#assetEdges(start.type);
    let truncated = false;
    for (let step = 0; step < Math.max(upstream, downstream); step += 1) {
      for (const direction of ["upstream", "downstream"] as const) {
        if (step >= depth[direction] || levels[direction].length === 0) continue;
        const left = limit - reached.size;
        // The first of two sides leaves half of the room to the other.
        const shared = direction === "upstream" && step < downstream && levels.downstream.length > 0;
        const room = shared ? Math.ceil(left / 2) : left;
        const way = { assets, start: step === 0 ? start : undefined };
        const ids = await this.#reached(levels[direction], direction, way, room + limit + 1);
        const fresh = ids.filter((id) => !reached.has(id));
        truncated ||= fresh.length > room;
        for (const id of fresh.slice(0, room)) reached.add(id);
        levels[direction] = ids.filter((id) => reached.has(id) && !walked[direction].has(id));
        for (const id of levels[direction]) walked[direction].add(id);
      }
    }
    const ids = [...reached];
    return { root: start.id, ...(await this.#drawn(ids, assets)), truncated };
  }

  /** A shortest way along lineage, from one to the other or back; without nodes when there is none within {@link maxVisited}. */
  async path(from: string, to: string): Promise<Pick<LineageGraph, "nodes" | "edges">> {
    const assets = this.#assetEdges(this.#db.get("SELECT type FROM entity WHERE id = ?", from)?.type as EntityType);
    const ids = (await this.#way(from, to, assets)) ?? (await this.#way(to, from, assets))?.reverse() ?? [];
    const steps = new Set(ids.slice(1).flatMap((id, index) => [`${ids[index]} ${id}`, `${id} ${ids[index]}`]));
    const { nodes, edges } = await this.#drawn(ids, assets);
    return { nodes, edges: edges.filter((edge) => steps.has(`${edge.from} ${edge.to}`)) };
  }

  #assetEdges(type: EntityType | undefined): AssetEdges | undefined {
    const kind = type && groupKind(type);
    return kind && new AssetEdges(this.#db, kind);
  }

  async #drawn(ids: readonly string[], assets: AssetEdges | undefined): Promise<Pick<LineageGraph, "nodes" | "edges">> {
    return {
      nodes: graphNodes(this.#db, ids, await this.#hidden(ids, assets)),
      edges: graphEdges(this.#db, ids, await assets?.steps(ids, "downstream")),
    };
  }

  /** Everything reached from an entity in one direction, by depth and FQN. */
  async impact(start: { id: string; type: EntityType }, direction: GraphDirection): Promise<Impact> {
    const depths = new Map([[start.id, 0]]);
    const via = new Map<string, Set<string>>();
    const assets = this.#assetEdges(start.type);
    let level = [start.id];
    let truncated = false;
    for (let depth = 1; level.length > 0 && !truncated; depth += 1) {
      const next: string[] = [];
      const way = { assets, start: depth === 1 ? start : undefined };
      for (const { near, id } of await this.#step(level, direction, way, -1)) {
        if (!depths.has(id)) {
          if (depths.size > maxImpact) {
            truncated = true;
            break;
          }
          depths.set(id, depth);
          via.set(id, new Set());
          next.push(id);
        }
        if (depths.get(id) === depth) via.get(id)?.add(near);
      }
      level = next;
    }
    depths.delete(start.id);
    const items = this.#items([...depths.keys()]).map((item) => ({
      ...item,
      depth: depths.get(item.id) ?? 0,
      via: [...(via.get(item.id) ?? [])],
    }));
    items.sort((a, b) => a.depth - b.depth || (a.fqn < b.fqn ? -1 : 1));
    return { total: items.length, items, truncated };
  }

  /** Neighbours of a level, each once. */
  async #reached(
    level: readonly string[],
    direction: GraphDirection,
    { start, assets }: Way,
    limit: number,
  ): Promise<string[]> {
    const { near, far } = ends[direction];
    const found = this.#db.all(
      `SELECT DISTINCT edge.${far} AS id FROM json_each(?) level JOIN edge ON edge.${near} = level.value
        JOIN entity ON entity.id = edge.${far} WHERE entity.deleted = 0 LIMIT ?`,
      JSON.stringify(level),
      limit,
    );
    if (start?.type === "pipeline") found.push(...this.#made(start.id, far, limit));
    const led = (await assets?.steps(level, direction))?.map((step) => step.far) ?? [];
    return [...new Set([...found.map((row) => String(row.id)), ...led])];
  }

  /** Neighbours of a level, each with the one it was reached from; `-1` is no limit. */
  async #step(
    level: readonly string[],
    direction: GraphDirection,
    { start, assets }: Way,
    limit: number,
  ): Promise<{ near: string; id: string }[]> {
    const { near, far } = ends[direction];
    const found = this.#db.all(
      `SELECT DISTINCT level.value AS near, edge.${far} AS id FROM json_each(?) level JOIN edge ON edge.${near} = level.value
        JOIN entity ON entity.id = edge.${far} WHERE entity.deleted = 0 LIMIT ?`,
      JSON.stringify(level),
      limit,
    );
    if (start?.type === "pipeline") found.push(...this.#made(start.id, far, limit));
    return [
      ...found.map((row) => ({ near: String(row.near), id: String(row.id) })),
      ...((await assets?.steps(level, direction)) ?? []).map((step) => ({ near: step.near, id: step.far })),
    ];
  }

  #made(pipeline: string, far: string, limit: number): Row[] {
    return this.#db.all(
      `SELECT DISTINCT edge.pipeline_id AS near, edge.${far} AS id FROM edge JOIN entity ON entity.id = edge.${far}
        WHERE edge.pipeline_id = ? AND edge.pipeline_id <> '' AND entity.deleted = 0 LIMIT ?`,
      pipeline,
      limit,
    );
  }

  async #hidden(
    ids: readonly string[],
    assets: AssetEdges | undefined,
  ): Promise<Map<string, { upstream: number; downstream: number }>> {
    const count = (direction: GraphDirection): string => {
      const { near, far } = ends[direction];
      return `(SELECT count(*) FROM (SELECT DISTINCT edge.${far} FROM edge JOIN entity ON entity.id = edge.${far}
        WHERE edge.${near} = node.value AND entity.deleted = 0 AND edge.${far} NOT IN (SELECT value FROM json_each(?1)) LIMIT ${maxHidden}))`;
    };
    const rows = this.#db.all(
      `SELECT node.value AS id, ${count("upstream")} AS upstream, ${count("downstream")} AS downstream FROM json_each(?1) node`,
      JSON.stringify(ids),
    );
    const more = new Map(
      rows.map((row) => [String(row.id), { upstream: Number(row.upstream), downstream: Number(row.downstream) }]),
    );
    const shown = new Set(ids);
    for (const direction of ["upstream", "downstream"] as const)
      for (const { near, far } of (await assets?.steps(ids, direction)) ?? []) {
        const counts = more.get(near);
        // Beside a stored edge counted twice: that is rare, and the number only says that there is more.
        if (counts && !shown.has(far)) counts[direction] += 1;
      }
    return more;
  }

  /** From both ends at once, always the side with fewer open ends: a graph with hubs would fill memory otherwise. */
  async #way(from: string, to: string, assets: AssetEdges | undefined): Promise<string[] | undefined> {
    if (from === to) return [from];
    const sides = {
      downstream: { before: new Map<string, string | undefined>([[from, undefined]]), level: [from] },
      upstream: { before: new Map<string, string | undefined>([[to, undefined]]), level: [to] },
    };
    while (sides.downstream.level.length > 0 && sides.upstream.level.length > 0) {
      const direction = sides.downstream.level.length <= sides.upstream.level.length ? "downstream" : "upstream";
      const side = sides[direction];
      const other = sides[direction === "downstream" ? "upstream" : "downstream"];
      const next: string[] = [];
      for (const { near, id } of await this.#step(side.level, direction, { assets }, maxVisited)) {
        if (side.before.has(id)) continue;
        side.before.set(id, near);
        if (other.before.has(id)) {
          return [...back(sides.downstream.before, id).reverse(), ...back(sides.upstream.before, id).slice(1)];
        }
        next.push(id);
      }
      if (side.before.size + other.before.size > maxVisited) return undefined;
      side.level = next;
    }
    return undefined;
  }

  #items(ids: readonly string[]): Omit<ImpactItem, "depth" | "via">[] {
    return this.#db
      .all(
        `SELECT entity.id, entity.type, entity.name, entity.fqn, service.name AS service FROM json_each(?) wanted
          JOIN entity ON entity.id = wanted.value LEFT JOIN entity service ON service.id = json_extract(entity.body, '$.service.id')`,
        JSON.stringify(ids),
      )
      .map((row) => ({
        id: String(row.id),
        type: row.type as EntityType,
        name: String(row.name),
        fqn: row.fqn as FQN,
        ...(row.service === null ? {} : { service: String(row.service) }),
      }));
  }
}

function back(before: ReadonlyMap<string, string | undefined>, id: string): string[] {
  const way: string[] = [];
  for (let at: string | undefined = id; at !== undefined; at = before.get(at)) way.push(at);
  return way;
}
