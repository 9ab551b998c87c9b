import { z } from "zod";
import { entityReference, fqnText, tagLabel, timestamp } from "../references.ts";
import { withoutNulls } from "./nulls.ts";
import { column } from "./table.ts";

/** Rows of a table as a sample; a null in a row is data. OpenMetadata: entity/data/table.json, definition `tableData`. */
export const tableData = z.strictObject({
  columns: z.array(z.string().min(1)),
  rows: z.array(z.array(z.unknown())),
});
export type TableData = z.infer<typeof tableData>;

/** Sample of a topic or search index. OpenMetadata: entity/data/topic.json, definition `topicSampleData`. */
export const messageSample = z.preprocess(withoutNulls, z.strictObject({ messages: z.array(z.string()) }));
export type MessageSample = z.infer<typeof messageSample>;

const day = z.iso.date();
const joinedWith = z.strictObject({ fullyQualifiedName: fqnText, joinCount: z.int().min(0) });

/** How often columns and tables were joined in `dayCount` days from `startDate` on. OpenMetadata: table.json, `tableJoins`. */
export const tableJoins = z.preprocess(
  withoutNulls,
  z.strictObject({
    startDate: day,
    dayCount: z.int().min(1).optional(),
    columnJoins: z
      .array(z.strictObject({ columnName: z.string().min(1), joinedWith: z.array(joinedWith).optional() }))
      .optional(),
    directTableJoins: z.array(joinedWith).optional(),
  }),
);
export type TableJoins = z.infer<typeof tableJoins>;

/** What the catalog fills in itself, so that a column read from it may be sent back. */
function withoutFilledIn(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { fullyQualifiedName: _, profile: __, customMetrics: ___, ...rest } = value as Record<string, unknown>;
  return Array.isArray(rest.children) ? { ...rest, children: rest.children.map(withoutFilledIn) } : rest;
}

/** The model that makes a table. OpenMetadata: entity/data/table.json, definition `dataModel`. */
export const dataModel = z.preprocess(
  withoutNulls,
  z.strictObject({
    modelType: z.enum(["DBT", "DDL"]),
    resourceType: z.string().optional(),
    dbtSourceProject: z.string().optional(),
    description: z.string().optional(),
    path: z.string().optional(),
    rawSql: z.string().optional(),
    sql: z.string().optional(),
    upstream: z.array(z.string()).optional(),
    owners: z.array(entityReference).optional(),
    tags: z.array(tagLabel).optional(),
    columns: z.array(z.preprocess(withoutFilledIn, column)).optional(),
    generatedAt: z.iso.datetime({ offset: true, local: true }).optional(),
  }),
);
export type DataModel = z.infer<typeof dataModel>;

/** The last run of a pipeline as a table shows it. OpenMetadata: type/pipelineObservability.json. `averageRunTime` in ms. */
export const pipelineObservability = z.preprocess(
  withoutNulls,
  z.strictObject({
    pipeline: entityReference,
    serviceType: z.string().optional(),
    scheduleInterval: z.string().optional(),
    startTime: timestamp.optional(),
    endTime: timestamp.optional(),
    lastRunTime: timestamp.optional(),
    lastRunStatus: z.enum(["Successful", "Failed", "Pending", "Skipped", "Running"]).optional(),
    averageRunTime: z.number().optional(),
  }),
);
export type PipelineObservability = z.infer<typeof pipelineObservability>;
