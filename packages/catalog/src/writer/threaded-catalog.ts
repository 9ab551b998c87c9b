import type { Catalog, CatalogEdge, CatalogEntity, GetOptions, ListOptions, SearchOptions } from "@omd/core";
import type {
  CreateRequest,
  CreateTestCaseResult,
  DataModel,
  EntityKey,
  EntityReference,
  EntityType,
  FQN,
  IngestionRunStatus,
  JsonPatchOperation,
  LineageSource,
  PipelineStatus,
} from "@omd/schema";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "../embedded/embedded-catalog.ts";
import { WriterThread, type CatalogWriter } from "./catalog-writer.ts";

/**
 * The embedded catalog for who writes much: reads on this thread, writes on another, which begins with the first of them. What was
 * acknowledged is read from then on.
 */
export class ThreadedCatalog implements Catalog {
  readonly kind = "embedded";
  readonly #file: string;
  readonly #reads: EmbeddedCatalog;
  readonly #script: URL | undefined;
  #thread: WriterThread | undefined;

  /** Makes the file when it is not there. `script`: what the thread runs. Throws CatalogError. */
  constructor(file: string, script?: URL) {
    this.#file = file;
    this.#script = script;
    void openEmbeddedCatalog({ file }).close();
    this.#reads = openEmbeddedCatalog({ file, readOnly: true });
  }

  get identity(): string {
    return this.#reads.identity;
  }

  connect(): Promise<{ version: string }> {
    return this.#reads.connect();
  }

  get(type: EntityType, fqn: FQN, options?: GetOptions): ReturnType<Catalog["get"]> {
    return this.#reads.get(type, fqn, options);
  }

  list(type: EntityType, options?: ListOptions): AsyncIterable<CatalogEntity> {
    return this.#reads.list(type, options);
  }

  search(type: EntityType, options: SearchOptions): ReturnType<Catalog["search"]> {
    return this.#reads.search(type, options);
  }

  put<T extends EntityType>(
    type: T,
    request: CreateRequest<T>,
    options?: { brief?: boolean },
  ): ReturnType<Catalog["put"]> {
    return this.#writer.put(type, request, options);
  }

  putMany<T extends EntityType>(type: T, requests: readonly CreateRequest<T>[]): ReturnType<Catalog["putMany"]> {
    return this.#writer.putMany(type, requests);
  }

  patch(type: EntityType, id: string, operations: readonly JsonPatchOperation[]): Promise<CatalogEntity> {
    return this.#writer.patch(type, id, operations);
  }

  delete(type: EntityType, id: string, options?: { hard?: boolean }): Promise<void> {
    return this.#writer.delete(type, id, options);
  }

  restore(type: EntityType, id: string): Promise<CatalogEntity> {
    return this.#writer.restore(type, id);
  }

  putPipelineStatuses(pipeline: FQN, statuses: readonly PipelineStatus[]): Promise<void> {
    return this.#writer.putPipelineStatuses(pipeline, statuses);
  }

  pipelineStatuses(...asked: Parameters<Catalog["pipelineStatuses"]>): ReturnType<Catalog["pipelineStatuses"]> {
    return this.#reads.pipelineStatuses(...asked);
  }

  putDataModel(tableId: string, model: DataModel): Promise<void> {
    return this.#writer.putDataModel(tableId, model);
  }

  putTestResults(testCase: FQN, results: readonly CreateTestCaseResult[]): Promise<void> {
    return this.#writer.putTestResults(testCase, results);
  }

  testResults(...asked: Parameters<Catalog["testResults"]>): ReturnType<Catalog["testResults"]> {
    return this.#reads.testResults(...asked);
  }

  putInspectionQuery(testCaseId: string, sql: string): Promise<void> {
    return this.#writer.putInspectionQuery(testCaseId, sql);
  }

  putLineage(edge: CatalogEdge): ReturnType<Catalog["putLineage"]> {
    return this.#writer.putLineage(edge);
  }

  deleteLineage(
    from: EntityReference,
    to: EntityReference,
    pipelineId?: string,
    source?: LineageSource,
  ): Promise<void> {
    return this.#writer.deleteLineage(from, to, pipelineId, source);
  }

  deleteLineageBySource(type: EntityType, id: string, source: string): Promise<void> {
    return this.#writer.deleteLineageBySource(type, id, source);
  }

  neighbourhood(key: EntityKey, depth: { upstream: number; downstream: number }): ReturnType<Catalog["neighbourhood"]> {
    return this.#reads.neighbourhood(key, depth);
  }

  findOwner(name: string, options?: { fuzzy?: boolean }): ReturnType<Catalog["findOwner"]> {
    return this.#reads.findOwner(name, options);
  }

  seedTag(fqn: FQN): Promise<void> {
    return this.#writer.seedTag(fqn);
  }

  putIngestionRun(ingestionPipeline: FQN, status: IngestionRunStatus): Promise<void> {
    return this.#writer.putIngestionRun(ingestionPipeline, status);
  }

  flush(): void {
    this.#thread?.tell("flush", []);
    this.#thread?.post();
  }

  beginRun(run: { readonly runId: string } | undefined): void {
    this.#started.tell("beginRun", [run]);
  }

  /** Waits for the writes that are under way. */
  async close(): Promise<void> {
    await this.#thread?.close();
    await this.#reads.close();
  }

  get #writer(): CatalogWriter {
    return this.#started.writer;
  }

  get #started(): WriterThread {
    this.#thread ??= new WriterThread({ file: this.#file }, this.#script);
    return this.#thread;
  }
}
