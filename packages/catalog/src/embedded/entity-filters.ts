import {
  entityTypeInfo,
  fqnOf,
  InvalidNameError,
  parseEntityLink,
  parseFqn,
  splitFqn,
  type EntityType,
} from "@omd/schema";
import { badRequest } from "./columns.ts";
import type { CatalogDatabase } from "./database.ts";

/** Query parameters of a listing by name; those that filter nothing are ignored, as OpenMetadata does. */
export type PageFilters = Readonly<Record<string, string | undefined>>;

/** A filter as SQL: FQNs between two bounds, and further conditions with their values. */
export interface Selection {
  /** Both bounds exclusive. */
  readonly range?: readonly [from: string, to: string] | undefined;
  readonly conditions: readonly string[];
  readonly values: readonly (string | number)[];
}

type Condition = readonly [sql: string, ...values: (string | number)[]];

/** Parameters that name what the listed entities lie below. Source: om-api §2.2: any FQN on the way is a prefix. */
const below = [
  "service",
  "database",
  "databaseSchema",
  "apiCollection",
  "directory",
  "spreadsheet",
  "parent",
  "classification",
] as const;

const flags: Readonly<Record<string, string>> = {
  disabled: "$.disabled",
  isBot: "$.isBot",
  isAdmin: "$.isAdmin",
  enabled: "$.enabled",
};
const texts: Readonly<Record<string, string>> = {
  pipelineType: "$.pipelineType",
  serviceType: "$.serviceType",
  provider: "$.provider",
  fileType: "$.fileType",
};

/** Reads the filters of a listing. Throws CatalogError 400 for a name that can't be one. */
export function selectionOf(db: CatalogDatabase, type: EntityType, filters: PageFilters): Selection {
  const bounds: (readonly [string, string])[] = [];
  for (const name of below) {
    const value = filters[name];
    if (value) bounds.push(childrenOf(prefix(db, name, value)));
  }
  const conditions = conditionsOf(type, filters);
  if (type === "testCase" && filters.entityLink) {
    const fqn = linkedFqn(filters.entityLink);
    bounds.push(childrenOf(fqn));
    if (filters.includeAllTests !== "true") conditions.push([`json_extract(body, '$.entityFQN') = ?`, fqn]);
  }
  return {
    ...(bounds.length > 0 ? { range: narrowest(bounds) } : {}),
    conditions: conditions.map(([sql]) => sql),
    values: conditions.flatMap(([, ...values]) => values),
  };
}

function conditionsOf(type: EntityType, filters: PageFilters): Condition[] {
  const found: Condition[] = [];
  for (const [name, path] of Object.entries(flags)) {
    const value = filters[name];
    if (value) found.push([`coalesce(json_extract(body, '${path}'), 0) = ?`, value === "true" ? 1 : 0]);
  }
  for (const [name, path] of Object.entries(texts)) {
    const value = filters[name];
    if (value) found.push([`json_extract(body, '${path}') = ?`, value]);
  }
  if (entityTypeInfo(type).nests && filters.root === "true")
    found.push(["json_extract(body, '$.parent') IS NULL AND json_extract(body, '$.directory') IS NULL"]);
  if (type === "testCase" && filters.testSuiteId)
    found.push([
      // A basic suite holds its test cases as children, a logical one as members.
      "(parent_id = ? OR id IN (SELECT case_id FROM suite_case WHERE suite_id = ?))",
      filters.testSuiteId,
      filters.testSuiteId,
    ]);
  if (type === "glossaryTerm" && filters.glossary)
    found.push(["json_extract(body, '$.glossary.id') = ?", filters.glossary]);
  if (type === "testDefinition" && filters.entityType)
    found.push(["json_extract(body, '$.entityType') = ?", filters.entityType]);
  if (type === "testDefinition" && filters.testPlatform)
    found.push([`EXISTS (SELECT 1 FROM json_each(body, '$.testPlatforms') WHERE value = ?)`, filters.testPlatform]);
  if (type === "testSuite" && filters.testSuiteType)
    found.push([`coalesce(json_extract(body, '$.basic'), 0) = ?`, filters.testSuiteType === "logical" ? 0 : 1]);
  if (type === "query" && filters.entityId)
    found.push([
      `EXISTS (SELECT 1 FROM json_each(body, '$.queryUsedIn') WHERE json_extract(value, '$.id') = ?)`,
      filters.entityId,
    ]);
  return found;
}

/** A service comes raw or quoted; a raw name with dots is one name when such a service exists, else the parts of an FQN. */
function prefix(db: CatalogDatabase, name: string, value: string): string {
  try {
    if (name === "service" && !value.includes('"') && splitFqn(value).length > 1) {
      const whole = fqnOf(value);
      const known = db.get("SELECT 1 FROM entity WHERE fqn = ? AND type GLOB '*Service' LIMIT 1", whole);
      if (known) return whole;
    }
    return parseFqn(value);
  } catch (error) {
    if (error instanceof InvalidNameError) throw badRequest(error.message);
    throw error;
  }
}

function linkedFqn(text: string): string {
  const link = parseEntityLink(text);
  if (!link) throw badRequest(`Entity link was not formatted correctly: ${text}`);
  return link.field === "columns" && link.name !== undefined ? `${link.fqn}.${link.name}` : link.fqn;
}

/** `/` follows `.`: between the two lie exactly the FQNs that begin with `fqn.`. */
function childrenOf(fqn: string): readonly [string, string] {
  return [`${fqn}.`, `${fqn}/`];
}

function narrowest(bounds: readonly (readonly [string, string])[]): [string, string] {
  const from = bounds.map(([low]) => low).reduce((a, b) => (a > b ? a : b));
  const to = bounds.map(([, high]) => high).reduce((a, b) => (a < b ? a : b));
  return [from, to];
}
