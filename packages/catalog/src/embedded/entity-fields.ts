import { entityTypeInfo, entityTypes, type EntityType } from "@omd/schema";
import type { z } from "zod";
import { referenceListFields } from "./reference-fields.ts";

const everywhere =
  "id name displayName fullyQualifiedName description version updatedAt updatedBy impersonatedBy href changeDescription incrementalChangeDescription deleted domains";
const service =
  "serviceType connection pipelines testConnectionResult tags owners followers dataProducts entityStatus ingestionRunner";
const data =
  "owners service serviceType tags followers dataProducts votes lifeCycle certification extension sourceHash sourceUrl entityStatus";

/** Properties of the entity schemas of OpenMetadata 1.12 (entity/**.json): what `fields` may name and a patch may set. */
const own: Readonly<Record<EntityType, string>> = {
  databaseService: service,
  pipelineService: service,
  messagingService: service,
  storageService: service,
  dashboardService: service,
  mlmodelService: service,
  searchService: service,
  apiService: service,
  metadataService:
    "serviceType connection pipelines testConnectionResult tags owners followers entityStatus ingestionRunner provider",
  driveService: service,
  database: `${data} location usageSummary databaseSchemas default retentionPeriod databaseProfilerConfig`,
  databaseSchema: `${data} database tables usageSummary retentionPeriod databaseSchemaProfilerConfig`,
  table: `${data} tableType columns tableConstraints tablePartition databaseSchema database location locationPath schemaDefinition usageSummary joins sampleData tableProfilerConfig customMetrics profile testSuite dataModel retentionPeriod compressionEnabled compressionCodec compressionStrategy fileFormat processedLineage queries pipelineObservability`,
  storedProcedure: `${data} storedProcedureCode storedProcedureType databaseSchema database code processedLineage`,
  query:
    "owners tags duration users followers votes query query_type exclude_usage checksum queryDate usedBy queryUsedIn triggeredBy processedLineage service entityStatus",
  chart: `${data} chartType usageSummary dashboards`,
  dashboardDataModel: `${data} dataModelType sql columns project`,
  dashboard: `${data} project dashboardType charts dataModels usageSummary`,
  mlmodel: `${data} algorithm mlFeatures mlHyperParameters target dashboard mlStore server usageSummary`,
  searchIndex: `${data} fields searchIndexSettings indexType sampleData`,
  apiCollection:
    "endpointURL apiEndpoints owners tags service serviceType extension dataProducts votes lifeCycle certification sourceHash entityStatus",
  apiEndpoint: `${data} endpointURL requestMethod requestSchema responseSchema apiCollection`,
  directory: `${data} parent children directoryType path isShared numberOfFiles numberOfSubDirectories totalSize usageSummary`,
  file: `${data} directory fileType mimeType fileExtension path size columns sampleData checksum webViewLink downloadLink isShared fileVersion createdTime modifiedTime lastModifiedBy usageSummary`,
  spreadsheet: `${data} directory worksheets mimeType path driveFileId size fileVersion createdTime modifiedTime lastModifiedBy usageSummary`,
  worksheet: `${data} spreadsheet worksheetId index rowCount columnCount columns sampleData isHidden usageSummary`,
  metric:
    "metricExpression metricType unitOfMeasurement customUnitOfMeasurement granularity relatedMetrics owners reviewers followers tags dataProducts votes extension certification entityStatus",
  glossary:
    "reviewers owners usageCount tags termCount provider disabled mutuallyExclusive dataProducts votes extension entityStatus",
  glossaryTerm:
    "style synonyms glossary parent children relatedTerms references reviewers owners usageCount tags entityStatus provider disabled mutuallyExclusive extension dataProducts votes childrenCount",
  domain:
    "domainType style parent children childrenCount owners experts assets tags extension followers votes certification entityStatus",
  dataProduct:
    "style owners experts reviewers assets lifecycleStage sla consumesFrom providesTo tags extension followers votes certification entityStatus",
  role: "allowDelete allowEdit policies users teams provider disabled",
  policy: "owners enabled rules teams roles location allowDelete allowEdit provider disabled",
  testDefinition:
    "entityType testPlatforms supportedDataTypes parameterDefinition dataQualityDimension owners provider supportsRowLevelPassedFailed supportsDynamicAssertion enabled supportedServices sqlExpression validatorClass",
  testSuite:
    "tests connection testConnectionResult pipelines serviceType owners basic executable basicEntityReference executableEntityReference dataContract summary testCaseResultSummary tags inherited ingestionRunner reviewers",
  testCase:
    "testDefinition entityLink entityFQN testSuite testSuites parameterValues testCaseResult testCaseStatus owners createdBy computePassedFailedRowCount incidentId failedRowsSample inspectionQuery followers useDynamicAssertion tags dimensionColumns entityStatus reviewers",
  testConnectionDefinition: "steps owners",
  pipeline: `${data} concurrency pipelineLocation startDate endDate tasks pipelineStatus state usageSummary scheduleInterval`,
  topic: `${data} messageSchema partitions cleanupPolicies retentionTime replicationFactor maximumMessageSize minimumInSyncReplicas retentionSize topicConfig sampleData`,
  container: `${data} parent children dataModel prefix numberOfObjects size fileFormats retentionPeriod fullPath`,
  classification:
    "termCount usageCount provider disabled mutuallyExclusive owners reviewers entityStatus autoClassificationConfig",
  tag: "style classification parent children usageCount deprecated provider disabled mutuallyExclusive dataProducts owners reviewers entityStatus recognizers autoClassificationEnabled autoClassificationPriority",
  user: "externalId scimUserName email timezone isBot isAdmin allowImpersonation authenticationMechanism profile teams defaultPersona personas owns follows roles inheritedRoles inheritedPersonas isEmailVerified lastLoginTime lastActivityTime personaPreferences",
  team: "teamType email externalId profile parents children users childrenCount userCount owns owners isJoinable defaultRoles inheritedRoles defaultPersona policies",
  ingestionPipeline:
    "pipelineType owners sourceConfig openMetadataServerConnection airflowConfig service pipelineStatuses loggerLevel raiseOnError deployed enabled enableStreamableLogs followers provider applicationType ingestionRunner processingEngine",
};

/** What these few do not have of what the others share. */
const lacking: Partial<Record<EntityType, readonly string[]>> = {
  query: ["deleted"],
  driveService: ["entityStatus"],
  domain: ["deleted", "domains"],
  dataProduct: ["deleted"],
  testDefinition: ["impersonatedBy"],
  testSuite: ["impersonatedBy"],
  testCase: ["impersonatedBy"],
};

const byType = new Map<EntityType, ReadonlySet<string>>(
  (Object.keys(entityTypes) as EntityType[]).map((type) => {
    const fields = `${everywhere} ${own[type]}`.split(" ").filter((field) => !lacking[type]?.includes(field));
    return [type, new Set(fields)];
  }),
);

/** Names of all properties that an entity of this type may have. */
export function entityFields(type: EntityType): ReadonlySet<string> {
  return byType.get(type) ?? new Set();
}

/** Answered only when `fields` names them. Source: om-api §9.2, the FIELDS of OpenMetadata's resources. */
const onDemand = new Set(
  "owners tags domains dataProducts followers votes usageSummary extension lifeCycle certification tasks pipelineStatus joins sampleData profile tableProfilerConfig customMetrics queries location pipelineObservability children experts reviewers users teams roles parents databaseSchemas tables pipelines testConnectionResult pipelineStatuses charts dataModels dashboards dashboard apiEndpoints queryUsedIn relatedMetrics relatedTerms assets policies tests termCount usageCount childrenCount worksheets".split(
    " ",
  ),
);

/** Fields that are on demand of these types, and not of others. */
const onDemandOf: Partial<Record<EntityType, readonly string[]>> = {
  table: ["dataModel", "testSuite"],
  directory: ["numberOfFiles", "numberOfSubDirectories"],
  file: ["columns"],
  worksheet: ["columns"],
};

/** Whether `field` is left out unless it is asked for. */
export function isOnDemand(type: EntityType, field: string): boolean {
  return onDemand.has(field) || onDemandOf[type]?.includes(field) === true;
}

/** What a patch may not change: it is put back silently, as OpenMetadata does. */
export const restoredFields: ReadonlySet<string> = new Set(
  "id name fullyQualifiedName version updatedAt updatedBy impersonatedBy href changeDescription incrementalChangeDescription deleted service serviceType databaseSchema database classification parent pipelineStatus children databaseSchemas tables pipelineStatuses glossary apiCollection apiEndpoints testDefinition testSuite tests entityFQN basic basicEntityReference executableEntityReference entityLink checksum termCount childrenCount directory spreadsheet worksheets".split(
    " ",
  ),
);

/** What every entity of its type has although no request must name it. */
const filledIn: Partial<Record<EntityType, readonly string[]>> = { mlmodel: ["algorithm"] };
const required = new Map<EntityType, readonly string[]>();

/** Fields that a patch may change but not take away: answers without them are none. */
export function requiredFields(type: EntityType): readonly string[] {
  const known = required.get(type);
  if (known) return known;
  const { shape } = entityTypeInfo(type).request as z.ZodObject<Readonly<Record<string, z.ZodType>>>;
  const needed = Object.keys(shape).filter((field) => shape[field]?.safeParse(undefined).success === false);
  const elsewhere = restoredFields.union(new Set(referenceListFields));
  const fields = [...needed, ...(filledIn[type] ?? [])].filter((field) => !elsewhere.has(field));
  required.set(type, fields);
  return fields;
}

/** Fields that may carry secrets in the clear. */
export const secretFields = [
  "connection",
  "sourceConfig",
  "airflowConfig",
  "extension",
  "topicConfig",
  "dataModel",
  "profile",
] as const;
