import type { FastifyInstance } from "fastify";
import { ingestionRunReport } from "@omd/schema";
import type { ServerParts } from "../parts.ts";
import { queryOf } from "../query.ts";
import { findByName } from "./entities.ts";
import { listed, rangeOf } from "./points.ts";

interface OfPipeline {
  Params: { fqn: string };
}

const path = "/api/v1/services/ingestionPipelines";

/** Runs of ingestions as their clients report them. Source: om-api §3.0, §9.4. */
export function ingestionRunRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { writer } = parts;
  const { ingestionRuns } = parts.catalog.extras;
  const fqnOf = async (name: string) => (await findByName(parts, "ingestionPipeline", name)).fullyQualifiedName;
  app.put<OfPipeline>(`${path}/:fqn/pipelineStatus`, async ({ params, body }) => {
    const report = ingestionRunReport.parse(body);
    const fqn = await fqnOf(params.fqn);
    await writer.putIngestionRun(fqn, report);
    return ingestionRuns.get(fqn, report.runId);
  });
  app.get<OfPipeline>(`${path}/:fqn/pipelineStatus`, async (request) => {
    const range = rangeOf(queryOf(request));
    return listed(ingestionRuns.list(await fqnOf(request.params.fqn), range));
  });
  app.get<{ Params: { fqn: string; runId: string } }>(`${path}/:fqn/pipelineStatus/:runId`, async (request, reply) => {
    const run = ingestionRuns.get(await fqnOf(request.params.fqn), request.params.runId);
    return run === undefined ? reply.code(204).send() : run;
  });
  logRoutes(app);
}

/** Logs are taken and let go: they may hold secrets, and the run's report says what came of it. */
function logRoutes(app: FastifyInstance): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, payload, done) => {
      payload.resume();
      payload.once("end", () => done(null));
      payload.once("error", done);
    });
    // `{fqn}/{runId}` and `{fqn}/{runId}/close`; clients send the FQN without encoding, `/` and all.
    scope.post<{ Params: { "*": string } }>(`${path}/logs/*`, ({ params }, reply) =>
      params["*"].includes("/") ? reply.code(200).send({}) : reply.callNotFound(),
    );
  });
}
