import { fastify, type FastifyInstance, type FastifyReply } from "fastify";
import { answerErrors, errorBody } from "./answers.ts";
import { readJsonBodies } from "./bodies.ts";
import { absoluteHrefs } from "./hrefs.ts";
import type { ServerParts } from "./parts.ts";
import { entityRoutes } from "./routes/entities.ts";
import { lineageRoutes } from "./routes/lineage.ts";
import { pageRoutes } from "./routes/page.ts";
import { pipelineStatusRoutes } from "./routes/pipeline-status.ts";
import { searchRoutes } from "./routes/search.ts";
import { systemRoutes } from "./routes/system.ts";

/** A group of routes: registers itself on the app. One file in `routes/` each. */
export type Routes = (app: FastifyInstance, parts: ServerParts) => void;

const groups: readonly Routes[] = [
  systemRoutes,
  entityRoutes,
  lineageRoutes,
  pipelineStatusRoutes,
  searchRoutes,
  pageRoutes,
];

/** Bytes of the largest body that is read. */
const bodyLimit = 64 * 1024 * 1024;

/** The whole HTTP face, not listening yet. */
export function createApp(parts: ServerParts, log: (text: string) => void = () => undefined): FastifyInstance {
  const app = fastify({
    bodyLimit,
    routerOptions: { maxParamLength: 4096 },
    // Paths that can't be decoded come here, past the error handler.
    frameworkErrors: (error, _request, reply) => {
      const body = errorBody(error);
      void (reply as unknown as FastifyReply).code(body.code).send(body);
    },
  });
  answerErrors(app, log);
  readJsonBodies(app);
  absoluteHrefs(app);
  for (const routes of groups) routes(app, parts);
  return app;
}
