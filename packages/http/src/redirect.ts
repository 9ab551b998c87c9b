import type { Call, Headers } from "./call.ts";
import type { HttpResponse } from "./types.ts";

/** The statuses whose Location a GET may follow (RFC 9110 §15.4); 300 leaves the choice to a person, 304 is no redirect. */
const statuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** All that another host is told: what the answer should look like. Anything else may be a secret of the first host, whatever its name. */
const harmless = ["accept", "accept-encoding", "accept-language", "if-range", "range", "user-agent"] as const;

/** Where a redirect leads, or why it is not followed. */
export type Redirect = { readonly call: Call } | { readonly refusal: string };

/** Whether an answer is a redirect that the client means to follow. */
export function isFollowed(call: Call, { status, headers }: HttpResponse, most: number): boolean {
  return most > 0 && call.method === "GET" && statuses.has(status) && headers["location"] !== undefined;
}

/** The call that follows a redirect: within the deadline of the first, without its credentials once another host is reached. */
export function followed(call: Call, location: string, most: number): Redirect {
  const url = URL.canParse(location, call.url.href) ? new URL(location, call.url) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:"))
    return { refusal: "to what is no http(s) address" };
  url.hash = "";
  // A login that the redirect names is not the user's, and node would send it.
  url.username = "";
  url.password = "";
  const trail = [...call.trail, call.url];
  if (call.url.protocol === "https:" && url.protocol === "http:")
    return { refusal: "from https to http, where anybody on the way could read and change what comes" };
  if (trail.some(({ href }) => href === url.href))
    return { refusal: "that goes round: this address was asked before; perhaps the server wants a login" };
  if (trail.length > most) return { refusal: `that is one too many: at most ${most} in a row are followed` };
  const isAbroad = call.isAbroad || !isSameServer(call.url, url);
  return { call: { ...call, url, trail, isAbroad, headers: isAbroad ? harmlessOf(call.headers) : call.headers } };
}

/** The same scheme, host and port; or the same host that leads from http to https, on the usual ports. */
function isSameServer(from: URL, to: URL): boolean {
  if (from.origin === to.origin) return true;
  return from.protocol === "http:" && to.protocol === "https:" && from.port === "" && from.host === to.host;
}

function harmlessOf(headers: Headers): Headers {
  const kept: Record<string, string> = {};
  for (const name of harmless) {
    const value = headers[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
