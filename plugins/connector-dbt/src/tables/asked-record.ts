import type { EntityKey, EntitySet, EntityUpdateRecord, TagLabel } from "@omd/schema";
import type { CatalogMeta } from "./catalog-meta.ts";

/** Brings what `meta.openmetadata` asks for into an entity that dbt makes; undefined when it asks for nothing. */
export function askedRecord(asked: CatalogMeta, key: EntityKey, includeTags: boolean): EntityUpdateRecord | undefined {
  const tags = includeTags ? asked.tags.map(labelOf) : [];
  const set: EntitySet = {
    ...(tags.length > 0 && { tags }),
    ...(asked.tier !== undefined && { tier: asked.tier }),
    ...(asked.domains.length > 0 && { domains: [...asked.domains] }),
    ...(asked.glossaryTerms.length > 0 && { glossaryTerms: [...asked.glossaryTerms] }),
    ...(asked.extension && { extension: asked.extension }),
  };
  return Object.keys(set).length === 0 ? undefined : { kind: "entityUpdate", ...key, set };
}

function labelOf(tagFQN: string): TagLabel {
  return { tagFQN, source: "Classification", labelType: "Automated", state: "Suggested" };
}
