import {
  requestFqn,
  type EntityKey,
  type EntityRecord,
  type LineageRecord,
  type MetadataRecord,
  type TagRecord,
} from "@omd/schema";
import { failureOf, left, right, type Catalog, type Either, type Sink, type Written } from "../../contracts/index.ts";
import { BulkBatches } from "./bulk-batches.ts";
import { DataModelWriter } from "./data-model-writer.ts";
import { EntityWriter, type EntityWriterOptions } from "./entity-writer.ts";
import { GovernanceNames } from "./governance-names.ts";
import { KeyedOrder } from "./keyed-order.ts";
import type { KnownEntities } from "./known-entities.ts";
import { endsOf, lineageName, LineageWriter } from "./lineage-writer.ts";
import { MissingEntities } from "./missing-entity.ts";
import { entityOf, entityWaitsFor, modelWaitsFor, orderKey, updateWaitsFor } from "./record-order.ts";
import { StoredEntities } from "./stored-entities.ts";
import { TagWriter, tagFqn } from "./tag-writer.ts";
import { TestResultWriter } from "./test-result-writer.ts";
import { UpdateWriter } from "./update-writer.ts";

export interface MetadataRestSinkOptions extends EntityWriterOptions {
  readonly catalog: Catalog;
  readonly known: KnownEntities;
  /** Items in one bulk write. Default 100. */
  readonly batchSize?: number | undefined;
}

/** A server is asked by as many calls as the client allows; a file writes some 500 in one transaction, while others are made ready. */
const inFlight = { rest: 128, embedded: 1024 } as const;
/** Edges that wait for their ends at most. */
const maxDeferred = 100_000;

/**
 * Writes records into a catalog: many in flight, the order kept where it matters. Work on one entity follows in the order of the source,
 * an entity waits for its parent, its tags and what else its request names; runs wait for their pipeline, results for their test case,
 * data models and updates for their entity, edges for both ends.
 */
export class MetadataRestSink implements Sink {
  readonly name = "OpenMetadata";
  readonly maxInFlight: number;
  readonly #order = new KeyedOrder();
  readonly #batches: BulkBatches;
  readonly #entities: EntityWriter;
  readonly #tags: TagWriter;
  readonly #lineage: LineageWriter;
  readonly #stored: StoredEntities;
  readonly #names: GovernanceNames;
  readonly #models: DataModelWriter;
  readonly #updates: UpdateWriter;
  readonly #results: TestResultWriter;
  readonly #catalog: Catalog;
  readonly #deferred: LineageRecord[] = [];

  constructor(options: MetadataRestSinkOptions) {
    this.#catalog = options.catalog;
    this.maxInFlight = inFlight[options.catalog.kind];
    this.#batches = new BulkBatches(options.catalog, options.batchSize ?? 100);
    this.#entities = new EntityWriter(options.catalog, options.known, this.#batches, options);
    this.#tags = new TagWriter(options.catalog);
    this.#lineage = new LineageWriter(options.catalog, options.known);
    const { catalog, known, overrideMetadata } = options;
    const missing = new MissingEntities(catalog);
    this.#stored = new StoredEntities(catalog);
    this.#names = new GovernanceNames(catalog);
    const parts = { catalog, stored: this.#stored, names: this.#names, missing };
    this.#models = new DataModelWriter(parts);
    this.#updates = new UpdateWriter({ ...parts, overrideMetadata });
    this.#results = new TestResultWriter(catalog, known, missing);
  }

  async run(record: MetadataRecord): Promise<Either<Written>> {
    try {
      this.#batches.collect();
      const written = await this.#start(record);
      return right(written);
    } catch (error) {
      return left(failureOf(recordName(record), error));
    }
  }

  flush(): Promise<void> {
    this.#batches.flush();
    this.#catalog.flush?.();
    return Promise.resolve();
  }

  /** Edges whose ends came later in the source, or never. */
  async *finish(): AsyncGenerator<{ record: MetadataRecord; result: Either<Written> }> {
    for (const record of this.#deferred) {
      try {
        yield { record, result: right(await this.#lineage.write(record)) };
      } catch (error) {
        yield { record, result: left(failureOf(recordName(record), error)) };
      }
    }
    this.#deferred.length = 0;
  }

  #start(record: MetadataRecord): Promise<Written> {
    switch (record.kind) {
      case "entity":
        return this.#startEntity(record);
      case "tag":
        return this.#order.run(`tag ${tagFqn(record)}`, [], () => this.#writeTag(record));
      case "pipelineStatus":
        return this.#order.run(
          `runs ${record.pipeline}`,
          [orderKey({ entityType: "pipeline", fqn: record.pipeline })],
          async () => {
            await this.#catalog.putPipelineStatuses(record.pipeline, record.statuses);
            return { outcome: "created", name: record.pipeline };
          },
        );
      case "dataModel": {
        const table: EntityKey = { entityType: "table", fqn: record.table };
        return this.#order.run(orderKey(table), modelWaitsFor(record.dataModel), () => this.#models.write(record));
      }
      case "entityUpdate":
        return this.#order.run(orderKey(record), updateWaitsFor(record), () => this.#updates.write(record));
      case "testResult": {
        const testCase: EntityKey = { entityType: "testCase", fqn: record.testCase };
        return this.#order.run(`results ${record.testCase}`, [orderKey(testCase)], () => this.#results.write(record));
      }
      case "lineage":
        return this.#order.run(`edge ${lineageName(record)}`, endsOf(record).map(orderKey), () =>
          this.#writeEdge(record),
        );
      case "lineageRemoval":
        return this.#order.run(`edge ${lineageName(record)}`, [], async () => {
          await this.#lineage.remove(record);
          return { outcome: "updated", name: lineageName(record) };
        });
    }
  }

  #startEntity(record: EntityRecord): Promise<Written> {
    const key = entityOf(record);
    return this.#order.run(orderKey(key), entityWaitsFor(record), async () => {
      const written = await this.#entities.write(record);
      if (written.outcome !== "unchanged") {
        this.#stored.changed(key);
        this.#names.wrote(key);
      }
      return written;
    });
  }

  async #writeTag(record: TagRecord): Promise<Written> {
    const written = await this.#tags.write(record);
    if (written.outcome !== "unchanged") this.#names.wrote({ entityType: "tag", fqn: tagFqn(record) });
    return written;
  }

  async #writeEdge(record: LineageRecord): Promise<Written> {
    if (this.#deferred.length < maxDeferred && !(await this.#lineage.canWrite(record))) {
      this.#deferred.push(record);
      return { outcome: "deferred", name: lineageName(record) };
    }
    return this.#lineage.write(record);
  }
}

/** What a record is called in the report. */
export function recordName(record: MetadataRecord): string {
  switch (record.kind) {
    case "entity":
      try {
        return requestFqn(record.entityType, record.request);
      } catch {
        return record.request.name ?? record.entityType;
      }
    case "tag":
      return `${record.classification.name}.${record.tag.name}`;
    case "pipelineStatus":
      return `${record.pipeline} (runs)`;
    case "dataModel":
      return `${record.table} (data model)`;
    case "entityUpdate":
      return record.fqn;
    case "testResult":
      return `${record.testCase} (results)`;
    case "lineage":
    case "lineageRemoval":
      return lineageName(record);
  }
}
