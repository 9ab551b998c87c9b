/** How a run of an ingestion ended. */
export type Outcome = "complete" | "incomplete" | "failed" | "stopped";

/** Entities written by a run. */
export interface Writes {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly restored: number;
  readonly deleted: number;
}

/** One ingestion run in a list; times in epoch ms. Clients that are not ours do not tell what they wrote and which scopes they read. */
export interface RunSummary {
  readonly runId: string;
  readonly serviceName: string;
  readonly sourceType: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: Outcome | "running";
  readonly reasons: readonly string[];
  readonly writes?: Writes;
  readonly failureCount: number;
  readonly scopes?: { readonly complete: number; readonly partial: number; readonly failed: number };
  readonly refusedDeletes: number;
}

/** What a run did to an entity. */
export interface Change {
  readonly id: string;
  readonly type: string;
  readonly fqn: string;
  readonly change: "created" | "updated" | "deleted" | "restored";
}

/** The changes of one run; `entities` are the first of them. */
export interface Changes {
  /** `time`: nobody said what the run wrote; it is what changed while it ran. */
  readonly by: "run" | "time";
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly entities: readonly Change[];
}

/** `GET /api/omd/home`. */
export interface Home {
  readonly catalog: { readonly file?: string; readonly identity: string; readonly version: string };
  readonly counts: {
    readonly entities: Readonly<Record<string, number>>;
    readonly deletedEntities: number;
    readonly lineageEdges: number;
    readonly pipelineStatuses: number;
  };
  readonly services: readonly {
    readonly id: string;
    readonly type: string;
    readonly name: string;
    readonly fqn: string;
    readonly serviceType?: string;
    readonly entities: number;
    readonly lastRun?: RunSummary;
  }[];
  readonly runs: readonly RunSummary[];
  readonly changes: Changes & { readonly since: number | null; readonly runId?: string };
}

/** One entity found by a search, and where the words were found. */
export interface Hit {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly displayName?: string;
  readonly fqn: string;
  readonly description?: string;
  readonly service?: string;
  readonly serviceType?: string;
  readonly owners: readonly string[];
  readonly tags: readonly string[];
  readonly deleted: boolean;
  readonly matched: readonly { readonly field: string; readonly value: string }[];
}

/** The filters of the search. */
export type FacetName = "type" | "service" | "tag" | "owner";

/** `GET /api/omd/search`. */
export interface SearchAnswer {
  readonly total: number;
  /** There are more than were counted. */
  readonly more: boolean;
  readonly hits: readonly Hit[];
  readonly facets: Readonly<Record<FacetName, readonly { readonly value: string; readonly count: number }[]>>;
}

/** An entity in a lineage graph; `more…` counts neighbours that the answer left out. */
export interface LineageNode {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly displayName?: string;
  readonly fqn: string;
  readonly service?: string;
  readonly serviceType?: string;
  readonly deleted: boolean;
  readonly columns?: readonly { readonly name: string; readonly fqn: string; readonly dataType?: string }[];
  readonly moreUpstream: number;
  readonly moreDownstream: number;
}

/** An edge, with the pipelines that make it and the columns it joins. */
export interface LineageEdge {
  readonly from: string;
  readonly to: string;
  readonly source: string;
  readonly pipelines: readonly { readonly id: string; readonly name: string; readonly fqn: string }[];
  readonly columns: readonly { readonly from: readonly string[]; readonly to: string }[];
  readonly sqlQuery?: string;
  /** Between services, domains or data products: the number of edges of what they hold. */
  readonly assetEdges?: number;
}

/** The end of an edge that is not in the catalog. */
export interface UnresolvedEnd {
  readonly id: string;
  readonly near: string;
  readonly side: "upstream" | "downstream";
  readonly name: string;
  readonly reason: string;
  readonly nearest: readonly string[];
}

/** `GET /api/omd/lineage`. */
export interface LineageAnswer {
  readonly root: string;
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
  readonly unresolved: readonly UnresolvedEnd[];
  readonly truncated: boolean;
}

/** `GET /api/omd/path`. */
export interface PathAnswer {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
}

/** `GET /api/omd/impact`. */
export interface Impact {
  readonly total: number;
  readonly items: readonly {
    readonly id: string;
    readonly type: string;
    readonly name: string;
    readonly fqn: string;
    readonly service?: string;
    readonly depth: number;
    readonly via: readonly string[];
  }[];
}

/** One run of a pipeline; times in epoch ms. `timestamp` is the logical date, which may lie far from the real start. */
export interface PipelineRun {
  readonly timestamp: number;
  readonly executionStatus: string;
  readonly executionId?: string;
  readonly endTime?: number;
  readonly taskStatus?: readonly TaskRun[];
  /** What the run failed by, where its source tells. */
  readonly error?: { readonly errorType?: string; readonly errorMessage?: string };
}

/** One task of a run. */
export interface TaskRun {
  readonly name: string;
  readonly executionStatus: string;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly logLink?: string;
}

/** `GET /api/omd/compare`. */
export interface Comparison {
  readonly a: RunSummary;
  readonly b: RunSummary;
  /** A figure that a run does not have is left out. */
  readonly figures: readonly { readonly name: string; readonly a?: number; readonly b?: number }[];
  readonly onlyInA: readonly string[];
  readonly onlyInB: readonly string[];
}

/** One OpenLineage event that was received; times in epoch ms or ISO 8601. */
export interface ReceivedEvent {
  readonly id: string | number;
  readonly receivedAt: number | string;
  readonly eventTime?: number | string;
  /** `job` and `dataset` events are static: they tell of no run. */
  readonly kind: "run" | "job" | "dataset";
  /** Of run events. */
  readonly eventType?: string;
  readonly job?: { readonly namespace: string; readonly name: string };
  /** Of dataset events. */
  readonly dataset?: string;
  readonly runId?: string;
  readonly producer?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly applied: boolean;
  readonly note?: string;
}

/** `GET /api/omd/events`. */
export interface EventsAnswer {
  readonly events: readonly ReceivedEvent[];
  readonly next?: string | number;
}

/** An event that was refused. */
export interface DeadLetter {
  readonly id: string | number;
  readonly receivedAt: number | string;
  readonly reason: string;
  readonly body: string;
}
