import { entityTypes, type EntityType } from "@omd/schema";

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
  database: `${data} location usageSummary databaseSchemas default retentionPeriod databaseProfilerConfig`,
  databaseSchema: `${data} database tables usageSummary retentionPeriod databaseSchemaProfilerConfig`,
  table: `${data} tableType columns tableConstraints tablePartition databaseSchema database location locationPath schemaDefinition usageSummary joins sampleData tableProfilerConfig customMetrics profile testSuite dataModel retentionPeriod compressionEnabled compressionCodec compressionStrategy fileFormat processedLineage queries pipelineObservability`,
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

const byType = new Map(
  Object.keys(entityTypes).map((type) => [
    type,
    new Set(`${everywhere} ${own[type as EntityType]}`.split(" ")) as ReadonlySet<string>,
  ]),
);

/** Names of all properties that an entity of this type may have. */
export function entityFields(type: EntityType): ReadonlySet<string> {
  return byType.get(type) ?? new Set();
}

/** Answered only when `fields` names them. Source: om-api §9.2, the FIELDS of OpenMetadata's resources. */
const onDemand = new Set(
  "owners tags domains dataProducts followers votes usageSummary extension lifeCycle certification tasks pipelineStatus joins sampleData profile tableProfilerConfig testSuite customMetrics queries location pipelineObservability children experts reviewers users teams roles parents databaseSchemas tables pipelines testConnectionResult pipelineStatuses".split(
    " ",
  ),
);

/** Whether `field` is left out unless it is asked for. A table's `dataModel` is on demand, a container's is not. */
export function isOnDemand(type: EntityType, field: string): boolean {
  return onDemand.has(field) || (type === "table" && field === "dataModel");
}

/** What a patch may not change: it is put back silently, as OpenMetadata does. */
export const restoredFields: ReadonlySet<string> = new Set(
  "id name fullyQualifiedName version updatedAt updatedBy impersonatedBy href changeDescription incrementalChangeDescription deleted service serviceType databaseSchema database classification parent pipelineStatus children databaseSchemas tables pipelineStatuses".split(
    " ",
  ),
);

/** Fields that hold one reference. */
export const referenceFields = ["service", "database", "databaseSchema", "classification", "parent"] as const;
/** Fields that hold a list of references. */
export const referenceListFields = ["owners", "teams"] as const;
/** Fields that may carry secrets in the clear. */
export const secretFields = ["connection", "sourceConfig", "airflowConfig", "extension", "topicConfig"] as const;
