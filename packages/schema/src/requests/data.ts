import { z } from "zod";
import { entityName, entityReference, fqnText, standardFields } from "../references.ts";
import { column } from "./table.ts";

/** OpenMetadata: api/data/createDatabase.json. */
export const createDatabase = z.strictObject({
  name: entityName,
  service: fqnText,
  ...standardFields,
  default: z.boolean().optional(),
  retentionPeriod: z.string().optional(),
  sourceUrl: z.string().optional(),
});
export type CreateDatabase = z.infer<typeof createDatabase>;

/** OpenMetadata: api/data/createDatabaseSchema.json. */
export const createDatabaseSchema = z.strictObject({
  name: entityName,
  database: fqnText,
  ...standardFields,
  retentionPeriod: z.string().optional(),
  sourceUrl: z.string().optional(),
});
export type CreateDatabaseSchema = z.infer<typeof createDatabaseSchema>;

/** OpenMetadata: api/data/createTopic.json. */
export const createTopic = z.strictObject({
  name: entityName,
  service: fqnText,
  partitions: z.int().min(1),
  ...standardFields,
  replicationFactor: z.int().optional(),
  retentionTime: z.number().optional(),
  retentionSize: z.number().optional(),
  maximumMessageSize: z.int().optional(),
  minimumInSyncReplicas: z.int().optional(),
  cleanupPolicies: z.array(z.enum(["delete", "compact"])).optional(),
  topicConfig: z.record(z.string(), z.unknown()).optional(),
  messageSchema: z.record(z.string(), z.unknown()).optional(),
  sourceUrl: z.string().optional(),
});
export type CreateTopic = z.infer<typeof createTopic>;

/** OpenMetadata: api/data/createContainer.json. */
export const createContainer = z.strictObject({
  name: entityName,
  service: fqnText,
  ...standardFields,
  parent: entityReference.optional(),
  dataModel: z.strictObject({ isPartitioned: z.boolean().optional(), columns: z.array(column) }).optional(),
  prefix: z.string().optional(),
  numberOfObjects: z.number().optional(),
  size: z.number().optional(),
  fileFormats: z.array(z.string()).optional(),
  fullPath: z.string().optional(),
  sourceUrl: z.string().optional(),
});
export type CreateContainer = z.infer<typeof createContainer>;
