import { right, type Either, type SourceContext } from "@omd/core";
import { encodeName, fqnOf, type CreateRequest, type EntityKey, type FQN, type MetadataRecord } from "@omd/schema";
import type { Metric, SemanticModel } from "../artifacts/shapes.ts";
import type { ProjectView } from "../project/view.ts";
import type { Labels } from "../tables/labels.ts";
import type { Owners } from "../tables/owners.ts";
import { groupsOf } from "./groups.ts";
import { guarded } from "./guarded.ts";
import type { MadeEntities } from "./made-entities.ts";
import { measureOfMetric, metricCode, type Measure } from "./metric-expression.ts";
import type { GraphEdge, ProjectEdges } from "./project-edges.ts";
import { reach } from "./reach.ts";

type MetricRequest = CreateRequest<"metric">;

const metricTypes: Readonly<Record<string, MetricRequest["metricType"]>> = {
  count: "COUNT",
  count_distinct: "COUNT",
  sum: "SUM",
  sum_boolean: "SUM",
  average: "AVERAGE",
  avg: "AVERAGE",
  min: "MIN",
  max: "MAX",
  median: "MEDIAN",
};

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

export interface MetricParts {
  readonly context: Pick<SourceContext, "signal">;
  readonly view: ProjectView;
  readonly edges: ProjectEdges;
  readonly made: MadeEntities;
  readonly labels: Labels;
  readonly owners: Owners;
  /** Whether the run is to write this entity. */
  readonly isWanted: (fqn: FQN) => boolean;
}

/** FQN of the metric in the catalog. There a metric's name is unique in the whole catalog, so it is called `<package>.<metric>`. */
export function metricFqn(uniqueId: string): FQN {
  return fqnOf(metricName(uniqueId));
}

function metricName(uniqueId: string): string {
  return encodeName(uniqueId.replace(/^metric\./u, ""));
}

/** The project's metrics with what they are worked out from; a semantic model gives its metrics table, aggregation and time grain. */
export async function* metricRecords(parts: MetricParts): AsyncGenerator<Either<MetadataRecord>> {
  const { view, edges, made, labels } = parts;
  const measures = measuresOf(view);
  const groups = groupsOf(view);
  async function* one(metric: Metric): AsyncGenerator<Either<MetadataRecord>> {
    const { uniqueId: id } = metric;
    const fqn = metricFqn(id);
    made.saw("metric", fqn);
    if (!parts.isWanted(fqn)) return;
    const from = edgesFrom(view, metric.dependsOn);
    const related = from.flatMap(({ from: key }) => (key.entityType === "metric" ? [key.fqn] : []));
    const tags = labels.of(metric.tags);
    const group = groups.get(metric.group ?? "");
    const owners = await parts.owners.of({ meta: metric.meta, group, inDatabase: undefined });
    const request: MetricRequest = {
      ...mapped(metric, measures),
      ...(related.length > 0 && { relatedMetrics: related }),
      ...(tags.length > 0 && { tags }),
      ...(owners.length > 0 && { owners }),
    };
    for (const record of labels.takeRecords()) yield right(record);
    yield right({ kind: "entity", entityType: "metric", request, marks: [made.mark("metric", fqn, view.name)] });
    yield* edges.news({ id, to: { entityType: "metric", fqn }, edges: from });
  }
  for (const metric of inOrder(view)) yield* guarded(parts.context, metric.uniqueId, () => one(metric));
}

/** Edges from the tables and metrics that a thing hangs on. */
export function edgesFrom(view: ProjectView, dependsOn: readonly string[]): GraphEdge[] {
  return reach(view, dependsOn).flatMap((via) => {
    const from = keyOf(view, via);
    return from === undefined ? [] : [{ from, via, columns: [] }];
  });
}

/** The entity behind a unique id, where the catalog has one. */
export function keyOf(view: ProjectView, uniqueId: string): EntityKey | undefined {
  if (view.load("metric", uniqueId) !== undefined) return { entityType: "metric", fqn: metricFqn(uniqueId) };
  const table = view.table(uniqueId);
  return table && { entityType: "table", fqn: table.fqn };
}

function mapped(metric: Metric, measures: ReadonlyMap<string, Measure>): MetricRequest {
  const measureOf = (name: string): Measure | undefined => measures.get(name);
  const measure = metric.type === "conversion" ? undefined : measureOfMetric(metric, measureOf);
  const type = typeOf(metric, measure);
  const code = metricCode(metric, measureOf);
  const granularity = (metric.timeGranularity ?? measure?.grain)?.toUpperCase() as MetricRequest["granularity"];
  return {
    name: metricName(metric.uniqueId),
    displayName: metric.label ?? metric.name,
    ...(metric.description !== undefined && metric.description.trim() !== "" && { description: metric.description }),
    metricType: type,
    ...(type === "COUNT" && { unitOfMeasurement: "COUNT" }),
    ...(code !== undefined && { metricExpression: { language: "SQL", code } }),
    ...(granularity !== undefined && granularities.has(granularity) && { granularity }),
  };
}

function typeOf({ type, typeParams }: Metric, measure: Measure | undefined): MetricRequest["metricType"] {
  if (type === "ratio") return "RATIO";
  if (type === "conversion") {
    const parts = typeParams["conversion_type_params"] as { calculation?: unknown } | null | undefined;
    return parts?.calculation === "conversions" ? "OTHER" : "RATIO";
  }
  return type === "cumulative" ? "OTHER" : (metricTypes[measure?.aggregation.toLowerCase() ?? ""] ?? "OTHER");
}

/** Metrics that others are worked out from come first: the catalog takes only names that it has. */
function inOrder(view: ProjectView): Metric[] {
  const ordered = new Map<string, Metric>();
  const begun = new Set<string>();
  const visit = (id: string): void => {
    if (begun.has(id)) return;
    begun.add(id);
    const metric = view.load("metric", id);
    if (metric === undefined) return;
    for (const above of reach(view, metric.dependsOn)) if (above.startsWith("metric.")) visit(above);
    ordered.set(id, metric);
  };
  for (const id of view.ids("metric")) visit(id);
  return [...ordered.values()];
}

/** Measures by name, which is unique in a project. */
function measuresOf(view: ProjectView): ReadonlyMap<string, Measure> {
  const found = new Map<string, Measure>();
  for (const id of view.ids("semanticModel")) {
    const model = view.load("semanticModel", id);
    for (const measure of model?.measures ?? []) {
      const { name, agg: aggregation, expr, agg_params: parameters, agg_time_dimension: dimension } = measure;
      if (model === undefined || typeof name !== "string" || typeof aggregation !== "string") continue;
      found.set(name, {
        aggregation,
        expression: typeof expr === "string" ? expr : name,
        parameters: typeof parameters === "object" && parameters !== null ? { ...parameters } : {},
        grain: grainOf(model, dimension),
      });
    }
  }
  return found;
}

function grainOf(model: SemanticModel, named: unknown): string | undefined {
  const wanted = named ?? model.defaults["agg_time_dimension"];
  const dimension = model.dimensions.find(({ name }) => name === wanted);
  const parameters = dimension?.["type_params"] as { time_granularity?: unknown } | null | undefined;
  return typeof parameters?.time_granularity === "string" ? parameters.time_granularity : undefined;
}
