import { Refusal } from "../answers.ts";
import { text, wholeNumber, type Query } from "../query.ts";

/** A list as OpenMetadata answers it. */
export interface List {
  readonly data: readonly unknown[];
  readonly paging: {
    readonly total: number;
    readonly after?: string;
    readonly offset?: number;
    readonly limit?: number;
  };
}

const time = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };
const most = 1_000_000;

/** `startTs`, `endTs` (epoch ms, inclusive) and `limit` of a query. Throws Refusal 400. */
export function rangeOf(query: Query): { startTs?: number; endTs?: number; limit?: number } {
  const startTs = wholeNumber(query, "startTs", time);
  const endTs = wholeNumber(query, "endTs", time);
  const limit = wholeNumber(query, "limit", { min: 1, max: most });
  return {
    ...(startTs === undefined ? {} : { startTs }),
    ...(endTs === undefined ? {} : { endTs }),
    ...(limit === undefined ? {} : { limit }),
  };
}

/** As {@link rangeOf}, for routes that need both ends. Throws Refusal 400. */
export function neededRange(query: Query): { startTs: number; endTs: number; limit?: number } {
  const { startTs, endTs, limit } = rangeOf(query);
  if (startTs === undefined || endTs === undefined)
    throw new Refusal(400, `query param ${startTs === undefined ? "startTs" : "endTs"} must not be null`);
  return { startTs, endTs, ...(limit === undefined ? {} : { limit }) };
}

/** Values of a series as a list. */
export function listed({ data, total }: { readonly data: readonly unknown[]; readonly total: number }): List {
  return { data, paging: { total } };
}

/** `limit` (10 unless given) and the place that the cursor `after` stands for. Throws Refusal 400. */
export function placeOf(query: Query): { limit: number; offset: number } {
  const after = text(query, "after");
  const place = after === undefined ? "0" : Buffer.from(after, "base64url").toString();
  const offset = Number(place);
  if (!/^\d+$/.test(place) || !Number.isSafeInteger(offset)) throw new Refusal(400, `Invalid cursor ${after ?? ""}`);
  return { limit: wholeNumber(query, "limit", { min: 1, max: most }) ?? 10, offset };
}

/** The cursor behind this page, if there is more. */
export function cursorAfter(place: { limit: number; offset: number }, total: number): string | undefined {
  const next = place.offset + place.limit;
  return next < total ? Buffer.from(String(next)).toString("base64url") : undefined;
}
