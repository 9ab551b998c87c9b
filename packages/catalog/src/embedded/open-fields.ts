import { dataModel, entityReference, tableProfilerConfig, tagLabel, type EntityType } from "@omd/schema";
import { z } from "zod";
import { patchShapes } from "./patch-shapes.ts";

const text = z.string();
const name = text.min(1).max(256);
const some = text.optional();
const words = (list: string) => z.enum(list.split(" "));
const tags = z.array(tagLabel).optional();
const fullyQualifiedName = text.min(1).max(3072).optional();
const dateTime = z.iso.datetime({ local: true, offset: true });

interface Field {
  readonly name: string;
  readonly children?: readonly Field[] | undefined;
}

/** A field of a schema with what lies below it; `dataType` is one of `types`. */
function fieldOf(types: z.ZodType<string>, longest: number): z.ZodType<Field> {
  const field: z.ZodType<Field> = z.lazy(() =>
    z.strictObject({
      name: text.min(1).max(longest),
      dataType: types,
      displayName: some,
      dataTypeDisplay: some,
      description: some,
      fullyQualifiedName,
      tags,
      children: z.array(field).optional(),
    }),
  );
  return field;
}

/** OpenMetadata: type/schema.json, `dataTypeTopic`. */
const schemaTypes = words(
  "RECORD NULL BOOLEAN INT LONG BYTES FLOAT DOUBLE TIMESTAMP TIMESTAMPZ TIME DATE STRING ARRAY MAP ENUM UNION FIXED ERROR UNKNOWN",
);
const schema = {
  schemaType: words("Avro Protobuf JSON Other None").optional(),
  schemaFields: z.array(fieldOf(schemaTypes, 128)).optional(),
};

/** OpenMetadata: entity/data/searchIndex.json, `dataType`. */
const indexTypes = words(
  "NUMBER TEXT BINARY TIMESTAMP TIMESTAMPZ TIME DATE DATETIME KEYWORD ARRAY OBJECT FLATTENED NESTED JOIN RANGE IP VERSION MURMUR3 " +
    "AGGREGATE_METRIC_DOUBLE HISTOGRAM ANNOTATED-TEXT COMPLETION SEARCH_AS_YOU_TYPE DENSE_VECTOR RANK_FEATURE RANK_FEATURES GEO_POINT " +
    "GEO_SHAPE POINT SHAPE PERCOLATOR BOOLEAN CONSTANT_KEYWORD WILDCARD LONG INTEGER SHORT BYTE DOUBLE FLOAT HALF_FLOAT SCALED_FLOAT " +
    "UNSIGNED_LONG UNKNOWN",
);

/** OpenMetadata: entity/data/mlmodel.json, `mlFeature`. */
const feature = z.strictObject({
  name: name.optional(),
  dataType: words("numerical categorical").optional(),
  description: some,
  fullyQualifiedName,
  featureSources: z
    .array(
      z.strictObject({
        name: name.optional(),
        dataType: words("integer number string array date timestamp object boolean").optional(),
        description: some,
        fullyQualifiedName,
        dataSource: entityReference.optional(),
        tags,
      }),
    )
    .optional(),
  featureAlgorithm: some,
  tags,
});

/** OpenMetadata: tests/testDefinition.json, `testCaseParameterDefinition`; it may hold more. */
const parameter = z.looseObject({
  name: some,
  displayName: some,
  dataType: words(
    "NUMBER INT FLOAT DOUBLE DECIMAL TIMESTAMP TIME DATE DATETIME ARRAY MAP SET STRING BOOLEAN",
  ).optional(),
  description: some,
  required: z.boolean().optional(),
  optionValues: z.array(z.unknown()).optional(),
  validationRule: z
    .strictObject({
      parameterField: some,
      rule: words("EQUALS NOT_EQUALS GREATER_THAN_OR_EQUALS LESS_THAN_OR_EQUALS").optional(),
    })
    .optional(),
});

const link = z.url().optional();
const images = z.strictObject({
  image: link,
  image24: link,
  image32: link,
  image48: link,
  image72: link,
  image192: link,
  image512: link,
});

/** OpenMetadata: entity/events/webhook.json. */
const webhook = z
  .strictObject({
    receivers: z.array(text).optional(),
    endpoint: link,
    secretKey: some,
    headers: z.record(text, z.unknown()).optional(),
    queryParams: z.record(text, z.unknown()).optional(),
    httpMethod: words("POST PUT").optional(),
    sendToAdmins: z.boolean().optional(),
    sendToOwners: z.boolean().optional(),
    sendToFollowers: z.boolean().optional(),
  })
  .optional();
const subscription = z.strictObject({ slack: webhook, msTeams: webhook, gChat: webhook, generic: webhook });

/** OpenMetadata: entity/services/ingestionPipelines/ingestionPipeline.json, `airflowConfig`. */
const airflowConfig = z.strictObject({
  pausePipeline: z.boolean().optional(),
  concurrency: z.int().optional(),
  startDate: dateTime.optional(),
  endDate: dateTime.optional(),
  pipelineTimezone: some,
  retries: z.int().optional(),
  retryDelay: z.int().optional(),
  pipelineCatchup: z.boolean().optional(),
  scheduleInterval: some,
  maxActiveRuns: z.int().optional(),
  workflowTimeout: z.int().optional(),
  workflowDefaultView: some,
  workflowDefaultViewOrientation: some,
  email: patchShapes["email"]?.optional() ?? some,
});

/** Forms of fields that the create requests leave open or wider, and entities must have; a name means the same on all types. */
const shapes: Readonly<Record<string, z.ZodType | undefined>> = {
  tableProfilerConfig,
  tablePartition: z.strictObject({
    columns: z
      .array(
        z.strictObject({
          columnName: some,
          intervalType: words("TIME-UNIT INTEGER-RANGE INGESTION-TIME COLUMN-VALUE INJECTED ENUM OTHER").optional(),
          interval: some,
        }),
      )
      .optional(),
  }),
  fileFormats: z.array(words("zip gz zstd csv tsv json parquet avro MF4")),
  messageSchema: z.strictObject({ schemaText: some, ...schema }),
  requestSchema: z.looseObject(schema),
  responseSchema: z.looseObject(schema),
  fields: z.array(fieldOf(indexTypes, 256)),
  mlFeatures: z.array(feature),
  mlHyperParameters: z.array(z.strictObject({ name: some, value: some, description: some })),
  mlStore: z.strictObject({ storage: some, imageRepository: some }),
  target: name,
  metricExpression: z.strictObject({
    language: words("SQL Java JavaScript Python External").optional(),
    code: some,
  }),
  references: z.array(z.strictObject({ name: some, endpoint: link })),
  parameterDefinition: z.array(parameter),
  style: z.strictObject({
    color: some,
    iconURL: some,
    coverImage: z.strictObject({ url: some, position: some }).optional(),
  }),
  profile: z.strictObject({ images: images.optional(), subscription: subscription.optional() }),
  autoClassificationConfig: z.strictObject({
    enabled: z.boolean().optional(),
    conflictResolution: words("highest_confidence highest_priority most_specific").optional(),
    minimumConfidence: z.number().min(0).max(1).optional(),
    requireExplicitMatch: z.boolean().optional(),
  }),
  autoClassificationPriority: z.int().min(0).max(100),
  airflowConfig,
};

const alike = new Set("lifeCycle startDate email webViewLink downloadLink server endpointURL fileFormat".split(" "));

/** The form that a field of a create request or a patch must have beside what the request's own schema asks for. */
export function openField(type: EntityType, field: string): z.ZodType | undefined {
  if (field === "dataModel") return type === "table" ? dataModel : undefined;
  return alike.has(field) ? patchShapes[field] : shapes[field];
}
