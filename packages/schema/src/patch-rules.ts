import type { EntityType } from "./entity-types.ts";

/** When two present values count as the same. `set`: lists whatever their order; `instant`: points in time; `caseless`: text whatever its case. */
export type Sameness = "exact" | "set" | "instant" | "caseless";

/**
 * What a field of the request does to the stored entity.
 * - `set`: the source knows it. Replaced when it differs; `clear`: removed when the request has none.
 * - `curate`: people may have written it. Filled when empty; replaced only with `overrideMetadata`; never removed.
 * - `tags`: those missing are added, by `tagFQN`. `owners`: curated, compared by id. `extension`: curated key by key.
 * - `elements`: a list aligned by `name`; `emptied` says what an empty list in the request means.
 * - `object`: rules for its members.
 */
export type PatchRule =
  | { readonly rule: "set"; readonly same: Sameness; readonly clear: boolean }
  | { readonly rule: "curate"; readonly same: Sameness | "constraints" }
  | { readonly rule: "tags" | "owners" | "extension" }
  | {
      readonly rule: "elements";
      readonly of: () => PatchRules;
      readonly emptied: "keep" | "clear" | "keepIfSameDataType";
    }
  | { readonly rule: "object"; readonly of: PatchRules };

export type PatchRules = Readonly<Record<string, PatchRule>>;

const set = (same: Sameness = "exact"): PatchRule => ({ rule: "set", same, clear: false });
const follow = (same: Sameness = "exact"): PatchRule => ({ rule: "set", same, clear: true });
const curate = (same: Sameness | "constraints" = "exact"): PatchRule => ({ rule: "curate", same });

const described = { displayName: curate(), description: curate() } satisfies PatchRules;
const labelled = { ...described, tags: { rule: "tags" } } satisfies PatchRules;
const owned = { ...labelled, owners: { rule: "owners" } } satisfies PatchRules;
const asset = { ...owned, extension: { rule: "extension" }, sourceUrl: follow() } satisfies PatchRules;

const column: PatchRules = {
  ...labelled,
  dataType: set(),
  arrayDataType: follow(),
  dataLength: follow(),
  precision: follow(),
  scale: follow(),
  // The server fills it in when it is absent and stores it in lower case.
  dataTypeDisplay: set("caseless"),
  constraint: follow(),
  ordinalPosition: set(),
  jsonSchema: follow(),
  children: { rule: "elements", of: () => column, emptied: "keepIfSameDataType" },
};
/** An empty list of columns is a failed read far more often than a table without columns. */
const columns: PatchRule = { rule: "elements", of: () => column, emptied: "keep" };

const task: PatchRules = {
  ...owned,
  sourceUrl: follow(),
  downstreamTasks: follow("set"),
  taskType: follow(),
  taskSQL: follow(),
  startDate: follow("instant"),
  endDate: follow("instant"),
};

const messageField: PatchRules = {
  ...labelled,
  dataType: set(),
  dataTypeDisplay: set("caseless"),
  children: { rule: "elements", of: () => messageField, emptied: "keepIfSameDataType" },
};

/** Fields that may be patched, by entity type; all others are left alone. */
export const patchRules: Readonly<Record<EntityType, PatchRules>> = {
  databaseService: owned,
  pipelineService: owned,
  messagingService: owned,
  storageService: owned,
  dashboardService: owned,
  mlmodelService: owned,
  searchService: owned,
  apiService: owned,
  metadataService: owned,
  driveService: owned,
  database: asset,
  databaseSchema: asset,
  table: {
    ...asset,
    tableType: set(),
    schemaDefinition: follow(),
    locationPath: follow(),
    fileFormat: follow(),
    tableConstraints: curate("constraints"),
    columns,
  },
  pipeline: {
    ...asset,
    state: set(),
    concurrency: follow(),
    pipelineLocation: follow(),
    startDate: follow("instant"),
    scheduleInterval: follow(),
    tasks: { rule: "elements", of: () => task, emptied: "clear" },
  },
  topic: {
    ...asset,
    partitions: set(),
    cleanupPolicies: set("set"),
    replicationFactor: set(),
    retentionTime: set(),
    retentionSize: set(),
    maximumMessageSize: set(),
    minimumInSyncReplicas: set(),
    topicConfig: set(),
    messageSchema: {
      rule: "object",
      of: {
        schemaText: set(),
        schemaType: set(),
        schemaFields: { rule: "elements", of: () => messageField, emptied: "keep" },
      },
    },
  },
  container: {
    ...asset,
    prefix: set(),
    numberOfObjects: set(),
    size: set(),
    fileFormats: set("set"),
    fullPath: set(),
    dataModel: { rule: "object", of: { isPartitioned: set(), columns } },
  },
  storedProcedure: { ...asset, storedProcedureCode: set(), storedProcedureType: set() },
  query: owned,
  chart: { ...asset, chartType: set() },
  dashboardDataModel: { ...asset, sql: follow(), project: follow(), columns },
  dashboard: { ...asset, dashboardType: set(), project: follow() },
  mlmodel: { ...asset, algorithm: set(), target: follow(), server: follow() },
  searchIndex: { ...asset, searchIndexSettings: set() },
  apiCollection: { ...asset, endpointURL: set() },
  apiEndpoint: { ...asset, endpointURL: set(), requestMethod: set() },
  directory: {
    ...asset,
    directoryType: set(),
    path: set(),
    isShared: set(),
    numberOfFiles: set(),
    numberOfSubDirectories: set(),
    totalSize: set(),
  },
  file: {
    ...asset,
    fileType: set(),
    mimeType: set(),
    fileExtension: set(),
    path: set(),
    size: set(),
    checksum: follow(),
    webViewLink: follow(),
    downloadLink: follow(),
    isShared: set(),
    fileVersion: follow(),
    columns,
  },
  spreadsheet: {
    ...asset,
    mimeType: set(),
    path: set(),
    driveFileId: set(),
    size: set(),
    fileVersion: follow(),
    createdTime: set(),
    modifiedTime: set(),
  },
  worksheet: {
    ...asset,
    worksheetId: set(),
    index: set(),
    rowCount: set(),
    columnCount: set(),
    isHidden: set(),
    columns,
  },
  metric: {
    ...owned,
    extension: { rule: "extension" },
    metricExpression: set(),
    metricType: set(),
    granularity: set(),
    unitOfMeasurement: set(),
    customUnitOfMeasurement: set(),
  },
  glossary: owned,
  glossaryTerm: owned,
  domain: owned,
  dataProduct: owned,
  role: described,
  policy: described,
  testDefinition: {
    ...described,
    owners: { rule: "owners" },
    // A test case may only give values for parameters that its definition has.
    parameterDefinition: { rule: "elements", of: () => described, emptied: "keep" },
  },
  testSuite: owned,
  testCase: {
    ...owned,
    parameterValues: follow(),
    computePassedFailedRowCount: set(),
    useDynamicAssertion: set(),
    dimensionColumns: set("set"),
  },
  testConnectionDefinition: described,
  classification: described,
  tag: described,
  user: described,
  team: described,
  ingestionPipeline: { displayName: curate() },
};
