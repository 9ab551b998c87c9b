import type { FastifyInstance, FastifyRequest } from "fastify";

/** Where clients reach this server, as they named it: `http://127.0.0.1:8585`. */
export function originOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`;
}

/** The catalog knows hrefs below the server's root; clients check that they are whole URLs. Takes JSON text. */
export function withOrigin(json: string, origin: string): string {
  // Quotes inside a JSON string are escaped, so this finds members only.
  return json.replaceAll('"href":"/api/v1/', `"href":"${origin}/api/v1/`);
}

/** Makes the hrefs of every answer below `/api/v1` absolute. */
export function absoluteHrefs(app: FastifyInstance): void {
  app.addHook("onSend", async (request, _reply, payload) =>
    typeof payload === "string" && request.routeOptions.url?.startsWith("/api/v1/") === true
      ? withOrigin(payload, originOf(request))
      : payload,
  );
}
