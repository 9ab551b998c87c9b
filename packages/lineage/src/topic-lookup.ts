import type { CatalogEntity, Resolution } from "@omd/core";
import { encodeName, quoteName } from "@omd/schema";
import type { TopicName } from "./dataset-kinds.ts";
import {
  ambiguous,
  distinct,
  namesOf,
  noneHas,
  resolved,
  searchLimit,
  unresolved,
  type ResolverCatalog,
} from "./lookup.ts";

/** Finds the one topic of that name (case-sensitive, as brokers are) in the given messaging services, or in all when none are given. */
export async function findTopic(
  catalog: ResolverCatalog,
  { topic }: TopicName,
  services: readonly string[],
): Promise<Resolution> {
  const name = encodeName(topic);
  const found = await Promise.all(
    (services.length > 0 ? services.map(quoteName) : ["*"]).map((service) =>
      catalog.search("topic", { pattern: `${service}.${quoteName(name)}`, limit: searchLimit }),
    ),
  );
  const candidates = distinct(found.flat()).filter((entity) => isNamed(entity, name));
  const [only, second] = candidates;
  if (only && !second) return resolved("topic", only);
  if (only) return ambiguous("topics", topic, candidates);
  const sameName = await catalog.search("topic", { field: "name", pattern: name, limit: searchLimit });
  return unresolved(
    noneHas("messaging", services, `the topic ${topic}`),
    sameName.map((entity) => entity.fullyQualifiedName).sort(),
  );
}

function isNamed(entity: CatalogEntity, name: string): boolean {
  const parts = namesOf(entity.fullyQualifiedName);
  return parts.length === 2 && parts[1] === name;
}
