import { TransportError, type Site, type TransportAnswer, type TransportFailure } from "./transport.ts";
import { isJsonType } from "./json-answer.ts";
import type { Redactor } from "./redact.ts";
import type { HttpRequest } from "./types.ts";

/** A request as recorded: path below `baseUrl`, query sorted by key, no secrets. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: unknown;
}

/** An answer as recorded. JSON stands in `body`, other text in `text`, bytes in `base64`. */
export interface RecordedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly text?: string;
  readonly base64?: string;
}

/** One line of a recording. */
export interface Exchange {
  readonly request: RecordedRequest;
  readonly response: RecordedAnswer | { readonly failure: TransportFailure; readonly message: string };
}

const keptHeaders =
  /^(?:content-type|link|location|retry-after|etag|last-modified|x-(?:total|page|per-page|next|prev|pagination)[\w-]*)$/u;

/** Stands in a recording for the client's base URL. */
const baseMark = "{baseUrl}";
const originMark = "{origin}";
const hostMark = "{host}";

/** Takes the server's address out of a text. */
export function hideSite(text: string, site: Site): string {
  const url = new URL(site.baseUrl);
  const clean = text.replaceAll(site.baseUrl, baseMark).replaceAll(url.origin, originMark);
  // One-word names ("airflow") are words that data may hold too.
  return url.hostname.includes(".") ? clean.replaceAll(url.host, hostMark).replaceAll(url.hostname, hostMark) : clean;
}

/** Puts the address of the replaying client in. */
export function showSite(text: string, site: Site): string {
  const url = new URL(site.baseUrl);
  return text.replaceAll(baseMark, site.baseUrl).replaceAll(originMark, url.origin).replaceAll(hostMark, url.host);
}

/** The recorded form of a request; equal for requests that differ in secrets only. */
export function recordRequest(request: HttpRequest, site: Site, runRedactor: Redactor): RecordedRequest {
  const redactor = runRedactor.keeping(site.keep);
  const clean = (text: string): string => hideSite(redactor.value(text), site);
  const [path = "", inline] = request.path.split("?", 2);
  // An address that a redirect led to is whole, and its query a signature.
  const isSigned = !path.startsWith("/");
  const pairs: [string, string][] = [...new URLSearchParams(inline)];
  for (const [key, value] of Object.entries(request.query ?? {})) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) pairs.push([key, String(one)]);
  }
  const query: Record<string, string | string[]> = {};
  for (const [key, value] of pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    const shown = isSigned || redactor.isSecret(key) ? "***" : clean(value);
    const known = query[key];
    query[key] = known === undefined ? shown : [...(typeof known === "string" ? [known] : known), shown];
  }
  const body = request.json ?? request.form ?? request.text;
  return {
    method: request.method ?? "GET",
    path: clean(path),
    ...(pairs.length === 0 ? {} : { query }),
    ...(body === undefined ? {} : { body: cleanJson(body, site, redactor) }),
  };
}

/** JSON with secrets and the server's address taken out. */
function cleanJson(value: unknown, site: Site, redactor: Redactor): unknown {
  // Through text first, so that dates and other objects look as they are sent.
  const plain: unknown = JSON.parse(JSON.stringify(value));
  return JSON.parse(hideSite(JSON.stringify(redactor.json(plain)), site));
}

/** The recorded form of an answer. */
export function recordAnswer(answer: TransportAnswer, site: Site, runRedactor: Redactor): RecordedAnswer {
  const redactor = runRedactor.keeping(site.keep);
  const headers: Record<string, string> = {};
  for (const name of Object.keys(answer.headers).sort()) {
    const value = answer.headers[name];
    if (value === undefined || !keptHeaders.test(name)) continue;
    const isTarget = name === "location" && answer.status >= 300 && answer.status < 400;
    headers[name] = hideSite(redactor.text(isTarget ? withoutQueryValues(value) : value), site);
  }
  return { status: answer.status, headers, ...recordBody(answer, site, redactor) };
}

/** The target of a redirect is often signed; which keys it has tells requests apart. */
function withoutQueryValues(location: string): string {
  return location.replaceAll(/(?<=[?&][^?&=#]*=)[^&#]*/gu, "***");
}

function recordBody(
  { headers, body }: TransportAnswer,
  site: Site,
  redactor: Redactor,
): Pick<RecordedAnswer, "body" | "text" | "base64"> {
  if (body.length === 0) return {};
  const text = body.toString("utf8");
  if (isJsonType(headers["content-type"] ?? "application/json")) {
    try {
      return { body: cleanJson(JSON.parse(text), site, redactor) };
    } catch {
      // Broken JSON is kept as text: the replay must fail as the call did.
    }
  }
  if (!Buffer.from(text, "utf8").equals(body)) return { base64: body.toString("base64") };
  return { text: hideSite(redactor.text(text), site) };
}

/** What requests are matched by: method, path, query, body; independent of key order. */
export function requestKey(request: RecordedRequest): string {
  return canonical([request.method, request.path, request.query ?? {}, request.body ?? null]);
}

/** JSON with sorted keys. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(",")}}`;
}

/** The answer that a replay gives. Throws the recorded failure as a {@link TransportError}. */
export function replayAnswer(exchange: Exchange, site: Site): TransportAnswer {
  const { response } = exchange;
  if ("failure" in response) throw new TransportError(response.failure, response.message);
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, showSite(value, site)]),
  );
  const body =
    response.base64 === undefined
      ? Buffer.from(showSite(response.text ?? (response.body === undefined ? "" : JSON.stringify(response.body)), site))
      : Buffer.from(response.base64, "base64");
  return { status: response.status, headers, body, bytesIn: body.length };
}

/** File of a client's recording below the directory. */
export function recordingFile(name: string): string {
  return `${name.replaceAll(/[^\w.-]+/gu, "_")}.jsonl`;
}
