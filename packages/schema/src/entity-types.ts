import type { z } from "zod";
import { createContainer, createDatabase, createDatabaseSchema, createTopic } from "./requests/data.ts";
import { createClassification, createTag, createTeam, createUser } from "./requests/governance.ts";
import { createIngestionPipeline } from "./requests/ingestion-pipeline.ts";
import { createPipeline } from "./requests/pipeline.ts";
import { createService } from "./requests/services.ts";
import { createTable } from "./requests/table.ts";
import { childFqn, fqnOf, parseFqn, type FQN } from "./fqn.ts";

/**
 * What we know of each entity type.
 * - `collection`: path below `/api/v1/`.
 * - `parent`: the field of the create request that names the parent, whether it is a raw service name or an FQN, and its type.
 * - `bulk`: whether `PUT /{collection}/bulk` may carry it (OpenMetadata ≥ 1.10).
 * - `scope`: the list filter that selects what lies below the root or parent.
 */
export const entityTypes = {
  databaseService: { collection: "services/databaseServices", request: createService, bulk: false },
  pipelineService: { collection: "services/pipelineServices", request: createService, bulk: false },
  messagingService: { collection: "services/messagingServices", request: createService, bulk: false },
  storageService: { collection: "services/storageServices", request: createService, bulk: false },
  database: {
    collection: "databases",
    request: createDatabase,
    bulk: true,
    parent: { field: "service", type: "databaseService" },
    scope: "service",
  },
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
  pipeline: {
    collection: "pipelines",
    request: createPipeline,
    bulk: false,
    parent: { field: "service", type: "pipelineService" },
    scope: "service",
  },
  topic: {
    collection: "topics",
    request: createTopic,
    bulk: true,
    parent: { field: "service", type: "messagingService" },
    scope: "service",
  },
  container: {
    collection: "containers",
    request: createContainer,
    bulk: false,
    parent: { field: "service", type: "storageService" },
    scope: "service",
  },
  classification: { collection: "classifications", request: createClassification, bulk: false },
  tag: {
    collection: "tags",
    request: createTag,
    bulk: false,
    parent: { field: "classification", type: "classification" },
    scope: "parent",
  },
  user: { collection: "users", request: createUser, bulk: false },
  team: { collection: "teams", request: createTeam, bulk: false },
  ingestionPipeline: { collection: "services/ingestionPipelines", request: createIngestionPipeline, bulk: false },
} as const satisfies { readonly [type: string]: EntityTypeInfo };

interface EntityTypeInfo {
  collection: string;
  request: z.ZodType;
  bulk: boolean;
  parent?: { field: string; type: string };
  scope?: string;
}

export type EntityType = keyof typeof entityTypes;
export type CreateRequest<T extends EntityType> = z.infer<(typeof entityTypes)[T]["request"]>;
export type ServiceType = "databaseService" | "pipelineService" | "messagingService" | "storageService";

/** What is known of one type, in one shape for all types. */
export function entityTypeInfo(type: EntityType): EntityTypeInfo {
  return entityTypes[type];
}

/** The FQN that a create request will have in the catalog. Throws InvalidNameError. */
export function requestFqn<T extends EntityType>(type: T, request: CreateRequest<T>): FQN {
  const parent = namedParent(request) ?? parentFqnOfRequest(type, request);
  return parent === undefined ? fqnOf(request.name) : childFqn(parent, request.name);
}

/** A parent that is given as a reference (container, ingestion pipeline) or beside the usual field (nested tag). */
function namedParent(request: CreateRequest<EntityType>): FQN | undefined {
  const named = "parent" in request ? request.parent : "airflowConfig" in request ? request.service : undefined;
  const fqn = typeof named === "object" ? named.fullyQualifiedName : named;
  return fqn === undefined ? undefined : parseFqn(fqn);
}

/** The parent's FQN: a service is named raw in create requests, everything else by FQN. */
export function parentFqnOfRequest<T extends EntityType>(type: T, request: CreateRequest<T>): FQN | undefined {
  const parent = entityTypeInfo(type).parent;
  if (!parent) return undefined;
  const value = (request as Record<string, unknown>)[parent.field];
  if (typeof value !== "string") return undefined;
  return parent.field === "service" ? fqnOf(value) : parseFqn(value);
}
