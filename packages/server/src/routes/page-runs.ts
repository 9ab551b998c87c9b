import { summaryOf, type Report } from "@omd/core";
import { parseFqn } from "@omd/schema";
import type { FastifyInstance } from "fastify";
import { Refusal } from "../answers.ts";
import { compareReports } from "../compare-runs.ts";
import { queryOf, text, wholeNumber } from "../query.ts";
import { changesOf } from "../run-changes.ts";
import type { PageParts } from "../parts.ts";

const maxRuns = 200;
const shownChanges = 1000;

export function runRoutes(app: FastifyInstance, { catalog, reports }: PageParts): void {
  const report = (runId: string): Report => {
    const found = reports.get(runId);
    if (!found) throw new Refusal(404, `run instance for ${runId} not found`);
    return found;
  };

  app.get("/api/omd/runs", (request) => {
    const query = queryOf(request);
    const limit = wholeNumber(query, "limit", { min: 1, max: maxRuns }) ?? maxRuns;
    return { runs: reports.list({ service: text(query, "service"), limit }) };
  });

  app.get<{ Params: { runId: string } }>("/api/omd/runs/:runId", (request) => report(request.params.runId));

  app.get<{ Params: { runId: string } }>("/api/omd/runs/:runId/changes", (request) =>
    changesOf(catalog, report(request.params.runId).runId, shownChanges),
  );

  app.get("/api/omd/compare", (request) => {
    const query = queryOf(request);
    const a = text(query, "a");
    const b = text(query, "b");
    if (a === undefined || b === undefined) throw new Refusal(400, "query params a and b must be given");
    const [first, second] = [report(a), report(b)];
    return { a: summaryOf(first), b: summaryOf(second), ...compareReports(first, second) };
  });

  app.get<{ Params: { type: string; fqn: string } }>("/api/omd/entity/:type/:fqn/runs", (request) => {
    const { type, fqn } = request.params;
    if (type !== "pipeline") throw new Refusal(404, `A ${type} has no runs`);
    const limit = wholeNumber(queryOf(request), "limit", { min: 1, max: 1000 }) ?? 50;
    return runsOf(fqn, limit);
  });

  async function runsOf(fqn: string, limit: number): Promise<unknown> {
    return { runs: await catalog.pipelineStatuses(parseFqn(fqn), { limit }) };
  }
}
