import { deepestJson, isTooDeep } from "@omd/catalog";
import type { FastifyInstance } from "fastify";
import { Refusal } from "./answers.ts";

/**
 * Reads every body as JSON, whatever its content type says, as clients send `application/json-patch+json` or none at all. An empty body is
 * `undefined`: `Content-Length: 0` is no error. What is nested too deep is refused (400).
 */
export function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else
      void parse(request, String(body), (error, value) => {
        if (error === null && isTooDeep(value))
          done(new Refusal(400, `The body is nested more than ${deepestJson} levels deep`));
        else done(error, value);
      });
  });
}
