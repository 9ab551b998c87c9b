import {
  computeSourceHash,
  entityTypeInfo,
  hasSourceHash,
  planPatch,
  requestFqn,
  type CreateRequest,
  type EntityKey,
  type EntityRecord,
  type EntityType,
} from "@omd/schema";
import { CatalogError } from "../../errors.ts";
import type { Catalog, Written } from "../../contracts/index.ts";
import type { BulkBatches } from "./bulk-batches.ts";
import type { KnownEntities, KnownEntity } from "./known-entities.ts";
import { planRelatedMetrics } from "./related-metrics.ts";

export interface EntityWriterOptions {
  /** Values of the source replace what people wrote in the catalog. */
  readonly overrideMetadata: boolean;
  /** Services that exist are written again. */
  readonly forceEntityOverwriting: boolean;
  /** Services are written with their connection (never with its secrets into the embedded catalog). */
  readonly storeServiceConnection: boolean;
  /** The connection of the YAML, which a source must not pass on itself: it may hold secrets. */
  readonly serviceConnection?: Readonly<Record<string, unknown>> | undefined;
}

/** Create or update of one entity: skip by hash, restore, patch what differs, create what is new. */
export class EntityWriter {
  readonly #catalog: Catalog;
  readonly #known: KnownEntities;
  readonly #batches: BulkBatches;
  readonly #options: EntityWriterOptions;

  constructor(catalog: Catalog, known: KnownEntities, batches: BulkBatches, options: EntityWriterOptions) {
    this.#catalog = catalog;
    this.#known = known;
    this.#batches = batches;
    this.#options = options;
  }

  async write(record: EntityRecord): Promise<Written> {
    const key: EntityKey = { entityType: record.entityType, fqn: requestFqn(record.entityType, record.request) };
    const known = await this.#known.find(key);
    return isService(record.entityType)
      ? this.#writeService(key, record.request as CreateRequest<"pipelineService">, known)
      : this.#writeData(key, record.request, known);
  }

  async #writeService(
    key: EntityKey,
    request: CreateRequest<"pipelineService">,
    known: KnownEntity | undefined,
  ): Promise<Written> {
    if (known?.deleted) await this.#catalog.restore(key.entityType, known.id);
    if (known && !this.#options.forceEntityOverwriting)
      return { outcome: known.deleted ? "restored" : "unchanged", name: key.fqn };
    const { connection: given, ...rest } = request;
    const config = this.#options.serviceConnection ?? given?.config;
    const body =
      this.#options.storeServiceConnection && given && config
        ? { ...rest, connection: { config: { ...config } } }
        : rest;
    const { outcome } = await this.#catalog.put(key.entityType, body);
    return { outcome, name: key.fqn };
  }

  async #writeData(key: EntityKey, given: CreateRequest<EntityType>, known: KnownEntity | undefined): Promise<Written> {
    const carriesHash = hasSourceHash(key.entityType);
    // What is new and carries no hash is compared with nothing.
    const sourceHash = carriesHash || known ? computeSourceHash(key.entityType, given) : undefined;
    const request = carriesHash ? ({ ...given, sourceHash } as CreateRequest<EntityType>) : given;
    if (!known) return this.#create(key, request, sourceHash);
    if (known.deleted) await this.#catalog.restore(key.entityType, known.id);
    const changed =
      sourceHash !== undefined && known.sourceHash === sourceHash && !this.#options.overrideMetadata
        ? false
        : await this.#patch(key, known, request);
    const entity = changed || known.deleted ? undefined : known.entity;
    await this.#known.learn(key, { id: known.id, sourceHash, deleted: false, entity, isNew: known.isNew });
    return { outcome: known.deleted ? "restored" : changed ? "updated" : "unchanged", name: key.fqn };
  }

  /** Whether something changed that can be seen. */
  async #patch(key: EntityKey, known: KnownEntity, request: CreateRequest<EntityType>): Promise<boolean> {
    const shown = known.deleted ? undefined : known.entity;
    const existing = shown ?? (await this.#catalog.get(key.entityType, key.fqn, { fields: ["*"] }));
    if (!existing) throw new CatalogError(`${key.entityType} instance for ${key.fqn} not found`, { status: 404 });
    const operations = planPatch(key.entityType, existing, request, {
      overrideMetadata: this.#options.overrideMetadata,
    });
    if (key.entityType === "metric")
      operations.push(...(await planRelatedMetrics(this.#catalog, existing, request as CreateRequest<"metric">)));
    if (operations.length === 0) return false;
    await this.#catalog.patch(key.entityType, known.id, operations);
    // A new hash of the same content is for the next run; a reader of the report would look for what has changed.
    return operations.some(({ path }) => path !== "/sourceHash");
  }

  async #create(key: EntityKey, request: CreateRequest<EntityType>, sourceHash: string | undefined): Promise<Written> {
    if (entityTypeInfo(key.entityType).bulk) {
      const result = await this.#batches.add(key.entityType, request);
      if (!result.ok) throw new CatalogError(result.message, { status: result.status });
      await this.#known.learnCreated(key, sourceHash, result.id);
      return { outcome: "created", name: key.fqn };
    }
    const { entity, outcome } = await this.#catalog.put(key.entityType, request, { brief: true });
    await this.#known.learn(key, { id: entity.id, sourceHash, deleted: false, isNew: outcome === "created" });
    return { outcome, name: key.fqn };
  }
}

function isService(type: EntityType): boolean {
  return entityTypeInfo(type).collection.startsWith("services/") && type !== "ingestionPipeline";
}
