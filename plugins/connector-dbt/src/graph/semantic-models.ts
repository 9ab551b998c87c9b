import type { Either } from "@omd/core";
import type { MetadataRecord } from "@omd/schema";
import type { SemanticModel } from "../artifacts/shapes.ts";
import { metricFqn } from "./entity-keys.ts";
import { guarded } from "./guarded.ts";
import { grainOf } from "./measures.ts";
import { granularityOf, metricEntity, type MetricFacts, type MetricParts } from "./metric-entity.ts";
import { semanticModelCode } from "./semantic-model-code.ts";

/** The project's semantic models as metrics of the catalog, between their tables and the metrics that are measured by them. */
export async function* semanticModelRecords(parts: MetricParts): AsyncGenerator<Either<MetadataRecord>> {
  const { view, made, context, labels } = parts;
  for (const id of view.ids("semanticModel")) {
    const model = view.load("semanticModel", id);
    if (model === undefined) continue;
    const fqn = metricFqn(id);
    made.saw("metric", fqn);
    if (parts.isWanted(fqn))
      yield* guarded(context, id, () =>
        metricEntity(model, { ...factsOf(model), labels: labels.semanticModel() }, parts),
      );
  }
}

function factsOf(model: SemanticModel): Omit<MetricFacts, "labels"> {
  const dimension = model.defaults["agg_time_dimension"];
  return {
    // The page and OpenMetadata show it as a metric among others.
    displayName: `${model.label ?? model.name} (semantic model)`,
    request: {
      metricType: "OTHER",
      metricExpression: { language: "SQL", code: semanticModelCode(model) },
      ...granularityOf(typeof dimension === "string" ? grainOf(model, dimension) : undefined),
    },
  };
}
