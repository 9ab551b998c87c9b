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
  LineageDetails,
  LineageSource,
  PipelineStatus,
} from "@omd/schema";
import type { Report } from "../report/report.ts";

export type Include = "non-deleted" | "deleted" | "all";

/** An entity as the catalog answers it; unknown fields of newer servers are kept. */
export interface CatalogEntity {
  readonly id: string;
  readonly name: string;
  readonly fullyQualifiedName: FQN;
  readonly version?: number | undefined;
  readonly deleted?: boolean | undefined;
  readonly sourceHash?: string | undefined;
  readonly [field: string]: unknown;
}

export interface GetOptions {
  /** `["*"]` for all. */
  readonly fields?: readonly string[] | undefined;
  readonly include?: Include | undefined;
}

export interface ListOptions extends GetOptions {
  /** Only what lies below this FQN. */
  readonly below?: FQN | undefined;
}

export interface PutResult {
  readonly outcome: "created" | "updated" | "unchanged";
  readonly entity: CatalogEntity;
}

/** Result of one item of a bulk write, in the order of the requests. */
export type BulkItemResult =
  /** `id`: where the catalog tells it; OpenMetadata does not. */
  | { readonly ok: true; readonly fqn: FQN; readonly id?: string | undefined }
  | { readonly ok: false; readonly fqn: FQN; readonly status: number; readonly message: string };

/** An edge by ids. `columnsLineage` names columns by FQN. */
export interface CatalogEdge {
  readonly from: EntityReference;
  readonly to: EntityReference;
  readonly details: LineageDetails;
  /** What the embedded catalog noted when it wrote the edge. Never part of what is asked for. */
  readonly noted?: EdgeNotes | undefined;
}

/** When an edge was first and last written, in epoch ms, and by whom. */
export interface EdgeNotes {
  readonly createdAt: number;
  readonly createdBy: string;
  readonly updatedAt: number;
  readonly updatedBy: string;
}

/** A neighbourhood: the entity, the nodes around it and the edges among them. */
export interface Neighbourhood {
  readonly entity: EntityReference;
  readonly nodes: readonly EntityReference[];
  readonly edges: readonly CatalogEdge[];
}

export interface SearchOptions {
  /** Default `fullyQualifiedName`. */
  readonly field?: "fullyQualifiedName" | "name" | "fullPath" | undefined;
  /** Whole-value, case-insensitive; `*` any run of characters, `?` one. */
  readonly pattern: string;
  /** Default 10. */
  readonly limit?: number | undefined;
}

/** A custom property that entities of a type may have. */
export interface PropertyDefinition {
  readonly name: string;
  /** `string`, `integer`, `entityReference` …; undefined where the catalog does not tell it. */
  readonly type: string | undefined;
}

/**
 * What sinks, resolver, deletes and commands need of a catalog. Two sides implement it: OpenMetadata over REST and the embedded SQLite file.
 * Methods throw {@link CatalogError}; a missing entity is `undefined`, never an error, except where said.
 */
export interface Catalog {
  /** Stable identity of the target, so that state of one is never used for another: `embedded:<uuid>`, `rest:<hostPort>`. Settled by {@link connect}. */
  readonly identity: string;
  readonly kind: "embedded" | "rest";

  /** Opens the file or probes the server. */
  connect(): Promise<{ version: string }>;

  get(type: EntityType, fqn: FQN, options?: GetOptions): Promise<CatalogEntity | undefined>;
  /** Pages through; ends by throwing when the listing is not complete. */
  list(type: EntityType, options?: ListOptions): AsyncIterable<CatalogEntity>;
  /** Entities whose field matches the pattern, non-deleted only. */
  search(type: EntityType, options: SearchOptions): Promise<readonly CatalogEntity[]>;

  /**
   * Create or update by the server's PUT rules (om-api §9.1 of the reference; descriptions of people are kept).
   * `brief`: the caller asks for no more of the entity than its id and its names.
   */
  put<T extends EntityType>(type: T, request: CreateRequest<T>, options?: { brief?: boolean }): Promise<PutResult>;
  /** At most a few hundred at a time; all of one type. Never throws for a single item. */
  putMany<T extends EntityType>(type: T, requests: readonly CreateRequest<T>[]): Promise<readonly BulkItemResult[]>;
  patch(type: EntityType, id: string, operations: readonly JsonPatchOperation[]): Promise<CatalogEntity>;
  /** Soft unless `hard`; with its children. */
  delete(type: EntityType, id: string, options?: { hard?: boolean }): Promise<void>;
  restore(type: EntityType, id: string): Promise<CatalogEntity>;

  /** Upserts by (pipeline, timestamp). Throws when the pipeline does not exist. */
  putPipelineStatuses(pipeline: FQN, statuses: readonly PipelineStatus[]): Promise<void>;
  /** Newest first; `startTs` and `endTs` in ms, inclusive. */
  pipelineStatuses(
    pipeline: FQN,
    range?: { startTs?: number; endTs?: number; limit?: number },
  ): Promise<readonly PipelineStatus[]>;

  /** Stores the model that makes a table; its statements stay when the new ones are blank. Throws when the table does not exist. */
  putDataModel(tableId: string, model: DataModel): Promise<void>;

  /** One for each timestamp: a result that is there stays or is replaced. Throws when the test case does not exist. */
  putTestResults(testCase: FQN, results: readonly CreateTestCaseResult[]): Promise<void>;
  /** Newest first; `startTs` and `endTs` in ms, inclusive. Throws when the test case does not exist. */
  testResults(
    testCase: FQN,
    range: { startTs: number; endTs: number },
  ): Promise<readonly Readonly<Record<string, unknown>>[]>;

  /** Keeps SQL that finds the rows for which a test case fails. Throws when the test case does not exist. */
  putInspectionQuery(testCaseId: string, sql: string): Promise<void>;

  /**
   * Adds an edge or merges into the one that is there: column lineage is united, the pipeline set. Throws when an end is missing.
   * `isNew`: there can be none yet, so that it need not be looked for.
   */
  putLineage(edge: CatalogEdge, options?: { isNew?: boolean }): Promise<"created" | "updated" | "unchanged">;
  /** Removes an edge, or of several between the pair only the one made by `pipelineId`, only of `source`. No error when there is none. */
  deleteLineage(from: EntityReference, to: EntityReference, pipelineId?: string, source?: LineageSource): Promise<void>;
  /** Removes the edges that a source made: for PipelineLineage those whose pipeline is `id`, else those into `id`. */
  deleteLineageBySource(type: EntityType, id: string, source: string): Promise<void>;
  /** Depths 0 to 3 (REST) or any (embedded). */
  neighbourhood(key: EntityKey, depth: { upstream: number; downstream: number }): Promise<Neighbourhood | undefined>;

  /** A user or team by name, e-mail or display name: exact first, then the catalog's search when `fuzzy`. */
  findOwner(name: string, options?: { fuzzy?: boolean }): Promise<EntityReference | undefined>;

  /** Makes a tag that every OpenMetadata has, such as `Tier.Tier1`, where a catalog begins empty; nothing for other tags. */
  seedTag?(fqn: FQN): Promise<void>;

  /** The custom properties that entities of a type may have; undefined, as without the method: any. */
  customProperties?(type: EntityType): Promise<readonly PropertyDefinition[] | undefined>;

  /** The stored connection (`connection.config`) of a service, with its secrets. Throws when the catalog shows only their masks. */
  serviceConnection?(type: EntityType, name: string): Promise<Record<string, unknown> | undefined>;

  /** Nothing more comes until something that was handed over is written: a catalog that gathers writes need not wait for others. */
  flush?(): void;

  /** What is written from now on belongs to this run, or to none; only a catalog that keeps the history has it. */
  beginRun?(run: { readonly runId: string; readonly service: FQN } | undefined): void;
  /** Leaves the report of a run with a server that shows reports; others are not asked. */
  keepReport?(report: Report): Promise<void>;
  putIngestionRun(ingestionPipeline: FQN, status: IngestionRunStatus): Promise<void>;

  close(): Promise<void>;
}
