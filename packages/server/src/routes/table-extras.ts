import type { FastifyInstance } from "fastify";
import { entityTypeInfo, type EntityType } from "@omd/schema";
import { notFound } from "../answers.ts";
import { isEntityType } from "../entity-kinds.ts";
import type { ServerParts } from "../parts.ts";
import { queryOf, wholeNumber, type Query } from "../query.ts";
import { findByName } from "./entities.ts";
import type { List } from "./points.ts";

interface ById {
  Params: { id: string };
}

const sampledTypes = ["table", "topic", "searchIndex", "file", "worksheet"].filter(isEntityType);

/** Samples, data models, joins and metrics. Source: om-api §2.4, §3.5, §3.6, §3.8. */
export function tableExtraRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { writer } = parts;
  for (const type of sampledTypes) sampleRoutes(app, parts, type);
  columnRoutes(app, parts);
  app.put<ById>("/api/v1/tables/:id/dataModel", ({ params, body }) =>
    writer.writeExtra("tables.putDataModel", params.id, body),
  );
  app.put<ById>("/api/v1/tables/:id/joins", ({ params, body }) => writer.writeExtra("joins.put", params.id, body));
  app.put<ById>("/api/v1/tables/:id/customMetric", ({ params, body }) =>
    writer.writeExtra("tables.putCustomMetric", params.id, body),
  );
  app.delete<{ Params: { id: string; name: string } }>("/api/v1/tables/:id/customMetric/:name", ({ params }) =>
    writer.writeExtra("tables.deleteCustomMetric", params.id, params.name),
  );
  app.delete<{ Params: { id: string; column: string; name: string } }>(
    "/api/v1/tables/:id/customMetric/:column/:name",
    ({ params }) => writer.writeExtra("tables.deleteCustomMetric", params.id, params.name, params.column),
  );
  app.put<ById>("/api/v1/tables/:id/pipelineObservability", ({ params, body }) =>
    writer.writeExtra("tables.putObservability", params.id, body),
  );
  // Clients send the FQN of the pipeline without encoding, `/` and all.
  app.put<{ Params: { id: string; "*": string } }>(
    "/api/v1/tables/:id/pipelineObservability/*",
    async ({ params, body }) => {
      const { fullyQualifiedName } = await findByName(parts, "pipeline", params["*"]);
      return writer.writeExtra("tables.putObservabilityOf", params.id, fullyQualifiedName, body);
    },
  );
}

function sampleRoutes(app: FastifyInstance, { catalog, writer }: ServerParts, type: EntityType): void {
  const path = `/api/v1/${entityTypeInfo(type).collection}/:id/sampleData`;
  app.put<ById>(path, ({ params, body }) => writer.writeExtra("samples.put", type, params.id, body));
  app.get<ById>(path, ({ params }) => catalog.extras.samples.get(type, params.id));
  app.delete<ById>(path, ({ params }) => writer.writeExtra("samples.delete", type, params.id));
}

function columnRoutes(app: FastifyInstance, parts: ServerParts): void {
  const fields = { fields: ["tags", "customMetrics"] };
  app.get<{ Params: { fqn: string } }>("/api/v1/tables/name/:fqn/columns", async (request) =>
    columnPage(await findByName(parts, "table", request.params.fqn, fields), queryOf(request)),
  );
  app.get<ById>("/api/v1/tables/:id/columns", async (request) => {
    const table = await parts.catalog.getById("table", request.params.id, fields);
    if (!table) throw notFound("table", request.params.id);
    return columnPage(table, queryOf(request));
  });
}

function columnPage(table: object, query: Query): List {
  const limit = wholeNumber(query, "limit", { min: 1, max: 1000 }) ?? 50;
  const offset = wholeNumber(query, "offset", { min: 0, max: 1_000_000 }) ?? 0;
  const columns = "columns" in table && Array.isArray(table.columns) ? (table.columns as unknown[]) : [];
  return { data: columns.slice(offset, offset + limit), paging: { total: columns.length, offset, limit } };
}
