import type { EntityType } from "@omd/schema";

/** What a field refers to; `any`: its references name their type themselves. */
type Target = EntityType | "any";

/** Fields that hold one reference and that a request names by FQN; the others of {@link referenceFields} are the entity's place. */
export const namedReference: Readonly<Record<string, Target>> = {
  dashboard: "dashboard",
  testDefinition: "testDefinition",
  triggeredBy: "any",
  lastModifiedBy: "user",
};

/** Fields that hold a list of references, which a request names by FQN or id. Owners and tags have rules of their own. */
export const namedReferences: Readonly<Record<string, Target>> = {
  teams: "team",
  roles: "role",
  parents: "team",
  users: "user",
  defaultRoles: "role",
  policies: "policy",
  domains: "domain",
  dataProducts: "dataProduct",
  charts: "chart",
  dataModels: "dashboardDataModel",
  dashboards: "dashboard",
  relatedMetrics: "metric",
  relatedTerms: "glossaryTerm",
  experts: "user",
  reviewers: "any",
  queryUsedIn: "any",
  assets: "any",
};

/** Fields that hold one reference. */
export const referenceFields: readonly string[] = [
  "service",
  "database",
  "databaseSchema",
  "classification",
  "glossary",
  "apiCollection",
  "parent",
  "directory",
  "spreadsheet",
  "testSuite",
  "basicEntityReference",
  ...Object.keys(namedReference),
];

/** Fields that hold a list of references. */
export const referenceListFields: readonly string[] = ["owners", ...Object.keys(namedReferences)];

/** What an entity takes over from what it lies in when it has none of its own. Source: om-api §9.2. */
export const inheritedFields = ["owners", "domains"] as const;
