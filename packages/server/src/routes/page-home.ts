import { join } from "node:path";
import { entityTypeInfo } from "@omd/schema";
import type { FastifyInstance } from "fastify";
import { typeNames } from "../entity-kinds.ts";
import { changesOf } from "../run-changes.ts";
import type { PageParts } from "../parts.ts";

const shownRuns = 10;
const shownChanges = 50;

export function homeRoutes(app: FastifyInstance, { catalog, reports, omdHome }: PageParts): void {
  app.get("/api/omd/types", () => Object.fromEntries(typeNames.map((type) => [type, entityTypeInfo(type).collection])));

  app.get("/api/omd/home", async () => {
    const { version } = await catalog.connect();
    const { entities, deletedEntities, lineageEdges, pipelineStatuses } = catalog.counts();
    const runs = reports.list();
    const newest = runs[0];
    return {
      catalog: { file: join(omdHome, "catalog.db"), identity: catalog.identity, version },
      counts: { entities, deletedEntities, lineageEdges, pipelineStatuses },
      services: catalog.overview.services().map((service) => {
        const lastRun = runs.find((run) => run.serviceName === service.name);
        return { ...service, ...(lastRun && { lastRun }) };
      }),
      runs: runs.slice(0, shownRuns),
      changes: {
        since: newest?.startedAt ?? null,
        ...(newest && { runId: newest.runId }),
        ...changesOf(catalog, newest?.runId, shownChanges),
      },
    };
  });
}
