import { z } from "zod";
import { entityName, entityReference, fqnText, standardFields, tagLabel, timestamp } from "../references.ts";

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

export const taskStatus = z.strictObject({
  name: z.string().min(1),
  executionStatus,
  startTime: timestamp.optional(),
  endTime: timestamp.optional(),
  logLink: z.string().optional(),
  taskId: z.string().optional(),
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
  executedBy: entityReference.optional(),
});
export type PipelineStatus = z.infer<typeof pipelineStatus>;
