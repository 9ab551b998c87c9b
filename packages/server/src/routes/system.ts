import { catalogHeader } from "@omd/catalog";
import type { FastifyInstance } from "fastify";
import { openToAll } from "../guards.ts";
import type { ServerParts } from "../parts.ts";

export function systemRoutes(app: FastifyInstance, { catalog, version }: ServerParts): void {
  const started = Date.now();
  app.get("/api/v1/system/version", openToAll, (_request, reply) =>
    // Our own client keeps its state by the catalog, not by the address: one that was rolled back or reset is another.
    reply.header(catalogHeader, catalog.identity).send({ version, revision: "omd", timestamp: started }),
  );
}
