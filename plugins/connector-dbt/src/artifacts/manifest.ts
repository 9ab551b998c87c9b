import { ArtifactError } from "./artifact-error.ts";
import { isRaw, once, type Note, type Raw } from "./fields.ts";
import { readSections, type Part } from "./json-sections.ts";
import {
  exposureOf,
  groupOf,
  metricOf,
  nodeOf,
  savedQueryOf,
  semanticModelOf,
  sourceOf,
  unitTestOf,
} from "./manifest-objects.ts";
import { readMetadata, type ArtifactKind } from "./metadata.ts";
import type { ByteStream } from "./plain-bytes.ts";
import { checkShape, itemOf } from "./section-checks.ts";
import type { ManifestItem } from "./shapes.ts";

const manifestKind: ArtifactKind = {
  schema: "manifest",
  file: "manifest.json",
  oldest: 4,
  newest: 12,
  readable: 20,
  since: "dbt 1.0",
};

type Reader = (id: string, raw: Raw, section: string, note: Note) => ManifestItem;

const readers: Readonly<Record<string, Reader>> = {
  nodes: (...given) => ({ kind: "node", value: nodeOf(...given) }),
  // User-defined functions, from dbt 1.11 on, have the fields of a node.
  functions: (...given) => ({ kind: "node", value: nodeOf(...given) }),
  sources: (...given) => ({ kind: "source", value: sourceOf(...given) }),
  exposures: (...given) => ({ kind: "exposure", value: exposureOf(...given) }),
  metrics: (...given) => ({ kind: "metric", value: metricOf(...given) }),
  semantic_models: (...given) => ({ kind: "semanticModel", value: semanticModelOf(...given) }),
  groups: (...given) => ({ kind: "group", value: groupOf(...given) }),
  saved_queries: (...given) => ({ kind: "savedQuery", value: savedQueryOf(...given) }),
  unit_tests: (...given) => ({ kind: "unitTest", value: unitTestOf(...given) }),
};

/** Not used: what they say is in the nodes too, or is of no use to a catalog. */
const passedOver = new Set(["macros", "docs", "selectors", "parent_map", "child_map", "group_map"]);

/** Keys of other artifacts, by which a file under the wrong name is told. */
const foreign: Readonly<Record<string, string>> = {
  project_configuration: "semantic_manifest.json",
  results: "a run_results.json or sources.json",
  errors: "a catalog.json",
};

/**
 * Reads `manifest.json` as a stream, one thing after the other in the order of the file; the metadata come first in what dbt writes.
 * `note` is told once about each thing that could not be used. Throws an {@link ArtifactError} for a file that is cut, broken,
 * of another kind or of a version that is not known.
 */
export async function* readManifest(stream: ByteStream, file: string, note?: Note): AsyncGenerator<ManifestItem> {
  const say = once(note);
  const met = new Set<string>();
  for await (const part of readSections(stream, file, planOf, say)) {
    if (part.part === "section") {
      met.add(part.section);
      checkSection(part, file, say);
    } else if (part.section === "metadata")
      yield { kind: "metadata", value: readMetadata(part.value, manifestKind, file, part.offset, say) };
    else if (part.section === "disabled") yield* disabledOf(part, say);
    else {
      const raw = itemOf(part, say);
      const read = readers[part.section];
      if (raw !== undefined && read !== undefined && part.key !== undefined)
        yield read(part.key, raw, part.section, say);
    }
  }
  for (const needed of ["metadata", "nodes"])
    if (!met.has(needed))
      throw new ArtifactError(file, `it has no "${needed}"`, { expected: "a manifest.json as dbt writes it" });
}

function planOf(section: string): "items" | "whole" | "skip" {
  if (section === "metadata") return "whole";
  return section === "disabled" || Object.hasOwn(readers, section) ? "items" : "skip";
}

function checkSection(part: Extract<Part, { part: "section" }>, file: string, note: Note): void {
  const { section, offset } = part;
  if (Object.hasOwn(foreign, section))
    throw new ArtifactError(file, `it is no manifest.json: it has "${section}", as ${foreign[section]} has`, {
      offset,
      expected: "metadata, nodes, sources and the other keys of a manifest",
    });
  if (section === "metadata" || Object.hasOwn(readers, section)) {
    const hint =
      part.shape === "list" ? "Lists of these are in semantic_manifest.json; manifest.json is wanted here." : undefined;
    checkShape(part, "object", file, hint);
  } else if (section !== "disabled" && !passedOver.has(section) && part.shape !== "value")
    note(`${section}: not known to this connector, left out`);
}

/** In manifests a list for each id; a versioned model may be switched off in more than one place. */
function* disabledOf(part: Extract<Part, { part: "value" }>, note: Note): Generator<ManifestItem> {
  const all: unknown[] = Array.isArray(part.value) ? part.value : [part.value];
  for (const raw of all)
    if (isRaw(raw)) yield { kind: "disabled", value: nodeOf(part.key ?? "", raw, "disabled", note) };
}
