import type { CatalogEdge } from "@omd/core";
import { addLineage, type EntityType } from "@omd/schema";
import type { FastifyInstance } from "fastify";
import { notFound, Refusal } from "../answers.ts";
import { entityType } from "../entity-kinds.ts";
import { entityLineage, type Depth } from "../lineage-answer.ts";
import { layeredLineage } from "../lineage-layers.ts";
import { knownDetails, patchedDetails, saysAtLeast, shownDetails } from "../lineage-details.ts";
import type { ServerParts } from "../parts.ts";
import { queryOf, text, wholeNumber, type Query } from "../query.ts";
import { findByName } from "./entities.ts";

interface Ends {
  Params: { fromType: string; from: string; toType: string; to: string };
}
interface OfEntity {
  Params: { type: string; name: string };
}
interface OfSource {
  Params: { type: string; name: string; source: string };
}

const root = "/api/v1/lineage";

/** `/lineage` and what lies below it. Source: om-api §5. */
export function lineageRoutes(app: FastifyInstance, parts: ServerParts): void {
  edgeRoutes(app, parts);
  graphRoutes(app, parts);
  sourceRoutes(app, parts);
}

function edgeRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { catalog, writer } = parts;
  const find = async (from: string, to: string): Promise<CatalogEdge> => {
    const edge = await catalog.lineageEdge(from, to);
    if (!edge) throw new Refusal(404, `lineageEdge instance for ${from} to ${to} not found`);
    return edge;
  };
  const ids = async ({ fromType, from, toType, to }: Ends["Params"]): Promise<[string, string]> => [
    (await findByName(parts, entityType(fromType), from)).id,
    (await findByName(parts, entityType(toType), to)).id,
  ];
  app.put(root, async (request, reply) => {
    const { edge } = addLineage.parse(withKnownDetails(request.body));
    const details = {
      ...(edge.description === undefined ? {} : { description: edge.description }),
      ...edge.lineageDetails,
    };
    await writer.replaceLineage({ from: edge.fromEntity, to: edge.toEntity, details });
    return reply.code(200).send();
  });
  // The answer's `edge` is the details, not an edge: so says the server.
  app.get<{ Params: { from: string; to: string } }>(`${root}/getLineageEdge/:from/:to`, async ({ params }) => ({
    edge: shownDetails(await find(params.from, params.to)),
  }));
  const patch = async (edge: CatalogEdge, operations: unknown) => {
    const details = patchedDetails(shownDetails(edge), operations);
    // What only grew is kept beside what other pipelines know of the pair; what was taken away must be gone.
    await writer.replaceLineage({ ...edge, details }, { alone: !saysAtLeast(details, edge.details) });
    return shownDetails(await find(edge.from.id, edge.to.id));
  };
  const remove = async (edge: CatalogEdge): Promise<void> => {
    if (isDerived(edge)) throw new Refusal(400, derivedText(edge));
    return writer.deleteLineage(edge.from, edge.to);
  };
  const byIds = `${root}/:fromType/:from/:toType/:to`;
  app.patch<Ends>(byIds, async ({ params, body }) => patch(await find(params.from, params.to), body));
  app.delete<Ends>(byIds, async ({ params }, reply) => {
    await remove(await find(params.from, params.to));
    return reply.code(200).send();
  });
  app.delete<Ends>(`${root}/:fromType/name/:from/:toType/name/:to`, async ({ params }, reply) => {
    await remove(await find(...(await ids(params))));
    return reply.code(200).send();
  });
}

/** Whether the edge between two services, domains or data products only follows from edges of what they hold. */
function isDerived({ details }: CatalogEdge): boolean {
  return details.source === "ChildAssets" && details.assetEdges !== undefined;
}

function derivedText({ from, to, details: { assetEdges } }: CatalogEdge): string {
  return `The edge from ${from.name ?? from.id} to ${to.name ?? to.id} follows from ${assetEdges} edges of assets: it goes with the last of them`;
}

/** What the server itself notes of an edge may come back to it. */
function withKnownDetails(body: unknown): unknown {
  const edge = (body as { edge?: { lineageDetails?: unknown } } | null | undefined)?.edge;
  if (typeof edge?.lineageDetails !== "object" || edge.lineageDetails === null) return body;
  return { edge: { ...edge, lineageDetails: knownDetails(edge.lineageDetails) } };
}

const depths = { min: 0, max: 3 };

function depthOf(query: Query): Depth {
  return {
    upstream: wholeNumber(query, "upstreamDepth", depths) ?? 1,
    downstream: wholeNumber(query, "downstreamDepth", depths) ?? 1,
  };
}

function graphRoutes(app: FastifyInstance, parts: ServerParts): void {
  const around = async (type: EntityType, name: string, depth: Depth) => {
    const { fullyQualifiedName: fqn } = await findByName(parts, type, name);
    const found = await parts.catalog.neighbourhood({ entityType: type, fqn }, depth);
    if (!found) throw notFound(type, name);
    return found;
  };
  app.get<{ Params: { type: string; "*": string } }>(`${root}/:type/name/*`, async (request) => {
    const depth = depthOf(queryOf(request));
    return entityLineage(await around(entityType(request.params.type), request.params["*"], depth), depth);
  });
  app.get<OfEntity>(`${root}/:type/:name`, async (request) => {
    const type = entityType(request.params.type);
    const entity = await parts.catalog.getById(type, request.params.name);
    if (!entity) throw notFound(type, request.params.name);
    const depth = depthOf(queryOf(request));
    return entityLineage(await around(type, entity.fullyQualifiedName, depth), depth);
  });
  app.get(`${root}/getLineage`, async (request) => {
    const query = queryOf(request);
    const fqn = text(query, "fqn");
    const type = text(query, "type");
    if (fqn === undefined || type === undefined) throw new Refusal(400, "query params fqn and type must not be null");
    const depth = depthOf(query);
    return layeredLineage(parts.catalog, await around(entityType(type), fqn, depth), depth);
  });
}

function sourceRoutes(app: FastifyInstance, parts: ServerParts): void {
  app.delete<OfSource>(`${root}/:type/:name/type/:source`, async ({ params }, reply) => {
    await parts.writer.deleteLineageBySource(entityType(params.type), params.name, params.source);
    return reply.code(200).send();
  });
  app.delete<OfSource>(`${root}/source/name/:type/:name/type/:source`, async ({ params }, reply) => {
    const type = entityType(params.type);
    const { id } = await findByName(parts, type, params.name, { include: "all" });
    await parts.writer.deleteLineageBySource(type, id, params.source);
    return reply.code(200).send();
  });
}
