import type { EmbeddedCatalog, ScanOptions } from "@omd/catalog";
import type { CatalogEntity } from "@omd/core";
import type { EntityType } from "@omd/schema";
import { documentOf } from "./documents.ts";
import { bare, type Predicate } from "./query-string.ts";

export interface SearchPlan extends ScanOptions {
  readonly types: readonly EntityType[];
  readonly test: Predicate;
  readonly from: number;
  readonly size: number;
  /** Field that hits are sorted by; by FQN when it is not given. */
  readonly sortField?: string | undefined;
}

export interface Found {
  readonly type: EntityType;
  readonly entity: CatalogEntity;
  readonly sort: string;
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
  return plan.sortField === undefined || plan.sortField === "fullyQualifiedName"
    ? inOrder(catalog, plan)
    : sorted(catalog, plan, plan.sortField);
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
    if (entity) hits.push({ type, entity, sort: fqn });
  }
  return { hits, total: result.total, complete: !result.more };
}

async function inOrder(catalog: EmbeddedCatalog, plan: SearchPlan): Promise<SearchResult> {
  const hits: Found[] = [];
  const limit: Limit = { end: performance.now() + budgetMs };
  let total = 0;
  for await (const { type, row } of matches(catalog, plan, limit)) {
    if (row === undefined) return { hits, total, complete: false };
    if (total >= plan.from && hits.length < plan.size) hits.push({ type, entity: row.show(), sort: row.fqn });
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
  const found: { type: EntityType; row: Row; sort: string }[] = [];
  const { after, ...all } = plan;
  let complete = true;
  for await (const { type, row } of matches(catalog, all, { end: performance.now() + budgetMs })) {
    complete = row !== undefined && found.length < maxCounted;
    if (row === undefined || !complete) break;
    found.push({ type, row, sort: sortText(documentOf(row).values(bare(field))[0]) });
  }
  const sign = plan.descending === true ? -1 : 1;
  found.sort((a, b) => sign * compare(a.sort, b.sort) || compare(a.row.fqn, b.row.fqn));
  const rest = after === undefined ? found : found.filter(({ sort }) => sign * compare(sort, after) > 0);
  const hits = rest.slice(plan.from, plan.from + plan.size);
  return {
    hits: hits.map(({ type, row, sort }) => ({ type, sort, entity: row.show() })),
    total: rest.length,
    complete,
  };
}

function sortText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

function compare(a: string, b: string): number {
  const [left, right] = [Number(a), Number(b)];
  if (a !== "" && b !== "" && !Number.isNaN(left) && !Number.isNaN(right)) return left - right;
  return a < b ? -1 : Number(a > b);
}

type Row = ReturnType<EmbeddedCatalog["scan"]> extends Generator<infer R> ? R : never;

/** Entities that pass the test; one without a row says that the time was over. */
async function* matches(
  catalog: EmbeddedCatalog,
  plan: SearchPlan,
  limit: Limit,
): AsyncGenerator<{ type: EntityType; row: Row | undefined }> {
  let slice = performance.now() + sliceMs;
  for (const type of plan.types) {
    for (const row of catalog.scan(type, plan)) {
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
}
