import { z } from "zod";
import { entityName, entityReference, fqnText, provider, timestamp } from "../references.ts";

/** OpenMetadata: api/services/ingestionPipelines/createIngestionPipeline.json. */
export const createIngestionPipeline = z.strictObject({
  name: entityName,
  pipelineType: z.enum([
    "metadata",
    "usage",
    "lineage",
    "profiler",
    "autoClassification",
    "TestSuite",
    "dataInsight",
    "elasticSearchReindex",
    "dbt",
    "application",
  ]),
  sourceConfig: z.strictObject({ config: z.record(z.string(), z.unknown()) }),
  airflowConfig: z.record(z.string(), z.unknown()),
  service: entityReference,
  displayName: z.string().optional(),
  description: z.string().optional(),
  owners: z.array(entityReference).optional(),
  domains: z.array(fqnText).optional(),
  loggerLevel: z.enum(["DEBUG", "INFO", "WARN", "ERROR"]).optional(),
  raiseOnError: z.boolean().optional(),
  provider: provider.optional(),
  processingEngine: entityReference.optional(),
  enableStreamableLogs: z.boolean().optional(),
});
export type CreateIngestionPipeline = z.infer<typeof createIngestionPipeline>;

const stepSummary = z.strictObject({
  name: z.string(),
  records: z.int(),
  updated_records: z.int(),
  warnings: z.int(),
  errors: z.int(),
  filtered: z.int(),
  failures: z.array(z.strictObject({ name: z.string(), error: z.string(), stackTrace: z.string().optional() })),
});

/** State of one ingestion run. OpenMetadata: entity/services/ingestionPipelines/ingestionPipeline.json, `pipelineStatus`. */
export const ingestionRunStatus = z.strictObject({
  runId: z.string(),
  pipelineState: z.enum(["queued", "running", "success", "failed", "partialSuccess", "stopped"]),
  startDate: timestamp,
  timestamp,
  endDate: timestamp.optional(),
  status: z.array(stepSummary).optional(),
  config: z.record(z.string(), z.unknown()).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});
export type IngestionRunStatus = z.infer<typeof ingestionRunStatus>;
