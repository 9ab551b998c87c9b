import type { EntityType } from "@omd/schema";
import { Refusal } from "../answers.ts";
import { typeNames } from "../entity-kinds.ts";

/** OpenMetadata's name of the search index of a type: `databaseSchema` → `database_schema_search_index`. */
export function indexOf(type: EntityType): string {
  const name = type === "searchIndex" ? "searchEntity" : type;
  return `${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_search_index`;
}

const byIndex = new Map(
  typeNames.flatMap((type) => [
    [indexOf(type), [type]] as const,
    [indexOf(type).replace(/_search_index$/, ""), [type]] as const,
    [type as string, [type]] as const,
  ]),
);

/** The types of `index`, a list by commas; none of an index that OpenMetadata may have and this catalog does not. Throws Refusal 404. */
export function typesOf(index: string): readonly EntityType[] {
  const found = index.split(",").flatMap((name): readonly EntityType[] => {
    if (name === "all" || name === "dataAsset") return typeNames;
    const types = byIndex.get(name);
    if (types) return types;
    if (name.endsWith("_search_index")) return [];
    throw new Refusal(404, `no such index [${name}]`);
  });
  return [...new Set(found)];
}
