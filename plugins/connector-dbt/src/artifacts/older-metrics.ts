import { isRaw, type Fields, type Raw } from "./fields.ts";

/** What a metric of any version says, in the words of the newest. */
export interface MetricWords {
  readonly typeParams: Raw;
  readonly filter: Raw;
  readonly timeGranularity: string | undefined;
}

const fromFine = ["second", "minute", "hour", "day", "week", "month", "quarter", "year"];

/** Where metrics of older versions differ in shape; the field names that changed are told in the reader of metrics. */
export function metricWords(fields: Fields): MetricWords {
  const typeParams = fields.object("type_params");
  return {
    typeParams: Object.keys(typeParams).length > 0 ? withFilters(typeParams) : windowOf(fields),
    filter: listed(fields.object("filter")),
    timeGranularity: fields.text("time_granularity") ?? finest(fields.texts("time_grains")),
  };
}

/** The measure, and the metrics that one is worked out from, may have a filter each. */
function withFilters(typeParams: Raw): Raw {
  const reference = (value: unknown): unknown =>
    isRaw(value) && isRaw(value["filter"]) ? { ...value, filter: listed(value["filter"]) } : value;
  return Object.fromEntries(
    Object.entries(typeParams).map(([key, value]) => [
      key,
      Array.isArray(value) ? (value as unknown[]).map(reference) : reference(value),
    ]),
  );
}

/** Manifest 10 (dbt 1.6) has one filter; later ones have a list of them. */
function listed(filter: Raw): Raw {
  return typeof filter["where_sql_template"] === "string" ? { where_filters: [filter] } : filter;
}

/** Manifests 7 to 9 (dbt 1.3 to 1.5) have the window beside the expression, `{count: 14, period: "day"}`. */
function windowOf(fields: Fields): Raw {
  const window = fields.below("window");
  const count = window.number("count");
  const granularity = window.text("period");
  return count === undefined || granularity === undefined ? {} : { window: { count, granularity } };
}

/** Up to manifest 9 a metric names the grains that it may be asked by; later its time dimension has the finest. */
function finest(grains: readonly string[]): string | undefined {
  return fromFine.find((grain) => grains.includes(grain));
}
