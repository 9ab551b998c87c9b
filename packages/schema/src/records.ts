import type { CreateRequest, EntityType } from "./entity-types.ts";
import type { FQN } from "./fqn.ts";
import type { ColumnLineage, LineageSource } from "./requests/lineage.ts";
import type { PipelineStatus } from "./requests/pipeline.ts";

/** A mark is stored once the sink has confirmed its record; the next run sees it through `context.marks`. */
export interface Mark {
  key: string;
  value: string;
}

interface RecordBase {
  /** Stored only when the sink has confirmed the write. */
  marks?: Mark[] | undefined;
}

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

/** One end of an edge: an entity of the catalog by name. */
export interface EntityKey {
  entityType: EntityType;
  fqn: FQN;
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
  pipeline?: EntityKey | undefined;
}

/** Runs of one pipeline, written in one request. */
export interface PipelineStatusRecord extends RecordBase {
  kind: "pipelineStatus";
  pipeline: FQN;
  statuses: PipelineStatus[];
}

/** Everything a source may yield. Adding a kind: one file here, one handler in each catalog side. */
export type MetadataRecord = EntityRecord | TagRecord | LineageRecord | LineageRemovalRecord | PipelineStatusRecord;
