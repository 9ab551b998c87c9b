import { InvalidNameError, entityTypeInfo, requestFqn, type CreateRequest, type EntityType } from "@omd/schema";
import type { FastifyInstance } from "fastify";
import { Refusal } from "../answers.ts";
import type { ServerParts } from "../parts.ts";
import { flag, queryOf } from "../query.ts";

interface ItemAnswer {
  readonly request: string;
  readonly status: number;
  readonly message?: string;
}

/** `PUT /bulk`: a wrong item fails alone. Source: om-api §2.3. */
export function bulkRoutes(app: FastifyInstance, { writer }: ServerParts, type: EntityType, path: string): void {
  app.put(`${path}/bulk`, async (request, reply) => {
    if (!Array.isArray(request.body)) throw new Refusal(400, "The body of a bulk request must be a list");
    const readable: CreateRequest<EntityType>[] = [];
    const passed: ItemAnswer[] = [];
    const failed: ItemAnswer[] = [];
    for (const item of request.body as unknown[]) {
      const problem = problemOf(type, item);
      if (problem) failed.push(problem);
      else readable.push(item as CreateRequest<EntityType>);
    }
    for (const result of await writer.putMany(type, readable)) {
      if (result.ok) passed.push({ request: result.fqn, status: 200 });
      else failed.push({ request: result.fqn, status: result.status, message: result.message });
    }
    return reply.code(flag(queryOf(request), "async") ? 202 : 200).send({
      dryRun: false,
      status: failed.length === 0 ? "success" : passed.length === 0 ? "failure" : "partialSuccess",
      numberOfRowsProcessed: passed.length + failed.length,
      numberOfRowsPassed: passed.length,
      numberOfRowsFailed: failed.length,
      successRequest: passed,
      failedRequest: failed,
    });
  });
}

/** Why an item can't even be named. What is wrong with a named one the catalog says. */
function problemOf(type: EntityType, item: unknown): ItemAnswer | undefined {
  const name = (item as { name?: unknown } | null)?.name;
  if (typeof name !== "string") return { request: String(name), status: 400, message: `A ${type} needs a name` };
  try {
    requestFqn(type, item as CreateRequest<EntityType>);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidNameError) return { request: name, status: 400, message: error.message };
    // A parent of a wrong type: the schema says which field it is.
    const parsed = entityTypeInfo(type).request.safeParse(item);
    const reasons = parsed.error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [String(error)];
    return { request: name, status: 400, message: `Invalid ${type} request: ${reasons.join("; ")}` };
  }
}
