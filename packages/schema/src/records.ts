import { z } from "zod";
import { entityTypes, type CreateRequest, type EntityType } from "./entity-types.ts";
import type { FQN } from "./fqn.ts";
import { base, entityKey, fqn, type EntityKey, type RecordBase } from "./record-parts.ts";
import { dataModelRecord, type DataModelRecord } from "./records/data-model.ts";
import { entityUpdateRecord, type EntityUpdateRecord } from "./records/entity-update.ts";
import { testResultRecord, type TestResultRecord } from "./records/test-result.ts";
import { entityName } from "./references.ts";
import { columnLineage, lineageSource, type ColumnLineage, type LineageSource } from "./requests/lineage.ts";
import { pipelineStatus, type PipelineStatus } from "./requests/pipeline.ts";

export type { EntityKey, Mark } from "./record-parts.ts";

/** Create or update one entity. */
export type EntityRecord = {
  [T in EntityType]: RecordBase & { kind: "entity"; entityType: T; request: CreateRequest<T> };
}[EntityType];

/** A tag and its classification: written once per run, whatever the number of uses. */
export interface TagRecord extends RecordBase {
  kind: "tag";
  classification: { name: string; description: string };
  tag: { name: string; description: string };
}

/** One lineage edge between two entities named by FQN; written after both ends. */
export interface LineageRecord extends RecordBase {
  kind: "lineage";
  from: EntityKey;
  to: EntityKey;
  source: LineageSource;
  /** The pipeline that makes the edge. */
  pipeline?: EntityKey | undefined;
  columnsLineage?: ColumnLineage[] | undefined;
  sqlQuery?: string | undefined;
  description?: string | undefined;
  /** Once per maker and run: the edges that the pipeline (or, without one, the source into `to`) made before are removed first. */
  override?: boolean | undefined;
}

/** An edge that this source made in an earlier run and that is gone at the source. */
export interface LineageRemovalRecord extends RecordBase {
  kind: "lineageRemoval";
  from: EntityKey;
  to: EntityKey;
  /** Given: an edge that another source of lineage made between the two stays. */
  source?: LineageSource | undefined;
  pipeline?: EntityKey | undefined;
}

/** Runs of one pipeline, written in one request. */
export interface PipelineStatusRecord extends RecordBase {
  kind: "pipelineStatus";
  pipeline: FQN;
  statuses: PipelineStatus[];
}

/** Everything a source may yield. Adding a kind: one file here, one handler in each catalog side. */
export type MetadataRecord =
  | EntityRecord
  | TagRecord
  | EntityUpdateRecord
  | DataModelRecord
  | LineageRecord
  | LineageRemovalRecord
  | PipelineStatusRecord
  | TestResultRecord;

function entityRecordOf<T extends EntityType>(type: T) {
  const request: (typeof entityTypes)[T]["request"] = entityTypes[type].request;
  return z.strictObject({ ...base, kind: z.literal("entity"), entityType: z.literal(type), request });
}

type EntityRecordSchema = { [T in EntityType]: ReturnType<typeof entityRecordOf<T>> }[EntityType];
const entityRecords = (Object.keys(entityTypes) as EntityType[]).map(
  (type) => entityRecordOf(type) as EntityRecordSchema,
);

/** The request is checked by the schema of its type. */
export const entityRecord = z.discriminatedUnion(
  "entityType",
  entityRecords as [EntityRecordSchema, ...EntityRecordSchema[]],
);

const nameAndDescription = z.strictObject({ name: entityName, description: z.string() });

export const tagRecord = z.strictObject({
  ...base,
  kind: z.literal("tag"),
  classification: nameAndDescription,
  tag: nameAndDescription,
});

export const lineageRecord = z.strictObject({
  ...base,
  kind: z.literal("lineage"),
  from: entityKey,
  to: entityKey,
  source: lineageSource,
  pipeline: entityKey.optional(),
  columnsLineage: z.array(columnLineage).optional(),
  sqlQuery: z.string().optional(),
  description: z.string().optional(),
  override: z.boolean().optional(),
});

export const lineageRemovalRecord = z.strictObject({
  ...base,
  kind: z.literal("lineageRemoval"),
  from: entityKey,
  to: entityKey,
  source: lineageSource.optional(),
  pipeline: entityKey.optional(),
});

export const pipelineStatusRecord = z.strictObject({
  ...base,
  kind: z.literal("pipelineStatus"),
  pipeline: fqn,
  statuses: z.array(pipelineStatus),
});

/** Checks any record that a source yields. */
export const metadataRecord = z.discriminatedUnion("kind", [
  entityRecord,
  tagRecord,
  entityUpdateRecord,
  dataModelRecord,
  lineageRecord,
  lineageRemovalRecord,
  pipelineStatusRecord,
  testResultRecord,
]);
