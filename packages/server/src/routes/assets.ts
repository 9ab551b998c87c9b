import { isOmdError, type CatalogEntity } from "@omd/core";
import { entityReference, entityTypeInfo, type EntityReference } from "@omd/schema";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { notFound, Refusal } from "../answers.ts";
import { entityType, typeNames } from "../entity-kinds.ts";
import type { ServerParts } from "../parts.ts";
import { queryOf, wholeNumber } from "../query.ts";
import { compileQuery } from "../search/evaluator.ts";
import { runSearch } from "../search/run-search.ts";
import { findByName } from "./entities.ts";

/** Where an entity names what it is an asset of. An asset has one domain, and any number of data products. */
const holders = {
  domain: { field: "domains", one: true },
  dataProduct: { field: "dataProducts", one: false },
} as const;
type Holder = keyof typeof holders;

const assetsRequest = z.looseObject({ assets: z.array(entityReference).max(1000) });
const mostListed = 1000;
/** The products of a domain are its parts, not its assets. */
const assetTypes = typeNames.filter((type) => !Object.hasOwn(holders, type));

/** Assets of domains and data products, which custom clients set. Source: om-api §3.10, §10. */
export function assetRoutes(app: FastifyInstance, parts: ServerParts): void {
  for (const holder of Object.keys(holders) as Holder[]) {
    const path = `/api/v1/${entityTypeInfo(holder).collection}`;
    app.put<{ Params: { name: string; change: string } }>(`${path}/:name/assets/:change`, async ({ params, body }) => {
      const { change } = params;
      if (change !== "add" && change !== "remove") throw new Refusal(404, "HTTP 404 Not Found");
      const { id } = await findByName(parts, holder, params.name);
      const { assets } = assetsRequest.parse(body);
      return changeAssets(parts, holder, { id, type: holder }, assets, change);
    });
    app.get<{ Params: { name: string } }>(`${path}/name/:name/assets`, async (request) => {
      const { id } = await findByName(parts, holder, request.params.name);
      return listAssets(parts, holder, id, queryOf(request));
    });
    app.get<{ Params: { id: string } }>(`${path}/:id/assets`, async (request) => {
      const found = await parts.catalog.getById(holder, request.params.id);
      if (!found) throw notFound(holder, request.params.id);
      return listAssets(parts, holder, found.id, queryOf(request));
    });
  }
}

/** A wrong asset fails alone. */
async function changeAssets(
  parts: ServerParts,
  holder: Holder,
  reference: EntityReference,
  assets: readonly EntityReference[],
  change: "add" | "remove",
): Promise<unknown> {
  const passed: object[] = [];
  const failed: object[] = [];
  for (const asset of assets) {
    try {
      await changeAsset(parts, holder, reference, asset, change);
      passed.push({ request: asset, status: 200 });
    } catch (error) {
      const known = error instanceof Refusal || (isOmdError(error) && error.status !== undefined);
      if (!known) throw error;
      failed.push({ request: asset, status: error.status, message: error.message });
    }
  }
  return {
    dryRun: false,
    status: failed.length === 0 ? "success" : passed.length === 0 ? "failure" : "partialSuccess",
    numberOfRowsProcessed: assets.length,
    numberOfRowsPassed: passed.length,
    numberOfRowsFailed: failed.length,
    successRequest: passed,
    failedRequest: failed,
  };
}

async function changeAsset(
  { catalog, writer }: ServerParts,
  holder: Holder,
  reference: EntityReference,
  asset: EntityReference,
  change: "add" | "remove",
): Promise<void> {
  const { field, one } = holders[holder];
  const type = entityType(asset.type);
  const entity = await catalog.getById(type, asset.id, { fields: [field] });
  if (!entity) throw notFound(type, asset.id);
  const before = (entity[field] ?? []) as readonly EntityReference[];
  const others = before.filter(({ id }) => id !== reference.id);
  if (others.length < before.length === (change === "add")) return;
  const value = change === "remove" ? others : one ? [reference] : [...before, reference];
  await writer.patch(type, entity.id, [
    { op: "add", path: `/${field}`, value: value.map(({ id, type: of }) => ({ id, type: of })) },
  ]);
}

async function listAssets(
  { catalog }: ServerParts,
  holder: Holder,
  id: string,
  query: ReturnType<typeof queryOf>,
): Promise<unknown> {
  const limit = wholeNumber(query, "limit", { min: 0, max: mostListed }) ?? 10;
  const offset = wholeNumber(query, "offset", { min: 0, max: Number.MAX_SAFE_INTEGER }) ?? 0;
  const test = compileQuery({ term: { [`${holders[holder].field}.id`]: id } });
  const { hits, total } = await runSearch(catalog, { types: assetTypes, test, from: offset, size: limit });
  return { data: hits.map(({ type, entity }) => referenceOf(type, entity)), paging: { total, offset, limit } };
}

function referenceOf(type: string, { id, name, fullyQualifiedName, ...entity }: CatalogEntity): EntityReference {
  const displayName = entity["displayName"];
  return { id, type, name, fullyQualifiedName, ...(typeof displayName === "string" ? { displayName } : {}) };
}
