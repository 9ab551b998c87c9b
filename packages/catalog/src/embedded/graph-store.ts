import type { EntityType, FQN } from "@omd/schema";
import type { CatalogDatabase, Row } from "./database.ts";
import { graphEdges, graphNodes, type GraphEdge, type GraphNode } from "./graph-shape.ts";

export type GraphDirection = "upstream" | "downstream";

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

const ends = { upstream: { near: "to_id", far: "from_id" }, downstream: { near: "from_id", far: "to_id" } } as const;

/** Walks over lineage, level by level and each with a bound. Soft-deleted entities are never reached. */
export class GraphStore {
  readonly #db: CatalogDatabase;

  constructor(db: CatalogDatabase) {
    this.#db = db;
  }

  /**
   * What lies within so many steps of an entity, at most `limit` nodes. A pipeline also has as neighbours what its edges lead from and to.
   */
  around(
    start: { id: string; type: EntityType },
    { upstream, downstream, limit }: { upstream: number; downstream: number; limit: number },
  ): LineageGraph {
    const reached = new Set([start.id]);
    // Apart, since in a cycle one entity is reached both ways and leads on both ways.
    const walked = { upstream: new Set([start.id]), downstream: new Set([start.id]) };
    const levels = { upstream: [start.id], downstream: [start.id] };
    const depth = { upstream, downstream };
    let truncated = false;
    for (let step = 0; step < Math.max(upstream, downstream); step += 1) {
      for (const direction of ["upstream", "downstream"] as const) {
        if (step >= depth[direction] || levels[direction].length === 0) continue;
        const left = limit - reached.size;
        // The first of two sides leaves half of the room to the other.
        const shared = direction === "upstream" && step < downstream && levels.downstream.length > 0;
        const room = shared ? Math.ceil(left / 2) : left;
        const ids = this.#reached(levels[direction], direction, step === 0 ? start : undefined, room + limit + 1);
        const fresh = ids.filter((id) => !reached.has(id));
        truncated ||= fresh.length > room;
        for (const id of fresh.slice(0, room)) reached.add(id);
        levels[direction] = ids.filter((id) => reached.has(id) && !walked[direction].has(id));
        for (const id of levels[direction]) walked[direction].add(id);
      }
    }
    const ids = [...reached];
    const hidden = this.#hidden(ids);
    return {
      root: start.id,
      nodes: graphNodes(this.#db, ids, hidden),
      edges: graphEdges(this.#db, ids),
      truncated,
    };
  }

  /** A shortest way along lineage, from one to the other or back; without nodes when there is none within {@link maxVisited}. */
  path(from: string, to: string): { nodes: readonly GraphNode[]; edges: readonly GraphEdge[] } {
    const ids = this.#way(from, to) ?? this.#way(to, from)?.reverse() ?? [];
    const steps = new Set(ids.slice(1).flatMap((id, index) => [`${ids[index]} ${id}`, `${id} ${ids[index]}`]));
    return {
      nodes: graphNodes(this.#db, ids, this.#hidden(ids)),
      edges: graphEdges(this.#db, ids).filter((edge) => steps.has(`${edge.from} ${edge.to}`)),
    };
  }

  /** Everything reached from an entity in one direction, by depth and FQN. */
  impact(start: { id: string; type: EntityType }, direction: GraphDirection): Impact {
    const depths = new Map([[start.id, 0]]);
    const via = new Map<string, Set<string>>();
    let level = [start.id];
    let truncated = false;
    for (let depth = 1; level.length > 0 && !truncated; depth += 1) {
      const next: string[] = [];
      for (const { near, id } of this.#step(level, direction, depth === 1 ? start : undefined, -1)) {
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
  #reached(
    level: readonly string[],
    direction: GraphDirection,
    start: { id: string; type: EntityType } | undefined,
    limit: number,
  ): string[] {
    const { near, far } = ends[direction];
    const found = this.#db.all(
      `SELECT DISTINCT edge.${far} AS id FROM json_each(?) level JOIN edge ON edge.${near} = level.value
        JOIN entity ON entity.id = edge.${far} WHERE entity.deleted = 0 LIMIT ?`,
      JSON.stringify(level),
      limit,
    );
    if (start?.type === "pipeline") found.push(...this.#made(start.id, far, limit));
    return [...new Set(found.map((row) => String(row.id)))];
  }

  /** Neighbours of a level, each with the one it was reached from; `-1` is no limit. */
  #step(
    level: readonly string[],
    direction: GraphDirection,
    start: { id: string; type: EntityType } | undefined,
    limit: number,
  ): { near: string; id: string }[] {
    const { near, far } = ends[direction];
    const found = this.#db.all(
      `SELECT DISTINCT level.value AS near, edge.${far} AS id FROM json_each(?) level JOIN edge ON edge.${near} = level.value
        JOIN entity ON entity.id = edge.${far} WHERE entity.deleted = 0 LIMIT ?`,
      JSON.stringify(level),
      limit,
    );
    if (start?.type === "pipeline") found.push(...this.#made(start.id, far, limit));
    return found.map((row) => ({ near: String(row.near), id: String(row.id) }));
  }

  #made(pipeline: string, far: string, limit: number): Row[] {
    return this.#db.all(
      `SELECT DISTINCT edge.pipeline_id AS near, edge.${far} AS id FROM edge JOIN entity ON entity.id = edge.${far}
        WHERE edge.pipeline_id = ? AND edge.pipeline_id <> '' AND entity.deleted = 0 LIMIT ?`,
      pipeline,
      limit,
    );
  }

  #hidden(ids: readonly string[]): Map<string, { upstream: number; downstream: number }> {
    const count = (direction: GraphDirection): string => {
      const { near, far } = ends[direction];
      return `(SELECT count(*) FROM (SELECT DISTINCT edge.${far} FROM edge JOIN entity ON entity.id = edge.${far}
        WHERE edge.${near} = node.value AND entity.deleted = 0 AND edge.${far} NOT IN (SELECT value FROM json_each(?1)) LIMIT ${maxHidden}))`;
    };
    const rows = this.#db.all(
      `SELECT node.value AS id, ${count("upstream")} AS upstream, ${count("downstream")} AS downstream FROM json_each(?1) node`,
      JSON.stringify(ids),
    );
    return new Map(
      rows.map((row) => [String(row.id), { upstream: Number(row.upstream), downstream: Number(row.downstream) }]),
    );
  }

  /** From both ends at once, always the side with fewer open ends: a graph with hubs would fill memory otherwise. */
  #way(from: string, to: string): string[] | undefined {
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
      for (const { near, id } of this.#step(side.level, direction, undefined, maxVisited)) {
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
