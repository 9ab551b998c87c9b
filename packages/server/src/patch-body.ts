import type { JsonPatchOperation } from "@omd/schema";
import { Refusal } from "./answers.ts";

/** The operations of a JSON Patch (RFC 6902), not yet looked at one by one. Throws Refusal 400. */
export function patchOperations(given: unknown): readonly JsonPatchOperation[] {
  if (!Array.isArray(given)) throw new Refusal(400, "A JSON Patch must be a list of operations");
  for (const operation of given as unknown[]) {
    const { op, path } = (operation ?? {}) as { op?: unknown; path?: unknown };
    if (typeof op !== "string" || typeof path !== "string")
      throw new Refusal(400, "Each operation of a JSON Patch needs op and path");
  }
  return given as JsonPatchOperation[];
}
