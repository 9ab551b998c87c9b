import type { FQN } from "@omd/schema";
import type { NewestResults } from "../artifacts/newest-results.ts";
import type {
  ArtifactMetadata,
  CatalogTable,
  Exposure,
  FreshnessResult,
  Group,
  ManifestNode,
  ManifestSource,
  Metric,
  RunResult,
  SavedQuery,
  SemanticModel,
  UnitTest,
} from "../artifacts/shapes.ts";

/** What is held in memory of a model, seed, snapshot or source; all else is read back with {@link ProjectView.load}. */
export interface Relation {
  readonly uniqueId: string;
  /** `model`, `seed`, `snapshot`, `source`. */
  readonly resourceType: string;
  readonly name: string;
  readonly packageName: string | undefined;
  readonly database: string | undefined;
  readonly schema: string | undefined;
  /** The table's name in the database: alias of a node, identifier of a source. */
  readonly identifier: string;
  readonly materialized: string | undefined;
  /** Has no table in the database: ephemeral models. */
  readonly isEphemeral: boolean;
  /** Unique ids. */
  readonly dependsOn: readonly string[];
  readonly version: string | undefined;
}

/** What is held of a test until its table's turn. */
export interface TestEntry {
  readonly uniqueId: string;
  readonly name: string;
  readonly dependsOn: readonly string[];
  readonly attachedNode: string | undefined;
}

/** A table of dbt as the catalog has it. */
export interface MatchedTable {
  readonly fqn: FQN;
  /** Made by this run: descriptions and tags are in its create request. */
  readonly isCreated: boolean;
  /** Names as the catalog writes them, in its order; of nested columns what follows the table in the FQN. */
  readonly columns: readonly string[];
}

/** Things of a manifest that can be read back whole, `raw` left out. */
export interface Loaded {
  node: ManifestNode;
  source: ManifestSource;
  exposure: Exposure;
  metric: Metric;
  semanticModel: SemanticModel;
  group: Group;
  savedQuery: SavedQuery;
  unitTest: UnitTest;
}

/** One command of dbt: one file of run results. */
export interface ProjectRun {
  readonly file: string;
  readonly metadata: ArtifactMetadata;
  /** `run`, `build`, `test`, `compile` … */
  readonly which: string | undefined;
  readonly elapsedSeconds: number | undefined;
  /** Of nodes that the project has, in the order of the file; from disk, without SQL. */
  results(): readonly Omit<RunResult, "compiledCode">[];
}

/** One dbt project, read: its index in memory, its texts on disk. */
export interface ProjectView {
  readonly metadata: ArtifactMetadata;
  /** Of the manifest, else the place's name. */
  readonly name: string;
  /** What its marks are kept under, and its pipeline is called: the project's name, or with its schema for another environment (`homes.ts`). */
  readonly home: string;
  /** Models, seeds, snapshots and sources that are enabled, by unique id. */
  readonly relations: ReadonlyMap<string, Relation>;
  /** Data tests by unique id: generic and singular. */
  readonly tests: ReadonlyMap<string, TestEntry>;
  /** Relations that MetricFlow joins measures to for their time, with the grain (`day`), by unique id; as the semantic manifest tells. */
  readonly timeSpines: ReadonlyMap<string, string>;
  /** Unique ids of the other kinds, in the order of the file. */
  ids(kind: Exclude<keyof Loaded, "node" | "source">): readonly string[];
  /** Synchronous, from disk; undefined when there is none of this id. */
  load<K extends keyof Loaded>(kind: K, uniqueId: string): Loaded[K] | undefined;
  catalog(uniqueId: string): CatalogTable | undefined;
  /** Only of nodes that the manifest has. SQL is read from disk each time that it is asked for. */
  readonly results: NewestResults;
  /** In the order of the files, oldest first where the place tells; those that only compiled too. */
  readonly runs: readonly ProjectRun[];
  /** Newest of each source by unique id. */
  readonly freshness: ReadonlyMap<string, FreshnessResult>;
  /** Undefined for ephemeral models, filtered tables and those that the catalog does not have. */
  table(uniqueId: string): MatchedTable | undefined;
  /** The table's column of this name, whatever the case, as the catalog writes it. */
  column(uniqueId: string, name: string): string | undefined;
  /** The relation's nearest ancestors that have a table, through ephemeral models; sorted, each once. */
  upstreamTables(uniqueId: string): readonly string[];
  /** Whether manifest and run results were read whole; what is gone is retired only then. */
  readonly isComplete: boolean;
}
