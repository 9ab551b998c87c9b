import type { CreateRequest, EntityType } from "./entity-types.ts";
import type { JsonPatchOperation } from "./json-patch.ts";
import { planMembers, plain, type PatchOptions } from "./patch-members.ts";
import { patchRules, type PatchRules } from "./patch-rules.ts";
import { computeSourceHash, hasSourceHash } from "./source-hash.ts";

export type { PatchOptions } from "./patch-members.ts";

/**
 * The JSON Patch (RFC 6902) that brings a stored entity (read with all its fields) to the request; empty when there is nothing to do.
 * The rules are in `patch-rules.ts`. An absent, null or empty member of the stored entity is filled by `add`, so no operation needs a path that is not there.
 * Where a type has a `sourceHash`, the request's (or else the computed one) is stored.
 */
export function planPatch<T extends EntityType>(
  type: T,
  existing: Record<string, unknown>,
  request: CreateRequest<T>,
  options: PatchOptions,
): JsonPatchOperation[] {
  const wanted = plain({ ...request });
  if (hasSourceHash(type)) wanted["sourceHash"] ??= computeSourceHash(type, request);
  const rules: PatchRules = { ...patchRules[type], sourceHash: { rule: "set", same: "exact", clear: false } };
  return planMembers(rules, { path: "", stored: existing, wanted, options });
}
