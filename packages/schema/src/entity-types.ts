import { hash } from "node:crypto";
import type { z } from "zod";
import {
  createChart,
  createDashboard,
  createDashboardDataModel,
  createMetric,
  createMlModel,
} from "./requests/dashboard.ts";
import { createContainer, createDatabase, createDatabaseSchema, createTopic } from "./requests/data.ts";
import {
  createClassification,
  createDataProduct,
  createDomain,
  createGlossary,
  createGlossaryTerm,
  createPolicy,
  createRole,
  createTag,
  createTeam,
  createUser,
} from "./requests/governance.ts";
import { createDirectory, createFile, createSpreadsheet, createWorksheet } from "./requests/drive.ts";
import { createIngestionPipeline } from "./requests/ingestion-pipeline.ts";
import { createPipeline } from "./requests/pipeline.ts";
import {
  createApiCollection,
  createApiEndpoint,
  createQuery,
  createSearchIndex,
  createStoredProcedure,
} from "./requests/search-and-api.ts";
import { createMetadataService, createPipelineService, createService } from "./requests/services.ts";
import { createTable } from "./requests/table.ts";
import {
  createTestCase,
  createTestConnectionDefinition,
  createTestDefinition,
  createTestSuite,
} from "./requests/tests.ts";
import { parseEntityLink } from "./entity-link.ts";
import { childFqn, fqnOf, InvalidNameError, parseFqn, type FQN } from "./fqn.ts";

/** Of types that lie in a service, which their requests name raw. */
const inService = <T extends string>(type: T) => ({ parent: { field: "service", type }, scope: "service" }) as const;

/**
 * What we know of each entity type.
 * - `collection`: path below `/api/v1/`.
 * - `parent`: the field of the create request that names the parent, whether it is a raw service name or an FQN, and its type.
 * - `nests`: the field that may name a nearer parent (by FQN or as a reference), and its type.
 * - `bulk`: whether `PUT /{collection}/bulk` may carry it (OpenMetadata ≥ 1.10).
 * - `scope`: the list filter that selects what lies below the root or parent; of test cases, what is about a table.
 */
export const entityTypes = {
  databaseService: { collection: "services/databaseServices", request: createService, bulk: false },
  pipelineService: { collection: "services/pipelineServices", request: createPipelineService, bulk: false },
  messagingService: { collection: "services/messagingServices", request: createService, bulk: false },
  storageService: { collection: "services/storageServices", request: createService, bulk: false },
  dashboardService: { collection: "services/dashboardServices", request: createService, bulk: false },
  mlmodelService: { collection: "services/mlmodelServices", request: createService, bulk: false },
  searchService: { collection: "services/searchServices", request: createService, bulk: false },
  apiService: { collection: "services/apiServices", request: createService, bulk: false },
  metadataService: { collection: "services/metadataServices", request: createMetadataService, bulk: false },
  driveService: { collection: "services/driveServices", request: createService, bulk: false },
  database: { collection: "databases", request: createDatabase, bulk: true, ...inService("databaseService") },
  databaseSchema: {
    collection: "databaseSchemas",
    request: createDatabaseSchema,
    bulk: true,
    parent: { field: "database", type: "database" },
    scope: "database",
  },
  table: {
    collection: "tables",
    request: createTable,
    bulk: true,
    parent: { field: "databaseSchema", type: "databaseSchema" },
    scope: "databaseSchema",
  },
  storedProcedure: {
    collection: "storedProcedures",
    request: createStoredProcedure,
    bulk: true,
    parent: { field: "databaseSchema", type: "databaseSchema" },
    scope: "databaseSchema",
  },
  query: { collection: "queries", request: createQuery, bulk: false, ...inService("databaseService") },
  pipeline: { collection: "pipelines", request: createPipeline, bulk: false, ...inService("pipelineService") },
  topic: { collection: "topics", request: createTopic, bulk: true, ...inService("messagingService") },
  container: {
    collection: "containers",
    request: createContainer,
    bulk: false,
    ...inService("storageService"),
    nests: { field: "parent", type: "container" },
  },
  chart: { collection: "charts", request: createChart, bulk: true, ...inService("dashboardService") },
  dashboardDataModel: {
    collection: "dashboard/datamodels",
    request: createDashboardDataModel,
    bulk: true,
    ...inService("dashboardService"),
  },
  dashboard: { collection: "dashboards", request: createDashboard, bulk: true, ...inService("dashboardService") },
  mlmodel: { collection: "mlmodels", request: createMlModel, bulk: true, ...inService("mlmodelService") },
  searchIndex: { collection: "searchIndexes", request: createSearchIndex, bulk: true, ...inService("searchService") },
  apiCollection: { collection: "apiCollections", request: createApiCollection, bulk: true, ...inService("apiService") },
  apiEndpoint: {
    collection: "apiEndpoints",
    request: createApiEndpoint,
    bulk: true,
    parent: { field: "apiCollection", type: "apiCollection" },
    scope: "apiCollection",
  },
  directory: {
    collection: "drives/directories",
    request: createDirectory,
    bulk: true,
    ...inService("driveService"),
    nests: { field: "parent", type: "directory" },
  },
  file: {
    collection: "drives/files",
    request: createFile,
    bulk: true,
    ...inService("driveService"),
    nests: { field: "directory", type: "directory" },
  },
  spreadsheet: {
    collection: "drives/spreadsheets",
    request: createSpreadsheet,
    bulk: true,
    ...inService("driveService"),
    nests: { field: "parent", type: "directory" },
  },
  worksheet: {
    collection: "drives/worksheets",
    request: createWorksheet,
    bulk: true,
    parent: { field: "spreadsheet", type: "spreadsheet" },
    scope: "spreadsheet",
  },
  metric: { collection: "metrics", request: createMetric, bulk: false },
  classification: { collection: "classifications", request: createClassification, bulk: false },
  tag: {
    collection: "tags",
    request: createTag,
    bulk: false,
    parent: { field: "classification", type: "classification" },
    nests: { field: "parent", type: "tag" },
    scope: "parent",
  },
  glossary: { collection: "glossaries", request: createGlossary, bulk: false },
  glossaryTerm: {
    collection: "glossaryTerms",
    request: createGlossaryTerm,
    bulk: false,
    parent: { field: "glossary", type: "glossary" },
    nests: { field: "parent", type: "glossaryTerm" },
    scope: "parent",
  },
  domain: {
    collection: "domains",
    request: createDomain,
    bulk: false,
    nests: { field: "parent", type: "domain" },
  },
  dataProduct: { collection: "dataProducts", request: createDataProduct, bulk: false },
  user: { collection: "users", request: createUser, bulk: false },
  team: { collection: "teams", request: createTeam, bulk: false },
  role: { collection: "roles", request: createRole, bulk: false },
  policy: { collection: "policies", request: createPolicy, bulk: false },
  testDefinition: { collection: "dataQuality/testDefinitions", request: createTestDefinition, bulk: false },
  testSuite: { collection: "dataQuality/testSuites", request: createTestSuite, bulk: false },
  testCase: { collection: "dataQuality/testCases", request: createTestCase, bulk: false, scope: "entityLink" },
  testConnectionDefinition: {
    collection: "services/testConnectionDefinitions",
    request: createTestConnectionDefinition,
    bulk: false,
  },
  ingestionPipeline: { collection: "services/ingestionPipelines", request: createIngestionPipeline, bulk: false },
} as const satisfies { readonly [type: string]: EntityTypeInfo };

interface EntityTypeInfo {
  collection: string;
  request: z.ZodType;
  bulk: boolean;
  parent?: { field: string; type: string };
  nests?: { field: string; type: string };
  scope?: string;
}

export type EntityType = keyof typeof entityTypes;
export type CreateRequest<T extends EntityType> = z.infer<(typeof entityTypes)[T]["request"]>;
export type ServiceType = Extract<EntityType, `${string}Service`>;

/** What is known of one type, in one shape for all types. */
export function entityTypeInfo(type: EntityType): EntityTypeInfo {
  return entityTypes[type];
}

/** The type of the service that entities of this type lie in; undefined for services themselves and what lies in none. */
export function serviceTypeOf(type: EntityType): ServiceType | undefined {
  const parent = entityTypeInfo(type).parent?.type as EntityType | undefined;
  if (parent === undefined) return undefined;
  return parent.endsWith("Service") ? (parent as ServiceType) : serviceTypeOf(parent);
}

/** The name of the entity that a request makes: of a query the md5 of its text unless it is given, of a table's own suite its FQN. */
export function requestName(type: EntityType, request: object): string {
  const given = request as { name?: string; query?: string };
  if (type === "query" && given.name === undefined) return md5(given.query ?? "");
  const table = type === "testSuite" ? suiteTable(request) : undefined;
  return table === undefined ? String(given.name) : childFqn(table, "testSuite");
}

/** md5 of a text, 32 hex digits: how OpenMetadata names queries. */
export function md5(text: string): string {
  return hash("md5", text);
}

/** The table of a basic test suite; undefined for a logical one. Throws InvalidNameError. */
export function suiteTable(request: object): FQN | undefined {
  const given = request as { basicEntityReference?: string; executableEntityReference?: string };
  const fqn = given.basicEntityReference ?? given.executableEntityReference;
  return fqn === undefined ? undefined : parseFqn(fqn);
}

/** What follows the parent's FQN: data models of dashboards have a part of their own between. */
export function fqnBelow(type: EntityType, parent: FQN, name: string): FQN {
  return type === "dashboardDataModel" ? childFqn(parent, "model", name) : childFqn(parent, name);
}

/** The FQN that a create request will have in the catalog. Throws InvalidNameError. */
export function requestFqn<T extends EntityType>(type: T, request: CreateRequest<T>): FQN {
  const name = requestName(type, request);
  if (type === "testCase") return childFqn(linkedFqn(request as CreateRequest<"testCase">), name);
  if (type === "testSuite" && suiteTable(request) !== undefined) return name as FQN;
  if (type === "testConnectionDefinition") return fqnOf(name, "testConnectionDefinition");
  const parent = nearerParent(type, request) ?? parentFqnOfRequest(type, request);
  return parent === undefined ? fqnOf(name) : fqnBelow(type, parent, name);
}

function linkedFqn({ entityLink }: CreateRequest<"testCase">): FQN {
  const link = parseEntityLink(entityLink);
  if (!link) throw new InvalidNameError(entityLink, "it is no entity link");
  return parseFqn(link.name === undefined ? link.fqn : `${link.fqn}.${link.name}`);
}

/** The parent that a request names beside the usual one, or as a reference (ingestion pipeline). */
function nearerParent(type: EntityType, request: object): FQN | undefined {
  const field = type === "ingestionPipeline" ? "service" : entityTypeInfo(type).nests?.field;
  const named = field === undefined ? undefined : (request as Record<string, unknown>)[field];
  const fqn =
    typeof named === "object" && named !== null && "fullyQualifiedName" in named ? named.fullyQualifiedName : named;
  return typeof fqn === "string" ? parseFqn(fqn) : undefined;
}

/** The parent's FQN: a service is named raw in create requests, everything else by FQN. */
export function parentFqnOfRequest<T extends EntityType>(type: T, request: CreateRequest<T>): FQN | undefined {
  const parent = entityTypeInfo(type).parent;
  if (!parent) return undefined;
  const value = (request as Record<string, unknown>)[parent.field];
  if (typeof value !== "string") return undefined;
  return parent.field === "service" ? fqnOf(value) : parseFqn(value);
}
