import type { FastifyInstance } from "fastify";

/**
 * Reads every body as JSON, whatever its content type says, as clients send `application/json-patch+json` or none at all. An empty body is
 * `undefined`: `Content-Length: 0` is no error.
 */
export function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request, String(body), done);
  });
}
