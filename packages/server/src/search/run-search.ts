import type { EmbeddedCatalog, ScanOptions } from "@omd/catalog";
import type { CatalogEntity } from "@omd/core";
import type { EntityType } from "@omd/schema";
import { documentOf } from "./documents.ts";
import { bare, type Predicate } from "./query-string.ts";
import { comparePlaces, follows, readCursor, sortValue, type SortPlace } from "./sort-place.ts";

export interface SearchPlan extends ScanOptions {
  readonly types: readonly EntityType[];
  readonly test: Predicate;
  readonly from: number;
  readonly size: number;
  /** Field that hits are sorted by. Without one those of a type are by FQN, and types follow each other. */
  readonly sortField?: string | undefined;
  /** What the last hit of the page before had in `sort`, joined by commas. */
  readonly after?: string | undefined;
}

export interface Found {
  readonly type: EntityType;
  readonly entity: CatalogEntity;
  /** Values that the next page may start after. Texts: clients join them. */
  readonly sort: readonly string[];
}

export interface SearchResult {
  readonly hits: readonly Found[];
  /** Matches; at least so many when `complete` is false. */
  readonly total: number;
  readonly complete: boolean;
}

/** Hits beyond these are not counted, as in the index of OpenMetadata. */
const maxCounted = 10_000;
/** Entities are tested for so many ms; others get their turn every `sliceMs`. */
const budgetMs = 2_000;
const sliceMs = 20;
/** Hits that are not shown are counted for so many ms. */
const countingMs = 15;

/** When to stop, in ms of the clock of `performance`. */
interface Limit {
  end: number;
  counting?: number;
}

/** Tests entity by entity in the order of the answer; what the catalog can select by is in the plan. */
export async function runSearch(catalog: EmbeddedCatalog, plan: SearchPlan): Promise<SearchResult> {
  return plan.sortField === undefined || bare(plan.sortField) === "fullyQualifiedName"
    ? inOrder(catalog, plan)
    : sorted(catalog, plan, bare(plan.sortField));
}

/** Words alone are looked up in the full-text index; they may be the beginnings of words there. */
export async function searchWords(
  catalog: EmbeddedCatalog,
  words: string,
  { types, from, size }: Pick<SearchPlan, "types" | "from" | "size">,
): Promise<SearchResult> {
  const result = catalog.facets.search({ text: words, filters: { type: types }, offset: from, limit: size });
  const hits: Found[] = [];
  for (const { type, id, fqn } of result.hits) {
    const entity = await catalog.getById(type, id);
    if (entity) hits.push({ type, entity, sort: [fqn] });
  }
  return { hits, total: result.total, complete: !result.more };
}

async function inOrder(catalog: EmbeddedCatalog, plan: SearchPlan): Promise<SearchResult> {
  const hits: Found[] = [];
  const limit: Limit = { end: performance.now() + budgetMs };
  // The FQN alone says where a hit stands among those of its type.
  const several = plan.types.length > 1;
  let total = 0;
  for await (const { type, row } of matches(catalog, plan, limit)) {
    if (row === undefined) return { hits, total, complete: false };
    if (total >= plan.from && hits.length < plan.size)
      hits.push({ type, entity: row.show(), sort: several ? [row.fqn, row.id] : [row.fqn] });
    total += 1;
    if (hits.length < plan.size) continue;
    // The page is full: what is left is counted only, and not for long.
    limit.counting ??= performance.now() + countingMs;
    limit.end = Math.min(limit.end, limit.counting);
    if (total >= maxCounted) return { hits, total, complete: false };
  }
  return { hits, total, complete: true };
}

async function sorted(catalog: EmbeddedCatalog, plan: SearchPlan, field: string): Promise<SearchResult> {
  const found: { type: EntityType; row: Row; place: SortPlace }[] = [];
  const { after, descending = false, ...all } = plan;
  let complete = true;
  for await (const { type, row } of matches(catalog, all, { end: performance.now() + budgetMs })) {
    complete = row !== undefined && found.length < maxCounted;
    if (row === undefined || !complete) break;
    found.push({ type, row, place: { value: sortValue(documentOf(row).values(field)[0]), id: row.id } });
  }
  found.sort((a, b) => comparePlaces(a.place, b.place, descending));
  const rest = after === undefined ? found : found.filter(({ place }) => follows(place, after, descending));
  const hits = rest.slice(plan.from, plan.from + plan.size);
  return {
    hits: hits.map(({ type, row, place }) => ({ type, sort: [String(place.value), place.id], entity: row.show() })),
    total: found.length,
    complete,
  };
}

type Row = ReturnType<EmbeddedCatalog["scan"]> extends Generator<infer R> ? R : never;

/** Entities that pass the test; one without a row says that the time was over. */
async function* matches(
  catalog: EmbeddedCatalog,
  plan: SearchPlan,
  limit: Limit,
): AsyncGenerator<{ type: EntityType; row: Row | undefined }> {
  let slice = performance.now() + sliceMs;
  for (const { type, row } of rowsOf(catalog, plan)) {
    if (plan.test(documentOf(row))) yield { type, row };
    const now = performance.now();
    if (now > limit.end) {
      yield { type, row: undefined };
      return;
    }
    if (now < slice) continue;
    await new Promise((resolve) => setImmediate(resolve));
    slice = performance.now() + sliceMs;
  }
}

/** Type after type; all types as one list by FQN when that is the order of the answer. */
function* rowsOf(catalog: EmbeddedCatalog, plan: SearchPlan): Generator<{ type: EntityType; row: Row }> {
  const { types, sortField, after, descending = false, ...scan } = plan;
  if (sortField === undefined || bare(sortField) !== "fullyQualifiedName" || types.length < 2) {
    for (const type of types) for (const row of catalog.scan(type, { ...scan, after, descending })) yield { type, row };
    return;
  }
  const start = after === undefined ? {} : { after: readCursor(after).value, inclusive: true };
  const place = ({ row }: { row: Row }): SortPlace => ({ value: row.fqn, id: row.id });
  const heads = types.flatMap((type) => {
    const rows = catalog.scan(type, { ...scan, ...start, descending });
    const { value: row } = rows.next();
    return row ? [{ type, row, rows }] : [];
  });
  for (;;) {
    const [head] = heads.sort((a, b) => comparePlaces(place(a), place(b), descending));
    if (!head) return;
    const { type, row, rows } = head;
    if (after === undefined || follows(place(head), after, descending)) yield { type, row };
    const { value: next } = rows.next();
    if (next) head.row = next;
    else heads.shift();
  }
}
