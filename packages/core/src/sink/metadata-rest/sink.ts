import {
  requestFqn,
  type EntityKey,
  type EntityRecord,
  type LineageRecord,
  type MetadataRecord,
  parentFqnOfRequest,
  entityTypeInfo,
} from "@omd/schema";
import { failureOf, left, right, type Catalog, type Either, type Sink, type Written } from "../../contracts/index.ts";
import { BulkBatches } from "./bulk-batches.ts";
import { EntityWriter, type EntityWriterOptions } from "./entity-writer.ts";
import { KeyedOrder } from "./keyed-order.ts";
import type { KnownEntities } from "./known-entities.ts";
import { endsOf, lineageName, LineageWriter } from "./lineage-writer.ts";
import { TagWriter, tagFqn } from "./tag-writer.ts";

export interface MetadataRestSinkOptions extends EntityWriterOptions {
  readonly catalog: Catalog;
  readonly known: KnownEntities;
  /** Items in one bulk write. Default 100. */
  readonly batchSize?: number | undefined;
}

/** Edges that wait for their ends at most. */
const maxDeferred = 100_000;

/**
 * Writes records into a catalog: many in flight, the order kept where it matters. Work on one entity follows in the order of the source,
 * an entity waits for its parent and its tags, runs wait for their pipeline, edges for both ends.
 */
export class MetadataRestSink implements Sink {
  readonly name = "OpenMetadata";
  readonly maxInFlight = 128;
  readonly #order = new KeyedOrder();
  readonly #batches: BulkBatches;
  readonly #entities: EntityWriter;
  readonly #tags: TagWriter;
  readonly #lineage: LineageWriter;
  readonly #catalog: Catalog;
  readonly #deferred: LineageRecord[] = [];

  constructor(options: MetadataRestSinkOptions) {
    this.#catalog = options.catalog;
    this.#batches = new BulkBatches(options.catalog, options.batchSize ?? 100);
    this.#entities = new EntityWriter(options.catalog, options.known, this.#batches, options);
    this.#tags = new TagWriter(options.catalog);
    this.#lineage = new LineageWriter(options.catalog, options.known);
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
        return this.#order.run(`tag ${tagFqn(record)}`, [], () => this.#tags.write(record));
      case "pipelineStatus":
        return this.#order.run(
          `runs ${record.pipeline}`,
          [orderKey({ entityType: "pipeline", fqn: record.pipeline })],
          async () => {
            await this.#catalog.putPipelineStatuses(record.pipeline, record.statuses);
            return { outcome: "created", name: record.pipeline };
          },
        );
      case "lineage":
        return this.#order.run(`edge ${lineageName(record)}`, endsOf(record).map(orderKey), () =>
          this.#writeEdge(record),
        );
      case "lineageRemoval":
        return this.#order.run(`edge ${lineageName(record)}`, [], async () => {
          await this.#lineage.remove(record.from, record.to, record.pipeline);
          return { outcome: "updated", name: lineageName(record) };
        });
    }
  }

  #startEntity(record: EntityRecord): Promise<Written> {
    const parentType = entityTypeInfo(record.entityType).parent?.type;
    const parent = parentFqnOfRequest(record.entityType, record.request);
    const after = parent === undefined ? [] : [`${parentType} ${parent}`];
    const tags = "tags" in record.request ? (record.request.tags ?? []) : [];
    after.push(...tags.map((tag) => `tag ${tag.tagFQN}`));
    const key = { entityType: record.entityType, fqn: requestFqn(record.entityType, record.request) };
    return this.#order.run(orderKey(key), after, () => this.#entities.write(record));
  }

  async #writeEdge(record: LineageRecord): Promise<Written> {
    if (this.#deferred.length < maxDeferred && !(await this.#lineage.canWrite(record))) {
      this.#deferred.push(record);
      return { outcome: "deferred", name: lineageName(record) };
    }
    return this.#lineage.write(record);
  }
}

function orderKey(key: EntityKey): string {
  return `${key.entityType} ${key.fqn}`;
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
    case "lineage":
    case "lineageRemoval":
      return lineageName(record);
  }
}
