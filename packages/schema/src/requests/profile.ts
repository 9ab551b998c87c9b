import { z } from "zod";
import { entityName, entityReference, timestamp } from "../references.ts";
import { withoutNulls } from "./nulls.ts";

const sampling = {
  profileSample: z.number().optional(),
  profileSampleType: z.enum(["PERCENTAGE", "ROWS"]).optional(),
  samplingMethodType: z.enum(["BERNOULLI", "SYSTEM"]).optional(),
};
const metricValues = z.array(z.strictObject({ name: z.string().optional(), value: z.number().optional() }));
const extreme = z.union([z.number(), z.string()]);

/** OpenMetadata: entity/data/table.json, definition `tableProfile`. `sizeInByte` in bytes. */
export const tableProfile = z.strictObject({
  timestamp,
  ...sampling,
  columnCount: z.number().optional(),
  rowCount: z.number().optional(),
  sizeInByte: z.number().optional(),
  createDateTime: z.iso.datetime({ offset: true, local: true }).optional(),
  customMetrics: metricValues.optional(),
});
export type TableProfile = z.infer<typeof tableProfile>;

const measures = Object.fromEntries(
  (
    "valuesCount valuesPercentage validCount duplicateCount nullCount nullProportion missingPercentage missingCount uniqueCount " +
    "uniqueProportion distinctCount distinctProportion minLength maxLength mean sum stddev variance median firstQuartile " +
    "thirdQuartile interQuartileRange nonParametricSkew"
  )
    .split(" ")
    .map((name) => [name, z.number().optional()]),
);

/** OpenMetadata: entity/data/table.json, definition `columnProfile`. A nested column is named by its path with dots. */
export const columnProfile = z.strictObject({
  ...measures,
  name: z.string().min(1),
  timestamp,
  min: extreme.optional(),
  max: extreme.optional(),
  histogram: z
    .strictObject({ boundaries: z.array(z.unknown()).optional(), frequencies: z.array(z.unknown()).optional() })
    .optional(),
  customMetrics: metricValues.optional(),
  cardinalityDistribution: z
    .strictObject({
      categories: z.array(z.string()).optional(),
      counts: z.array(z.int()).optional(),
      percentages: z.array(z.number()).optional(),
      allValuesUnique: z.boolean().optional(),
    })
    .optional(),
});
export type ColumnProfile = z.infer<typeof columnProfile>;

/** OpenMetadata: entity/data/table.json, definition `systemProfile`. */
export const systemProfile = z.strictObject({
  timestamp,
  operation: z.enum(["UPDATE", "INSERT", "DELETE", "WRITE"]),
  rowsAffected: z.int().optional(),
});
export type SystemProfile = z.infer<typeof systemProfile>;

/** OpenMetadata: api/data/createTableProfile.json. */
export const createTableProfile = z.preprocess(
  withoutNulls,
  z.strictObject({
    tableProfile,
    columnProfile: z.array(columnProfile).optional(),
    systemProfile: z.array(systemProfile).optional(),
  }),
);
export type CreateTableProfile = z.infer<typeof createTableProfile>;

const partitioning = z.strictObject({
  enablePartitioning: z.boolean().optional(),
  partitionColumnName: z.string().optional(),
  partitionIntervalType: z
    .enum(["TIME-UNIT", "INTEGER-RANGE", "INGESTION-TIME", "COLUMN-VALUE", "INJECTED", "ENUM", "OTHER"])
    .optional(),
  partitionInterval: z.int().optional(),
  partitionIntervalUnit: z.enum(["YEAR", "MONTH", "DAY", "HOUR"]).optional(),
  partitionValues: z.array(z.unknown()).optional(),
  partitionIntegerRangeStart: z.int().optional(),
  partitionIntegerRangeEnd: z.int().optional(),
});

/** How a table is profiled. OpenMetadata: entity/data/table.json, definition `tableProfilerConfig`. */
export const tableProfilerConfig = z.preprocess(
  withoutNulls,
  z.strictObject({
    ...sampling,
    sampleDataCount: z.int().optional(),
    randomizedSample: z.boolean().optional(),
    profileQuery: z.string().optional(),
    excludeColumns: z.array(z.string()).optional(),
    includeColumns: z
      .array(z.strictObject({ columnName: z.string().optional(), metrics: z.array(z.string()).optional() }))
      .optional(),
    partitioning: partitioning.optional(),
    computeTableMetrics: z.boolean().optional(),
    computeColumnMetrics: z.boolean().optional(),
    sparkTableProfilerConfig: z
      .strictObject({
        partitioning: z
          .strictObject({
            partitionColumn: z.string(),
            lowerBound: z.string().optional(),
            upperBound: z.string().optional(),
          })
          .optional(),
      })
      .optional(),
  }),
);
export type TableProfilerConfig = z.infer<typeof tableProfilerConfig>;

/** How the tables of a database or schema are profiled. OpenMetadata: entity/data/database.json, `databaseProfilerConfig`. */
export const databaseProfilerConfig = z.preprocess(
  withoutNulls,
  z.strictObject({
    ...sampling,
    sampleDataCount: z.int().optional(),
    sampleDataStorageConfig: z.strictObject({ config: z.record(z.string(), z.unknown()).optional() }).optional(),
    randomizedSample: z.boolean().optional(),
  }),
);
export type DatabaseProfilerConfig = z.infer<typeof databaseProfilerConfig>;

/** A figure that users define. OpenMetadata: api/tests/createCustomMetric.json. */
export const createCustomMetric = z.preprocess(
  withoutNulls,
  z.strictObject({
    name: entityName,
    expression: z.string(),
    columnName: z.string().optional(),
    description: z.string().optional(),
    owners: z.array(entityReference).optional(),
    updatedAt: timestamp.optional(),
    updatedBy: z.string().optional(),
  }),
);
export type CreateCustomMetric = z.infer<typeof createCustomMetric>;
