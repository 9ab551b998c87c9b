import type { Either } from "@omd/core";
import type { MetadataRecord } from "@omd/schema";
import type { Metric } from "../artifacts/shapes.ts";
import type { ProjectView } from "../project/view.ts";
import { metricFqn } from "./entity-keys.ts";
import { guarded } from "./guarded.ts";
import { measuresOf } from "./measures.ts";
import {
  granularityOf,
  metricEntity,
  type MetricFacts,
  type MetricParts,
  type MetricRequest,
} from "./metric-entity.ts";
import { measureOfMetric, metricCode, type Measure } from "./metric-expression.ts";
import { reach } from "./reach.ts";

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

/** The project's metrics with what they are worked out from; a semantic model gives its metrics aggregation and time grain. */
export async function* metricRecords(parts: MetricParts): AsyncGenerator<Either<MetadataRecord>> {
  const { view, made, context } = parts;
  const measures = measuresOf(view);
  for (const metric of inOrder(view)) {
    const { uniqueId: id } = metric;
    const fqn = metricFqn(id);
    made.saw("metric", fqn);
    if (parts.isWanted(fqn)) yield* guarded(context, id, () => metricEntity(metric, factsOf(metric, measures), parts));
  }
}

function factsOf(metric: Metric, measures: ReadonlyMap<string, Measure>): MetricFacts {
  const measureOf = (name: string): Measure | undefined => measures.get(name);
  const measure = metric.type === "conversion" ? undefined : measureOfMetric(metric, measureOf);
  const type = typeOf(metric, measure);
  const code = metricCode(metric, measureOf);
  return {
    displayName: metric.label ?? metric.name,
    request: {
      metricType: type,
      ...(type === "COUNT" && { unitOfMeasurement: "COUNT" as const }),
      ...(code !== undefined && { metricExpression: { language: "SQL", code } }),
      ...granularityOf(metric.timeGranularity ?? measure?.grain),
    },
    labels: [],
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
