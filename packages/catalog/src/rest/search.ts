import type { CatalogEntity, SearchOptions } from "@omd/core";
import type { EntityType } from "@omd/schema";
import { asFqn, entityOrNothing, searchAnswer } from "./answers.ts";
import { getEntity } from "./entities.ts";
import type { Transport } from "./transport.ts";

/** OpenMetadata's index of each type; some have none. */
export const searchIndexes = {
  databaseService: "database_service_search_index",
  pipelineService: "pipeline_service_search_index",
  messagingService: "messaging_service_search_index",
  storageService: "storage_service_search_index",
  dashboardService: "dashboard_service_search_index",
  mlmodelService: "mlmodel_service_search_index",
  searchService: "search_service_search_index",
  apiService: "api_service_search_index",
  metadataService: "metadata_service_search_index",
  driveService: "drive_service_search_index",
  database: "database_search_index",
  databaseSchema: "database_schema_search_index",
  table: "table_search_index",
  storedProcedure: "stored_procedure_search_index",
  query: "query_search_index",
  pipeline: "pipeline_search_index",
  topic: "topic_search_index",
  container: "container_search_index",
  chart: "chart_search_index",
  dashboardDataModel: "dashboard_data_model_search_index",
  dashboard: "dashboard_search_index",
  mlmodel: "mlmodel_search_index",
  searchIndex: "search_entity_search_index",
  apiCollection: "api_collection_search_index",
  apiEndpoint: "api_endpoint_search_index",
  directory: "directory_search_index",
  file: "file_search_index",
  spreadsheet: "spreadsheet_search_index",
  worksheet: "worksheet_search_index",
  metric: "metric_search_index",
  classification: "classification_search_index",
  tag: "tag_search_index",
  glossary: "glossary_search_index",
  glossaryTerm: "glossary_term_search_index",
  domain: "domain_search_index",
  dataProduct: "data_product_search_index",
  user: "user_search_index",
  team: "team_search_index",
  role: undefined,
  policy: undefined,
  testDefinition: undefined,
  testSuite: "test_suite_search_index",
  testCase: "test_case_search_index",
  testConnectionDefinition: undefined,
  ingestionPipeline: "ingestion_pipeline_search_index",
} as const satisfies Record<EntityType, string | undefined>;

/** `*` and `?` as wildcards, everything else literally, the whole value, without regard to case. */
export function wildcard(pattern: string): RegExp {
  const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  const source = pattern.replaceAll(/[*?]|[^*?]+/g, (part) =>
    part === "*" ? ".*" : part === "?" ? "." : literal(part),
  );
  return new RegExp(`^${source}$`, "isu");
}

/**
 * Entities whose field matches the pattern, non-deleted. Servers that ignore `size` give at most 10.
 * A hit is what the index holds; the entity is read only when the hit lacks id, name or FQN.
 */
export async function searchEntities(
  transport: Transport,
  type: EntityType,
  options: SearchOptions,
): Promise<CatalogEntity[]> {
  const { field = "fullyQualifiedName", pattern, limit = 10 } = options;
  const index = searchIndexes[type];
  if (index === undefined) return [];
  const query = {
    fieldName: field,
    // A backslash is the index's own escape sign.
    fieldValue: pattern.replaceAll("\\", String.raw`\\`),
    from: 0,
    size: limit,
    index,
    deleted: false,
  };
  const what = `search ${type} by ${field} ${JSON.stringify(pattern)}`;
  const { value } = await transport.json(what, { path: "/search/fieldQuery", query }, searchAnswer);
  const matches = wildcard(pattern);
  const found = new Map<string, CatalogEntity>();
  for (const { _source: source } of value.hits.hits) {
    if (found.size >= limit) break;
    const entity = await entityOfHit(transport, type, source);
    const given = entity?.[field];
    if (entity !== undefined && entity.deleted !== true && typeof given === "string" && matches.test(given))
      found.set(entity.id, entity);
  }
  return [...found.values()];
}

async function entityOfHit(
  transport: Transport,
  type: EntityType,
  source: Record<string, unknown>,
): Promise<CatalogEntity | undefined> {
  const whole = entityOrNothing(source);
  if (whole !== undefined) return whole;
  const fqn = source["fullyQualifiedName"];
  return typeof fqn === "string" ? getEntity(transport, type, asFqn(fqn)) : undefined;
}
