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
import { EntityPages, type Page, type PageOptions } from "./entity-page.ts";
import { scanEntities, type Scanned, type ScanOptions } from "./entity-scan.ts";
import { entityRows } from "./entity-rows.ts";
import { EntitySearch, type NameHit } from "./entity-search.ts";
import { EventStore, type EventWrites } from "./event-store.ts";
import { EntityStore, included, stored, type Body, type StoredEntity } from "./entity-store.ts";
import { chosenFields, EntityView, updatedBy, writtenFields } from "./entity-view.ts";
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
  readonly #view: EntityView;
  readonly #writer: EntityWriter;
  readonly #lineage: LineageStore;
  readonly #series: TimeSeries;
  readonly #search: EntitySearch;
  readonly #pages: EntityPages;

  constructor(options: EmbeddedCatalogOptions) {
    const clock = options.clock ?? Date.now;
    this.#db = new CatalogDatabase(options);
    this.#queue = new WriteQueue(this.#db);
    this.#store = new EntityStore(this.#db);
    const references = new References(this.#store);
    this.#view = new EntityView(this.#db, this.#store, references);
    this.#writer = new EntityWriter(this.#store, this.#view, references, clock);
    this.#lineage = new LineageStore(this.#db, this.#store, references, clock);
    this.#series = new TimeSeries(this.#db, this.#store);
    this.extras = new EntityExtras({
      db: this.#db,
      store: this.#store,
      references,
      clock,
      updatedBy,
      show: (entity, fields) => this.#view.show(entity, chosenFields(entity.type, fields)),
    });
    this.events = new EventStore(this.#db, this.#store, this.#series);
    this.#search = new EntitySearch(this.#db, this.#store);
    this.graph = new GraphStore(this.#db);
    this.history = new CatalogHistory(this.#db, { store: this.#store, view: this.#view, queue: this.#queue, clock });
    this.facets = new FacetSearch(this.#db, this.#store);
    this.overview = new Overview(this.#db, this.facets);
    this.#pages = new EntityPages(this.#db);
  }

  get identity(): string {
    return `embedded:${this.#db.uuid}`;
  }

  /** The file is open already; answers its format. */
  async connect(): Promise<{ version: string }> {
    return { version: String(this.#db.schemaVersion) };
  }

  async get(type: EntityType, fqn: FQN, options: GetOptions = {}): Promise<CatalogEntity | undefined> {
    return this.#shown(type, this.#store.byFqn(type, fqn), options);
  }

  async getById(type: EntityType, id: string, options: GetOptions = {}): Promise<CatalogEntity | undefined> {
    return this.#shown(type, this.#store.byId(type, id), options);
  }

  /** One page by (name, id), with the filters of OpenMetadata's listings. Throws CatalogError 400. */
  async page(type: EntityType, options: PageOptions = {}): Promise<Page> {
    const chosen = chosenFields(type, options.fields);
    const page = this.#pages.page(type, options);
    const inheritance = this.#view.inheritance();
    return { ...page, data: page.data.map((entity) => this.#view.show(entity, chosen, inheritance)) };
  }

  /** By FQN, in pages: what is written while it runs is seen when it lies ahead. */
  async *list(type: EntityType, options: ListOptions = {}): AsyncGenerator<CatalogEntity> {
    const chosen = chosenFields(type, options.fields);
    const inheritance = this.#view.inheritance();
    for (const row of entityRows(this.#db, type, options.below)) {
      const entity = stored(row);
      if (entity && included(entity, options.include)) yield this.#view.show(entity, chosen, inheritance);
    }
  }

  async search(type: EntityType, options: SearchOptions): Promise<readonly CatalogEntity[]> {
    return this.#search.byPattern(type, options).map((entity) => this.#view.show(entity, writtenFields));
  }

  /** Entities of a type by FQN, for a caller that picks from them. */
  scan(type: EntityType, options: ScanOptions = {}): Generator<Scanned> {
    return scanEntities(this.#db, type, options, (entity) => this.#view.show(entity, writtenFields));
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
    const entity = this.#store.needById(type, id);
    return [entity, ...this.#store.versions(entity)].map((state) => this.#view.show(state, writtenFields));
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
    return this.#search.owner(name, options.fuzzy === true);
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
  searchByName(text: string, options?: Parameters<EntitySearch["byName"]>[1]): readonly NameHit[] {
    return this.#search.byName(text, options);
  }

  beginRun(run: { readonly runId: string } | undefined): void {
    this.#db.currentRun = run?.runId;
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

  #shown(type: EntityType, found: StoredEntity | undefined, options: GetOptions): CatalogEntity | undefined {
    const chosen = chosenFields(type, options.fields);
    if (!found || !included(found, options.include)) return undefined;
    return this.#view.show(found, chosen, this.#view.inheritance());
  }
}

/** Opens or makes the file; `:memory:` lives as long as the object. Throws CatalogError. */
export function openEmbeddedCatalog(options: EmbeddedCatalogOptions): EmbeddedCatalog {
  return new EmbeddedCatalog(options);
}
