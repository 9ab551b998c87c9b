import { right, type Either, type SourceContext } from "@omd/core";
import type { CreateRequest, EntityKey, FQN, MetadataRecord, TagLabel } from "@omd/schema";
import type { Group, ManifestObject } from "../artifacts/shapes.ts";
import type { DbtOptions } from "../config.ts";
import type { ProjectView } from "../project/view.ts";
import { askedRecord } from "../tables/asked-record.ts";
import { catalogMeta } from "../tables/catalog-meta.ts";
import type { Labels } from "../tables/labels.ts";
import type { Owners } from "../tables/owners.ts";
import { edgesFrom, metricFqn, metricName } from "./entity-keys.ts";
import type { MadeEntities } from "./made-entities.ts";
import type { ProjectEdges } from "./project-edges.ts";

export type MetricRequest = CreateRequest<"metric">;

export interface MetricParts {
  readonly context: Pick<SourceContext, "signal" | "warn">;
  readonly options: Pick<DbtOptions, "includeTags">;
  readonly view: ProjectView;
  readonly edges: ProjectEdges;
  readonly made: MadeEntities;
  readonly labels: Labels;
  readonly owners: Owners;
  /** By name. */
  readonly groups: ReadonlyMap<string, Group>;
  /** Whether the run is to write this entity. */
  readonly isWanted: (fqn: FQN) => boolean;
}

const granularities: ReadonlySet<string> = new Set([
  "SECOND",
  "MINUTE",
  "HOUR",
  "DAY",
  "WEEK",
  "MONTH",
  "QUARTER",
  "YEAR",
]);

/** What is dbt's own of a metric or a semantic model, as the catalog calls it. */
export interface MetricFacts {
  readonly displayName: string;
  readonly request: Omit<MetricRequest, "name" | "displayName" | "description" | "tags" | "owners" | "relatedMetrics">;
  /** Beside those of dbt. */
  readonly labels: readonly TagLabel[];
}

/** OpenMetadata's word for a time grain of dbt; none for grains of a project's own. */
export function granularityOf(grain: string | undefined): Pick<MetricRequest, "granularity"> {
  const granularity = grain?.toUpperCase();
  if (granularity === undefined || !granularities.has(granularity)) return {};
  return { granularity: granularity as NonNullable<MetricRequest["granularity"]> };
}

/** The entity that a metric or a semantic model becomes, what its meta asks of the catalog, and the edges into it. */
export async function* metricEntity(
  thing: ManifestObject,
  facts: MetricFacts,
  parts: MetricParts,
): AsyncGenerator<Either<MetadataRecord>> {
  const { view, edges, made, labels, context, options } = parts;
  const { uniqueId: id, description = "" } = thing;
  const key: EntityKey = { entityType: "metric", fqn: metricFqn(id) };
  const from = edgesFrom(view, thing.dependsOn);
  const related = from.flatMap((edge) => (edge.from.entityType === "metric" ? [edge.from.fqn] : []));
  const tags = [...labels.of(thing.tags), ...facts.labels];
  const group = parts.groups.get(thing.group ?? "");
  const owners = await parts.owners.of({ meta: thing.meta, group, inDatabase: undefined });
  const request: MetricRequest = {
    name: metricName(id),
    displayName: facts.displayName,
    ...(description.trim() !== "" && { description }),
    ...facts.request,
    ...(related.length > 0 && { relatedMetrics: related }),
    ...(tags.length > 0 && { tags }),
    ...(owners.length > 0 && { owners }),
  };
  for (const record of labels.takeRecords()) yield right(record);
  yield right({ kind: "entity", entityType: "metric", request, marks: [made.mark("metric", key.fqn, view.home)] });
  const asked = catalogMeta(thing.meta, (message) => context.warn(id, message));
  const update = askedRecord(asked, key, options.includeTags);
  if (update) yield right(update);
  yield* edges.news({ id, to: key, edges: from });
}
