import { z } from "zod";

const count = z.int().min(0);
const ms = z.number().min(0).describe("milliseconds");

export const reportFailure = z.strictObject({
  from: z.string().describe("step that failed"),
  name: z.string().describe("entity or call"),
  error: z.string(),
  stackTrace: z.string().optional(),
});

export const reportStep = z.strictObject({
  name: z.string(),
  records: count.describe("records read (source) or confirmed (sink)"),
  updated: count.describe("of these, changes to entities that were there"),
  unchanged: count.describe("records that the catalog had already; nothing was sent"),
  warnings: count,
  filtered: count,
  errors: count,
  successPercent: z.number().min(0).max(100),
  busyMs: ms.describe("milliseconds in which it was at work; steps work at the same time"),
});

export const reportScope = z.strictObject({
  name: z.string(),
  state: z.enum(["complete", "partial", "failed"]),
  reasons: z.array(z.string()),
  announced: count.optional().describe("rows that the server announced"),
  received: count.describe("rows received"),
  seen: count.describe("entities known to exist at the source"),
});

export const reportUnresolved = z.strictObject({
  from: z.string(),
  to: z.string(),
  reason: z.string(),
  nearest: z.array(z.string()),
});

export const refusedDeletes = z.strictObject({
  scope: z.string(),
  reason: z.string(),
  entities: z.array(z.string()).describe("FQNs"),
});

export const httpFigures = z.strictObject({
  calls: count,
  retries: count,
  waitedMs: ms,
  bytesIn: count,
  busyMs: ms.describe("milliseconds of all calls together; many go at the same time"),
  byStatus: z.record(z.string(), count),
});

/** What a run did, for machines: `--report file.json`. */
export const reportSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    omdVersion: z.string(),
    workflow: z.string(),
    runId: z.string(),
    sourceType: z.string(),
    serviceName: z.string(),
    startedAt: z.int().describe("epoch milliseconds"),
    endedAt: z.int().describe("epoch milliseconds"),
    outcome: z.enum(["complete", "incomplete", "failed", "stopped"]),
    exitCode: z.int().min(0).max(3),
    reasons: z.array(z.string()).describe("why the outcome is not `complete`"),
    successPercent: z.number().min(0).max(100),
    catalog: z.strictObject({ kind: z.enum(["embedded", "rest", "none"]), identity: z.string(), version: z.string() }),
    steps: z.array(reportStep),
    writes: z.strictObject({ created: count, updated: count, unchanged: count, restored: count, deleted: count }),
    scopes: z.array(reportScope),
    failures: z.array(reportFailure).describe("the first 1,000"),
    failureCount: count,
    warnings: z.array(z.strictObject({ from: z.string(), name: z.string(), reason: z.string(), count })),
    filtered: z.array(z.strictObject({ name: z.string(), reason: z.string() })).describe("the first 1,000"),
    unresolved: z.array(reportUnresolved).describe("the first 1,000 lineage edges whose end is not in the catalog"),
    unresolvedCount: count,
    deletes: z.strictObject({
      done: z.array(z.string()).describe("FQNs marked deleted"),
      refused: z.array(refusedDeletes),
    }),
    http: z.record(z.string(), httpFigures),
    times: z.array(z.strictObject({ context: z.string(), calls: count, totalMs: ms, minMs: ms, maxMs: ms })),
    peakRssBytes: count,
  })
  .describe("Report of one omd run");
export type Report = z.infer<typeof reportSchema>;

/** One thing that `omd plan` would do. */
export const planEntrySchema = z.strictObject({
  action: z.enum(["create", "update", "restore", "delete", "refuse-delete"]),
  kind: z.string().describe("entity type, `lineage`, `tag`, `runs` or `testResults`; for a file, the kind of record"),
  name: z.string().describe("FQN, or `from → to`"),
  changes: z.array(z.strictObject({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() })),
  reason: z.string().optional(),
});
export type PlanEntry = z.infer<typeof planEntrySchema>;
