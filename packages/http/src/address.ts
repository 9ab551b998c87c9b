import { HttpError } from "./errors.ts";
import type { HttpRequest, Query } from "./types.ts";

/** A client's base address, taken apart once. */
export interface Address {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path that all requests stand below; empty or with a leading and no trailing slash. */
  readonly prefix: string;
  readonly baseUrl: string;
  /** `user:password` when it stood in the URL. */
  readonly credentials: { readonly user: string; readonly password: string } | undefined;
}

/** Throws an HttpError (abort) that names `key` when `baseUrl` is no http or https URL. */
export function parseAddress(baseUrl: string, key: string): Address {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new HttpError("ERR_NETWORK", `${key} is not an http(s) URL: ${baseUrl.replace(/\/\/.*@/u, "//***@")}`, {
      advice: "abort",
    });
  }
  const prefix = url.pathname.replace(/\/+$/u, "");
  const credentials =
    url.username === ""
      ? undefined
      : { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  return { origin: url.origin, prefix, baseUrl: url.origin + prefix, credentials };
}

/** Percent-encoded, without `?`; keys in the order given, arrays repeated, undefined left out. */
export function encodeQuery(query: Query | undefined): string {
  let text = "";
  for (const key in query) {
    const value = query[key];
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) {
      text += `${text === "" ? "" : "&"}${encodeURIComponent(key)}=${encodeURIComponent(String(one))}`;
    }
  }
  return text;
}

/** The full URL of a request. Throws a TypeError when the path does not begin with a slash. */
export function requestUrl(address: Address, request: HttpRequest): URL {
  if (!request.path.startsWith("/")) throw new TypeError(`the path of a request begins with "/": ${request.path}`);
  const query = encodeQuery(request.query);
  const joint = query === "" ? "" : request.path.includes("?") ? "&" : "?";
  return new URL(address.baseUrl + request.path + joint + query);
}
