import { ArtifactError } from "./artifact-error.ts";
import { isRaw, once, type Note } from "./fields.ts";
import { readSections, type Part } from "./json-sections.ts";
import type { ByteStream } from "./plain-bytes.ts";
import { checkShape, itemOf } from "./section-checks.ts";
import type { SemanticManifestItem } from "./shapes.ts";

const kinds = { semantic_models: "semanticModel", metrics: "metric", saved_queries: "savedQuery" } as const;
type Section = keyof typeof kinds;

const expected = "semantic_models, metrics, saved_queries, project_configuration";

/** Keys of other artifacts that say no kind of their own, by which a file under the wrong name is told. */
const foreign: Readonly<Record<string, string>> = {
  nodes: "manifest.json",
  results: "a run_results.json or sources.json",
  errors: "a catalog.json",
};

/**
 * Reads `semantic_manifest.json` as a stream. It tells neither version nor project. Throws an {@link ArtifactError} for a file that is cut,
 * broken or of another kind; `note` is told once about each thing that could not be used.
 */
export async function* readSemanticManifest(
  stream: ByteStream,
  file: string,
  note?: Note,
): AsyncGenerator<SemanticManifestItem> {
  const say = once(note);
  const met = new Set<string>();
  for await (const part of readSections(stream, file, planOf, say)) {
    if (part.part === "section") {
      met.add(part.section);
      checkSection(part, file, say);
    } else if (part.section === "metadata") refuseOther(part, file);
    else {
      const raw = itemOf(part, say);
      if (raw === undefined) continue;
      if (part.section === "project_configuration") yield { kind: "configuration", raw };
      else {
        const { name } = raw;
        if (typeof name === "string" && name !== "") yield { kind: kinds[part.section as Section], name, raw };
        else say(`${part.section} without a name are left out`);
      }
    }
  }
  if (!met.has("semantic_models"))
    throw new ArtifactError(file, 'it has no "semantic_models"', { expected: "a semantic_manifest.json of dbt" });
}

function planOf(section: string): "items" | "whole" | "skip" {
  if (section === "project_configuration" || section === "metadata") return "whole";
  return Object.hasOwn(kinds, section) ? "items" : "skip";
}

function checkSection(part: Extract<Part, { part: "section" }>, file: string, note: Note): void {
  const { section, offset } = part;
  if (Object.hasOwn(foreign, section))
    throw new ArtifactError(file, `it is no semantic_manifest.json: it has "${section}", as ${foreign[section]} has`, {
      offset,
      expected,
    });
  if (Object.hasOwn(kinds, section)) {
    const hint =
      part.shape === "object"
        ? "Objects by id are in manifest.json; semantic_manifest.json is wanted here."
        : undefined;
    checkShape(part, "list", file, hint);
  } else if (section === "project_configuration") checkShape(part, "object", file);
  else if (section !== "metadata" && part.shape !== "value") note(`${section}: not known to this connector, left out`);
}

/** dbt writes no metadata here; the other artifacts say what they are. */
function refuseOther({ value, offset }: Extract<Part, { part: "value" }>, file: string): void {
  const address = isRaw(value) ? value["dbt_schema_version"] : undefined;
  const [, kind, version] = /\/dbt\/([a-z-]+)\/v(\d+)(?:\.json)?$/u.exec(String(address)) ?? [];
  if (kind === undefined || kind === "semantic-manifest") return;
  throw new ArtifactError(file, `it is of another kind: ${kind} v${version}`, {
    offset,
    expected,
    hint: "Give each artifact under the key that is meant for it.",
  });
}
