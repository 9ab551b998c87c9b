import { KeptReports } from "@omd/core";
import type { FastifyInstance } from "fastify";
import type { ServerParts } from "../parts.ts";
import { homeRoutes } from "./page-home.ts";
import { graphRoutes } from "./page-lineage.ts";
import { runRoutes } from "./page-runs.ts";
import { facetRoutes } from "./page-search.ts";

/** What the page needs beyond OpenMetadata's contract. */
export function pageRoutes(app: FastifyInstance, parts: ServerParts): void {
  const page = { ...parts, reports: new KeptReports(parts.omdHome) };
  homeRoutes(app, page);
  facetRoutes(app, page);
  graphRoutes(app, page);
  runRoutes(app, page);
}
