import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { Refusal } from "./answers.ts";

export interface GuardOptions {
  /** The bearer token that every call must carry unless its route is open to all. Without one any is accepted. */
  readonly token?: string | undefined;
  /** Names that this server is called by. Undefined: any, which is safe only together with a token. */
  readonly hosts?: ReadonlySet<string> | undefined;
}

/** Names of this machine that nobody else can take. */
export const loopbackHosts: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

export function isLoopback(host: string): boolean {
  return loopbackHosts.has(host) || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** The route answers without a token. */
    readonly open?: boolean;
  }
}

/** For routes that anybody may ask: the page's files, and what clients ask to see whether the server is there. */
export const openToAll = { config: { open: true } } as const;

/**
 * Refuses what other sites make a browser send: a page whose name was bound to this address (DNS rebinding) has another Host, a form or
 * script of another site has another Origin. Then asks for the token: by the route that was found, as a target can be written in many ways.
 */
export function guardRequests(app: FastifyInstance, { token, hosts }: GuardOptions): void {
  const digest = token === undefined ? undefined : sha256(token);
  app.addHook("onRequest", async (request, reply) => {
    checkHost(request, hosts);
    checkOrigin(request);
    if (digest === undefined || request.routeOptions.config.open === true) return;
    const given = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];
    if (given !== undefined && timingSafeEqual(sha256(given), digest)) return;
    void reply.header("WWW-Authenticate", "om-auth");
    throw new Refusal(401, given === undefined ? "Token not present" : "Token is not valid");
  });
}

/** Digests have one length, so that comparing them tells nothing of the token's. */
function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function checkHost(request: FastifyRequest, hosts: ReadonlySet<string> | undefined): void {
  if (request.host === "") throw new Refusal(400, "The Host header is missing");
  const name = request.host.replace(/:\d+$/, "").toLowerCase();
  if (hosts && !hosts.has(name)) throw new Refusal(403, "This server does not answer to the name in the Host header");
}

function checkOrigin(request: FastifyRequest): void {
  const { origin } = request.headers;
  if (origin === undefined) return;
  if (origin.toLowerCase() !== `${request.protocol}://${request.host}`.toLowerCase())
    throw new Refusal(403, "Requests from pages of other sites are refused");
}
