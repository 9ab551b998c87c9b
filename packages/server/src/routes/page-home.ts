import { join } from "node:path";
import { entityTypeInfo } from "@omd/schema";
import type { FastifyInstance } from "fastify";
import { typeNames } from "../entity-kinds.ts";
import { listRuns, type ListedRun } from "../client-runs.ts";
import { changesOf, changesWhile, type RunChanges } from "../run-changes.ts";
import type { PageParts } from "../parts.ts";

const shownRuns = 10;
/** So many of the newest runs are looked through for the last one of each service. */
const lookedThrough = 400;
const shownChanges = 50;

export function homeRoutes(app: FastifyInstance, { catalog, reports, omdHome }: PageParts): void {
  const changes = (run: ListedRun | undefined): RunChanges =>
    // A client that is not ours need not say what it writes.
    run === undefined || reports.get(run.runId) || catalog.history.knows(run.runId)
      ? changesOf(catalog, run?.runId, shownChanges)
      : changesWhile(catalog, run, shownChanges);

  app.get("/api/omd/types", () => Object.fromEntries(typeNames.map((type) => [type, entityTypeInfo(type).collection])));

  app.get("/api/omd/home", async () => {
    const { version } = await catalog.connect();
    const { entities, deletedEntities, lineageEdges, pipelineStatuses } = catalog.counts();
    const runs = await listRuns(reports, catalog, { limit: lookedThrough });
    // A run into another catalog leaves its report in the same directory.
    const [newest, ...earlier] = runs.filter(({ catalogKind }) => catalogKind === "embedded");
    const before = earlier.find(({ serviceName }) => serviceName === newest?.serviceName);
    return {
      catalog: { file: join(omdHome, "catalog.db"), identity: catalog.identity, version },
      counts: { entities, deletedEntities, lineageEdges, pipelineStatuses },
      services: catalog.overview.services().map((service) => {
        const lastRun = runs.find((run) => run.serviceName === service.name);
        return { ...service, ...(lastRun && { lastRun }) };
      }),
      runs: runs.slice(0, shownRuns),
      changes: {
        since: before?.startedAt ?? null,
        ...(newest && { runId: newest.runId }),
        ...changes(newest),
      },
    };
  });
}
