import { isRaw, type Raw } from "../artifacts/fields.ts";

/** What a metric's `type_params` name. */
export interface MetricInputs {
  readonly measures: readonly string[];
  readonly metrics: readonly string[];
  /** Of a metric that says itself what it aggregates. */
  readonly semanticModels: readonly string[];
}

/** Reads the inputs of a metric, of whichever type; each name once. */
export function metricInputs(typeParams: Raw): MetricInputs {
  const conversion = below(typeParams, "conversion_type_params");
  const cumulative = below(typeParams, "cumulative_type_params");
  const own = below(typeParams, "metric_aggregation_params");
  const { measure, input_measures: measures, metrics, input_metrics: inputs, numerator, denominator } = typeParams;
  return {
    measures: names(measure, measures, conversion["base_measure"], conversion["conversion_measure"]),
    metrics: names(
      metrics,
      inputs,
      numerator,
      denominator,
      cumulative["metric"],
      conversion["base_metric"],
      conversion["conversion_metric"],
    ),
    semanticModels: names(own["semantic_model"]),
  };
}

/** dbt names a measure or a metric by its name, or by an object that has it. */
export function nameOf(reference: unknown): string | undefined {
  const name = isRaw(reference) ? reference["name"] : reference;
  return typeof name === "string" && name.trim() !== "" ? name : undefined;
}

function names(...references: unknown[]): string[] {
  return [...new Set(references.flat().flatMap((one) => nameOf(one) ?? []))];
}

function below(raw: Raw, key: string): Raw {
  const value = raw[key];
  return isRaw(value) ? value : {};
}
