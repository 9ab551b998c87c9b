import {
  failureOf,
  RunLedger,
  SecretRegistry,
  type ScopeState,
  type Source,
  type SourceClass,
  type StackTraceError,
} from "@omd/core";
import { createHttpRuntime, type HttpFigures, type HttpRuntimeOptions } from "@omd/http";
import type { MetadataRecord } from "@omd/schema";
import { emptyHeard, fakeConfig, fakeContext, type FakeWorld, type Heard } from "./fake-context.ts";
import type { HostileOutcome } from "./hostile/verdict.ts";
import { checkRecords, type RecordProblem } from "./record-check.ts";

export interface CollectOptions extends FakeWorld {
  /** Defaults for the HTTP clients; short waits unless said otherwise. */
  readonly http?: HttpRuntimeOptions | undefined;
  /** Milliseconds until the signal is aborted. Default 60,000. */
  readonly deadlineMs?: number | undefined;
}

export interface CollectedScope {
  readonly name: string;
  readonly state: ScopeState;
  readonly reasons: readonly string[];
  readonly rows: number;
  readonly seen: number;
  readonly deletes: boolean;
}

/** All that a source yielded and said. */
export interface Collected extends Heard {
  readonly records: readonly MetadataRecord[];
  /** `left` values, and whatever was thrown. */
  readonly failures: readonly StackTraceError[];
  /** What was thrown by create, prepare, iter or close; it ends a run. */
  readonly thrown: unknown;
  readonly scopes: readonly CollectedScope[];
  /** Nothing failed, nothing was thrown, and each scope is proven complete. */
  readonly complete: boolean;
  /** What the records' schemas say against them. */
  readonly problems: readonly RecordProblem[];
  readonly http: Readonly<Record<string, HttpFigures>>;
  /** Milliseconds. */
  readonly elapsedMs: number;
}

const shortWaits: NonNullable<HttpRuntimeOptions["defaults"]> = {
  retry: { limit: 4, baseMs: 20, maxWaitMs: 2000 },
  timeoutMs: 2000,
  deadlineMs: 8000,
};

async function drain(
  source: Source,
  signal: AbortSignal,
  take: (record: MetadataRecord) => void,
): Promise<StackTraceError[]> {
  const failures: StackTraceError[] = [];
  await source.prepare?.();
  for await (const either of source.iter()) {
    if (either.left === undefined) take(either.right);
    else failures.push(either.left);
    signal.throwIfAborted();
  }
  return failures;
}

/** Runs a source from create to close as the workflow would, without a sink. Never throws for what the source does. */
export async function collectSource(sourceClass: SourceClass, options: CollectOptions = {}): Promise<Collected> {
  const started = performance.now();
  const signal = AbortSignal.timeout(options.deadlineMs ?? 60_000);
  const secrets = new SecretRegistry();
  const http = createHttpRuntime({
    signal,
    ...options.http,
    defaults: { ...shortWaits, ...options.http?.defaults },
  });
  const ledger = new RunLedger();
  const heard = emptyHeard();
  const records: MetadataRecord[] = [];
  const failures: StackTraceError[] = [];
  let thrown: unknown;
  let source: Source | undefined;
  try {
    const context = fakeContext(options, { http, ledger, signal, secrets, heard });
    source = await sourceClass.create(fakeConfig(options), context);
    failures.push(...(await drain(source, signal, (record) => records.push(record))));
  } catch (error) {
    thrown = error;
  }
  try {
    await source?.close?.();
  } catch (error) {
    thrown ??= error;
  }
  ledger.endOpen(thrown === undefined ? "the source ended without ending its scope" : "the source broke off");
  const scopes = ledger.scopes().map(({ name, state, reasons, rows, seen, deletes }) => ({
    name,
    state,
    reasons: [...reasons],
    rows,
    seen,
    deletes: deletes !== undefined,
  }));
  ledger.close();
  await http.close();
  if (thrown !== undefined) failures.push(failureOf("source", thrown));
  return {
    ...heard,
    records,
    failures,
    thrown,
    scopes,
    complete: failures.length === 0 && scopes.every(({ state }) => state === "complete"),
    problems: checkRecords(records),
    http: http.figures(),
    elapsedMs: performance.now() - started,
  };
}

/** The verdict's view of a collected run: exit code 0 when complete, 3 otherwise. What was seen are the names of the entities. */
export function outcomeOf(collected: Collected): HostileOutcome {
  return {
    exitCode: collected.complete ? 0 : 3,
    deleted: 0,
    elapsedMs: collected.elapsedMs,
    seen: collected.records.flatMap((record) =>
      record.kind === "entity" ? [`${record.entityType} ${record.request.name}`] : [],
    ),
  };
}
