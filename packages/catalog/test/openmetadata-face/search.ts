import type { CatalogEntity, SearchOptions } from "@omd/core";
import type { EntityType } from "@omd/schema";
import { searchIndexes } from "../../src/rest/search.ts";
import { ok, Refusal, type FaceAnswer } from "./answer.ts";
import { typeNames, type FaceCall, type FaceState } from "./calls.ts";

/** `/search/fieldQuery` and the owner look-ups of `/search/query`. A write is found at once. */
export async function searchRoutes(state: FaceState, call: FaceCall): Promise<FaceAnswer | undefined> {
  if (call.method !== "GET" || call.segments.length !== 2) return undefined;
  const index = call.query.get("index") ?? "table_search_index";
  const type = typeNames.find((name) => searchIndexes[name] === index);
  if (type === undefined) throw new Refusal(404, `no such index [${index}]`);
  if (call.segments[1] === "fieldQuery") return hits(await fieldQuery(state, type, call.query), index);
  if (call.segments[1] === "query") return hits(await ownerQuery(state, type, call.query), index);
  return undefined;
}

/** `size` is ignored and 10 given, as the server does. */
async function fieldQuery(state: FaceState, type: EntityType, query: URLSearchParams): Promise<CatalogEntity[]> {
  const field = query.get("fieldName") as SearchOptions["field"];
  const pattern = (query.get("fieldValue") ?? "").replaceAll("\\\\", "\\");
  return [...(await state.store.search(type, { field, pattern, limit: 10 }))];
}

async function ownerQuery(state: FaceState, type: EntityType, query: URLSearchParams): Promise<CatalogEntity[]> {
  const q = query.get("q") ?? "";
  const filter = query.get("query_filter");
  if (filter === null) {
    const wanted = /^(email|displayName)\.keyword:"(.*)"$/.exec(q);
    if (wanted === null) throw new Refusal(400, `the face does not know the query ${q}`);
    const value = (wanted[2] ?? "").replaceAll(/\\(.)/g, "$1").toLowerCase();
    return listWhere(state, type, (entity) => String(entity[wanted[1] ?? ""]).toLowerCase() === value);
  }
  const { query: text } = (JSON.parse(filter) as { query: { query_string: { query: string } } }).query.query_string;
  const words = text
    .replace(/ AND isBot:false$/, "")
    .replaceAll(/\\(.)/g, "$1")
    .toLowerCase()
    .split(/\s+/);
  return listWhere(state, type, (entity) => {
    const known = [entity.name, entity["displayName"]]
      .filter((part) => typeof part === "string")
      .join(" ")
      .toLowerCase()
      .split(/[\s._-]+/);
    return entity["isBot"] !== true && words.every((word) => known.includes(word));
  });
}

async function listWhere(
  state: FaceState,
  type: EntityType,
  keep: (entity: CatalogEntity) => boolean,
): Promise<CatalogEntity[]> {
  const found: CatalogEntity[] = [];
  for await (const entity of state.store.list(type)) if (keep(entity)) found.push(entity);
  return found;
}

function hits(entities: readonly CatalogEntity[], index: string): FaceAnswer {
  const rows = entities.map((entity) => ({ _index: index, _id: entity.id, _score: 1, _source: entity }));
  return ok({
    took: 1,
    timed_out: false,
    hits: { total: { value: rows.length, relation: "eq" }, max_score: 1, hits: rows },
  });
}
