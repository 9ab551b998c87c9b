import { pagingError } from "./page.ts";
import type { HttpRequest } from "./types.ts";

/** One link of a Link header; `rel` may hold several names. */
export interface Link {
  readonly target: string;
  readonly rel: readonly string[];
}

const linkValue = /<([^>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]+))?)*)/gu;
const parameter = /;\s*([\w!#$&+.^`|~*-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]+)))?/gu;

/** Reads a Link header (RFC 8288 §3). Only the first `rel` of a link counts. */
export function parseLinks(header: string): Link[] {
  return [...header.matchAll(linkValue)].map(([, target = "", params = ""]) => {
    const relation = [...params.matchAll(parameter)].find(([, name]) => name?.toLowerCase() === "rel");
    const names = relation?.[2] ?? relation?.[3] ?? "";
    return { target, rel: names.toLowerCase().split(/\s+/u).filter(Boolean) };
  });
}

/**
 * Path and query, below the base URL, of the link with `rel="next"`; undefined when there is none.
 * Scheme and port may differ (a proxy that ends TLS); another host, or a path outside the base URL, throws ERR_PAGING.
 */
export function nextLink(baseUrl: string, request: HttpRequest, header: string | undefined): string | undefined {
  const link = header === undefined ? undefined : parseLinks(header).find(({ rel }) => rel.includes("next"));
  if (link === undefined) return undefined;
  const base = new URL(baseUrl);
  const prefix = base.pathname.replace(/\/+$/u, "");
  const from = `${base.origin}${prefix}${request.path}`;
  if (!URL.canParse(link.target, from)) throw pagingError(request, "the link to the next page is not a URL");
  const url = new URL(link.target, from);
  if (url.hostname !== base.hostname)
    throw pagingError(request, `the link to the next page leads to another host (${url.hostname})`);
  if (!url.pathname.startsWith(`${prefix}/`))
    throw pagingError(request, `the link to the next page leads outside of ${prefix}: ${url.pathname}`);
  return url.pathname.slice(prefix.length) + url.search;
}
