import { checkPage, Listing, type Page } from "./page.ts";
import type { HttpClient, HttpRequest, PageObserver } from "./types.ts";

export interface OffsetPagesOptions<Row> {
  /** The request for the rows from `offset` on, at most `limit`; query or body as the API wants it. Reads by POST say `idempotent`. */
  request(offset: number, limit: number): HttpRequest;
  /** Checks the shape of one answer; throws when it is another. */
  parse(value: unknown): Page<Row>;
  /** Rows to ask for; the server may send fewer. */
  readonly limit: number;
  readonly observer?: PageObserver | undefined;
  /** Pages to fetch at the same time once the total and the server's page size are known. Default 1. */
  readonly parallel?: number | undefined;
}

interface Fetched<Row> {
  readonly request: HttpRequest;
  readonly page: Page<Row>;
}

/**
 * Rows page by page. Moves on by the rows received, whatever was asked. With a total the listing ends when it is reached; without one at an empty page.
 * Throws ERR_PAGING on an empty page before the total and on a repeated page, and whatever the client throws: a refusal past an offset is no end.
 */
export async function* offsetPages<Row>(
  client: HttpClient,
  options: OffsetPagesOptions<Row>,
): AsyncGenerator<readonly Row[], void, undefined> {
  const listing = new Listing(options.observer);
  const first = await fetchPage(client, options, 0, options.limit);
  listing.take(first.page, first.request);
  let size = first.page.rows.length;
  if (size > 0) yield first.page.rows;
  let ended = isEnd(listing, first);
  const parallel = Math.floor(options.parallel ?? 1);
  if (!ended && parallel > 1 && listing.total !== undefined) {
    ended = yield* ahead(client, options, listing, size, parallel);
    size = options.limit;
  }
  while (!ended) {
    const fetched = await fetchPage(client, options, listing.received, options.limit);
    listing.take(fetched.page, fetched.request);
    ended = isEnd(listing, fetched);
    if (fetched.page.rows.length > 0) yield fetched.page.rows;
  }
}

async function fetchPage<Row>(
  client: HttpClient,
  options: OffsetPagesOptions<Row>,
  offset: number,
  limit: number,
  signal?: AbortSignal,
): Promise<Fetched<Row>> {
  const asked = options.request(offset, limit);
  const request =
    signal === undefined
      ? asked
      : { ...asked, signal: asked.signal ? AbortSignal.any([asked.signal, signal]) : signal };
  return { request: asked, page: await client.json(request, (value) => checkPage(options.parse(value))) };
}

/** After a page was taken. Throws ERR_PAGING when it was empty and the total is not reached. */
function isEnd(listing: Listing, { page, request }: Fetched<unknown>): boolean {
  if (listing.total !== undefined && listing.received >= listing.total) return true;
  if (page.rows.length > 0) return false;
  listing.checkEnd(request);
  return true;
}

/** Fetches pages of `size` rows ahead, yields them in order. Returns false as soon as a page is not as long as foreseen: the rest is read one by one. */
async function* ahead<Row>(
  client: HttpClient,
  options: OffsetPagesOptions<Row>,
  listing: Listing,
  size: number,
  parallel: number,
): AsyncGenerator<readonly Row[], boolean, undefined> {
  const stop = new AbortController();
  const flights: Promise<Fetched<Row>>[] = [];
  let planned = listing.received;
  try {
    for (;;) {
      while (flights.length < parallel && planned < (listing.total ?? 0)) {
        const flight = fetchPage(client, options, planned, size, stop.signal);
        // Pages beyond the end or behind a short page are thrown away, their errors with them.
        flight.catch(() => undefined);
        flights.push(flight);
        planned += size;
      }
      const flight = flights.shift();
      if (flight === undefined) return false;
      const before = listing.received;
      const fetched = await flight;
      listing.take(fetched.page, fetched.request);
      const ended = isEnd(listing, fetched);
      if (fetched.page.rows.length > 0) yield fetched.page.rows;
      if (ended) return true;
      if (listing.received - before !== size) return false;
    }
  } finally {
    stop.abort();
  }
}
