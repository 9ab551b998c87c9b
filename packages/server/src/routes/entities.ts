import { entityState } from "@omd/catalog";
import type { CatalogEntity, GetOptions } from "@omd/core";
import { entityTypeInfo, type CreateRequest, type EntityType } from "@omd/schema";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { notFound, Refusal } from "../answers.ts";
import { typeNames } from "../entity-kinds.ts";
import { fqnCandidates } from "../fqn-candidates.ts";
import type { ServerParts } from "../parts.ts";
import { patchOperations } from "../patch-body.ts";
import { fieldsOf, flag, includeOf, queryOf, text, wholeNumber, type Query } from "../query.ts";
import { bulkRoutes } from "./entities-bulk.ts";
import { versionRoutes } from "./entities-versions.ts";

/** The routes that every collection has. Source: om-api §2.2. */
export function entityRoutes(app: FastifyInstance, parts: ServerParts): void {
  for (const type of typeNames) {
    const path = `/api/v1/${entityTypeInfo(type).collection}`;
    readRoutes(app, parts, type, path);
    writeRoutes(app, parts, type, path);
    removalRoutes(app, parts, type, path);
    bulkRoutes(app, parts, type, path);
    versionRoutes(app, parts, type, path);
  }
}

interface ById {
  Params: { id: string };
}
/** The wildcard takes FQNs that were sent without encoding, `/` and all. */
interface ByName {
  Params: { "*": string };
}

function reading(query: Query): GetOptions {
  return { fields: fieldsOf(query), include: includeOf(query) };
}

/** The entity of a name as it stands in a path. Throws Refusal 404. */
export async function findByName(
  { catalog }: ServerParts,
  type: EntityType,
  name: string,
  options: GetOptions = {},
): Promise<CatalogEntity> {
  for (const fqn of fqnCandidates(name)) {
    const found = await catalog.get(type, fqn, options);
    if (found) return found;
  }
  throw notFound(type, name);
}

function readRoutes(app: FastifyInstance, parts: ServerParts, type: EntityType, path: string): void {
  app.get(path, async (request) => {
    const query = queryOf(request);
    const filters = Object.fromEntries(Object.keys(query).map((name) => [name, text(query, name)]));
    const { data, total, after, before } = await parts.catalog.page(type, {
      ...reading(query),
      filters,
      limit: wholeNumber(query, "limit", { min: 0, max: 1_000_000 }),
      after: text(query, "after"),
      before: text(query, "before"),
    });
    return { data, paging: { total, after, before } };
  });
  app.get<ByName>(`${path}/name/*`, async (request, reply) =>
    tagged(reply, await findByName(parts, type, request.params["*"], reading(queryOf(request)))),
  );
  app.get<ById>(`${path}/:id`, async (request, reply) => {
    const found = await parts.catalog.getById(type, request.params.id, reading(queryOf(request)));
    if (!found) throw notFound(type, request.params.id);
    return tagged(reply, found);
  });
}

/** OpenMetadata's header that tells a 200 that wrote from one that did not. */
const change = { created: "entityCreated", updated: "entityUpdated", unchanged: "entityNoChange" } as const;

function writeRoutes(app: FastifyInstance, { writer, ...parts }: ServerParts, type: EntityType, path: string): void {
  app.put(path, async (request, reply) => {
    const { outcome, entity } = await writer.put(type, body(request.body));
    return reply
      .code(outcome === "created" ? 201 : 200)
      .header("X-OpenMetadata-Change", change[outcome])
      .send(entity);
  });
  app.post(path, async (request, reply) => {
    const { entity } = await writer.put(type, body(request.body), { create: true });
    return reply.code(201).header("X-OpenMetadata-Change", change.created).send(entity);
  });
  app.patch<ById>(`${path}/:id`, async (request, reply) => {
    const { id } = request.params;
    return tagged(
      reply,
      await writer.patch(type, id, patchOperations(request.body), { states: wantedStates(request) }),
    );
  });
  app.patch<ByName>(`${path}/name/*`, async (request, reply) => {
    const given = patchOperations(request.body);
    const { id } = await findByName({ writer, ...parts }, type, request.params["*"]);
    return tagged(reply, await writer.patch(type, id, given, { states: wantedStates(request) }));
  });
}

/** The entity with its `ETag`, by which a PATCH may ask that nobody changed it meanwhile. */
function tagged(reply: FastifyReply, entity: CatalogEntity): CatalogEntity {
  void reply.header("etag", `"${entityState(entity)}"`);
  return entity;
}

/** What `If-Match` lists; undefined without the header and for `*`. */
function wantedStates({ headers }: FastifyRequest): string[] | undefined {
  const wanted = headers["if-match"];
  if (wanted === undefined || wanted.trim() === "*") return undefined;
  return wanted.split(",").map((tag) => tag.trim().replace(/^(?:W\/)?"?|"$/gu, ""));
}

/** The catalog checks it by the type's own schema. */
function body<T extends EntityType>(given: unknown): CreateRequest<T> {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new Refusal(400, "The body must be a JSON object");
  return given as CreateRequest<T>;
}

function removalRoutes(app: FastifyInstance, parts: ServerParts, type: EntityType, path: string): void {
  const remove = async (found: CatalogEntity | undefined, what: string, query: Query): Promise<CatalogEntity> => {
    const hard = flag(query, "hardDelete");
    if (!found || (found.deleted === true && !hard)) throw notFound(type, what);
    await parts.writer.delete(type, found.id, { hard, recursive: flag(query, "recursive") });
    if (hard) return { ...found, deleted: true };
    return (await parts.catalog.getById(type, found.id, { include: "all" })) ?? { ...found, deleted: true };
  };
  app.delete<ById>(`${path}/:id`, async ({ params: { id }, query }) =>
    remove(await parts.catalog.getById(type, id, { include: "all" }), id, query as Query),
  );
  app.delete<ByName>(`${path}/name/*`, async (request) => {
    const name = request.params["*"];
    return remove(await findByName(parts, type, name, { include: "all" }), name, queryOf(request));
  });
  app.put(`${path}/restore`, (request) => {
    const { id } = body(request.body) as { id?: unknown };
    if (typeof id !== "string") throw new Refusal(400, "restore needs the id of an entity");
    return parts.writer.restore(type, id);
  });
}
