import { isHttpError } from "@omd/http";
import { countOf, type BatchPage, type PageCount } from "./client.ts";
import { inParallel } from "./parallel.ts";

const parallelPages = 6;

/** A listing that broke its own promise: an empty page before its total was reached. */
export class ShortListingError extends Error {
  override name = "ShortListingError";
}

/**
 * The pages after `first`, fetched side by side in steps of the rows that `first` had (a server may cap pages below what was asked). A page that is
 * shorter than foreseen is read on from where it ended. Throws {@link ShortListingError} on an empty page before the total.
 */
export async function remainingRows<Row>(
  first: BatchPage<Row>,
  fetchPage: (offset: number, limit: number) => Promise<BatchPage<Row>>,
): Promise<Row[]> {
  const parts: { readonly offset: number; readonly rows: readonly Row[] }[] = [];
  await everyRemainingPage(countOf(first), async (offset, limit) => {
    const page = await fetchPage(offset, limit);
    parts.push({ offset, rows: page.rows });
    return countOf(page);
  });
  return parts.sort((one, two) => one.offset - two.offset).flatMap(({ rows }) => rows);
}

/** Fetches the same pages, and keeps none: what is to be kept of them, `fetchPage` keeps. */
export async function everyRemainingPage(
  first: PageCount,
  fetchPage: (offset: number, limit: number) => Promise<PageCount>,
): Promise<void> {
  const size = first.received;
  if (size >= first.total) return;
  if (size === 0) throw new ShortListingError(`an empty page, but ${first.total} rows were announced`);
  const offsets: number[] = [];
  for (let offset = size; offset < first.total; offset += size) offsets.push(offset);
  await inParallel(offsets, parallelPages, async (offset) => {
    const until = Math.min(offset + size, first.total);
    for (let at = offset; at < until;) {
      const { received, total } = await fetchPage(at, until - at);
      // Rows that went away while the pages were read make the total smaller.
      if (received === 0 && total <= at) break;
      if (received === 0) throw new ShortListingError(`an empty page after ${at} of ${total} rows`);
      at += received;
    }
  });
}

/** Tries orders until the server takes one; they differ among Airflow's versions. Remembers it. */
export class OrderChoice {
  #orders: readonly (string | undefined)[];

  /** `undefined` asks for no order. */
  constructor(orders: readonly (string | undefined)[]) {
    this.#orders = orders;
  }

  get current(): string | undefined {
    return this.#orders[0];
  }

  async ask<T>(call: (order: { readonly order_by?: string }) => Promise<T>): Promise<T> {
    for (;;) {
      const [order] = this.#orders;
      try {
        return await call(order === undefined ? {} : { order_by: order });
      } catch (thrown) {
        const refused = isHttpError(thrown) && (thrown.status === 400 || thrown.status === 422);
        if (!refused || order === undefined) throw thrown;
        if (this.#orders[0] === order) this.#orders = this.#orders.slice(1);
      }
    }
  }
}
