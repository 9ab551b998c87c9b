import { ArtifactError } from "./artifact-error.ts";
import { Fields, once, type Note, type Raw } from "./fields.ts";
import { readSections } from "./json-sections.ts";
import { limitOf } from "./manifest-objects.ts";
import { readMetadata, type ArtifactKind } from "./metadata.ts";
import type { ByteStream } from "./plain-bytes.ts";
import { executionTimes } from "./run-results.ts";
import { checkShape, itemOf } from "./section-checks.ts";
import type { FreshnessItem, FreshnessResult } from "./shapes.ts";

const sourcesKind: ArtifactKind = {
  schema: "sources",
  file: "sources.json",
  oldest: 1,
  newest: 3,
  readable: 4,
  since: "dbt 1.0",
};

/** Reads `sources.json`, the answers of `dbt source freshness`, as a stream. Throws an {@link ArtifactError}. */
export async function* readFreshness(stream: ByteStream, file: string, note?: Note): AsyncGenerator<FreshnessItem> {
  const say = once(note);
  const met = new Set<string>();
  for await (const part of readSections(stream, file, planOf, say)) {
    if (part.part === "section") {
      met.add(part.section);
      if (part.section === "results") checkShape(part, "list", file);
    } else if (part.section === "metadata")
      yield { kind: "metadata", value: readMetadata(part.value, sourcesKind, file, part.offset, say) };
    else {
      const raw = itemOf(part, say);
      const value = raw === undefined ? undefined : resultOf(raw, say);
      if (value !== undefined) yield { kind: "result", value };
    }
  }
  for (const needed of ["metadata", "results"])
    if (!met.has(needed)) throw new ArtifactError(file, `it has no "${needed}"`, { expected: "a sources.json of dbt" });
}

function planOf(section: string): "items" | "whole" | "skip" {
  if (section === "results") return "items";
  return section === "metadata" ? "whole" : "skip";
}

function resultOf(raw: Raw, note: Note): FreshnessResult | undefined {
  const fields = new Fields(raw, "results", note);
  const uniqueId = fields.text("unique_id");
  // dbt Fusion begins these with a capital.
  const status = fields.text("status")?.toLowerCase();
  if (uniqueId === undefined || status === undefined) {
    note("results without unique_id or status are left out");
    return undefined;
  }
  const criteria = fields.below("criteria");
  return {
    uniqueId,
    status,
    error: fields.word("error"),
    maxLoadedAt: fields.text("max_loaded_at"),
    snapshottedAt: fields.text("snapshotted_at"),
    ageSeconds: fields.number("max_loaded_at_time_ago_in_s"),
    warnAfter: limitOf(criteria.below("warn_after")),
    errorAfter: limitOf(criteria.below("error_after")),
    filter: criteria.text("filter"),
    completedAt: executionTimes(fields, note).completedAt,
    raw,
  };
}
