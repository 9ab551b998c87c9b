import type { Raw } from "./fields.ts";

export type { Note, Raw } from "./fields.ts";

/** What all artifacts say about themselves. */
export interface ArtifactMetadata {
  /** 12 for `…/manifest/v12.json`. */
  readonly schemaVersion: number;
  readonly dbtVersion: string | undefined;
  /** ISO 8601. */
  readonly generatedAt: string | undefined;
  readonly invocationId: string | undefined;
  /** From dbt 1.9 on. */
  readonly invocationStartedAt: string | undefined;
  /** Manifest only; from dbt 1.6 on. Before that `projectId` is the MD5 of the name. */
  readonly projectName: string | undefined;
  readonly projectId: string | undefined;
  /** Manifest only: `snowflake`, `duckdb` … */
  readonly adapterType: string | undefined;
  readonly raw: Raw;
}

/** What everything in a manifest has. Keys that this package does not know are in `raw`. */
export interface ManifestObject {
  readonly uniqueId: string;
  readonly name: string;
  readonly resourceType: string;
  readonly packageName: string | undefined;
  readonly path: string | undefined;
  readonly originalFilePath: string | undefined;
  readonly description: string | undefined;
  /** From the object and its config, without repetitions. */
  readonly tags: readonly string[];
  /** From the object or, where that is empty, from its config. */
  readonly meta: Raw;
  readonly config: Raw;
  readonly fqn: readonly string[];
  readonly group: string | undefined;
  readonly dependsOn: readonly string[];
  readonly raw: Raw;
}

export interface ManifestColumn {
  readonly name: string;
  readonly description: string | undefined;
  readonly dataType: string | undefined;
  readonly tags: readonly string[];
  readonly meta: Raw;
  readonly constraints: readonly Raw[];
  readonly raw: Raw;
}

/** Model, seed, snapshot, test, analysis, operation, function. */
export interface ManifestNode extends ManifestObject {
  readonly alias: string | undefined;
  readonly database: string | undefined;
  readonly schema: string | undefined;
  /** Quoted as the adapter quotes; absent for ephemeral models. */
  readonly relationName: string | undefined;
  /** `config.materialized`. */
  readonly materialized: string | undefined;
  readonly language: string | undefined;
  /** `raw_code`, before dbt 1.3 `raw_sql`. */
  readonly rawCode: string | undefined;
  readonly compiledCode: string | undefined;
  readonly rootPath: string | undefined;
  /** In the order of the file. */
  readonly columns: readonly ManifestColumn[];
  readonly access: string | undefined;
  readonly contractEnforced: boolean;
  readonly version: string | undefined;
  readonly latestVersion: string | undefined;
  readonly deprecationDate: string | undefined;
  readonly constraints: readonly Raw[];
  /** Generic tests. */
  readonly test: TestOfNode | undefined;
}

export interface TestOfNode {
  /** `not_null`, `relationships` …; absent for singular tests. */
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly kwargs: Raw;
  readonly columnName: string | undefined;
  /** The node that owns the test; from dbt 1.5 on. */
  readonly attachedNode: string | undefined;
  /** `models.orders`: where the test is written. */
  readonly fileKeyName: string | undefined;
  /** Upper case: `ERROR`, `WARN`. */
  readonly severity: string | undefined;
}

export interface FreshnessLimit {
  readonly count: number;
  /** `minute`, `hour`, `day`. */
  readonly period: string;
}

export interface ManifestSource extends ManifestObject {
  readonly sourceName: string | undefined;
  readonly sourceDescription: string | undefined;
  /** The table's name in the database. */
  readonly identifier: string | undefined;
  readonly database: string | undefined;
  readonly schema: string | undefined;
  readonly relationName: string | undefined;
  readonly loader: string | undefined;
  readonly loadedAtField: string | undefined;
  readonly warnAfter: FreshnessLimit | undefined;
  readonly errorAfter: FreshnessLimit | undefined;
  readonly columns: readonly ManifestColumn[];
  readonly sourceMeta: Raw;
}

export interface Owner {
  readonly name: string | undefined;
  /** A list from dbt 1.10 on. */
  readonly emails: readonly string[];
  readonly raw: Raw;
}

export interface Exposure extends ManifestObject {
  /** `dashboard`, `notebook`, `analysis`, `ml`, `application`. */
  readonly type: string | undefined;
  readonly label: string | undefined;
  readonly url: string | undefined;
  readonly maturity: string | undefined;
  readonly owner: Owner | undefined;
}

export interface Metric extends ManifestObject {
  readonly label: string | undefined;
  /** `simple`, `ratio`, `derived`, `cumulative`, `conversion`; absent before dbt 1.6. */
  readonly type: string | undefined;
  readonly typeParams: Raw;
  /** Before dbt 1.6: the finest that it may be asked by. */
  readonly timeGranularity: string | undefined;
  /** `{where_filters: [{where_sql_template}]}`. */
  readonly filter: Raw;
  /** Before dbt 1.6: `sum`, `derived` …; `type` in dbt 1.0 to 1.2. */
  readonly calculationMethod: string | undefined;
  /** Before dbt 1.6; `sql` in dbt 1.0 to 1.2. */
  readonly expression: string | undefined;
  /** Before dbt 1.6: `{field, operator, value}`. */
  readonly filters: readonly Raw[];
}

export interface SemanticModel extends ManifestObject {
  readonly label: string | undefined;
  /** `ref('orders')`. */
  readonly model: string | undefined;
  /** Keys: alias, schema_name, database, relation_name. */
  readonly nodeRelation: Raw;
  /** Where no entity of the model is a primary one. */
  readonly primaryEntity: string | undefined;
  readonly entities: readonly Raw[];
  readonly dimensions: readonly Raw[];
  readonly measures: readonly Raw[];
  readonly defaults: Raw;
}

export interface Group extends ManifestObject {
  readonly owner: Owner | undefined;
}

export interface SavedQuery extends ManifestObject {
  readonly label: string | undefined;
  readonly queryParams: Raw;
  readonly exports: readonly Raw[];
}

export interface UnitTest extends ManifestObject {
  /** Name of the model under test. */
  readonly model: string | undefined;
  readonly version: string | undefined;
  readonly given: readonly Raw[];
  readonly expect: Raw;
}

/** One thing of a manifest, in the order of the file. Macros, docs and the maps of parents and children are passed over. */
export type ManifestItem =
  | { readonly kind: "metadata"; readonly value: ArtifactMetadata }
  | { readonly kind: "node"; readonly value: ManifestNode }
  | { readonly kind: "source"; readonly value: ManifestSource }
  | { readonly kind: "exposure"; readonly value: Exposure }
  | { readonly kind: "metric"; readonly value: Metric }
  | { readonly kind: "semanticModel"; readonly value: SemanticModel }
  | { readonly kind: "group"; readonly value: Group }
  | { readonly kind: "savedQuery"; readonly value: SavedQuery }
  | { readonly kind: "unitTest"; readonly value: UnitTest }
  /** Switched off by `enabled: false`; one item for each definition of the same id. */
  | { readonly kind: "disabled"; readonly value: ManifestNode };

export interface CatalogColumn {
  /** Upper and lower case as the database has it. */
  readonly name: string;
  readonly type: string | undefined;
  /** From 1 on. */
  readonly index: number | undefined;
  readonly comment: string | undefined;
}

export interface CatalogTable {
  readonly uniqueId: string;
  readonly database: string | undefined;
  readonly schema: string | undefined;
  readonly name: string | undefined;
  /** `BASE TABLE`, `VIEW`, `LOCAL TEMPORARY` …, as the adapter says. */
  readonly type: string | undefined;
  readonly owner: string | undefined;
  readonly comment: string | undefined;
  /** By index. */
  readonly columns: readonly CatalogColumn[];
  /** By id: `{id, label, value, include, description}`. */
  readonly stats: Raw;
  readonly raw: Raw;
}

export type CatalogItem =
  | { readonly kind: "metadata"; readonly value: ArtifactMetadata }
  | { readonly kind: "node" | "source"; readonly value: CatalogTable }
  /** Relations that dbt could not list; the catalog is not whole then. */
  | { readonly kind: "errors"; readonly value: readonly string[] };

export interface RunResult {
  readonly uniqueId: string;
  /** `success`, `error`, `skipped`, `pass`, `fail`, `warn`, `no-op`, `partial success`, `runtime error`. */
  readonly status: string;
  readonly message: string | undefined;
  readonly failures: number | undefined;
  /** Of the step `execute`, else of the last step; ISO 8601 as dbt writes it. */
  readonly startedAt: string | undefined;
  readonly completedAt: string | undefined;
  readonly executionSeconds: number | undefined;
  readonly compiledCode: string | undefined;
  readonly relationName: string | undefined;
  readonly adapterResponse: Raw;
  /** What `dbt compile` and `dbt docs generate` leave: a success that ran nothing. */
  readonly ranNothing: boolean;
  readonly raw: Raw;
}

/** What stands after the results of a file. */
export interface RunEnd {
  readonly elapsedSeconds: number | undefined;
  /** The command: `run`, `build`, `compile`, `generate` (of docs) … */
  readonly which: string | undefined;
  readonly args: Raw;
}

export type RunResultsItem =
  | { readonly kind: "metadata"; readonly value: ArtifactMetadata }
  | { readonly kind: "result"; readonly value: RunResult }
  /** Always the last. */
  | { readonly kind: "end"; readonly value: RunEnd };

export interface FreshnessResult {
  /** Of a source. */
  readonly uniqueId: string;
  /** `pass`, `warn`, `error`, `runtime error`. */
  readonly status: string;
  /** Only of a runtime error. */
  readonly error: string | undefined;
  readonly maxLoadedAt: string | undefined;
  readonly snapshottedAt: string | undefined;
  readonly ageSeconds: number | undefined;
  readonly warnAfter: FreshnessLimit | undefined;
  readonly errorAfter: FreshnessLimit | undefined;
  readonly filter: string | undefined;
  readonly completedAt: string | undefined;
  readonly raw: Raw;
}

export type FreshnessItem =
  | { readonly kind: "metadata"; readonly value: ArtifactMetadata }
  | { readonly kind: "result"; readonly value: FreshnessResult };

/** `semantic_manifest.json`: what MetricFlow reads. It has no metadata and no unique ids. */
export type SemanticManifestItem =
  | { readonly kind: "semanticModel" | "metric" | "savedQuery"; readonly name: string; readonly raw: Raw }
  | { readonly kind: "configuration"; readonly raw: Raw };
