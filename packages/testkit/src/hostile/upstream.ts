import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Answer, Upstream } from "./exchange.ts";

/** Headers that belong to one connection (RFC 9110 §7.6.1), and those that the proxy must set itself. */
const ownHeaders = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "content-length",
  "content-encoding",
  "host",
  "accept-encoding",
  "upgrade",
  "te",
  "trailer",
]);

export function forwardable(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !ownHeaders.has(name)) kept[name] = Array.isArray(value) ? value.join(", ") : value;
  return kept;
}

/** Passes calls on to a real server. */
export function serverUpstream(baseUrl: string): Upstream {
  const base = new URL(baseUrl);
  const open = base.protocol === "https:" ? httpsRequest : httpRequest;
  return ({ method, url, headers, body }) =>
    new Promise<Answer>((resolve, reject) => {
      const target = new URL(base.pathname.replace(/\/$/u, "") + url, base);
      const outgoing = open(
        target,
        { method, headers: { ...forwardable(headers), "content-length": String(body.length) } },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
          incoming.on("error", reject);
          incoming.on("end", () => {
            resolve({
              status: incoming.statusCode ?? 502,
              headers: forwardable(incoming.headers),
              body: Buffer.concat(chunks),
            });
          });
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });
}
