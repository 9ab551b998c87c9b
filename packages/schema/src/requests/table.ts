import { z } from "zod";
import { anyObject, entityName, fqnText, standardFields, tagLabel } from "../references.ts";

/** The 86 column types of OpenMetadata: entity/data/table.json, definition `dataType`. */
export const dataTypes = (
  "NUMBER TINYINT SMALLINT INT BIGINT BYTEINT BYTES FLOAT DOUBLE DECIMAL NUMERIC TIMESTAMP TIMESTAMPZ TIME DATE DATETIME INTERVAL STRING MEDIUMTEXT TEXT CHAR " +
  "LONG VARCHAR BOOLEAN BINARY VARBINARY ARRAY BLOB LONGBLOB MEDIUMBLOB MAP STRUCT UNION SET GEOGRAPHY ENUM JSON UUID VARIANT GEOMETRY BYTEA AGGREGATEFUNCTION ERROR FIXED " +
  "RECORD NULL SUPER HLLSKETCH PG_LSN PG_SNAPSHOT TSQUERY TXID_SNAPSHOT XML MACADDR TSVECTOR UNKNOWN CIDR INET CLOB ROWID LOWCARDINALITY YEAR POINT POLYGON TUPLE SPATIAL " +
  "TABLE NTEXT IMAGE IPV4 IPV6 DATETIMERANGE HLL LARGEINT QUANTILE_STATE AGG_STATE BITMAP UINT BIT MONEY"
)
  .split(" ")
  .concat("MEASURE HIDDEN", "MEASURE VISIBLE", "MEASURE", "KPI", "HEIRARCHY", "HIERARCHYID");

export interface Column {
  name: string;
  dataType: string;
  displayName?: string | undefined;
  arrayDataType?: string | undefined;
  dataLength?: number | undefined;
  precision?: number | undefined;
  scale?: number | undefined;
  dataTypeDisplay?: string | undefined;
  description?: string | undefined;
  tags?: z.infer<typeof tagLabel>[] | undefined;
  constraint?: "NULL" | "NOT_NULL" | "UNIQUE" | "PRIMARY_KEY" | undefined;
  ordinalPosition?: number | undefined;
  jsonSchema?: string | undefined;
  children?: Column[] | undefined;
  fullyQualifiedName?: string | undefined;
  profile?: Record<string, unknown> | undefined;
  customMetrics?: Record<string, unknown>[] | undefined;
  extension?: Record<string, unknown> | undefined;
}

const dataType = z.string().refine((type) => dataTypes.includes(type), { error: "is not a data type of OpenMetadata" });

export const column: z.ZodType<Column> = z.lazy(() =>
  z.strictObject({
    name: z.string().min(1),
    dataType,
    displayName: z.string().optional(),
    arrayDataType: dataType.optional(),
    dataLength: z.int().optional(),
    precision: z.int().optional(),
    scale: z.int().optional(),
    dataTypeDisplay: z.string().optional(),
    description: z.string().optional(),
    tags: z.array(tagLabel).optional(),
    constraint: z.enum(["NULL", "NOT_NULL", "UNIQUE", "PRIMARY_KEY"]).optional(),
    ordinalPosition: z.int().optional(),
    jsonSchema: z.string().optional(),
    children: z.array(column).optional(),
    fullyQualifiedName: z.string().optional(),
    profile: anyObject.optional(),
    customMetrics: z.array(anyObject).optional(),
    extension: anyObject.optional(),
  }),
);

export const tableConstraint = z.strictObject({
  constraintType: z.enum(["UNIQUE", "PRIMARY_KEY", "FOREIGN_KEY", "SORT_KEY", "DIST_KEY", "CLUSTER_KEY"]),
  columns: z.array(z.string()),
  referredColumns: z.array(z.string()).optional(),
  relationshipType: z.enum(["ONE_TO_ONE", "ONE_TO_MANY", "MANY_TO_ONE", "MANY_TO_MANY"]).optional(),
});

/** OpenMetadata: api/data/createTable.json. */
export const createTable = z.strictObject({
  name: entityName,
  databaseSchema: fqnText,
  columns: z.array(column),
  ...standardFields,
  tableType: z
    .enum([
      "Regular",
      "External",
      "Dynamic",
      "View",
      "SecureView",
      "MaterializedView",
      "Iceberg",
      "Local",
      "Partitioned",
      "Foreign",
      "Transient",
      "Stream",
      "Stage",
    ])
    .optional(),
  tableConstraints: z.array(tableConstraint).optional(),
  tablePartition: anyObject.optional(),
  tableProfilerConfig: anyObject.optional(),
  dataModel: anyObject.optional(),
  schemaDefinition: z.string().optional(),
  locationPath: z.string().optional(),
  retentionPeriod: z.string().optional(),
  sourceUrl: z.string().optional(),
  fileFormat: z.string().optional(),
});
export type CreateTable = z.infer<typeof createTable>;
