import type { FastifyInstance } from "fastify";
import type { JsonPatchOperation } from "@omd/schema";
import { Refusal } from "../answers.ts";
import type { ServerParts } from "../parts.ts";
import { queryOf, text } from "../query.ts";
import { listed } from "./points.ts";

interface ById {
  Params: { id: string };
}
interface ByName {
  Params: { name: string };
}

/** Settings, types with custom properties, jobs of automations. Source: om-api §2.2, §3.6, §10. */
export function serverSettingRoutes(app: FastifyInstance, parts: ServerParts): void {
  // No setting is stored here: the client works by its own defaults.
  app.get("/api/v1/system/settings/:name", (_request, reply) => reply.code(204).send());
  typeRoutes(app, parts);
  workflowRoutes(app, parts);
}

function typeRoutes(app: FastifyInstance, { catalog, writer }: ServerParts): void {
  const path = "/api/v1/metadata/types";
  const { customProperties } = catalog.extras;
  app.get(path, (request) => {
    const category = text(queryOf(request), "category");
    if (category !== undefined && category !== "entity" && category !== "field")
      throw new Refusal(400, "query param category must be one of [entity, field]");
    const data = customProperties.list(category);
    return listed({ data, total: data.length });
  });
  app.get<ByName>(`${path}/name/:name`, ({ params }) => customProperties.byName(params.name));
  app.get<ById>(`${path}/:id`, ({ params }) => customProperties.byId(params.id));
  app.put<ById>(`${path}/:id`, ({ params, body }) => writer.writeExtra("customProperties.put", params.id, body));
}

function workflowRoutes(app: FastifyInstance, { catalog, writer }: ServerParts): void {
  const path = "/api/v1/automations/workflows";
  const { automations } = catalog.extras;
  for (const method of ["POST", "PUT"] as const) {
    app.route({
      method,
      url: path,
      handler: async ({ body }, reply) => {
        const { created, workflow } = await writer.writeExtra("automations.put", body);
        return reply.code(created ? 201 : 200).send(workflow);
      },
    });
  }
  app.get<ByName>(`${path}/name/:name`, ({ params }) => automations.byName(params.name));
  app.get<ById>(`${path}/:id`, ({ params }) => automations.byId(params.id));
  app.patch<ById>(`${path}/:id`, ({ params, body }) => {
    if (!Array.isArray(body)) throw new Refusal(400, "A JSON Patch must be a list of operations");
    return writer.writeExtra("automations.patch", params.id, body as JsonPatchOperation[]);
  });
  app.delete<ById>(`${path}/:id`, ({ params }) => writer.writeExtra("automations.delete", params.id));
}
