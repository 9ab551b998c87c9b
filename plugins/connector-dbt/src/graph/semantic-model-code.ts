import type { Raw } from "../artifacts/fields.ts";
import type { SemanticModel } from "../artifacts/shapes.ts";
import { grainIn, measuresIn, type NamedMeasure } from "./measures.ts";
import { aggregated } from "./metric-expression.ts";

/**
 * A semantic model as SQL that can be read: the measures over its table, then entities and dimensions as remarks. It stands in the metric's
 * expression, since that follows dbt; a description is only filled where there is none.
 */
export function semanticModelCode(model: SemanticModel): string {
  const measures = measuresIn(model);
  const lines = measures.map((measure, at) => measureLine(model, measure, at === measures.length - 1));
  return [
    ...(lines.length === 0 ? ["select *"] : ["select", ...lines]),
    `from ${relationOf(model)}`,
    ...remarks("entities", [...primaryOf(model), ...model.entities.map(entityRemark)]),
    ...remarks("dimensions", model.dimensions.map(dimensionRemark)),
  ].join("\n");
}

/** `sum(amount) as revenue, -- What was paid`. */
function measureLine(model: SemanticModel, measure: NamedMeasure, isLast: boolean): string {
  const { name, description, timeDimension, nonAdditive } = measure;
  const says = [
    ...(description === undefined ? [] : [oneLine(description)]),
    ...(timeDimension === undefined || timeDimension === model.defaults["agg_time_dimension"]
      ? []
      : [`by ${timeDimension}`]),
    ...(nonAdditive === undefined ? [] : [`not added up over ${nonAdditive}`]),
  ];
  const code = `  ${oneLine(aggregated(measure))} as ${name}${isLast ? "" : ","}`;
  return says.length === 0 ? code : `${code} -- ${says.join("; ")}`;
}

function relationOf({ nodeRelation, model, name }: SemanticModel): string {
  const { relation_name: relation, alias } = nodeRelation;
  if (typeof relation === "string" && relation !== "") return oneLine(relation);
  if (model !== undefined) return `{{ ${oneLine(model)} }}`;
  return typeof alias === "string" ? alias : name;
}

function primaryOf({ primaryEntity }: SemanticModel): string[] {
  return primaryEntity === undefined ? [] : [`${primaryEntity} (primary)`];
}

function entityRemark(entity: Raw): string {
  return remark(entity, text(entity["type"]));
}

function dimensionRemark(dimension: Raw): string {
  const grain = grainIn(dimension);
  return remark(dimension, [text(dimension["type"]), ...(grain === undefined ? [] : [`by ${grain}`])].join(", "));
}

/** `order (primary): order_id -- One order`; nothing of what has no name. */
function remark(thing: Raw, kind: string): string {
  const [name, expression, description] = [text(thing["name"]), text(thing["expr"]), text(thing["description"])];
  const parts = [
    name + (kind === "" ? "" : ` (${kind})`),
    expression === "" ? "" : `: ${expression}`,
    description === "" ? "" : ` -- ${description}`,
  ];
  return name === "" ? "" : parts.join("");
}

function remarks(title: string, given: readonly string[]): string[] {
  const lines = given.filter((line) => line !== "");
  return lines.length === 0 ? [] : [`-- ${title}`, ...lines.map((line) => `--   ${line}`)];
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? oneLine(String(value))
    : "";
}

function oneLine(value: string): string {
  return value.trim().replaceAll(/\s+/gu, " ");
}
