import type { HttpResponse } from "./types.ts";

/** What is wrong with an answer that should be JSON; undefined stands for nothing. */
export type JsonReading =
  { readonly value: unknown; readonly fault: undefined } | { readonly value: undefined; readonly fault: string };

/** `application/json`, `text/json` and the `+json` family (RFC 6839). */
export function isJsonType(contentType: string): boolean {
  return /^[\w.+-]+\/(?:json|[\w.+-]+\+json)\s*(?:;|$)/iu.test(contentType.trim());
}

/** Reads a body as JSON. A missing Content-Type is forgiven, a wrong one is not: a login page may well parse as something. */
export function readJson(response: HttpResponse): JsonReading {
  const type = response.headers["content-type"];
  if (type !== undefined && !isJsonType(type)) return { value: undefined, fault: `its Content-Type is ${type}` };
  if (response.body.length === 0) return { value: undefined, fault: "its body is empty" };
  // UTF-8 byte order mark, as some .NET services send.
  const start = response.body[0] === 0xef && response.body[1] === 0xbb && response.body[2] === 0xbf ? 3 : 0;
  try {
    return { value: JSON.parse(response.body.toString("utf8", start)) as unknown, fault: undefined };
  } catch {
    return { value: undefined, fault: "its body does not parse" };
  }
}
