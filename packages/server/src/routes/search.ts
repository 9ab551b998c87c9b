import type { SearchOptions } from "@omd/core";
import type { EntityType } from "@omd/schema";
import type { FastifyInstance } from "fastify";
import { Refusal } from "../answers.ts";
import type { ServerParts } from "../parts.ts";
import { flag, queryOf, text, texts, wholeNumber, type Query } from "../query.ts";
import { compileQuery, defaultFields } from "../search/evaluator.ts";
import { indexOf, typesOf } from "../search/indexes.ts";
import { narrowing } from "../search/narrowing.ts";
import { parseQueryString } from "../search/query-string.ts";
import { runSearch, searchWords, type Found, type SearchResult } from "../search/run-search.ts";

/** Fields that the catalog looks patterns up in by an index. */
const patternFields: readonly string[] = ["fullyQualifiedName", "name", "fullPath"] satisfies SearchOptions["field"][];
/** OpenMetadata gives so many whatever `size` says. */
const fieldHits = 10;
const maxHits = 10_000;

/** `/search/fieldQuery` and `/search/query`; what was written is found at once. Source: om-api §4. */
export function searchRoutes(app: FastifyInstance, { catalog }: ServerParts): void {
  app.get("/api/v1/search/fieldQuery", async (request) => {
    const query = queryOf(request);
    const field = text(query, "fieldName");
    const pattern = text(query, "fieldValue");
    if (field === undefined || pattern === undefined)
      throw new Refusal(400, "fieldName and fieldValue must not be null");
    const types = typesOf(text(query, "index") ?? "table_search_index");
    if (!patternFields.includes(field) || flag(query, "deleted")) {
      const test = compileQuery({ wildcard: { [field]: { value: pattern } } });
      const plan = { types, test, from: 0, size: fieldHits, deleted: flag(query, "deleted") };
      return answer(await runSearch(catalog, plan), query, false);
    }
    const hits: Found[] = [];
    // A backslash is the index's own escape sign; the catalog has none.
    const options = {
      field: field as SearchOptions["field"],
      pattern: pattern.replaceAll(/\\(.)/g, "$1"),
      limit: fieldHits,
    };
    for (const type of types)
      for (const entity of await catalog.search(type, options))
        hits.push({ type, entity, sort: [entity.fullyQualifiedName] });
    return answer({ hits: hits.slice(0, fieldHits), total: hits.length, complete: true }, query, false);
  });
  app.get("/api/v1/search/query", async (request) => {
    const query = queryOf(request);
    const filter = filterOf(query);
    const q = text(query, "q") ?? "*";
    const byText = q === "*" ? undefined : parseQueryString(q, { fields: defaultFields, defaultOperator: "AND" });
    const byFilter = filter === undefined ? undefined : compileQuery(filter);
    const sortField = text(query, "sort_field");
    const sorted = sortField === undefined || sortField === "_score" ? undefined : sortField;
    const plan = {
      ...narrowing(filter),
      types: typesOf(text(query, "index") ?? "table_search_index"),
      test: (document: Parameters<NonNullable<typeof byText>>[0]) =>
        (byFilter?.(document) ?? true) && (byText?.(document) ?? true),
      from: wholeNumber(query, "from", { min: 0, max: maxHits }) ?? 0,
      size: wholeNumber(query, "size", { min: 0, max: maxHits }) ?? 10,
      deleted: flag(query, "deleted"),
      sortField: sorted,
      descending: sorted !== undefined && text(query, "sort_order") !== "asc",
      after: texts(query, "search_after").join(",") || undefined,
    };
    const indexed =
      isWords(q) && filter === undefined && sorted === undefined && !plan.deleted && plan.types.length > 0;
    const result = indexed ? await searchWords(catalog, q, plan) : await runSearch(catalog, plan);
    const all = q === "*" && filter === undefined && !plan.deleted;
    return answer(all ? { ...result, ...(await countAll(catalog, plan.types)) } : result, query, sorted !== undefined);
  });
}

/** How many entities there are, which needs no look at them. */
async function countAll(
  catalog: ServerParts["catalog"],
  types: readonly EntityType[],
): Promise<Pick<SearchResult, "total" | "complete">> {
  const pages = await Promise.all(types.map((type) => catalog.page(type, { limit: 0 })));
  return { total: pages.reduce((sum, page) => sum + page.total, 0), complete: true };
}

/** Whether a query is words and nothing else that has a meaning in one. */
function isWords(q: string): boolean {
  return /^[\p{L}\p{N}_.\s]+$/u.test(q) && !/\b(?:AND|OR|NOT)\b/.test(q);
}

/** The query inside `query_filter`. Throws Refusal 400. */
function filterOf(query: Query): unknown {
  const given = text(query, "query_filter");
  if (given === undefined) return undefined;
  try {
    const parsed = JSON.parse(given) as { query?: unknown } | null;
    return parsed?.query ?? undefined;
  } catch {
    throw new Refusal(400, "query_filter is not valid JSON");
  }
}

/** Elasticsearch's form. */
function answer({ hits, total, complete }: SearchResult, query: Query, sorted: boolean): unknown {
  const wanted = texts(query, "include_source_fields").flatMap((list) => list.split(","));
  const scored = sorted ? null : 1;
  return {
    took: 1,
    timed_out: false,
    hits: {
      total: { value: total, relation: complete ? "eq" : "gte" },
      max_score: hits.length > 0 ? scored : null,
      hits: hits.map(({ type, entity, sort }) => ({
        _index: indexOf(type),
        _id: entity.id,
        _score: scored,
        _source: { ...chosen(entity, wanted), entityType: type },
        ...(sorted ? { sort } : {}),
      })),
    },
  };
}

function chosen(entity: Readonly<Record<string, unknown>>, fields: readonly string[]): object {
  if (fields.length === 0) return entity;
  const roots = new Set(fields.map((field) => field.split(".")[0]));
  return Object.fromEntries(Object.entries(entity).filter(([name]) => roots.has(name)));
}
