import { parseFqn, type CreateRequest, type EntityReference, type JsonPatchOperation } from "@omd/schema";
import type { Catalog, CatalogEntity } from "../../contracts/index.ts";

/**
 * Adds the related metrics that a request names and the stored metric lacks. None is taken away: people relate metrics too, and OpenMetadata
 * shows a relation at both ends. What the catalog does not have is left out.
 */
export async function planRelatedMetrics(
  catalog: Pick<Catalog, "get">,
  stored: CatalogEntity,
  { relatedMetrics: wanted = [] }: CreateRequest<"metric">,
): Promise<JsonPatchOperation[]> {
  const given = (stored as { relatedMetrics?: unknown }).relatedMetrics;
  const known = (Array.isArray(given) ? given : []) as Partial<EntityReference>[];
  const names = new Set(known.map(({ fullyQualifiedName }) => fullyQualifiedName));
  const missing: EntityReference[] = [];
  for (const fqn of new Set(wanted)) {
    const metric = names.has(fqn) ? undefined : await catalog.get("metric", parseFqn(fqn));
    if (metric) missing.push({ id: metric.id, type: "metric", name: metric.name, fullyQualifiedName: fqn });
  }
  if (missing.length === 0) return [];
  if (known.length === 0) return [{ op: "add", path: "/relatedMetrics", value: missing }];
  return missing.map((value) => ({ op: "add", path: "/relatedMetrics/-", value }));
}
