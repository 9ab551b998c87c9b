import { entityTypeInfo, type ServiceType } from "@omd/schema";
import type { FastifyInstance } from "fastify";
import { typeNames } from "../entity-kinds.ts";
import type { ServerParts } from "../parts.ts";

/** What came of testing the connection of a service. Source: om-api §3.0. */
export function connectionTestRoutes(app: FastifyInstance, { writer }: ServerParts): void {
  for (const type of typeNames.filter((name): name is ServiceType => name.endsWith("Service")))
    app.put<{ Params: { id: string } }>(
      `/api/v1/${entityTypeInfo(type).collection}/:id/testConnectionResult`,
      ({ params, body }) => writer.writeExtra("connectionTests.put", type, params.id, body),
    );
}
