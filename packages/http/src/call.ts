import { requestUrl, type Address } from "./address.ts";
import type { CallInfo } from "./faults.ts";
import { isSecretKey } from "./redact.ts";
import type { HttpClientOptions, HttpRequest } from "./types.ts";

/** Lower-case names. */
export type Headers = Readonly<Record<string, string>>;

export const noHeaders: Headers = {};

const noTrail: readonly URL[] = [];

/** Numbers in force where neither the client nor the runtime says otherwise. */
export const defaults = {
  timeoutMs: 60_000,
  deadlineMs: 300_000,
  maxRedirects: 0,
  addressKey: "hostPort",
  maxBodyBytes: 256 * 1024 * 1024,
  retry: { limit: 5, baseMs: 250, maxWaitMs: 120_000 },
} as const;

/** One call under way. */
export interface Call extends CallInfo {
  readonly request: HttpRequest;
  readonly headers: Headers;
  readonly idempotent: boolean;
  readonly signal: AbortSignal | undefined;
  /** On the clock of `performance.now()`. */
  readonly deadlineAt: number;
  readonly timeoutMs: number;
  /** The addresses whose redirects led here, the first first. */
  readonly trail: readonly URL[];
  /** Whether a redirect has led to another host: no credentials go there, nor to what that one leads to. */
  readonly isAbroad: boolean;
  /** Which steps against a 401 were taken. */
  refreshed: boolean;
  renewed: boolean;
  /** Whether it was sent again at once because its idle connection had been closed. */
  resent: boolean;
}

/** Settles what a call sends and how long it may take. `headers` are the client's. */
export function openCall(
  request: HttpRequest,
  address: Address,
  options: HttpClientOptions,
  headers: Headers,
  runSignal: AbortSignal | undefined,
): Call {
  const method = request.method ?? "GET";
  const ownSignal = request.signal;
  return {
    method,
    url: requestUrl(address, request),
    request,
    headers: {
      ...headers,
      ...(request.json === undefined ? {} : { "content-type": "application/json" }),
      ...(request.form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      ...lowerCase(request.headers),
    },
    idempotent: request.idempotent ?? (method !== "POST" && method !== "PATCH"),
    signal: runSignal && ownSignal ? AbortSignal.any([runSignal, ownSignal]) : (ownSignal ?? runSignal),
    deadlineAt: performance.now() + (options.deadlineMs ?? defaults.deadlineMs),
    timeoutMs: request.timeoutMs ?? options.timeoutMs ?? defaults.timeoutMs,
    trail: noTrail,
    isAbroad: false,
    refreshed: false,
    renewed: false,
    resent: false,
  };
}

/** Stands for calls that take about as long: one method, and paths of one depth. */
export function kindOf({ method, url }: Call): string {
  return `${method} ${url.pathname.split("/").length}`;
}

/** The bytes of a request's body. Made only when it is sent: calls that wait for a place hold no copy of what they carry. */
export function bodyOf({ json, form, text }: HttpRequest): Buffer | undefined {
  if (json !== undefined) return Buffer.from(JSON.stringify(json));
  if (text !== undefined) return Buffer.from(text);
  return form === undefined ? undefined : Buffer.from(new URLSearchParams(form).toString());
}

/** 2xx, and what the request accepts beside. */
export function isAnswer(status: number, request: HttpRequest): boolean {
  return (status >= 200 && status < 300) || request.accept?.includes(status) === true;
}

/** Names in lower case, so that later headers replace earlier ones. */
export function lowerCase(headers: Headers | undefined): Headers {
  if (headers === undefined) return noHeaders;
  const lower: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) lower[name.toLowerCase()] = value;
  }
  return lower;
}

/** The headers that hold secrets. */
export function secretsOf(headers: Headers): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => isSecretKey(name)));
}

/** Whether two sets say the same. */
export function sameHeaders(a: Headers, b: Headers): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
