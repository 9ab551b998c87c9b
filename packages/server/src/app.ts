import { createServer } from "node:https";
import { fastify, type FastifyInstance, type FastifyReply, type FastifyServerFactory } from "fastify";
import { answerErrors, errorBody } from "./answers.ts";
import { readJsonBodies } from "./bodies.ts";
import { answerClientError } from "./client-errors.ts";
import { absoluteHrefs } from "./hrefs.ts";
import type { ServerParts } from "./parts.ts";
import { readRunHeader, stampedWriter } from "./run-stamp.ts";
import { refuseWhileStopping } from "./stopping.ts";
import { assetRoutes } from "./routes/assets.ts";
import { connectionTestRoutes } from "./routes/connection-tests.ts";
import { entityRoutes } from "./routes/entities.ts";
import { eventRoutes } from "./routes/events.ts";
import { lineageRoutes } from "./routes/lineage.ts";
import { pageRoutes } from "./routes/page.ts";
import { pipelineStatusRoutes } from "./routes/pipeline-status.ts";
import { searchRoutes } from "./routes/search.ts";
import { openLineageRoutes } from "./routes/openlineage.ts";
import { systemRoutes } from "./routes/system.ts";
import { ingestionRunRoutes } from "./routes/ingestion-runs.ts";
import { serverSettingRoutes } from "./routes/server-settings.ts";
import { tableExtraRoutes } from "./routes/table-extras.ts";
import { tableProfileRoutes } from "./routes/table-profiles.ts";
import { testResultRoutes } from "./routes/test-results.ts";
import { testSuiteRoutes } from "./routes/test-suites.ts";
import { usageRoutes } from "./routes/usage.ts";

/** A group of routes: registers itself on the app. One file in `routes/` each. */
export type Routes = (app: FastifyInstance, parts: ServerParts) => void;

const groups: readonly Routes[] = [
  systemRoutes,
  entityRoutes,
  lineageRoutes,
  pipelineStatusRoutes,
  searchRoutes,
  pageRoutes,
  tableProfileRoutes,
  tableExtraRoutes,
  usageRoutes,
  testResultRoutes,
  testSuiteRoutes,
  ingestionRunRoutes,
  serverSettingRoutes,
  connectionTestRoutes,
  assetRoutes,
];

/** Events are applied on their own time: what they bring belongs to no run of an ingestion. */
const eventGroups: readonly Routes[] = [openLineageRoutes, eventRoutes];

/** Bytes of the largest body that is read. */
const bodyLimit = 64 * 1024 * 1024;

/** Longest time in ms that a request may take to arrive. */
const requestTimeout = 300_000;

/** A request without Host comes to our own guard: Node's answer would have no body. */
const requireHostHeader = false;

export interface AppOptions {
  /** PEM texts; with them the app speaks HTTPS. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
}

function overTls(tls: NonNullable<AppOptions["tls"]>): FastifyServerFactory {
  return (handler) => createServer({ ...tls, requestTimeout, requireHostHeader }, handler);
}

/** The whole HTTP face, not listening yet. */
export function createApp(
  parts: ServerParts,
  log: (text: string) => void = () => undefined,
  { tls }: AppOptions = {},
): FastifyInstance {
  const app = fastify({
    bodyLimit,
    requestTimeout,
    ...(tls ? { serverFactory: overTls(tls) } : { http: { requireHostHeader } }),
    clientErrorHandler: answerClientError,
    return503OnClosing: false,
    routerOptions: { maxParamLength: 4096 },
    // Paths that can't be decoded come here, past the error handler.
    frameworkErrors: (error, _request, reply) => {
      const body = errorBody(error);
      void (reply as unknown as FastifyReply).code(body.code).send(body);
    },
  });
  answerErrors(app, log);
  refuseWhileStopping(app);
  readJsonBodies(app);
  absoluteHrefs(app);
  readRunHeader(app);
  const stamped = { ...parts, writer: stampedWriter(parts.writer) };
  for (const routes of groups) routes(app, stamped);
  for (const routes of eventGroups) routes(app, parts);
  return app;
}
