import { CatalogError, type CatalogEntity, type GetOptions, type ListOptions, type PutResult } from "@omd/core";
import type { Query } from "@omd/http";
import {
  entityLink,
  entityTypeInfo,
  isBelow,
  requestFqn,
  rootFqn,
  splitFqn,
  suiteTable,
  type CreateRequest,
  type EntityType,
  type FQN,
  type JsonPatchOperation,
} from "@omd/schema";
import { listPage, parseEntity, asFqn } from "./answers.ts";
import { saysEntityMissing, statusOf } from "./failure.ts";
import type { Transport } from "./transport.ts";
import { z } from "zod";

/** Any entity, unknown fields kept. */
export const entityAnswer = z.unknown().transform((value, context) => {
  try {
    return parseEntity(value);
  } catch {
    context.addIssue({ code: "custom", message: "is not an entity with id, name and fullyQualifiedName" });
    return z.NEVER;
  }
});

/** Path of a collection, of an entity by name or of one by id. The FQN is one segment, whatever it holds. */
export const paths = {
  collection: (type: EntityType): string => `/${entityTypeInfo(type).collection}`,
  byName: (type: EntityType, fqn: string): string => `${paths.collection(type)}/name/${encodeURIComponent(fqn)}`,
  byId: (type: EntityType, id: string): string => `${paths.collection(type)}/${encodeURIComponent(id)}`,
};

const reading = (options: GetOptions | undefined): Query => ({
  fields: options?.fields === undefined || options.fields.length === 0 ? undefined : options.fields.join(","),
  include: options?.include,
});

/** By name; undefined when there is none. Throws CatalogError. */
export async function getEntity(
  transport: Transport,
  type: EntityType,
  fqn: FQN,
  options?: GetOptions,
): Promise<CatalogEntity | undefined> {
  const request = { path: paths.byName(type, fqn), query: reading(options) };
  return transport.find(`read ${type} ${fqn}`, request, entityAnswer);
}

/** The server's filter is a prefix of the FQN; of a service only the root is taken, deeper levels are sifted here. */
function scopeFilter(type: EntityType, below: FQN | undefined): Query {
  const scope = entityTypeInfo(type).scope;
  if (below === undefined || scope === undefined) return {};
  if (type === "testCase") return casesOf(below);
  return { [scope]: scope === "service" ? rootFqn(below) : below };
}

/** Test cases can be asked for by table only: elsewhere, and for a name that no link may hold, all are sifted here. */
function casesOf(table: FQN): Query {
  try {
    return splitFqn(table).length < 4 ? {} : { entityLink: entityLink("table", table), includeAllTests: true };
  } catch {
    return {};
  }
}

/**
 * All entities of a type, page by page. Throws CatalogError when a page is refused, a cursor or row comes twice,
 * or fewer rows came than the server announced.
 */
export async function* listEntities(
  transport: Transport,
  type: EntityType,
  options: ListOptions | undefined,
  limit: number,
): AsyncGenerator<CatalogEntity> {
  const what = `list ${paths.collection(type).slice(1)}${options?.below === undefined ? "" : ` below ${options.below}`}`;
  const query = { limit, ...reading(options), ...scopeFilter(type, options?.below) };
  const cursors = new Set<string>();
  const totals: number[] = [];
  let received = 0;
  let previous = new Set<string>();
  let after: string | undefined;
  do {
    const { value: page } = await transport.json(
      what,
      { path: paths.collection(type), query: { ...query, after } },
      listPage,
    );
    const ids = new Set(page.data.map((row) => row.id));
    if (ids.size < page.data.length || page.data.some((row) => previous.has(row.id)))
      throw incomplete(what, "the server gave a row twice");
    totals.push(page.paging.total);
    received += page.data.length;
    for (const row of page.data)
      if (options?.below === undefined || isBelow(row.fullyQualifiedName, options.below))
        yield { ...row, fullyQualifiedName: asFqn(row.fullyQualifiedName) };
    after = page.paging.after;
    if (after !== undefined && cursors.has(after)) throw incomplete(what, "the server gave a page's cursor twice");
    if (after !== undefined && page.data.length === 0)
      throw incomplete(what, "the server gave an empty page in the middle");
    if (after !== undefined) cursors.add(after);
    previous = ids;
  } while (after !== undefined);
  // Rows may come and go while the listing runs, so only fewer than both totals is proof of a gap.
  const expected = Math.min(totals.at(0) ?? 0, totals.at(-1) ?? 0);
  if (received < expected)
    throw incomplete(what, `${String(received)} rows came, the server announced ${String(expected)}`);
}

const incomplete = (what: string, why: string): CatalogError =>
  new CatalogError(`Could not ${what} completely: ${why}`, {
    hint: "Nothing is deleted on the ground of such a listing. Run again; if it stays, look for a proxy or a server error.",
  });

/** The FQN that a request will have. Throws CatalogError 400 for a name that no FQN is made of. */
export function nameOf<T extends EntityType>(type: T, request: CreateRequest<T>): FQN {
  try {
    return requestFqn(type, request);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const hint = "A name may not hold double quotes or line breaks; see encodeName.";
    throw new CatalogError(`Could not write ${type} ${JSON.stringify(request.name)}: ${why}`, {
      status: 400,
      cause,
      hint,
    });
  }
}

const changeHeader = "x-openmetadata-change";

/** Creates or updates one. Whether a 200 changed anything is said by OpenMetadata's own header; without it, it counts as updated. */
export async function putEntity<T extends EntityType>(
  transport: Transport,
  type: T,
  request: CreateRequest<T>,
): Promise<PutResult> {
  const what = `write ${type} ${nameOf(type, request)}`;
  const path = paths.collection(type);
  const send = (to: string) => transport.json(what, { method: "PUT", path: to, json: request }, entityAnswer);
  const answer = isTableSuite(type, request) ? await suiteAnswer(path, send) : await send(path);
  const unchanged = answer.headers[changeHeader] === "entityNoChange";
  return {
    outcome: answer.status === 201 ? "created" : unchanged ? "unchanged" : "updated",
    entity: answer.value,
  };
}

/** A suite of one table has a route of its own. Source: om-api §3.7. */
function isTableSuite(type: EntityType, request: object): boolean {
  return type === "testSuite" && suiteTable(request) !== undefined;
}

/** The route was renamed: servers have the older name, the newer one, or both. */
async function suiteAnswer<T>(path: string, send: (to: string) => Promise<T>): Promise<T> {
  try {
    return await send(`${path}/executable`);
  } catch (error) {
    const status = statusOf(error);
    if ((status !== 404 && status !== 405) || saysEntityMissing(error)) throw error;
    return send(`${path}/basic`);
  }
}

/** Applies a JSON Patch to one entity. Throws CatalogError. */
export async function patchEntity(
  transport: Transport,
  type: EntityType,
  id: string,
  operations: readonly JsonPatchOperation[],
): Promise<CatalogEntity> {
  const request = { method: "PATCH", path: paths.byId(type, id), json: operations } as const;
  return (await transport.json(`change ${type} ${id}`, request, entityAnswer)).value;
}

/** With its children. One that is gone already is no error, as a repeated call must not fail. */
export async function deleteEntity(transport: Transport, type: EntityType, id: string, hard: boolean): Promise<void> {
  const query = { recursive: true, hardDelete: hard };
  const request = { method: "DELETE", path: paths.byId(type, id), query, accept: [404] } as const;
  await transport.find(`delete ${type} ${id}`, request, z.unknown());
}

/** Brings a soft-deleted entity back, with its children. Throws CatalogError. */
export async function restoreEntity(transport: Transport, type: EntityType, id: string): Promise<CatalogEntity> {
  const request = { method: "PUT", path: `${paths.collection(type)}/restore`, json: { id } } as const;
  return (await transport.json(`restore ${type} ${id}`, request, entityAnswer)).value;
}
