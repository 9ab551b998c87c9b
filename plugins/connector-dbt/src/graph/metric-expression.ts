import type { Metric } from "../artifacts/shapes.ts";
import { isRaw, type Raw } from "../artifacts/fields.ts";
import { nameOf } from "../project/semantic-inputs.ts";

/** What a measure of a semantic model, or a metric without one, aggregates. */
export interface Measure {
  readonly aggregation: string;
  readonly expression: string;
  readonly parameters: Raw;
  /** Of the dimension that it is aggregated by: `day`, `month` … */
  readonly grain: string | undefined;
}

export type MeasureOf = (name: string) => Measure | undefined;

/** How a metric is worked out, as SQL with names of columns, measures and metrics; undefined when dbt does not say. */
export function metricCode(metric: Metric, measureOf: MeasureOf): string | undefined {
  const code = codeOf(metric, measureOf);
  if (code === undefined) return undefined;
  const filters = filtersOf(metric);
  const lines = [code, ...(filters.length > 0 ? [`where ${filters.join(" and ")}`] : []), ...remarksOf(metric)];
  return lines.join("\n");
}

/** The measure that the metric is of: its own, or that of the semantic model. */
export function measureOfMetric(metric: Metric, measureOf: MeasureOf): Measure | undefined {
  const own = raw(metric.typeParams["metric_aggregation_params"]);
  const aggregation = text(own?.["agg"]) ?? metric.calculationMethod;
  if (aggregation !== undefined && aggregation !== "derived" && aggregation !== "expression") {
    const expression = text(own?.["expr"]) ?? metric.expression ?? metric.name;
    return { aggregation, expression, parameters: raw(own?.["agg_params"]) ?? {}, grain: undefined };
  }
  const name = nameOf(metric.typeParams["measure"]);
  return name === undefined ? undefined : measureOf(name);
}

/** `sum(amount)`. */
export function aggregated({ aggregation, expression, parameters }: Measure): string {
  switch (aggregation.toLowerCase()) {
    case "count_distinct":
      return `count(distinct ${expression})`;
    case "average":
      return `avg(${expression})`;
    case "sum_boolean":
      return `sum(case when ${expression} then 1 else 0 end)`;
    case "percentile": {
      const share = parameters["percentile"];
      const kind = parameters["use_discrete_percentile"] === true ? "disc" : "cont";
      return `percentile_${kind}(${typeof share === "number" ? share : 0.5}) within group (order by ${expression})`;
    }
    default:
      return `${aggregation}(${expression})`;
  }
}

function codeOf(metric: Metric, measureOf: MeasureOf): string | undefined {
  const { type, typeParams, calculationMethod, expression } = metric;
  if (type === "ratio") return quotient(calledIn(typeParams["numerator"]), calledIn(typeParams["denominator"]));
  if (type === "conversion") {
    const parts = raw(typeParams["conversion_type_params"]) ?? {};
    const [base, conversions] = ["base_measure", "conversion_measure"].map((part) => measured(parts[part], measureOf));
    return parts["calculation"] === "conversions" ? conversions : quotient(conversions, base);
  }
  if (type === "derived") return text(typeParams["expr"]);
  if (calculationMethod === "derived" || calculationMethod === "expression")
    return expression?.replaceAll(/\{\{\s*metric\(\s*['"]([^'"]+)['"]\s*\)\s*\}\}/gu, "$1");
  const measure = measureOfMetric(metric, measureOf);
  if (measure !== undefined) return aggregated(measure);
  return nameOf(raw(typeParams["cumulative_type_params"])?.["metric"]);
}

function measured(reference: unknown, measureOf: MeasureOf): string | undefined {
  const name = nameOf(reference);
  const measure = name === undefined ? undefined : measureOf(name);
  return measure === undefined ? name : aggregated(measure);
}

function quotient(over: string | undefined, under: string | undefined): string | undefined {
  return over === undefined || under === undefined ? undefined : `${over} / ${under}`;
}

/** Of the metric and of the measure that it names, as they are written; old metrics have field, operator and value. */
function filtersOf({ filter, filters, typeParams }: Metric): string[] {
  const ofMeasure = raw(raw(typeParams["measure"])?.["filter"]);
  const templates = [filter, ofMeasure ?? {}].flatMap(templatesOf);
  const old = filters.map(({ field, operator, value }) =>
    [field, operator, value].every((part) => typeof part === "string") ? [field, operator, value].join(" ") : undefined,
  );
  return [...templates, ...old].flatMap((one) => (one === undefined ? [] : [one.trim()]));
}

function templatesOf(filter: Raw): (string | undefined)[] {
  const { where_filters: listed } = filter;
  return Array.isArray(listed) ? (listed as unknown[]).map((one) => text(raw(one)?.["where_sql_template"])) : [];
}

/** What no SQL says in a line. */
function remarksOf({ typeParams }: Metric): string[] {
  const cumulative = raw(typeParams["cumulative_type_params"]) ?? {};
  const window = raw(typeParams["window"]) ?? raw(cumulative["window"]);
  const grain = text(typeParams["grain_to_date"]) ?? text(cumulative["grain_to_date"]);
  return [
    ...(window === undefined ? [] : [`-- over a window of ${spanOf(window)}`]),
    ...(grain === undefined ? [] : [`-- to date since the start of the ${grain}`]),
    ...[typeParams["metrics"], typeParams["numerator"], typeParams["denominator"]].flat().flatMap(inputRemark),
    ...conversionRemark(raw(typeParams["conversion_type_params"]) ?? {}),
  ];
}

/** `-- before: revenue, offset by 1 month`; nothing of an input that is taken as it is. */
function inputRemark(reference: unknown): string[] {
  const name = nameOf(reference);
  const input = raw(reference);
  if (name === undefined || input === undefined) return [];
  const offset = raw(input["offset_window"]);
  const toGrain = text(input["offset_to_grain"]);
  const filters = templatesOf(raw(input["filter"]) ?? {}).flatMap((one) => (one === undefined ? [] : [one.trim()]));
  const said = [
    name + (filters.length > 0 ? ` where ${filters.join(" and ")}` : ""),
    ...(offset === undefined ? [] : [`offset by ${spanOf(offset)}`]),
    ...(toGrain === undefined ? [] : [`offset to the start of the ${toGrain}`]),
  ].join(", ");
  const called = calledIn(reference);
  return said === called ? [] : [`-- ${said.startsWith(`${called}`) ? said : `${called}: ${said}`}`];
}

function conversionRemark(parts: Raw): string[] {
  const entity = text(parts["entity"]);
  const window = raw(parts["window"]);
  const said = [
    ...(entity === undefined ? [] : [`by ${entity}`]),
    ...(window === undefined ? [] : [`within ${spanOf(window)}`]),
  ];
  return said.length === 0 ? [] : [`-- ${said.join(", ")}`];
}

/** `7 days`. */
function spanOf(window: Raw): string {
  const grain = String(window["granularity"]);
  return `${String(window["count"])} ${grain}${window["count"] === 1 || grain.endsWith("s") ? "" : "s"}`;
}

/** What a metric calls its input: the alias, else the name. */
function calledIn(reference: unknown): string | undefined {
  return text(raw(reference)?.["alias"]) ?? nameOf(reference);
}

function raw(value: unknown): Raw | undefined {
  return isRaw(value) ? value : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}
