import { z } from "zod";
import { anyObject, entityName, entityReference, fqnText, standardFields, timestamp } from "../references.ts";

/** A field of a search index; what lies below it is kept as it is given. */
export const searchIndexField = z.looseObject({ name: z.string().min(1), dataType: z.string() });

/** OpenMetadata: api/data/createSearchIndex.json. */
export const createSearchIndex = z.strictObject({
  name: entityName,
  service: fqnText,
  ...standardFields,
  fields: z.array(searchIndexField),
  searchIndexSettings: anyObject.optional(),
  indexType: z.enum(["Index", "IndexTemplate"]).optional(),
});

/** OpenMetadata: api/data/createAPICollection.json. */
export const createApiCollection = z.strictObject({
  name: entityName,
  service: fqnText,
  ...standardFields,
  endpointURL: z.string().optional(),
  apiEndpoints: z.array(fqnText).optional(),
});

/** OpenMetadata: api/data/createAPIEndpoint.json. */
export const createApiEndpoint = z.strictObject({
  name: entityName,
  apiCollection: fqnText,
  endpointURL: z.string().optional(),
  ...standardFields,
  requestMethod: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "CONNECT", "OPTIONS", "TRACE"]).optional(),
  requestSchema: anyObject.optional(),
  responseSchema: anyObject.optional(),
  sourceUrl: z.string().optional(),
});

/** OpenMetadata: api/data/createStoredProcedure.json. */
export const createStoredProcedure = z.strictObject({
  name: entityName,
  databaseSchema: fqnText.optional(),
  ...standardFields,
  storedProcedureCode: z.strictObject({
    language: z.enum(["SQL", "Java", "JavaScript", "Python", "External"]).optional(),
    code: z.string().optional(),
  }),
  storedProcedureType: z.enum(["StoredProcedure", "UDF", "StoredPackage", "Function"]).optional(),
  sourceUrl: z.string().optional(),
});

/** OpenMetadata: api/data/createQuery.json. Without a name it is called after the md5 of its text. */
export const createQuery = z.strictObject({
  name: entityName.optional(),
  query: z.string().min(1),
  service: fqnText,
  displayName: standardFields.displayName,
  description: standardFields.description,
  owners: standardFields.owners,
  tags: standardFields.tags,
  domains: standardFields.domains,
  query_type: z.string().optional(),
  exclude_usage: z.boolean().optional(),
  /** Seconds. */
  duration: z.number().optional(),
  users: z.array(fqnText).optional(),
  usedBy: z.array(z.string()).optional(),
  dialect: z.string().optional(),
  queryDate: timestamp.optional(),
  queryUsedIn: z.array(entityReference).optional(),
  triggeredBy: entityReference.optional(),
  processedLineage: z.boolean().optional(),
});
