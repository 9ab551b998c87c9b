import { checkPage, Listing, LoopGuard, pagingError, type ChainedPage, type Page } from "./page.ts";
import { nextLink } from "./link-header.ts";
import type { HttpClient, HttpRequest, HttpResponse, PageObserver } from "./types.ts";

export interface CursorPagesOptions<Row, Cursor> {
  /** The request for the page at `cursor`; undefined asks for the first one. */
  request(cursor: Cursor | undefined): HttpRequest;
  /** Checks the shape of one answer and finds the cursor of the next page; throws when the shape is another. */
  parse(value: unknown): ChainedPage<Row, Cursor>;
  readonly observer?: PageObserver | undefined;
}

/**
 * Rows page by page, each page naming the next; an empty page with a next one is allowed. A cursor is any JSON value.
 * Throws ERR_PAGING on a cursor or a page that comes again and on an end below the announced total.
 */
export async function* cursorPages<Row, Cursor = string>(
  client: HttpClient,
  options: CursorPagesOptions<Row, Cursor>,
): AsyncGenerator<readonly Row[], void, undefined> {
  const listing = new Listing(options.observer);
  const guard = new LoopGuard();
  let cursor: Cursor | undefined;
  for (;;) {
    const request = options.request(cursor);
    const page = await client.json(request, (value) => checkPage(options.parse(value)));
    listing.take(page, request);
    if (page.rows.length > 0) yield page.rows;
    const { next } = page;
    if (next === undefined || next === null || next === "") {
      listing.checkEnd(request);
      return;
    }
    if (guard.repeats(JSON.stringify(next))) throw pagingError(request, "the cursor of the next page was here before");
    cursor = next;
  }
}

export interface TokenPagesOptions<Row> {
  /** The request for the first page; the token is added to it for the others. */
  readonly request: HttpRequest;
  /** Name of the query parameter, or of the body's field when the request has a JSON body. */
  readonly param: string;
  /** Checks the shape of one answer and finds the next page's token; throws when the shape is another. */
  parse(value: unknown): ChainedPage<Row, string>;
  readonly observer?: PageObserver | undefined;
}

/** Rows page by page where each answer brings a token for the same request (`page_token`, `nextToken`, `starting_after`). Errors as {@link cursorPages}. */
export function tokenPages<Row>(
  client: HttpClient,
  options: TokenPagesOptions<Row>,
): AsyncGenerator<readonly Row[], void, undefined> {
  const { request, param } = options;
  return cursorPages<Row>(client, {
    observer: options.observer,
    parse: (value) => options.parse(value),
    request: (token) => {
      if (token === undefined) return request;
      if (typeof request.json === "object" && request.json !== null)
        return { ...request, json: { ...request.json, [param]: token } };
      return { ...request, query: { ...request.query, [param]: token } };
    },
  });
}

export interface LinkPagesOptions<Row> {
  /** The request for the first page; its method and headers are kept for the others. */
  readonly request: HttpRequest;
  /** Checks the shape of one answer; throws when it is another. */
  parse(value: unknown): Page<Row>;
  readonly observer?: PageObserver | undefined;
}

/** Rows page by page along the `next` of the Link header (RFC 8288). A link to another host is ERR_PAGING: credentials do not leave the host. */
export async function* linkPages<Row>(
  client: HttpClient,
  options: LinkPagesOptions<Row>,
): AsyncGenerator<readonly Row[], void, undefined> {
  let answer: HttpResponse | undefined;
  let current = options.request;
  const pages = cursorPages<Row>(client, {
    observer: options.observer,
    request: (path) => {
      current = path === undefined ? options.request : { ...options.request, path, query: undefined };
      return { ...current, onAnswer: (response) => (answer = response) };
    },
    parse: (value) => ({
      ...options.parse(value),
      next: nextLink(client.baseUrl, current, answer?.headers["link"]),
    }),
  });
  yield* pages;
}
