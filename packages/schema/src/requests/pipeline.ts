import { z } from "zod";
import {
  entityName,
  entityReference,
  fqnText,
  keptReference,
  standardFields,
  tagLabel,
  timestamp,
} from "../references.ts";

/** OpenMetadata: entity/data/pipeline.json, definition `task`. */
export const task = z.strictObject({
  name: z.string().min(1),
  displayName: z.string().optional(),
  fullyQualifiedName: z.string().optional(),
  description: z.string().optional(),
  sourceUrl: z.string().optional(),
  downstreamTasks: z.array(z.string()).optional(),
  taskType: z.string().optional(),
  taskSQL: z.string().optional(),
  startDate: z.string().optional(),
  endDate: z.string().optional(),
  tags: z.array(tagLabel).optional(),
  owners: z.array(entityReference).optional(),
});
export type Task = z.infer<typeof task>;

/** OpenMetadata: api/data/createPipeline.json. */
export const createPipeline = z.strictObject({
  name: entityName,
  service: fqnText,
  ...standardFields,
  sourceUrl: z.string().optional(),
  concurrency: z.int().optional(),
  pipelineLocation: z.string().optional(),
  /** ISO 8601 date-time. */
  startDate: z.string().optional(),
  tasks: z.array(task).optional(),
  state: z.enum(["Active", "Inactive"]).optional(),
  scheduleInterval: z.string().optional(),
});
export type CreatePipeline = z.infer<typeof createPipeline>;

export const executionStatus = z.enum(["Successful", "Failed", "Pending", "Skipped"]);
export type ExecutionStatus = z.infer<typeof executionStatus>;

const count = z.int().optional();

/** What a run read of a dataset. OpenMetadata: entity/data/pipeline.json, definition `datasetUsage`. */
const datasetUsage = z.looseObject({
  datasetFQN: z.string(),
  columns: z.array(z.string()).optional(),
  rowCount: count,
  sizeBytes: count,
  filter: z.string().optional(),
  version: z.string().optional(),
});

/** What a run wrote of a dataset. OpenMetadata: entity/data/pipeline.json, definition `datasetGeneration`. */
const datasetGeneration = z.looseObject({
  ...datasetUsage.omit({ filter: true }).shape,
  mode: z.enum(["overwrite", "append", "merge", "upsert"]).optional(),
  partitions: z.array(z.string()).optional(),
});

const datasets = { inputs: z.array(datasetUsage).optional(), outputs: z.array(datasetGeneration).optional() };

export const taskStatus = z.strictObject({
  name: z.string().min(1),
  executionStatus,
  startTime: timestamp.optional(),
  endTime: timestamp.optional(),
  logLink: z.string().optional(),
  taskId: z.string().optional(),
  transformationType: z.enum(["filter", "aggregate", "join", "pivot", "custom", "extract", "load"]).optional(),
  transformationLogic: z.string().optional(),
  ...datasets,
  metrics: z
    .looseObject({ rowsRead: count, rowsWritten: count, rowsFiltered: count, executionTimeMs: count })
    .optional(),
});
export type TaskStatus = z.infer<typeof taskStatus>;

/** One run of a pipeline. OpenMetadata: entity/data/pipeline.json, definition `pipelineStatus`. Key: (pipeline, timestamp). */
export const pipelineStatus = z.strictObject({
  timestamp,
  executionStatus,
  taskStatus: z.array(taskStatus).optional(),
  executionId: z.string().optional(),
  endTime: timestamp.optional(),
  version: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  executedBy: keptReference.optional(),
  ...datasets,
  metrics: z
    .strictObject({
      totalRowsProcessed: count,
      totalBytesProcessed: count,
      cpuTime: z.number().optional(),
      memoryUsed: count,
      cost: z.number().optional(),
    })
    .optional(),
  error: z
    .looseObject({
      errorType: z.string().optional(),
      errorMessage: z.string().optional(),
      stackTrace: z.string().optional(),
      failedTask: z.string().optional(),
    })
    .optional(),
});
export type PipelineStatus = z.infer<typeof pipelineStatus>;
