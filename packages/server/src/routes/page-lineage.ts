import type { Impact } from "@omd/catalog";
import { csvText } from "@omd/core";
import type { EntityType } from "@omd/schema";
import type { FastifyInstance } from "fastify";
import { Refusal } from "../answers.ts";
import { entityType, typeNames } from "../entity-kinds.ts";
import { queryOf, text, wholeNumber, type Query } from "../query.ts";
import { unresolvedEnds } from "../unresolved-ends.ts";
import type { PageParts } from "../parts.ts";

const maxDepth = 10;
const maxNodes = 300;
/** So many ends that are not in the catalog are shown even beside {@link maxNodes} entities. */
const leastEnds = 20;

interface Start {
  readonly id: string;
  readonly type: EntityType;
  readonly fqn: string;
}

export function graphRoutes(app: FastifyInstance, { catalog, reports }: PageParts): void {
  const byId = async (id: string, type?: EntityType): Promise<Start> => {
    for (const candidate of type === undefined ? typeNames : [type]) {
      const entity = await catalog.getById(candidate, id, { include: "all" });
      if (entity) return { id, type: candidate, fqn: entity.fullyQualifiedName };
    }
    throw new Refusal(404, `entity instance for ${id} not found`);
  };
  const start = async (query: Query): Promise<Start> => {
    const given = text(query, "type");
    const type = given === undefined ? undefined : entityType(given);
    const id = text(query, "id");
    if (id !== undefined) return byId(id, type);
    const fqn = text(query, "fqn");
    if (type === undefined || fqn === undefined)
      throw new Refusal(400, "query params type and fqn, or id, must be given");
    const entity = await catalog.get(type, fqn as never, { include: "all" });
    if (!entity) throw new Refusal(404, `${type} instance for ${fqn} not found`);
    return { id: entity.id, type, fqn };
  };
  const impact = async (query: Query): Promise<{ from: Start; direction: string; found: Impact }> => {
    const direction = text(query, "direction") ?? "downstream";
    if (direction !== "downstream" && direction !== "upstream")
      throw new Refusal(400, "query param direction must be one of [downstream, upstream]");
    const from = await start(query);
    return { from, direction, found: await catalog.graph.impact(from, direction) };
  };

  app.get("/api/omd/lineage", async (request) => {
    const query = queryOf(request);
    const depth = (name: string): number => wholeNumber(query, name, { min: 0, max: maxDepth }) ?? 2;
    const from = await start(query);
    const limit = wholeNumber(query, "limit", { min: 1, max: maxNodes }) ?? maxNodes;
    const graph = await catalog.graph.around(from, {
      upstream: depth("upstream"),
      downstream: depth("downstream"),
      limit,
    });
    const room = Math.max(leastEnds, limit - graph.nodes.length);
    const ids = graph.nodes.map(({ id }) => id);
    const ends = unresolvedEnds(reports.newest(), catalog.events.ends.at(ids, room + 1), graph.nodes);
    return { ...graph, unresolved: ends.slice(0, room), truncated: graph.truncated || ends.length > room };
  });

  app.get("/api/omd/path", async (request) => {
    const query = queryOf(request);
    const from = text(query, "from");
    const to = text(query, "to");
    if (from === undefined || to === undefined) throw new Refusal(400, "query params from and to must be given");
    await Promise.all([byId(from), byId(to)]);
    return catalog.graph.path(from, to);
  });

  app.get("/api/omd/impact", async (request) => (await impact(queryOf(request))).found);

  app.get("/api/omd/impact.csv", async (request, reply) => {
    const { from, direction, found } = await impact(queryOf(request));
    const name = `${direction}-of-${from.fqn.replaceAll(/[^\w.-]+/g, "_")}.csv`;
    void reply.type("text/csv; charset=utf-8").header("content-disposition", `attachment; filename="${name}"`);
    const fqns = new Map([[from.id, from.fqn], ...found.items.map((item) => [item.id, item.fqn] as const)]);
    const via = (ids: readonly string[]): string => ids.map((id) => fqns.get(id) ?? id).join(" ");
    return csvText(
      ["depth", "type", "name", "fqn", "service", "via"],
      found.items.map((item) => [
        String(item.depth),
        item.type,
        item.name,
        item.fqn,
        item.service ?? "",
        via(item.via),
      ]),
    );
  });
}
