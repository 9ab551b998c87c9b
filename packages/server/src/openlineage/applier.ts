import { setTimeout as pause } from "node:timers/promises";
import type { EventResult } from "@omd/catalog";
import { isOmdError, type Resolver } from "@omd/core";
import { createResolver } from "@omd/lineage";
import type { EntityType, FQN } from "@omd/schema";
import type { ServerParts } from "../parts.ts";
import { applyDatasets, type Lookup } from "./edges.ts";
import { parseEvent, type Dataset, type OpenLineageEvent } from "./event.ts";
import { makerKey, placeJob, type Placing } from "./placing.ts";
import { putMaker, type Maker } from "./pipelines.ts";
import { columnFields, findDataset, type DatasetUri } from "./datasets.ts";

interface WaitingEvent {
  readonly id: number;
  readonly event: OpenLineageEvent;
  readonly placing: Placing | undefined;
}

/** What became of the events of a step. */
interface Settled {
  readonly results: Map<number, EventResult>;
  /** The datasets that were not found, by event. */
  readonly missing: Map<number, readonly Dataset[]>;
}

/** Events that are applied together, and the bytes of them. */
const chunk = 100;
const chunkBytes = 8 * 1024 * 1024;
/** Milliseconds until a catalog that could not be written is tried again. */
const pauseMs = 5_000;
/** Milliseconds between two rounds through all that waits. */
const sweepPauseMs = 100;
const longestNote = 2_000;

/**
 * Applies stored events, oldest first: job → pipeline, datasets → edges, states → runs. What waits lies in the catalog, not in memory,
 * so a restart goes on where the last one ended, and applying an event twice changes nothing. Events also wait again when somebody
 * writes what they lacked: see `EventWaits` of the catalog.
 */
export class EventApplier {
  readonly #parts: ServerParts;
  readonly #log: (text: string) => void;
  #running: Promise<void> | undefined;
  /** Ends, well or not, with the events that are being applied, or with the pause before the next. */
  #step: Promise<unknown> = Promise.resolve();
  #again = false;
  #closed = false;
  /** Until then nobody looks; ms as `performance.now` counts them. */
  #pausedUntil = 0;

  constructor(parts: ServerParts, log: (text: string) => void) {
    this.#parts = parts;
    this.#log = log;
  }

  /** Says that events may wait. */
  wake(): void {
    if (this.#closed) return;
    this.#again = true;
    this.#running ??= this.#drain().finally(() => {
      this.#running = undefined;
      if (this.#again) this.wake();
    });
  }

  /** Applies what waits, if anything does: other processes write the catalog too, and tell nobody. */
  look(): void {
    if (performance.now() >= this.#pausedUntil) this.wake();
  }

  /** Ends when nothing waits, or when the catalog could not be written. */
  idle(): Promise<void> {
    return this.until(() => false);
  }

  /** Goes on until `done` says so, nothing waits, or the catalog could not be written. */
  async until(done: () => boolean): Promise<void> {
    this.wake();
    while (this.#running && !done()) await Promise.race([this.#step, this.#running]);
  }

  /** Ends after the events that are under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #drain(): Promise<void> {
    try {
      let after = 0;
      while (this.#again && !this.#closed) {
        this.#again = false;
        const waiting = await this.#following(after);
        const last = waiting.at(-1);
        if (!last) return;
        after = last.id;
        this.#again = true;
        const step = this.#apply(waiting);
        this.#step = Promise.allSettled([step]);
        await step;
      }
    } catch (error) {
      this.#again = false;
      this.#log(`OpenLineage events wait, to be applied later: ${messageOf(error)}`);
      this.#pausedUntil = performance.now() + pauseMs;
    }
  }

  /**
   * What waits after that event, then from the beginning. An ingestion wakes an event for each table that it lacked: its next turn comes after
   * that of all others, and not at once.
   */
  async #following(after: number): Promise<readonly { id: number; body: unknown }[]> {
    const { events } = this.#parts.catalog;
    const next = events.waiting(chunk, chunkBytes, after);
    if (next.length > 0 || after === 0 || events.waiting(1, 0).length === 0) return next;
    // Who waits for a step waits for this too: see `until`.
    await (this.#step = pause(sweepPauseMs));
    return events.waiting(chunk, chunkBytes);
  }

  async #apply(waiting: readonly { id: number; body: unknown }[]): Promise<void> {
    const settling: Settled = { results: new Map(), missing: new Map() };
    const { results } = settling;
    const events: WaitingEvent[] = [];
    for (const { id, body } of waiting) {
      await settled(id, results, async () => {
        const event = parseEvent(body);
        events.push({ id, event, placing: placeJob(event) });
      });
    }
    const lookup = this.#lookup();
    for (const group of Map.groupBy(events, ({ id, placing }) => (placing ? makerKey(placing) : id)).values())
      await this.#applyGroup(group, lookup, settling);
    await this.#parts.writer.writeEvents("settle", [[...results.values()]]);
    await this.#lookAgain(settling.missing);
  }

  /** What came after an event was looked at and before it was noted that it waits for that has woken nobody. */
  async #lookAgain(missing: Settled["missing"]): Promise<void> {
    const lookup = this.#lookup();
    for (const [id, datasets] of missing)
      for (const dataset of datasets) {
        if ((await lookup(dataset)).kind === "missing") continue;
        await this.#parts.writer.writeEvents("again", [id]);
        break;
      }
  }

  /** Events of one pipeline: it is written once for all of them, and so is each of its runs. */
  async #applyGroup(group: readonly WaitingEvent[], lookup: Lookup, settling: Settled): Promise<void> {
    const { results } = settling;
    const makers = new Map<number, Maker>();
    for (const { id, placing } of group) {
      if (!placing)
        results.set(id, {
          id,
          applied: false,
          note: "an event of a dataset alone: it is kept, there is nothing to apply",
        });
    }
    const placed = group.filter(({ placing }) => placing !== undefined);
    await settledAll(placed, results, async () => {
      const maker = await putMaker(
        this.#parts,
        placed.map(({ event, placing }) => ({ event, placing })),
      );
      for (const { id } of placed) if (maker) makers.set(id, maker);
    });
    const runs = new Map<string, FQN>();
    for (const { id, event, placing } of placed) {
      const maker = makers.get(id);
      if (!maker || !placing) continue;
      await settled(id, results, async () => {
        const { note, missing = [], ...ends } = await applyDatasets(this.#parts, event, placing, maker, lookup);
        results.set(id, { id, applied: note === undefined, note: note?.slice(0, longestNote), ...ends });
        if (missing.length > 0) settling.missing.set(id, missing);
      });
      if (placing.runId !== undefined && !maker.foreign) runs.set(placing.runId, maker.fqn);
    }
    for (const [runId, fqn] of runs) {
      const ofRun = placed.filter(({ placing }) => placing?.runId === runId);
      await settledAll(ofRun, results, async () => {
        const [first] = ofRun;
        if (first?.placing) await this.#parts.writer.writeEvents("putRun", [fqn, makerKey(first.placing), runId]);
      });
    }
  }

  /** A new one each time: what was not found before may be there now. */
  #lookup(): Lookup {
    const { catalog, namespaces } = this.#parts;
    const resolvers = new Map<string, Resolver>();
    const resolve = ({ uri, services }: DatasetUri) => {
      const key = JSON.stringify(services);
      const known = resolvers.get(key) ?? resolverIn(catalog, services);
      resolvers.set(key, known);
      return known.dataset(uri);
    };
    const read = (type: string, fqn: string) =>
      catalog.get(type as EntityType, fqn as FQN, { fields: columnFields(type) });
    return (dataset) => findDataset(dataset, resolve, read, namespaces);
  }
}

/** Looks in these services only, or in all without any. */
function resolverIn(catalog: ServerParts["catalog"], services: readonly string[]): Resolver {
  return createResolver({
    catalog,
    databaseServices: services,
    storageServices: services,
    messagingServices: services,
  });
}

/** An event that the catalog refuses is kept with the reason. What fails for another cause is thrown on, so that the event waits. */
async function settled(id: number, results: Map<number, EventResult>, work: () => Promise<void>): Promise<void> {
  await settledAll([{ id }], results, work);
}

async function settledAll(
  events: readonly { readonly id: number }[],
  results: Map<number, EventResult>,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isOmdError(error) && error.status === undefined) throw error;
    const note = `could not be applied: ${messageOf(error)}`.slice(0, longestNote);
    for (const { id } of events) results.set(id, { id, applied: false, note });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
