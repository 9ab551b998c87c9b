import jsonPatch from "fast-json-patch";
import type { CatalogEdge, EdgeNotes } from "@omd/core";
import { lineageDetails, type ColumnLineage, type LineageDetails } from "@omd/schema";
import { Refusal, zodMessage } from "./answers.ts";
import { patchOperations } from "./patch-body.ts";

/** Noted by the server of an edge; sent back by clients that change what they read. */
const serverFields: ReadonlySet<string> = new Set(["createdAt", "createdBy", "updatedAt", "updatedBy", "assetEdges"]);

/** The details as clients see them: with what the server notes itself. */
export function shownDetails({ details, noted }: CatalogEdge): LineageDetails & Partial<EdgeNotes> {
  return { ...details, ...noted };
}

/** The details without what the server notes itself. */
export function knownDetails(details: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(details).filter(([name, value]) => !serverFields.has(name) && value !== null),
  );
}

/** Applies a JSON Patch (RFC 6902); items may be added to lists that are missing. Throws Refusal 400. */
export function patchedDetails(before: LineageDetails, operations: unknown): LineageDetails {
  const document: Record<string, unknown> = structuredClone({ ...before });
  const given = patchOperations(operations) as jsonPatch.Operation[];
  if (given.some(({ path }) => path.startsWith("/columnsLineage/"))) document["columnsLineage"] ??= [];
  if (given.some(({ path }) => path.startsWith("/pipeline/"))) document["pipeline"] ??= {};
  let after: unknown;
  try {
    after = jsonPatch.applyPatch(document, given, true).newDocument;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new Refusal(400, `Invalid patch of lineage details: ${reason ?? ""}`);
  }
  if (typeof after !== "object" || after === null) throw new Refusal(400, "A patch can't replace the whole details");
  const fields = knownDetails(after);
  // Of a reference its id counts: a patch of the id alone leaves the name of the old one beside it.
  const { id, type = "pipeline" } = (fields["pipeline"] ?? {}) as { id?: unknown; type?: unknown };
  const parsed = lineageDetails.safeParse({ ...fields, ...(id === undefined ? {} : { pipeline: { id, type } }) });
  if (!parsed.success) throw new Refusal(400, `Invalid lineage details: ${zodMessage(parsed.error)}`);
  return parsed.data;
}

/** Whether nothing that `before` says is missing from `after`; pipeline and source may be others. */
export function saysAtLeast(after: LineageDetails, before: LineageDetails): boolean {
  const columns = new Map((after.columnsLineage ?? []).map((column) => [keyOf(column), new Set(column.fromColumns)]));
  return (
    (before.columnsLineage ?? []).every((column) =>
      column.fromColumns.every((from) => columns.get(keyOf(column))?.has(from) === true),
    ) &&
    (before.sqlQuery === undefined || after.sqlQuery !== undefined) &&
    (before.description === undefined || after.description !== undefined)
  );
}

function keyOf({ toColumn, function: applied }: ColumnLineage): string {
  return JSON.stringify([toColumn, applied ?? null]);
}
