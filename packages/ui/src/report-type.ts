import type { Outcome, Writes } from "./api-types.ts";

/** The parts of a run's report that the page shows; see docs/report.schema.json. */
export interface RunReport {
  readonly omdVersion: string;
  readonly workflow: string;
  readonly runId: string;
  readonly sourceType: string;
  readonly serviceName: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: Outcome;
  readonly exitCode: number;
  readonly reasons: readonly string[];
  readonly successPercent: number;
  readonly steps: readonly ReportStep[];
  readonly writes: Writes;
  readonly scopes: readonly ReportScope[];
  readonly failures: readonly {
    readonly from: string;
    readonly name: string;
    readonly error: string;
    readonly stackTrace?: string;
  }[];
  readonly failureCount: number;
  readonly warnings: readonly {
    readonly from: string;
    readonly name: string;
    readonly reason: string;
    readonly count: number;
  }[];
  readonly unresolved: readonly {
    readonly from: string;
    readonly to: string;
    readonly reason: string;
    readonly nearest: readonly string[];
  }[];
  readonly unresolvedCount: number;
  readonly deletes: {
    readonly done: readonly string[];
    readonly refused: readonly {
      readonly scope: string;
      readonly reason: string;
      readonly entities: readonly string[];
    }[];
  };
  readonly http: Readonly<Record<string, ReportHost>>;
}

/** What a client that is not ours told of its run. */
export interface ClientReport extends Pick<
  RunReport,
  "runId" | "workflow" | "sourceType" | "serviceName" | "startedAt" | "endedAt" | "failures" | "failureCount"
> {
  /** FQN of the ingestion pipeline that it told. */
  readonly ingestionPipeline: string;
  readonly outcome: Outcome | "running";
  readonly steps: readonly ClientStep[];
}

export type ClientStep = Omit<ReportStep, "unchanged" | "busyMs">;

/** A step of the run: what it read or wrote. */
export interface ReportStep {
  readonly name: string;
  readonly records: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly warnings: number;
  readonly filtered: number;
  readonly errors: number;
  readonly busyMs: number;
}

/** One listing of the source, and whether all of it was read. */
export interface ReportScope {
  readonly name: string;
  readonly state: "complete" | "partial" | "failed";
  readonly reasons: readonly string[];
  readonly announced?: number;
  readonly received: number;
  readonly seen: number;
}

/** HTTP figures of one host. */
export interface ReportHost {
  readonly calls: number;
  readonly retries: number;
  readonly waitedMs: number;
  readonly bytesIn: number;
  readonly busyMs: number;
  readonly byStatus: Readonly<Record<string, number>>;
}
