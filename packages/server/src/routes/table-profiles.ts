import type { FastifyInstance } from "fastify";
import { profileKinds, profilerConfigFields, type ProfiledType, type ProfileKind } from "@omd/catalog";
import { entityTypeInfo } from "@omd/schema";
import { Refusal } from "../answers.ts";
import { entityType } from "../entity-kinds.ts";
import type { ServerParts } from "../parts.ts";
import { queryOf, text } from "../query.ts";
import { findByName } from "./entities.ts";
import { cursorAfter, listed, neededRange, placeOf } from "./points.ts";

interface OfTable {
  Params: { fqn: string };
}
interface ById {
  Params: { id: string };
}

/** Profiles of tables and how they are made. Source: om-api §3.6. */
export function tableProfileRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { catalog, writer } = parts;
  const { profiles } = catalog.extras;
  app.put<ById>("/api/v1/tables/:id/tableProfile", ({ params, body }) =>
    writer.writeExtra("profiles.put", params.id, body),
  );
  app.get<OfTable>("/api/v1/tables/:fqn/tableProfile/latest", async ({ params }) =>
    profiles.latest((await findByName(parts, "table", params.fqn)).id),
  );
  for (const kind of ["table", "system"] as const) {
    app.get<OfTable>(`/api/v1/tables/:fqn/${kind}Profile`, async (request) => {
      const range = neededRange(queryOf(request));
      const { id } = await findByName(parts, "table", request.params.fqn);
      return listed(profiles.ofTable(id, kind, range));
    });
  }
  app.get<OfTable>("/api/v1/tables/:fqn/columnProfile", (request) =>
    listed(profiles.ofColumn(request.params.fqn, neededRange(queryOf(request)))),
  );
  app.get<{ Params: { type: string } }>("/api/v1/entity/profiles/:type", (request) => {
    const query = queryOf(request);
    const range = neededRange(query);
    const place = placeOf(query);
    const kind = kindOf(text(query, "profileType"));
    const type = entityType(request.params.type);
    // Nothing but tables has profiles.
    const { data, total } = type === "table" ? profiles.all({ ...range, ...place, kind }) : { data: [], total: 0 };
    return { data, paging: { total, after: cursorAfter(place, total) ?? null, before: null } };
  });
  for (const type of Object.keys(profilerConfigFields) as ProfiledType[]) configRoutes(app, parts, type);
}

function configRoutes(app: FastifyInstance, { catalog, writer }: ServerParts, type: ProfiledType): void {
  const path = `/api/v1/${entityTypeInfo(type).collection}/:id/${profilerConfigFields[type]}`;
  app.put<ById>(path, ({ params, body }) => writer.writeExtra("profilerConfigs.put", type, params.id, body));
  app.get<ById>(path, ({ params }) => catalog.extras.profilerConfigs.get(type, params.id));
  app.delete<ById>(path, ({ params }) => writer.writeExtra("profilerConfigs.delete", type, params.id));
}

function kindOf(given: string | undefined): ProfileKind | undefined {
  const kind = profileKinds.find((known) => known === given);
  if (given !== undefined && kind === undefined)
    throw new Refusal(400, `query param profileType must be one of [${profileKinds.join(", ")}]`);
  return kind;
}
