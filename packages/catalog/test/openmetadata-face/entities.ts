import type { BulkItemResult, CatalogEntity, GetOptions, Include } from "@omd/core";
import {
  entityTypes,
  parseEntityLink,
  parseFqn,
  quoteName,
  type CreateRequest,
  type EntityType,
  type FQN,
  type JsonPatchOperation,
} from "@omd/schema";
import { notFound, ok, Refusal, type FaceAnswer } from "./answer.ts";
import { locate, type FaceCall, type FaceState } from "./calls.ts";
import { checkExtension } from "./types.ts";

const listOf = (query: URLSearchParams, key: string): string[] | undefined => query.get(key)?.split(",");

function options(query: URLSearchParams): GetOptions {
  const include = query.get("include");
  if (include !== null && !["all", "deleted", "non-deleted"].includes(include))
    throw new Refusal(400, `query param include must be one of [all, deleted, non-deleted]`);
  return { fields: listOf(query, "fields"), include: (include ?? undefined) as Include | undefined };
}

/** Collection routes: one entity, many, bulk, restore. */
export async function entityRoutes(
  state: FaceState,
  type: EntityType,
  rest: readonly string[],
  call: FaceCall,
): Promise<FaceAnswer | undefined> {
  const [first, second] = rest;
  const shape = `${call.method} ${rest.length === 0 ? "/" : first === "name" ? "name" : first === "bulk" ? "bulk" : first === "restore" ? "restore" : "id"}`;
  switch (shape) {
    case "GET /":
      return page(state, type, call.query);
    case "PUT /":
      return put(state, type, call.body);
    case "GET name":
      return second === undefined ? undefined : byName(state, type, second, call.query);
    case "GET id":
      return byId(state, type, first ?? "", call.query);
    case "PUT bulk":
      return state.withoutBulk || !entityTypes[type].bulk ? undefined : bulk(state, type, call.body);
    case "PUT restore":
      return ok(withHref(await state.store.restore(type, (call.body as { id: string }).id)));
    case "PATCH id":
      return patch(state, type, first ?? "", call);
    case "DELETE id":
      return remove(state, type, first ?? "", call.query);
    default:
      return undefined;
  }
}

const withHref = (entity: CatalogEntity): CatalogEntity => ({ href: `http://face/${entity.id}`, ...entity });

async function byName(state: FaceState, type: EntityType, name: string, query: URLSearchParams): Promise<FaceAnswer> {
  const service = entityTypes[type].collection.startsWith("services/") && type !== "ingestionPipeline";
  const fqn = parseFqn(service ? quoteName(name) : name);
  const found = await state.store.get(type, fqn, options(query));
  if (found === undefined) throw notFound(type, name);
  state.known.set(found.id, { type, fqn: found.fullyQualifiedName });
  return ok(withHref(found));
}

async function byId(state: FaceState, type: EntityType, id: string, query: URLSearchParams): Promise<FaceAnswer> {
  const found = await locate(state, id);
  if (found === undefined || found.type !== type) throw notFound(type, id);
  return byName(state, type, found.entity.fullyQualifiedName, query);
}

const encodeCursor = (at: number): string => Buffer.from(JSON.stringify({ at })).toString("base64url");
const decodeCursor = (cursor: string): number =>
  (JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as { at: number }).at;

async function page(state: FaceState, type: EntityType, query: URLSearchParams): Promise<FaceAnswer> {
  const limit = Number(query.get("limit") ?? 10);
  if (!Number.isInteger(limit) || limit < 0 || limit > 1_000_000) throw new Refusal(400, "query param limit is wrong");
  const info = entityTypes[type];
  const scope = "scope" in info ? query.get(info.scope) : null;
  const below = scope === null ? undefined : scopeOf("scope" in info ? info.scope : undefined, scope);
  const rows: CatalogEntity[] = [];
  for await (const row of state.store.list(type, { ...options(query), below })) rows.push(row);
  rows.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1));
  const after = query.get("after");
  const start = after === null ? 0 : decodeCursor(after);
  const data = rows.slice(start, start + limit).map(withHref);
  const end = start + data.length;
  const paging = {
    total: rows.length,
    ...(limit > 0 && end < rows.length ? { after: encodeCursor(end) } : {}),
    ...(start > 0 ? { before: encodeCursor(Math.max(0, start - limit)) } : {}),
  };
  return ok({ data, paging });
}

function scopeOf(filter: string | undefined, value: string): FQN {
  const link = filter === "entityLink" ? parseEntityLink(value) : undefined;
  return parseFqn(link?.fqn ?? (filter === "service" ? quoteName(value) : value));
}

const change = { created: "entityCreated", updated: "entityUpdated", unchanged: "entityNoChange" } as const;

async function put(state: FaceState, type: EntityType, body: unknown): Promise<FaceAnswer> {
  const { outcome, entity } = await state.store.put(type, request(type, body));
  state.known.set(entity.id, { type, fqn: entity.fullyQualifiedName });
  const headers = { "X-OpenMetadata-Change": change[outcome] };
  return { status: outcome === "created" ? 201 : 200, headers, body: withHref(entity) };
}

const request = (type: EntityType, body: unknown): CreateRequest<EntityType> => entityTypes[type].request.parse(body);

async function bulk(state: FaceState, type: EntityType, body: unknown): Promise<FaceAnswer> {
  if (!Array.isArray(body)) throw new Refusal(400, "Unable to process JSON");
  const results = await state.store.putMany(
    type,
    body.map((item: unknown) => request(type, item)),
  );
  const row = (result: BulkItemResult) =>
    result.ok
      ? { request: result.fqn, status: 200 }
      : { request: result.fqn, status: result.status, message: result.message };
  // Failures first and the rest turned round: a client may rely on names only.
  const passed = results.filter((result) => result.ok).toReversed();
  const failed = results.filter((result) => !result.ok).toReversed();
  return ok({
    dryRun: false,
    status: failed.length === 0 ? "success" : passed.length === 0 ? "failure" : "partialSuccess",
    numberOfRowsProcessed: results.length,
    numberOfRowsPassed: passed.length,
    numberOfRowsFailed: failed.length,
    successRequest: passed.map(row),
    failedRequest: failed.map(row),
  });
}

async function patch(state: FaceState, type: EntityType, id: string, call: FaceCall): Promise<FaceAnswer> {
  if (call.headers["content-type"] !== "application/json-patch+json")
    throw new Refusal(415, "HTTP 415 Unsupported Media Type");
  const operations = call.body as JsonPatchOperation[];
  checkExtension(state, type, operations);
  return ok(withHref(await state.store.patch(type, id, operations)));
}

async function remove(state: FaceState, type: EntityType, id: string, query: URLSearchParams): Promise<FaceAnswer> {
  const found = await locate(state, id);
  const hard = query.get("hardDelete") === "true";
  if (found === undefined || (found.entity.deleted === true && !hard)) throw notFound(type, id);
  if (query.get("recursive") !== "true") throw new Refusal(400, `${type} ${found.entity.name} is not empty`);
  await state.store.delete(type, id, { hard });
  return ok(withHref({ ...found.entity, deleted: true }));
}
