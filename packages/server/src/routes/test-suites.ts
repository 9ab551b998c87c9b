import type { FastifyInstance } from "fastify";
import type { CreateRequest } from "@omd/schema";
import { notFound, Refusal } from "../answers.ts";
import type { ServerParts } from "../parts.ts";
import { flag, queryOf } from "../query.ts";

interface ById {
  Params: { id: string };
}

/** The suites that belong to one table each, by both names that OpenMetadata had for them. Source: om-api §3.7. */
export function testSuiteRoutes(app: FastifyInstance, { catalog, writer }: ServerParts): void {
  for (const name of ["executable", "basic"]) {
    const path = `/api/v1/dataQuality/testSuites/${name}`;
    for (const method of ["PUT", "POST"] as const) {
      app.route({
        method,
        url: path,
        handler: async ({ body }, reply) => {
          const request = suiteOf(body);
          const { outcome, entity } = await writer.put("testSuite", request, { create: method === "POST" });
          return reply.code(outcome === "created" ? 201 : 200).send(entity);
        },
      });
    }
    app.delete<ById>(`${path}/:id`, async (request) => {
      const { id } = request.params;
      const query = queryOf(request);
      const suite = await catalog.getById("testSuite", id, { include: "all" });
      if (!suite) throw notFound("testSuite", id);
      await writer.delete("testSuite", id, { hard: flag(query, "hardDelete"), recursive: flag(query, "recursive") });
      return { ...((await catalog.getById("testSuite", id, { include: "all" })) ?? suite), deleted: true };
    });
  }
}

/** The catalog checks the rest by the type's own schema. */
function suiteOf(body: unknown): CreateRequest<"testSuite"> {
  const suite = (body ?? {}) as CreateRequest<"testSuite">;
  if (suite.basicEntityReference === undefined && suite.executableEntityReference === undefined)
    throw new Refusal(400, "A basic test suite needs basicEntityReference");
  return suite;
}
