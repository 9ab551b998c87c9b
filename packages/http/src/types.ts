/** Values that a query string may hold; `undefined` leaves the key out, an array repeats it. */
export type Query = Readonly<Record<string, string | number | boolean | readonly (string | number)[] | undefined>>;

export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface HttpRequest {
  readonly method?: HttpMethod | undefined;
  /** Path below the client's `baseUrl`, already percent-encoded, with a leading `/`. */
  readonly path: string;
  readonly query?: Query | undefined;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`, for OAuth token endpoints; not together with `json`. */
  readonly form?: Readonly<Record<string, string>> | undefined;
  /** Sent as it is; its type is to be said in `headers`. Not together with `json` or `form`. */
  readonly text?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whether the call may be sent twice. Default: true for GET, PUT and DELETE. A read by POST should say true. */
  readonly idempotent?: boolean | undefined;
  /** Status codes that are an answer and not an error, beside 2xx; for instance 404 on a look-up. */
  readonly accept?: readonly number[] | undefined;
  /** Milliseconds until one attempt is given up. Default: the client's. */
  readonly timeoutMs?: number | undefined;
  /** Aborts this call; joined with the runtime's signal. */
  readonly signal?: AbortSignal | undefined;
  /** So many bytes of the body of a 2xx answer are enough: they come as they were sent, packed or not, and the rest is not read. */
  readonly firstBytes?: number | undefined;
  /** Sees the answer that `request` or `json` is about to use, for instance to read a header. `json` empties its body afterwards. */
  readonly onAnswer?: ((response: HttpResponse) => void) | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Adds credentials to a call. `renew` is asked once when a call is answered 401. */
export interface HttpAuth {
  headers(
    signal: AbortSignal | undefined,
  ): Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>;
  /** Returns false when there is nothing to renew. */
  renew?(signal: AbortSignal | undefined): Promise<boolean>;
}

export interface TlsOptions {
  /** `validate` checks the server's certificate, `ignore` does not. */
  readonly verify: "validate" | "ignore";
  /** PEM files. */
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

/** How many calls may be in flight to one host, and how fast. The budget begins with 4 calls, grows while that is of use, and shrinks on 429 and when calls only wait in the host's queue. */
export interface BudgetOptions {
  /** Most calls in flight. Default 16. */
  readonly maxConcurrency?: number | undefined;
  /** Most calls a second; default: no limit. */
  readonly perSecond?: number | undefined;
}

export interface RetryOptions {
  /** Further attempts after the first. Default 5. */
  readonly limit?: number | undefined;
  /** First wait in ms, doubled each time, jittered. Default 250. */
  readonly baseMs?: number | undefined;
  /** Longest single wait in ms, also for Retry-After: a longer one ends the call. Default 120,000. */
  readonly maxWaitMs?: number | undefined;
}

export interface HttpClientOptions {
  /** Names the client in the report, for instance `airflow`. */
  readonly name: string;
  /** With or without a trailing slash. */
  readonly baseUrl: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly auth?: HttpAuth | undefined;
  readonly tls?: TlsOptions | undefined;
  readonly budget?: BudgetOptions | undefined;
  readonly retry?: RetryOptions | undefined;
  /** Milliseconds for one attempt. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds for one call with all its attempts. Default 300,000. */
  readonly deadlineMs?: number | undefined;
  /** Largest answer in bytes, after decompression too. Default 256 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** Default: `got` where the environment names a proxy or `tls.certFile` is given, `lean` (node:http with keep-alive) elsewhere. */
  readonly transport?: "lean" | "got" | undefined;
  /**
   * A GET follows so many redirects in a row, never from https to http; credentials, cookies and all headers but those about the form of the answer stay
   * with the first host. Queries are left out of what such a client's errors say: redirects lead to signed addresses. Default 0: a redirect is an error.
   */
  readonly maxRedirects?: number | undefined;
  /** Key of the configuration that `baseUrl` is from; errors name it. Default `hostPort`. */
  readonly addressKey?: string | undefined;
  /** Query and JSON keys that hold no secret though they look so, in any spelling: `token` where it is a page token. For recordings and replays only. */
  readonly keepInRecordings?: readonly string[] | undefined;
}

export interface HttpClient {
  readonly name: string;
  readonly baseUrl: string;
  /** One call with retries. Throws an HttpError. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** One call whose answer must be JSON of the shape that `parse` accepts. Throws an HttpError (`ERR_SHAPE` when parse throws). */
  json<T>(request: HttpRequest, parse: (value: unknown) => T): Promise<T>;
}

/** Counted per client, for the report. */
export interface HttpFigures {
  calls: number;
  /** Further attempts, the one after a renewed login included. */
  retries: number;
  /** Milliseconds spent waiting for a retry or for the budget. */
  waitedMs: number;
  /** Bytes of answer bodies as they came over the wire. */
  bytesIn: number;
  /** Milliseconds of all attempts added up, waits not included. */
  busyMs: number;
  /** Attempts by HTTP status; attempts without an answer by error code. */
  byStatus: Record<string, number>;
}

/** Where a pager reports to; the ledger's scopes satisfy it. */
export interface PageObserver {
  /** The total that the server announced. */
  announced(total: number): void;
  /** Rows received in one page. */
  received(rows: number): void;
}

/** What one run shares among all its clients: recording, figures, the abort signal, redaction. */
export interface HttpRuntime {
  client(options: HttpClientOptions): HttpClient;
  /** Figures by client name. */
  figures(): Readonly<Record<string, HttpFigures>>;
  /** Ends idle connections and flushes a recording. */
  close(): Promise<void>;
}

export interface HttpRuntimeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Directory that every exchange is written to, secrets removed. */
  readonly recordDir?: string | undefined;
  /** Directory of such a recording; no network is used then. */
  readonly replayDir?: string | undefined;
  /** Removes secrets by value from any text. */
  readonly redact?: ((text: string) => string) | undefined;
  /** Defaults for each client; a client's own options win. */
  readonly defaults?:
    | Partial<
        Pick<HttpClientOptions, "budget" | "retry" | "timeoutMs" | "deadlineMs" | "tls" | "maxBodyBytes" | "transport">
      >
    | undefined;
  readonly log?: ((message: string) => void) | undefined;
}
