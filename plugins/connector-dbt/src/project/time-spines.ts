import { isRaw, type Raw } from "../artifacts/fields.ts";
import type { RelationNames } from "./relation-names.ts";

/**
 * Tables of time that MetricFlow joins measures to, with their grain (`day`), by unique id: `time_spines` of dbt 1.9 and later, and the one
 * that is told by its name alone.
 */
export function* timeSpinesOf(configuration: Raw, names: RelationNames): Generator<readonly [string, string]> {
  for (const spine of listed(configuration["time_spine_table_configurations"])) {
    const id = names.ofName(spine["location"]);
    if (id !== undefined) yield [id, grainOf(spine["grain"])];
  }
  for (const spine of listed(configuration["time_spines"])) {
    const id = names.ofNode(spine["node_relation"]);
    const column = spine["primary_column"];
    if (id !== undefined) yield [id, grainOf(isRaw(column) ? column["time_granularity"] : undefined)];
  }
}

function listed(value: unknown): Raw[] {
  return Array.isArray(value) ? (value as unknown[]).filter(isRaw) : [];
}

function grainOf(value: unknown): string {
  return typeof value === "string" && value !== "" ? value.toLowerCase() : "day";
}
