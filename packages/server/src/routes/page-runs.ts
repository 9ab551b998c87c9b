import { keepReport, reportSchema, summaryOf, type Report } from "@omd/core";
import { parseFqn } from "@omd/schema";
import type { FastifyInstance } from "fastify";
import { Refusal } from "../answers.ts";
import { compareReports } from "../compare-runs.ts";
import { queryOf, text, wholeNumber } from "../query.ts";
import { clientReport, listRuns } from "../client-runs.ts";
import { changesOf, changesWhile } from "../run-changes.ts";
import { runIdOf } from "../run-stamp.ts";
import type { PageParts } from "../parts.ts";

const maxRuns = 200;
/** Milliseconds that a report may be under way, or its clock be off, before its times are moved. */
const clockTolerance = 60_000;
const shownChanges = 1000;

export function runRoutes(app: FastifyInstance, { catalog, reports, omdHome }: PageParts): void {
  const unknown = (runId: string): Refusal => new Refusal(404, `run instance for ${runId} not found`);
  const report = (runId: string): Report => {
    const found = reports.get(runId);
    if (!found) throw unknown(runId);
    return found;
  };

  app.get("/api/omd/runs", async (request) => {
    const query = queryOf(request);
    const limit = wholeNumber(query, "limit", { min: 1, max: maxRuns }) ?? maxRuns;
    return { runs: await listRuns(reports, catalog, { service: text(query, "service"), limit }) };
  });

  app.get<{ Params: { runId: string } }>("/api/omd/runs/:runId", async ({ params: { runId } }) => {
    const found = reports.get(runId) ?? (await clientReport(catalog, runId));
    if (!found) throw unknown(runId);
    return found;
  });

  /** From our own client, when it wrote here over REST: the report is one of this catalog then. */
  app.put<{ Params: { runId: string } }>("/api/omd/runs/:runId", async (request, reply) => {
    const given = reportSchema.parse(request.body);
    if (runIdOf(given.runId) !== request.params.runId) throw new Refusal(400, "The report is of another run");
    const { version } = await catalog.connect();
    const here = { kind: "embedded", identity: catalog.identity, version } as const;
    const unkept = keepReport(omdHome, { ...byOwnClock(given, Date.now()), catalog: here });
    if (unkept) throw unkept;
    return reply.code(204).send();
  });

  app.get<{ Params: { runId: string } }>("/api/omd/runs/:runId/changes", async ({ params: { runId } }) => {
    if (reports.get(runId) || catalog.history.knows(runId)) return changesOf(catalog, runId, shownChanges);
    const told = await clientReport(catalog, runId);
    if (!told) throw unknown(runId);
    return changesWhile(catalog, told, shownChanges);
  });

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

/** A report just ended: when its client's clock says otherwise, its times are moved, for what it wrote has the times of this machine. */
function byOwnClock(report: Report, now: number): Report {
  const off = now - report.endedAt;
  if (Math.abs(off) <= clockTolerance) return report;
  return { ...report, startedAt: report.startedAt + off, endedAt: now };
}
