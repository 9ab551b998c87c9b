import type { EntityType } from "@omd/schema";
import type { FastifyInstance } from "fastify";
import { Refusal } from "../answers.ts";
import { originOf, withOrigin } from "../hrefs.ts";
import type { ServerParts } from "../parts.ts";

interface OfEntity {
  Params: { id: string };
}
interface OfVersion {
  Params: { id: string; version: string };
}

/** `/versions`: all states of an entity as JSON text, newest first; `/versions/{v}`: one of them. */
export function versionRoutes(app: FastifyInstance, { catalog }: ServerParts, type: EntityType, path: string): void {
  app.get<OfEntity>(`${path}/:id/versions`, async (request) => {
    const versions = await catalog.versions(type, request.params.id);
    const origin = originOf(request);
    return { entityType: type, versions: versions.map((state) => withOrigin(JSON.stringify(state), origin)) };
  });
  app.get<OfVersion>(`${path}/:id/versions/:version`, async ({ params: { id, version } }) => {
    const wanted = Number(version);
    const found = (await catalog.versions(type, id)).find((state) => state.version === wanted);
    if (!found) throw new Refusal(404, `${type} instance for ${id} and version ${version} not found`);
    return found;
  });
}
