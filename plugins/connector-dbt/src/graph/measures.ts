import { isRaw, type Raw } from "../artifacts/fields.ts";
import type { SemanticModel } from "../artifacts/shapes.ts";
import type { ProjectView } from "../project/view.ts";
import type { Measure } from "./metric-expression.ts";

/** A measure with what only its semantic model says of it. */
export interface NamedMeasure extends Measure {
  readonly name: string;
  readonly description: string | undefined;
  /** The dimension that it is aggregated by. */
  readonly timeDimension: string | undefined;
  /** The dimension that it must not be added up over. */
  readonly nonAdditive: string | undefined;
}

/** Measures by name, which is unique in a project. */
export function measuresOf(view: ProjectView): ReadonlyMap<string, Measure> {
  const found = new Map<string, Measure>();
  for (const id of view.ids("semanticModel")) {
    const model = view.load("semanticModel", id);
    for (const measure of model === undefined ? [] : measuresIn(model)) found.set(measure.name, measure);
  }
  return found;
}

/** The measures of a semantic model, in its order; those without name or aggregation are left out. */
export function measuresIn(model: SemanticModel): NamedMeasure[] {
  return model.measures.flatMap((measure) => {
    const { name, agg: aggregation, agg_params: parameters } = measure;
    if (typeof name !== "string" || typeof aggregation !== "string") return [];
    const timeDimension = text(measure["agg_time_dimension"]) ?? text(model.defaults["agg_time_dimension"]);
    const nonAdditive = measure["non_additive_dimension"];
    return {
      name,
      aggregation,
      expression: text(measure["expr"]) ?? name,
      parameters: isRaw(parameters) ? parameters : {},
      grain: timeDimension === undefined ? undefined : grainOf(model, timeDimension),
      description: text(measure["description"]),
      timeDimension,
      nonAdditive: isRaw(nonAdditive) ? text(nonAdditive["name"]) : undefined,
    };
  });
}

/** Grain of a dimension of time: `day`. */
export function grainOf(model: SemanticModel, name: string): string | undefined {
  return grainIn(model.dimensions.find((dimension) => dimension["name"] === name) ?? {});
}

export function grainIn(dimension: Raw): string | undefined {
  const parameters = dimension["type_params"];
  return isRaw(parameters) ? text(parameters["time_granularity"]) : undefined;
}

/** Numbers and switches may stand where SQL is meant. */
function text(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}
