import type { FastifyInstance } from "fastify";
import { entityType } from "../entity-kinds.ts";
import type { ServerParts } from "../parts.ts";
import { queryOf, text, wholeNumber } from "../query.ts";
import { findByName } from "./entities.ts";
import { listed, rangeOf } from "./points.ts";

interface OfEntity {
  Params: { type: string; id: string };
}
interface ById {
  Params: { id: string };
}

/** How often entities are used, and what queries do. Source: om-api §3.5. */
export function usageRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { writer } = parts;
  dayRoutes(app, parts);
  app.post<{ Params: { type: string; date: string } }>(
    "/api/v1/usage/compute.percentile/:type/:date",
    async ({ params }, reply) => {
      await writer.writeExtra("usage.computePercentiles", entityType(params.type), params.date);
      return reply.code(201).send();
    },
  );
  app.put<ById>("/api/v1/queries/:id/usage", ({ params, body }) =>
    writer.writeExtra("queries.addUsage", params.id, body),
  );
  app.delete<ById>("/api/v1/queries/:id/usage", ({ params, body }) =>
    writer.writeExtra("queries.removeUsage", params.id, body),
  );
  app.put<ById>("/api/v1/queries/:id/users", ({ params, body }) =>
    writer.writeExtra("queries.addUsers", params.id, body),
  );
  app.put<ById>("/api/v1/queries/:id/usedBy", ({ params, body }) =>
    writer.writeExtra("queries.addUsedBy", params.id, body),
  );
  costRoutes(app, parts);
}

function dayRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { catalog, writer } = parts;
  const calls = { POST: "usage.set", PUT: "usage.add" } as const;
  for (const method of ["POST", "PUT"] as const) {
    app.route<OfEntity>({
      method,
      url: "/api/v1/usage/:type/:id",
      handler: async ({ params, body }, reply) =>
        reply.code(201).send(await writer.writeExtra(calls[method], entityType(params.type), params.id, body)),
    });
    app.route<OfEntity>({
      method,
      url: "/api/v1/usage/:type/name/:id",
      handler: async ({ params, body }, reply) => {
        const type = entityType(params.type);
        const { id } = await findByName(parts, type, params.id);
        return reply.code(201).send(await writer.writeExtra(calls[method], type, id, body));
      },
    });
  }
  const read = (type: string, id: string, query: ReturnType<typeof queryOf>): unknown =>
    catalog.extras.usage.get(entityType(type), id, {
      date: text(query, "date"),
      days: wholeNumber(query, "days", { min: 1, max: 30 }),
    });
  app.get<OfEntity>("/api/v1/usage/:type/:id", (request) =>
    read(request.params.type, request.params.id, queryOf(request)),
  );
  app.get<{ Params: { type: string; "*": string } }>("/api/v1/usage/:type/name/*", async (request) => {
    const { type } = request.params;
    const { id } = await findByName(parts, entityType(type), request.params["*"]);
    return read(type, id, queryOf(request));
  });
}

function costRoutes(app: FastifyInstance, parts: ServerParts): void {
  app.post("/api/v1/queryCostRecord", async ({ body }, reply) =>
    reply.code(201).send(await parts.writer.writeExtra("queries.addCost", body)),
  );
  app.get<{ Params: { fqn: string } }>("/api/v1/queryCostRecord/:fqn", async (request) => {
    const { id } = await findByName(parts, "query", request.params.fqn);
    return listed(parts.catalog.extras.queries.costs(id, rangeOf(queryOf(request))));
  });
}
