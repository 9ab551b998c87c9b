import type { FastifyInstance } from "fastify";
import type { ServerParts } from "../parts.ts";

export function systemRoutes(app: FastifyInstance, { version }: ServerParts): void {
  const started = Date.now();
  app.get("/api/v1/system/version", () => ({ version, revision: "omd", timestamp: started }));
}
