import { fastify, type FastifyInstance } from "fastify";
import { answerErrors } from "./answers.ts";
import type { ServerParts } from "./parts.ts";
import { systemRoutes } from "./routes/system.ts";

/** A group of routes: registers itself on the app. One file in `routes/` each. */
export type Routes = (app: FastifyInstance, parts: ServerParts) => void;

const groups: readonly Routes[] = [systemRoutes];

/** Bytes of the largest body that is read. */
const bodyLimit = 64 * 1024 * 1024;

/** The whole HTTP face, not listening yet. */
export function createApp(parts: ServerParts, log: (text: string) => void = () => undefined): FastifyInstance {
  const app = fastify({ bodyLimit, routerOptions: { maxParamLength: 4096 } });
  answerErrors(app, log);
  for (const routes of groups) routes(app, parts);
  return app;
}
