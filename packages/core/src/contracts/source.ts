import type { EntityType, FQN, Mark, MetadataRecord } from "@omd/schema";
import type { HttpClient, HttpClientOptions } from "@omd/http";
import type { CatalogEntity, ListOptions } from "./catalog.ts";
import type { Either } from "./either.ts";
import type { Ledger } from "./ledger.ts";
import type { Resolver } from "./resolver.ts";
import type { TestStep } from "./test-connection.ts";

export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Marks that earlier runs stored for this source and this catalog: keys and values as the records carried them. */
export interface Marks {
  get(key: string): string | undefined;
  /** All marks whose key starts with `prefix`, in key order. */
  withPrefix(prefix: string): Iterable<Mark>;
  /** Forgets a mark at the end of the run, if the run succeeds. */
  forget(key: string): void;
}

/** What `--only` and `--limit` ask of a source. Neither ever deletes. */
export interface Selection {
  readonly only: readonly FQN[];
  readonly limit?: number | undefined;
}

/** The `source` block of the YAML, checked as far as the core knows it. */
export interface SourceConfig {
  /** As written: `airflow`, `customPipeline` … */
  readonly type: string;
  readonly serviceName: string;
  /** `serviceConnection.config`, secrets still plain text; the connector's own schema checks it. */
  readonly connection: Readonly<Record<string, unknown>>;
  /** `sourceConfig.config`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** `connection` as a zod schema reads it. Throws a ConfigError with file, line and column of each mistake. */
  parseConnection<T>(schema: Schema<T>): T;
  /** `options` as a zod schema reads it. Throws a ConfigError likewise. */
  parseOptions<T>(schema: Schema<T>): T;
}

/** What is asked of a zod schema; structural, since a plugin brings its own zod. */
export interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: Error };
}

/** What the runner gives a source. A source touches neither the catalog's storage nor the sink. */
export interface SourceContext {
  readonly serviceName: string;
  /** FQN of the service. */
  readonly service: FQN;
  http(options: HttpClientOptions): HttpClient;
  readonly resolver: Resolver;
  readonly ledger: Ledger;
  readonly marks: Marks;
  /**
   * Hash of all that decides beside the source's own options what is written: processors, owners that are made, versions. A mark for whose sake
   * something is not read or not sent again must hold it: what an earlier run wrote may have to look different now.
   */
  readonly fingerprint: string;
  readonly selection: Selection;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Whether a record of this type and FQN exists in the catalog unchanged is the sink's business; this only tells if it exists, from the listing that the sink has read anyway. */
  known(entityType: EntityType, fqn: FQN): Promise<boolean>;
  /** What the records are written to. */
  readonly target: "embedded" | "rest" | "file";
  /** Non-deleted entities as the catalog has them, in one listing. Ends by throwing when it is not complete; a file has none. */
  entities(entityType: EntityType, options?: Pick<ListOptions, "below" | "fields">): AsyncIterable<CatalogEntity>;
  /** Counted and shown; does not fail the run. */
  warn(name: string, reason: string): void;
  /** Left out on purpose, by a filter. */
  filtered(name: string, reason: string): void;
  /** An edge that could not be resolved; counted by reason, listed by `omd lineage explain`. */
  unresolved(edge: { from: string; to: string; reason: string; nearest: readonly string[] }): void;
  /** Makes `text` unreadable in every output from now on. */
  secret(text: string): void;
}

/** A connector. `iter` alone makes a working one. */
export interface Source {
  /** Step name in the report; default: the connection's type. */
  readonly name?: string | undefined;
  prepare?(): Promise<void>;
  testConnection?(): readonly TestStep[];
  iter(): AsyncIterable<Either<MetadataRecord>> | Iterable<Either<MetadataRecord>>;
  close?(): Promise<void>;
}

/** A connector's own schemas of its part of the config. */
export interface ConfigSchemas {
  /** Of `serviceConnection.config`. */
  readonly connection?: Schema<unknown> | undefined;
  /** Of `sourceConfig.config`. */
  readonly options?: Schema<unknown> | undefined;
}

/** What a connector package exports for a source type. */
export interface SourceClass {
  /** Given: mistakes in its part of the config are shown together with all others, before the catalog is opened or anything is called. */
  readonly configSchemas?: ConfigSchemas | undefined;
  create(config: SourceConfig, context: SourceContext): Source | Promise<Source>;
}
