import { ArtifactError } from "./artifact-error.ts";
import { Fields, isRaw, once, type Note, type Raw } from "./fields.ts";
import { readSections } from "./json-sections.ts";
import { levelName } from "./level-name.ts";
import { readMetadata, type ArtifactKind } from "./metadata.ts";
import type { ByteStream } from "./plain-bytes.ts";
import { checkShape, itemOf } from "./section-checks.ts";
import type { CatalogColumn, CatalogItem, CatalogTable } from "./shapes.ts";

const catalogKind: ArtifactKind = {
  schema: "catalog",
  file: "catalog.json",
  oldest: 1,
  newest: 1,
  readable: 2,
  since: "dbt 1.0",
};

/** Reads `catalog.json` as a stream, table by table. Throws an {@link ArtifactError}. */
export async function* readCatalog(stream: ByteStream, file: string, note?: Note): AsyncGenerator<CatalogItem> {
  const say = once(note);
  const met = new Set<string>();
  for await (const part of readSections(stream, file, planOf, say)) {
    if (part.part === "section") {
      met.add(part.section);
      if (part.section !== "errors" && planOf(part.section) !== "skip") checkShape(part, "object", file);
    } else if (part.section === "metadata")
      yield { kind: "metadata", value: readMetadata(part.value, catalogKind, file, part.offset, say) };
    else if (part.section === "errors") {
      if (Array.isArray(part.value)) yield { kind: "errors", value: (part.value as unknown[]).map(String) };
    } else {
      const raw = itemOf(part, say);
      if (raw === undefined || part.key === undefined) continue;
      const value = tableOf(part.key, raw, part.section, say);
      yield { kind: part.section === "sources" ? "source" : "node", value };
    }
  }
  for (const needed of ["metadata", "nodes"])
    if (!met.has(needed)) throw new ArtifactError(file, `it has no "${needed}"`, { expected: "a catalog.json of dbt" });
}

function planOf(section: string): "items" | "whole" | "skip" {
  if (section === "metadata" || section === "errors") return "whole";
  return section === "nodes" || section === "sources" ? "items" : "skip";
}

function tableOf(id: string, raw: Raw, where: string, note: Note): CatalogTable {
  const fields = new Fields(raw, where, note);
  const table = fields.below("metadata");
  return {
    uniqueId: fields.text("unique_id") ?? id,
    database: levelName(table.text("database")),
    schema: levelName(table.text("schema")),
    name: table.text("name"),
    type: table.text("type"),
    owner: table.text("owner"),
    comment: table.text("comment"),
    columns: columnsOf(fields.object("columns"), `${where}.columns`, note),
    stats: fields.object("stats"),
    raw,
  };
}

function columnsOf(raw: Raw, where: string, note: Note): CatalogColumn[] {
  const columns = Object.entries(raw).flatMap(([key, column]) => {
    if (!isRaw(column)) return [];
    const fields = new Fields(column, where, note);
    return {
      name: fields.text("name") ?? key,
      type: fields.text("type"),
      index: fields.number("index"),
      comment: fields.text("comment"),
    };
  });
  return columns.sort((a, b) => (a.index ?? Infinity) - (b.index ?? Infinity) || 0);
}
