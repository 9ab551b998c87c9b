import type {
  BulkItemResult,
  Catalog,
  CatalogEdge,
  CatalogEntity,
  GetOptions,
  ListOptions,
  Neighbourhood,
  PutResult,
  SearchOptions,
} from "@omd/core";
import {
  type CreateRequest,
  type CreateTestCaseResult,
  type DataModel,
  type EntityKey,
  type EntityReference,
  type EntityType,
  type FQN,
  type IngestionRunStatus,
  type JsonPatchOperation,
  type LineageSource,
  type PipelineStatus,
} from "@omd/schema";
import { putItem, putPlain } from "./bulk-item.ts";
import { CatalogDatabase, type DatabaseOptions } from "./database.ts";
import type { Page, PageOptions } from "./entity-page.ts";
import { EntityReader } from "./entity-reader.ts";
import type { Scanned, ScanOptions } from "./entity-scan.ts";
import type { NameHit } from "./entity-search.ts";
import { EventStore, type EventWrites } from "./event-store.ts";
import { EntityStore, type Body } from "./entity-store.ts";
import { chosenFields, EntityView, updatedBy } from "./entity-view.ts";
import { EntityWriter } from "./entity-writer.ts";
import { callExtra, EntityExtras, type ExtraAnswer, type ExtraCall, type ExtraInput } from "./extras/extras.ts";
import { exportLines } from "./export-lines.ts";
import { CatalogHistory } from "./history.ts";
import { GraphStore } from "./graph-store.ts";
import { LineageStore } from "./lineage-store.ts";
import { Overview, type CatalogCounts } from "./overview.ts";
import { References } from "./references.ts";
import { seedCatalog, seedTag } from "./seeds/seed.ts";
import { FacetSearch } from "./search-facets.ts";
import { TimeSeries, type IngestionRun } from "./time-series.ts";
import { WriteQueue } from "./write-queue.ts";

export type EmbeddedCatalogOptions = DatabaseOptions;

/**
 * The catalog in one SQLite file, with the rules of an OpenMetadata server for a bot's writes. Writes of one turn of the event loop
 * share a transaction; a promise resolves after COMMIT. No secret is stored: see `mask.ts`.
 */
export class EmbeddedCatalog implements Catalog {
  readonly kind = "embedded";
  /** Bounded walks over lineage. */
  readonly graph: GraphStore;
  /** Search by words, with filters and counts. */
  readonly facets: FacetSearch;
  /** Figures of the whole. */
  readonly overview: Overview;
  /** What runs changed, and how the catalog was before. */
  readonly history: CatalogHistory;
  /** What hangs on entities beside their bodies; for writing see {@link EmbeddedCatalog.writeExtra}. */
  readonly extras: EntityExtras;
  /** OpenLineage events as received. */
  readonly events: EventStore;
  readonly #db: CatalogDatabase;
  readonly #queue: WriteQueue;
  readonly #store: EntityStore;
  readonly #reader: EntityReader;
  readonly #writer: EntityWriter;
  readonly #lineage: LineageStore;
  readonly #series: TimeSeries;

  constructor(options: EmbeddedCatalogOptions) {
    const clock = options.clock ?? Date.now;
    this.#db = new CatalogDatabase(options);
    this.#queue = new WriteQueue(this.#db);
    this.#store = new EntityStore(this.#db);
    const references = new References(this.#store);
    const view = new EntityView(this.#db, this.#store, references);
    this.#reader = new EntityReader(this.#db, this.#store, view);
    this.#writer = new EntityWriter(this.#store, view, references, clock);
    this.#lineage = new LineageStore(this.#db, this.#store, references, clock);
    this.#series = new TimeSeries(this.#db, this.#store);
    this.extras = new EntityExtras({
      db: this.#db,
      store: this.#store,
      references,
      clock,
      updatedBy,
      show: (entity, fields) => view.show(entity, chosenFields(entity.type, fields)),
    });
    this.events = new EventStore(this.#db, this.#store, this.#series);
    this.graph = new GraphStore(this.#db);
    this.history = new CatalogHistory(this.#db, { store: this.#store, view, queue: this.#queue, clock });
    this.facets = new FacetSearch(this.#db, this.#store);
    this.overview = new Overview(this.#db, this.facets);
  }

  get identity(): string {
    return `embedded:${this.#db.uuid}`;
  }

  /** The file is open already; answers its format. */
  async connect(): Promise<{ version: string }> {
    return { version: String(this.#db.schemaVersion) };
  }

  async get(type: EntityType, fqn: FQN, options: GetOptions = {}): Promise<CatalogEntity | undefined> {
    return this.#reader.byFqn(type, fqn, options);
  }

  async getById(type: EntityType, id: string, options: GetOptions = {}): Promise<CatalogEntity | undefined> {
    return this.#reader.byId(type, id, options);
  }

  /** One page by (name, id), with the filters of OpenMetadata's listings. Throws CatalogError 400. */
  async page(type: EntityType, options: PageOptions = {}): Promise<Page> {
    return this.#reader.page(type, options);
  }

  /** By FQN, in pages: what is written while it runs is seen when it lies ahead. */
  async *list(type: EntityType, options: ListOptions = {}): AsyncGenerator<CatalogEntity> {
    yield* this.#reader.list(type, options);
  }

  async search(type: EntityType, options: SearchOptions): Promise<readonly CatalogEntity[]> {
    return this.#reader.byPattern(type, options);
  }

  /** Entities of a type by FQN, for a caller that picks from them. */
  scan(type: EntityType, options: ScanOptions = {}): Generator<Scanned> {
    return this.#reader.scan(type, options);
  }

  /** With `create` a CatalogError 409 when there is such an entity, deleted or not. */
  put<T extends EntityType>(
    type: T,
    request: CreateRequest<T>,
    options: { create?: boolean; brief?: boolean } = {},
  ): Promise<PutResult> {
    return this.#queue.add(() => this.#writer.put(type, request, options));
  }

  putMany<T extends EntityType>(type: T, requests: readonly CreateRequest<T>[]): Promise<readonly BulkItemResult[]> {
    return this.#queue.add((apart) =>
      requests.map((request) =>
        apart ? putItem(this.#db, this.#writer, type, request) : putPlain(this.#writer, type, request),
      ),
    );
  }

  /** `states`: an entity that is in none of these (see {@link entityState}) is left alone: a CatalogError 412. */
  patch(
    type: EntityType,
    id: string,
    operations: readonly JsonPatchOperation[],
    { states }: { states?: readonly string[] | undefined } = {},
  ): Promise<CatalogEntity> {
    return this.#queue.add(() => this.#writer.patch(type, id, operations, states));
  }

  /** With its children, unless `recursive` is false: then a CatalogError 400 when there are any. */
  delete(type: EntityType, id: string, options: { hard?: boolean; recursive?: boolean } = {}): Promise<void> {
    return this.#queue.add(() => this.#writer.delete(type, id, options));
  }

  restore(type: EntityType, id: string): Promise<CatalogEntity> {
    return this.#queue.add(() => this.#writer.restore(type, id));
  }

  /** All states of an entity, newest first. Throws CatalogError 404. */
  async versions(type: EntityType, id: string): Promise<readonly CatalogEntity[]> {
    return this.#reader.versions(type, id);
  }

  putPipelineStatuses(pipeline: FQN, statuses: readonly PipelineStatus[]): Promise<void> {
    return this.#queue.add(() => this.#series.putStatuses(pipeline, statuses));
  }

  /** Whether there was one. */
  deletePipelineStatus(pipeline: FQN, timestamp: number): Promise<boolean> {
    return this.#queue.add(() => this.#series.deleteStatus(pipeline, timestamp));
  }

  async pipelineStatuses(
    pipeline: FQN,
    range: { startTs?: number; endTs?: number; limit?: number } = {},
  ): Promise<readonly PipelineStatus[]> {
    return this.#series.statuses(pipeline, range);
  }

  async putDataModel(tableId: string, model: DataModel): Promise<void> {
    await this.writeExtra("tables.putDataModel", tableId, model);
  }

  putTestResults(testCase: FQN, results: readonly CreateTestCaseResult[]): Promise<void> {
    return this.writeExtra("testResults.putAll", testCase, results);
  }

  putInspectionQuery(testCaseId: string, sql: string): Promise<void> {
    return this.writeExtra("testResults.keepInspectionQuery", testCaseId, sql);
  }

  async testResults(testCase: FQN, range: { startTs: number; endTs: number }): Promise<readonly Body[]> {
    return this.extras.testResults.within(testCase, range);
  }

  putLineage(edge: CatalogEdge): Promise<"created" | "updated" | "unchanged"> {
    return this.#queue.add(() => this.#lineage.put(edge));
  }

  /** As {@link putLineage}, but nothing is merged: see {@link LineageStore.replace}. */
  replaceLineage(edge: CatalogEdge, options: { alone?: boolean } = {}): Promise<void> {
    return this.#queue.add(() => this.#lineage.replace(edge, options.alone === true));
  }

  /** The edge between two non-deleted entities, by their ids. */
  async lineageEdge(fromId: string, toId: string): Promise<CatalogEdge | undefined> {
    return this.#lineage.between(fromId, toId);
  }

  deleteLineage(
    from: EntityReference,
    to: EntityReference,
    pipelineId?: string,
    source?: LineageSource,
  ): Promise<void> {
    return this.#queue.add(() => this.#lineage.delete(from.id, to.id, pipelineId, source));
  }

  deleteLineageBySource(_type: EntityType, id: string, source: string): Promise<void> {
    return this.#queue.add(() => this.#lineage.deleteBySource(id, source));
  }

  async neighbourhood(
    key: EntityKey,
    depth: { upstream: number; downstream: number },
  ): Promise<Neighbourhood | undefined> {
    const start = this.#store.byFqn(key.entityType, key.fqn);
    return start && !start.deleted ? this.#lineage.neighbourhood(start, depth) : undefined;
  }

  /** Edges one per pipeline and source, where {@link neighbourhood} shows one per pair; of one entity when `id` is given. */
  async lineageEdges(id?: string): Promise<readonly CatalogEdge[]> {
    return this.#lineage.edges(id);
  }

  /** Edges between others that a pipeline makes, one per source. */
  async madeBy(pipeline: FQN): Promise<readonly CatalogEdge[]> {
    const maker = this.#store.byFqn("pipeline", pipeline);
    return maker && !maker.deleted ? this.#lineage.madeBy(maker.id) : [];
  }

  async findOwner(name: string, options: { fuzzy?: boolean } = {}): Promise<EntityReference | undefined> {
    return this.#reader.owner(name, options.fuzzy === true);
  }

  /** Calls a method of {@link extras} that writes, by its name. Rejects with what it throws. */
  writeExtra<C extends ExtraCall>(call: C, ...input: ExtraInput<C>): Promise<ExtraAnswer<C>> {
    return this.#queue.add(() => callExtra(this.extras, call, input));
  }

  putIngestionRun(ingestionPipeline: FQN, status: IngestionRunStatus): Promise<void> {
    return this.#queue.add(() => this.#series.putRun(ingestionPipeline, status));
  }

  /** Ingestion runs as their clients told them, newest first. */
  runs(...chosen: Parameters<TimeSeries["runs"]>): readonly IngestionRun[] {
    return this.#series.runs(...chosen);
  }

  /** Entities with the text in their name, FQN, columns or tasks; best match first. Default limit 20. */
  searchByName(text: string, options?: Parameters<EntityReader["byName"]>[1]): readonly NameHit[] {
    return this.#reader.byName(text, options);
  }

  flush(): void {
    this.#queue.flush();
  }

  beginRun(run: { readonly runId: string } | undefined): void {
    this.#db.beginRun(run?.runId);
  }

  /** Calls a method that writes, by its name; what it writes belongs to that run, whatever {@link beginRun} says. */
  async writeAs(runId: string, method: string, args: readonly unknown[]): Promise<unknown> {
    const write: unknown = Reflect.get(this, method);
    if (typeof write !== "function") throw new TypeError(`The catalog has no method ${method}`);
    return this.#queue.ofRun(runId, () => Reflect.apply(write, this, args) as Promise<unknown>);
  }

  counts(): CatalogCounts {
    return this.overview.counts();
  }

  /** The content as JSON lines; the same for two catalogs with the same content. */
  exportLines(): Iterable<string> {
    return exportLines(this.#db, this.#store);
  }

  /** A write of the event store, by its name. */
  writeEvents<K extends keyof EventWrites>(
    name: K,
    args: Parameters<EventWrites[K]>,
  ): Promise<ReturnType<EventWrites[K]>> {
    return this.#queue.add(() => this.events.write(name, args));
  }

  seedTag(fqn: FQN): Promise<void> {
    return this.#queue.add(() => {
      seedTag(this.#store, this.#writer, fqn);
    });
  }

  /** Adds what clients expect of every catalog, see `seeds/`; `connectors` are those of our own. Answers how many were missing. */
  seed(connectors: readonly string[] = []): Promise<number> {
    return this.#queue.add(() => seedCatalog(this.#store, this.#writer, connectors));
  }

  /** Empties the catalog, which gets a new identity. */
  reset(): Promise<void> {
    return this.#queue.add(() => this.#db.reset());
  }

  /** Waits for the writes that are under way. */
  async close(): Promise<void> {
    await this.#queue.close();
    this.#db.close();
  }
}

/** Opens or makes the file; `:memory:` lives as long as the object. Throws CatalogError. */
export function openEmbeddedCatalog(options: EmbeddedCatalogOptions): EmbeddedCatalog {
  return new EmbeddedCatalog(options);
}
