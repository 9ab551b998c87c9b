import { ArtifactError } from "./artifact-error.ts";
import { once, type Note } from "./fields.ts";
import { readSections } from "./json-sections.ts";
import type { ByteStream } from "./plain-bytes.ts";
import { checkShape, itemOf } from "./section-checks.ts";
import type { SemanticManifestItem } from "./shapes.ts";

const kinds = { semantic_models: "semanticModel", metrics: "metric", saved_queries: "savedQuery" } as const;

/** Reads `semantic_manifest.json` as a stream. Throws an {@link ArtifactError}, for a manifest.json too. */
export async function* readSemanticManifest(
  stream: ByteStream,
  file: string,
  note?: Note,
): AsyncGenerator<SemanticManifestItem> {
  const say = once(note);
  let models = false;
  for await (const part of readSections(stream, file, planOf)) {
    if (part.part === "section") {
      if (part.section === "nodes")
        throw new ArtifactError(file, 'it is no semantic_manifest.json: it has "nodes", as manifest.json has', {
          offset: part.offset,
          expected: "semantic_models, metrics, saved_queries, project_configuration",
        });
      models ||= part.section === "semantic_models";
      if (Object.hasOwn(kinds, part.section)) checkShape(part, "list", file);
      continue;
    }
    const raw = itemOf(part, say);
    if (raw === undefined) continue;
    if (part.section === "project_configuration") yield { kind: "configuration", raw };
    else {
      const { name } = raw;
      if (typeof name === "string") yield { kind: kinds[part.section as keyof typeof kinds], name, raw };
      else say(`${part.section} without a name are left out`);
    }
  }
  if (!models)
    throw new ArtifactError(file, 'it has no "semantic_models"', { expected: "a semantic_manifest.json of dbt" });
}

function planOf(section: string): "items" | "whole" | "skip" {
  if (section === "project_configuration") return "whole";
  return Object.hasOwn(kinds, section) ? "items" : "skip";
}
