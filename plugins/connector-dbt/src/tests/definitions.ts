import type { CreateRequest } from "@omd/schema";
import type { ManifestNode, ManifestSource } from "../artifacts/shapes.ts";
import { limitText } from "./results.ts";
import { testName } from "./test-names.ts";

type Definition = CreateRequest<"testDefinition">;
type Dimension = NonNullable<Definition["dataQualityDimension"]>;

interface Parameter {
  readonly name: string;
  readonly value: string;
}

const dimensions: Readonly<Record<string, Dimension>> = {
  not_null: "Completeness",
  unique: "Uniqueness",
  accepted_values: "Validity",
  relationships: "Integrity",
};

/** What says where a test stands, not what it asks for; `values` has a parameter of its own. */
const places = new Set(["model", "column_name", "values"]);

/** What a generic test is given. A list of values comes under the test's name, as OpenMetadata's own ingestion has it. */
export function parametersOf({ test }: ManifestNode): Parameter[] {
  if (test?.name === undefined) return [];
  const { values } = test.kwargs;
  const list = Array.isArray(values) ? [{ name: test.name, value: values.map(textOf).join(",") }] : [];
  const others = Object.entries(test.kwargs)
    .filter(([name, value]) => !places.has(name) && value !== null && value !== undefined && name !== test.name)
    .map(([name, value]) => ({ name, value: textOf(value) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return [...list, ...others];
}

/** One definition a test, under its name: as OpenMetadata's own ingestion has it. */
export function definitionOf(node: ManifestNode, parameters: readonly Parameter[], isOfColumn: boolean): Definition {
  const kind = node.test?.name;
  const names = kind === undefined ? [] : [kind, ...parameters.map(({ name }) => name).filter((name) => name !== kind)];
  const dimension = kind === undefined ? "SQL" : dimensions[kind];
  return {
    name: testName(node.name),
    ...descriptionOf(node.description),
    entityType: isOfColumn ? "COLUMN" : "TABLE",
    testPlatforms: ["dbt"],
    ...(names.length > 0 && { parameterDefinition: names.map(optional) }),
    ...(dimension !== undefined && { dataQualityDimension: dimension }),
  };
}

/** The name of the freshness test of a source. */
export function freshnessName({ name }: Pick<ManifestSource, "name">): string {
  return testName(`${name}_freshness`);
}

export function freshnessDefinition(source: ManifestSource): Definition {
  return {
    name: freshnessName(source),
    description: "How old the newest data of the source may be.",
    entityType: "TABLE",
    testPlatforms: ["dbt"],
    parameterDefinition: ["warn_after", "error_after"].map(optional),
  };
}

/** `warn_after: 12 hour`. */
export function freshnessParameters({
  warnAfter,
  errorAfter,
}: Pick<ManifestSource, "warnAfter" | "errorAfter">): Parameter[] {
  return [
    ...(warnAfter ? [{ name: "warn_after", value: limitText(warnAfter) }] : []),
    ...(errorAfter ? [{ name: "error_after", value: limitText(errorAfter) }] : []),
  ];
}

/** One for all unit tests: they are given rows, not parameters. */
export const unitTestDefinition: Definition = {
  name: "dbt_unit_test",
  description: "Runs a model of dbt on rows that are given and compares what comes with the rows that are expected.",
  entityType: "TABLE",
  testPlatforms: ["dbt"],
};

/** Absent when there is nothing to say. */
export function descriptionOf(text: string | undefined): { description?: string } {
  return text === undefined || text.trim() === "" ? {} : { description: text };
}

function optional(name: string): { name: string; displayName: string; required: boolean } {
  return { name, displayName: name, required: false };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
