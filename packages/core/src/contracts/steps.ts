import type { EntityKey, FQN, MetadataRecord } from "@omd/schema";
import type { Either } from "./either.ts";

/** Pure: one record in; one, several or (filtered) none out. */
export interface Processor {
  readonly name: string;
  run(record: MetadataRecord): Either<MetadataRecord | readonly MetadataRecord[] | undefined>;
  /** For one that changes names: the FQN that an entity of the source gets. Deletes must ask it for each FQN that a scope saw. */
  renamed?(key: EntityKey): FQN;
}

/**
 * What a sink did with a record. `unchanged`: the catalog had all of it already, and nothing was sent but perhaps a new `sourceHash`. `deferred`: the result comes from `finish`.
 * `missing`: the entity that the record is about is not in the catalog, and the record may not make it.
 */
export interface Written {
  readonly outcome: "created" | "updated" | "unchanged" | "restored" | "deferred" | "missing";
  /** For the report. */
  readonly name: string;
  /** What was left undone and why, for the report. */
  readonly warning?: string | undefined;
  /** What this record was the first to meet and others will meet too: told under a name of its own. */
  readonly notices?: readonly Notice[] | undefined;
}

/** A warning about something other than a record. */
export interface Notice {
  readonly name: string;
  readonly reason: string;
}

/**
 * Writes records. `run` is called in the order of the source and may be called again before earlier calls have ended, up to `maxInFlight`;
 * the sink keeps the order that matters.
 */
export interface Sink {
  readonly name: string;
  /** Default 1. */
  readonly maxInFlight?: number | undefined;
  prepare?(): Promise<void>;
  run(record: MetadataRecord): Promise<Either<Written>>;
  /** Sends what is held back. Called when the limit of calls in flight is reached and at the end of the source. */
  flush?(): Promise<void>;
  /** After the last record: results of what `run` deferred. */
  finish?(): AsyncIterable<{ record: MetadataRecord; result: Either<Written> }>;
  close?(): Promise<void>;
}

/** Collects records into files for a {@link BulkSink} (usage workflows). */
export interface Stage {
  readonly name: string;
  run(record: MetadataRecord): Promise<Either<string>>;
  close?(): Promise<void>;
}

/** Runs once, after the source has ended, over what a {@link Stage} collected. */
export interface BulkSink {
  readonly name: string;
  run(): AsyncIterable<Either<Written>>;
  close?(): Promise<void>;
}
