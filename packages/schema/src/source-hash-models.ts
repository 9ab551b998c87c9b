/**
 * Field lists of the create requests as the Python client of OpenMetadata 1.12 knows them: its hash covers every field, nulls and defaults too.
 * Source: the JSON Schemas api/data/create*.json and what they refer to.
 */
export type HashShape =
  | "plain"
  /** Printed with a decimal point or exponent: a JSON Schema `number`. */
  | "number"
  /** Written in lower case. */
  | "uuid"
  /** A JSON Schema `date-time`. */
  | "instant"
  | { readonly enumOf: string; readonly names?: Readonly<Record<string, string>> }
  | { readonly listOf: HashShape }
  | { readonly model: () => HashModel };

/** Field to shape, or to shape and default where the default is not null. */
export type HashModel = Readonly<Record<string, HashShape | { readonly shape: HashShape; readonly default: unknown }>>;

const plain = (...fields: string[]): HashModel => Object.fromEntries(fields.map((field) => [field, "plain"]));
const listOf = (model: () => HashModel): HashShape => ({ listOf: { model } });

/** `href`, `deleted` and `inherited` are left out of the hash wherever they stand. */
const reference: HashModel = {
  ...plain("type", "name", "fullyQualifiedName", "description", "displayName"),
  id: "uuid",
};
const references = listOf(() => reference);

const label: HashModel = {
  ...plain("tagFQN", "name", "displayName", "description", "reason", "appliedBy"),
  appliedAt: "instant",
  style: "plain",
  metadata: "plain",
  source: { enumOf: "TagSource" },
  labelType: { enumOf: "LabelType" },
  state: { enumOf: "State" },
};
const labels = listOf(() => label);

const access: HashModel = {
  ...plain("timestamp", "accessedByAProcess"),
  accessedBy: { model: () => reference },
};
const lifeCycle: HashModel = {
  created: { model: () => access },
  updated: { model: () => access },
  accessed: { model: () => access },
};

const standard: HashModel = {
  ...plain("name", "displayName", "description", "domains", "dataProducts", "extension", "sourceUrl"),
  owners: references,
  tags: labels,
  lifeCycle: { model: () => lifeCycle },
};

const dataType: HashShape = {
  enumOf: "DataType",
  names: { "MEASURE HIDDEN": "MEASURE_HIDDEN", "MEASURE VISIBLE": "MEASURE_VISIBLE" },
};
const fileFormat: HashShape = { enumOf: "FileFormat" };

const column: HashModel = {
  ...plain("name", "displayName", "dataLength", "precision", "scale", "dataTypeDisplay", "description"),
  ...plain("fullyQualifiedName", "ordinalPosition", "jsonSchema", "profile", "customMetrics", "extension"),
  dataType,
  arrayDataType: dataType,
  constraint: { enumOf: "Constraint" },
  tags: { shape: labels, default: [] },
  children: listOf(() => column),
};

const tableConstraint: HashModel = {
  ...plain("columns", "referredColumns"),
  constraintType: { enumOf: "ConstraintType" },
  relationshipType: { enumOf: "RelationshipType" },
};

const table: HashModel = {
  ...standard,
  ...plain("databaseSchema", "dataModel", "locationPath", "tablePartition", "tableProfilerConfig"),
  ...plain("schemaDefinition", "retentionPeriod"),
  columns: listOf(() => column),
  tableType: { enumOf: "TableType" },
  tableConstraints: listOf(() => tableConstraint),
  fileFormat,
};

const task: HashModel = {
  ...plain("name", "displayName", "fullyQualifiedName", "description", "sourceUrl", "downstreamTasks", "taskType"),
  ...plain("taskSQL", "startDate", "endDate"),
  tags: { shape: labels, default: [] },
  owners: references,
};

const pipeline: HashModel = {
  ...standard,
  ...plain("service", "concurrency", "pipelineLocation", "scheduleInterval"),
  startDate: "instant",
  tasks: listOf(() => task),
  state: { enumOf: "PipelineState" },
};

const messageField: HashModel = {
  ...plain("name", "displayName", "dataTypeDisplay", "description", "fullyQualifiedName"),
  dataType: { enumOf: "DataTypeTopic" },
  tags: labels,
  children: listOf(() => messageField),
};

const messageSchema: HashModel = {
  schemaText: "plain",
  schemaType: { shape: { enumOf: "SchemaType", names: { None: "None_" } }, default: "None" },
  schemaFields: { shape: listOf(() => messageField), default: [] },
};

const topic: HashModel = {
  ...standard,
  ...plain("service", "partitions", "replicationFactor", "maximumMessageSize", "minimumInSyncReplicas"),
  // A model without fields of its own: whatever is in it is not hashed.
  topicConfig: { model: () => ({}) },
  messageSchema: { model: () => messageSchema },
  cleanupPolicies: { listOf: { enumOf: "CleanupPolicy" } },
  retentionTime: "number",
  // The client's model holds this default as a text.
  retentionSize: { shape: "number", default: "-1" },
};

const containerDataModel: HashModel = {
  isPartitioned: { shape: "plain", default: false },
  columns: listOf(() => column),
};

const container: HashModel = {
  ...standard,
  ...plain("service", "prefix", "fullPath"),
  parent: { model: () => reference },
  dataModel: { model: () => containerDataModel },
  numberOfObjects: "number",
  size: "number",
  fileFormats: { listOf: fileFormat },
};

/** The entity types whose requests carry a `sourceHash`. */
export const hashModels = {
  database: { ...standard, ...plain("service", "retentionPeriod"), default: { shape: "plain", default: false } },
  databaseSchema: { ...standard, ...plain("database", "retentionPeriod") },
  table,
  pipeline,
  topic,
  container,
} as const satisfies Readonly<Record<string, HashModel>>;
