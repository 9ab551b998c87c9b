import type { FQN } from "@omd/schema";
import type { CatalogDatabase, Row } from "./database.ts";
import { DeadLetters, type DeadLetter } from "./dead-letters.ts";
import { EventEnds, type EventEnd } from "./event-ends.ts";
import { maskedEvent, maskedText } from "./event-mask.ts";
import { pruneEvents, type Pruned } from "./event-retention.ts";
import { runStatus, type RunEvents } from "./event-runs.ts";
import type { EntityStore } from "./entity-store.ts";
import type { EventWait } from "./event-waits.ts";
import type { TimeSeries } from "./time-series.ts";

/** Which pipeline a job belongs to: an opaque key, the run of that pipeline, and the job's task in it. */
export interface EventMaker {
  readonly key: string;
  readonly runId?: string | undefined;
  readonly task?: string | undefined;
}

/** An OpenLineage event that was understood. */
export interface LineageEventRequest {
  /** The same for the same event; the second is not stored. */
  readonly hash: string;
  /** Epoch ms. */
  readonly receivedAt: number;
  readonly eventTime: string;
  /** Epoch ms. */
  readonly eventMs: number;
  /** Of run events: START, RUNNING, COMPLETE, ABORT, FAIL or OTHER. */
  readonly eventType?: string | undefined;
  readonly job?: { readonly namespace: string; readonly name: string } | undefined;
  readonly runId?: string | undefined;
  readonly producer: string;
  readonly maker?: EventMaker | undefined;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly body: unknown;
}

/** Of what an event tells: a run, or statically of a job or a dataset. */
export type LineageEventKind = "run" | "job" | "dataset";

/** A stored event; `state` says whether it is applied to entities. */
export interface LineageEvent extends Omit<LineageEventRequest, "hash" | "eventMs" | "body" | "maker"> {
  readonly id: number;
  readonly kind: LineageEventKind;
  readonly state: "waiting" | "applied" | "kept";
  /** Why it is not applied, or not in full. */
  readonly note?: string | undefined;
}

/** What became of an event. */
export interface EventResult {
  readonly id: number;
  readonly applied: boolean;
  readonly note?: string | undefined;
  /** Its datasets that are not in the catalog. */
  readonly ends?: readonly EventEnd[] | undefined;
  /** Names of those that are. */
  readonly found?: readonly string[] | undefined;
  /** Names that entities must have for it to be applied further: when one comes the event waits again. */
  readonly waits?: readonly EventWait[] | undefined;
}

const states = ["waiting", "applied", "kept"] as const;
const summary =
  "id, state, received_at, event_time, event_type, job_namespace, job_name, run_id, producer, inputs, outputs, note";

/** OpenLineage events, whole but for their secrets, and what could not be read. Methods that write expect an open transaction. */
export class EventStore {
  readonly #db: CatalogDatabase;
  readonly #entities: EntityStore;
  readonly #series: TimeSeries;
  readonly #letters: DeadLetters;
  /** What events tell of and the catalog does not have. */
  readonly ends: EventEnds;

  constructor(db: CatalogDatabase, entities: EntityStore, series: TimeSeries) {
    this.ends = new EventEnds(db);
    this.#letters = new DeadLetters(db);
    this.#db = db;
    this.#entities = entities;
    this.#series = series;
  }

  /** Answers the id of each, in order; `duplicate` when it was there. */
  store(events: readonly LineageEventRequest[]): { id: number; duplicate: boolean }[] {
    return events.map((event) => {
      const known = this.#db.get("SELECT id FROM lineage_event WHERE hash = ?", event.hash);
      if (known) return { id: Number(known.id), duplicate: true };
      const row = this.#db.get(
        `INSERT INTO lineage_event (hash, received_at, event_time, event_ms, event_type, job_namespace, job_name, run_id,
          producer, maker, maker_run, task, inputs, outputs, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          RETURNING id`,
        event.hash,
        event.receivedAt,
        event.eventTime,
        event.eventMs,
        event.eventType ?? null,
        event.job?.namespace ?? null,
        event.job?.name ?? null,
        event.runId ?? null,
        maskedText(event.producer),
        event.maker?.key ?? null,
        event.maker?.runId ?? null,
        event.maker?.task ?? null,
        JSON.stringify(event.inputs.map(maskedText)),
        JSON.stringify(event.outputs.map(maskedText)),
        JSON.stringify(maskedEvent(event.body)),
      );
      return { id: Number(row?.id), duplicate: false };
    });
  }

  /** Notes what became of events. */
  settle(results: readonly EventResult[]): void {
    for (const { id, applied, note, ends = [], found = [], waits = [] } of results) {
      this.#db.run("UPDATE lineage_event SET state = ?, note = ? WHERE id = ?", applied ? 1 : 2, note ?? null, id);
      this.ends.resolve(found);
      this.ends.note(id, ends);
      this.#entities.waits.note(id, waits);
    }
  }

  /** Lets events wait again: all that are kept, or the one of that id. Answers how many. */
  again(id?: number): number {
    return id === undefined
      ? this.#db.run("UPDATE lineage_event SET state = 0 WHERE state = 2 AND job_name IS NOT NULL")
      : this.#db.run("UPDATE lineage_event SET state = 0 WHERE id = ?", id);
  }

  /** Told what is known of namespaces, at each start: all that is kept waits again when that is something else. Answers how many. */
  mapped(key: string): number {
    const before = this.#db.get("SELECT value FROM meta WHERE key = 'lineage_namespaces'")?.value ?? "";
    if (before === key) return 0;
    this.#db.run("INSERT OR REPLACE INTO meta VALUES ('lineage_namespaces', ?)", key);
    return this.again();
  }

  /** Keeps what could not be read; the oldest beyond a limit go. */
  reject(letters: readonly Omit<DeadLetter, "id">[]): void {
    this.#letters.add(letters);
  }

  /** Deletes what came before that time, epoch ms, a few at a time: see {@link pruneEvents}. */
  prune(before: number): Pruned {
    return { ...pruneEvents(this.#db, before), letters: this.#letters.prune(before) };
  }

  /** Writes the run of a pipeline as its events tell it. Throws CatalogError 404 without the pipeline. */
  putRun(pipeline: FQN, maker: string, runId: string): void {
    const entity = this.#entities.liveByFqn("pipeline", pipeline);
    const known = new Set(((entity.body.tasks ?? []) as { name: unknown }[]).map((task) => task.name));
    const events = this.#runEvents(maker, runId).filter(({ task }) => task === undefined || known.has(task));
    const status = runStatus(runId, events);
    if (!status) return;
    const timestamp = this.#timeOf(entity.id, runId, status.timestamp);
    this.#series.putStatuses(pipeline, [{ ...status, timestamp }]);
  }

  /** Calls one of the methods that write, by its name. */
  write<K extends keyof EventWrites>(name: K, args: Parameters<EventWrites[K]>): ReturnType<EventWrites[K]> {
    if (!writeNames.has(name)) throw new TypeError(`The event store has no write ${name}`);
    const method = this[name] as (...given: Parameters<EventWrites[K]>) => ReturnType<EventWrites[K]>;
    return method.apply(this, args);
  }

  /** Newest first, without bodies; those before the id `before`. */
  list(options: { limit: number; before?: number | undefined }): LineageEvent[] {
    return this.#db
      .all(
        `SELECT ${summary} FROM lineage_event WHERE id < ? ORDER BY id DESC LIMIT ?`,
        options.before ?? Number.MAX_SAFE_INTEGER,
        options.limit,
      )
      .map(lineageEvent);
  }

  get(id: number): { event: LineageEvent; body: unknown } | undefined {
    const row = this.#db.get(`SELECT ${summary}, body FROM lineage_event WHERE id = ?`, id);
    return row && { event: lineageEvent(row), body: JSON.parse(String(row.body)) as unknown };
  }

  /** The oldest that wait to be applied, after the id `after`: as many as have so many bytes together, but one at least. */
  waiting(limit: number, bytes: number, after = 0): { id: number; body: unknown }[] {
    const found: { id: number; body: unknown }[] = [];
    let left = bytes;
    const sizes = this.#db.all(
      "SELECT id, octet_length(body) AS size FROM lineage_event WHERE state = 0 AND id > ? ORDER BY id LIMIT ?",
      after,
      limit,
    );
    for (const { id, size } of sizes) {
      left -= Number(size);
      if (left < 0 && found.length > 0) break;
      const row = this.#db.get("SELECT body FROM lineage_event WHERE id = ?", Number(id));
      if (row) found.push({ id: Number(id), body: JSON.parse(String(row.body)) as unknown });
    }
    return found;
  }

  /** The newest events of one run of a job that have datasets of that side. */
  ofRun(maker: EventMaker, runId: string, side: "inputs" | "outputs", limit: number): unknown[] {
    return this.#db
      .all(
        `SELECT body FROM lineage_event WHERE maker = ? AND maker_run = ? AND task IS ? AND run_id = ? AND ${side} <> '[]'
          ORDER BY id DESC LIMIT ?`,
        maker.key,
        maker.runId ?? null,
        maker.task ?? null,
        runId,
        limit,
      )
      .map((row) => JSON.parse(String(row.body)) as unknown);
  }

  /** Newest first. */
  deadLetters(limit: number): DeadLetter[] {
    return this.#letters.list(limit);
  }

  #runEvents(maker: string, runId: string): RunEvents[] {
    return this.#db
      .all(
        `SELECT task, run_id, event_type, min(event_ms) AS first, max(event_ms) AS last FROM lineage_event
          WHERE maker = ? AND maker_run = ? GROUP BY task, run_id, event_type`,
        maker,
        runId,
      )
      .map((row) => ({
        task: row.task === null ? undefined : String(row.task),
        runId: String(row.run_id),
        type: String(row.event_type),
        first: Number(row.first),
        last: Number(row.last),
      }));
  }

  /**
   * Runs are keyed by their time: one that turns out to have begun earlier moves, and two of one millisecond stay apart. One that seems to
   * have begun later has lost its first events to age.
   */
  #timeOf(pipelineId: string, runId: string, started: number): number {
    const before = this.#db.get(
      "SELECT started, timestamp FROM lineage_run WHERE pipeline_id = ? AND run_id = ?",
      pipelineId,
      runId,
    );
    if (before && Number(before.started) <= started) return Number(before.timestamp);
    if (before) {
      this.#db.run(
        "DELETE FROM pipeline_status WHERE pipeline_id = ? AND timestamp = ?",
        pipelineId,
        Number(before.timestamp),
      );
      this.#db.run("DELETE FROM lineage_run WHERE pipeline_id = ? AND run_id = ?", pipelineId, runId);
    }
    let time = started;
    while (this.#db.get("SELECT 1 FROM lineage_run WHERE pipeline_id = ? AND timestamp = ?", pipelineId, time))
      time += 1;
    this.#db.run("INSERT INTO lineage_run VALUES (?, ?, ?, ?)", pipelineId, runId, started, time);
    return time;
  }
}

/** What may be called across a thread, by name. */
export type EventWrites = Pick<EventStore, "store" | "settle" | "again" | "mapped" | "reject" | "prune" | "putRun">;

const writeNames: ReadonlySet<string> = new Set([
  "store",
  "settle",
  "again",
  "mapped",
  "reject",
  "prune",
  "putRun",
] satisfies (keyof EventWrites)[]);

function lineageEvent(row: Row): LineageEvent {
  const text = (value: Row[string] | undefined): string | undefined => (typeof value === "string" ? value : undefined);
  return {
    id: Number(row.id),
    kind: row.job_name === null ? "dataset" : row.run_id === null ? "job" : "run",
    state: states[Number(row.state)] ?? "waiting",
    receivedAt: Number(row.received_at),
    eventTime: String(row.event_time),
    eventType: text(row.event_type),
    job: row.job_name === null ? undefined : { namespace: String(row.job_namespace), name: String(row.job_name) },
    runId: text(row.run_id),
    producer: String(row.producer),
    inputs: JSON.parse(String(row.inputs)) as string[],
    outputs: JSON.parse(String(row.outputs)) as string[],
    note: text(row.note),
  };
}
