import { randomUUID } from "node:crypto";
import { entityName, type JsonPatchOperation } from "@omd/schema";
import jsonPatch from "fast-json-patch";
import { z } from "zod";
import { badRequest } from "../columns.ts";
import { notFound, type Body } from "../entity-store.ts";
import { masked } from "../mask.ts";
import { parsed, type ExtrasContext } from "./extras-context.ts";

/** OpenMetadata: entity/automations/workflow.json. What is asked and answered is the client's matter. */
const workflow = z.strictObject({
  name: entityName,
  displayName: z.string().optional(),
  description: z.string().optional(),
  workflowType: z.enum(["TEST_CONNECTION", "REVERSE_INGESTION", "QUERY_RUNNER", "TEST_SPARK_ENGINE_CONNECTION"]),
  status: z.enum(["Pending", "Successful", "Failed", "Running"]).default("Pending"),
  request: z.record(z.string(), z.unknown()),
  response: z.record(z.string(), z.unknown()).optional(),
});
const patchable = new Set(Object.keys(workflow.shape));

/** Jobs that a server hands to a client, such as the test of a connection; the client patches in what came of it. */
export class Automations {
  readonly #context: ExtrasContext;
  constructor(context: ExtrasContext) {
    this.#context = context;
  }

  /** Throws CatalogError 400. */
  put(body: unknown): { created: boolean; workflow: Body } {
    const given = parsed(workflow, body, "workflow");
    const known = this.#find("name", given.name);
    const id = known === undefined ? randomUUID() : String(known.id);
    return { created: known === undefined, workflow: this.#save(id, given) };
  }

  byName(name: string): Body {
    return this.#need("name", name);
  }

  byId(id: string): Body {
    return this.#need("id", id);
  }

  /** RFC 6902. Throws CatalogError 400 and 404. */
  patch(id: string, operations: readonly JsonPatchOperation[]): Body {
    const before = this.byId(id);
    let after: Body;
    try {
      after = jsonPatch.applyPatch(
        structuredClone(before),
        structuredClone(operations) as jsonPatch.Operation[],
        true,
      ).newDocument;
    } catch (error) {
      if (error instanceof jsonPatch.JsonPatchError) throw badRequest(`Invalid JSON Patch: ${error.name}`);
      throw error;
    }
    const own = Object.fromEntries(Object.entries(after).filter(([field]) => patchable.has(field)));
    const changed = parsed(workflow, own, "workflow");
    if (changed.name !== before.name) throw badRequest("The name of a workflow can't be changed");
    return this.#save(id, changed);
  }

  /** Answers what it was. Throws CatalogError 404. */
  delete(id: string): Body {
    const known = this.byId(id);
    this.#context.db.run("DELETE FROM automation WHERE id = ?", id);
    return { ...known, deleted: true };
  }

  #save(id: string, given: z.infer<typeof workflow>): Body {
    const stored = {
      ...(masked(given) as Body),
      name: given.name,
      updatedAt: this.#context.clock(),
      updatedBy: this.#context.updatedBy,
    };
    this.#context.db.run(
      "INSERT OR REPLACE INTO automation (id, name, body) VALUES (?, ?, ?)",
      id,
      given.name,
      JSON.stringify(stored),
    );
    return this.byId(id);
  }

  #need(column: "id" | "name", value: string): Body {
    const found = this.#find(column, value);
    if (!found) throw notFound("workflow", value);
    return found;
  }

  #find(column: "id" | "name", value: string): Body | undefined {
    const row = this.#context.db.get(`SELECT id, body FROM automation WHERE ${column} = ?`, value);
    if (!row) return undefined;
    const id = String(row.id);
    const body = JSON.parse(String(row.body)) as Body;
    return {
      id,
      fullyQualifiedName: body.name,
      ...body,
      version: 0.1,
      href: `/api/v1/automations/workflows/${id}`,
      deleted: false,
    };
  }
}
