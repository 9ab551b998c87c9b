import type { MetadataRecord } from "@omd/schema";
import { failureOf, type Either, type Processor, type Sink, type Source, type Written } from "../contracts/index.ts";
import type { RunAccount } from "../report/run-account.ts";
import { recordName } from "../sink/metadata-rest/sink.ts";

export interface PumpOptions {
  readonly source: Source;
  readonly processors: readonly Processor[];
  readonly sink: Sink;
  readonly account: RunAccount;
  readonly signal: AbortSignal;
  /** Called for each record that the sink has confirmed. */
  readonly confirm: (record: MetadataRecord, written: Written) => void;
  readonly tick: () => void;
  /** Asked for each record that the source yields; absent: everything is wanted. */
  readonly judge?: ((record: MetadataRecord) => "take" | "drop" | "end") | undefined;
}

/** How long a source may take to clean up after it was told to stop. */
const returnMs = 5_000;

/** Moves records from the source through the processors into the sink; a full sink holds the source back. */
export async function pump(options: PumpOptions): Promise<void> {
  const flights = new Flights(options.sink.maxInFlight ?? 1);
  const iterator = asyncIterator(options.source.iter());
  const wait = new Wait(options.signal);
  try {
    for (;;) {
      const started = performance.now();
      const next = await wait.until(iterator.next());
      options.account.source.busyMs += performance.now() - started;
      if (next.done) break;
      const verdict = next.value.right === undefined ? "take" : (options.judge?.(next.value.right) ?? "take");
      if (verdict === "end") {
        await ended(iterator);
        break;
      }
      if (verdict === "take") await take(next.value, options, flights, wait);
      options.tick();
    }
  } catch (error) {
    await ended(iterator);
    throw error;
  } finally {
    wait.end();
    await drain(options, flights);
  }
}

/** Lets the source clean up; what goes wrong then has nobody to wait for it. */
async function ended(iterator: AsyncIterator<unknown>): Promise<void> {
  const patience = new Promise((resolve) => setTimeout(resolve, returnMs).unref());
  await Promise.race([iterator.return?.(), patience]).catch(() => undefined);
}

/** Sends what is held back and waits for everything in flight, also after a failure: what was read is not lost. */
async function drain(options: PumpOptions, flights: Flights): Promise<void> {
  await options.sink.flush?.();
  await flights.landed();
  const started = performance.now();
  for await (const { record, result } of options.sink.finish?.() ?? []) settle(record, result, options);
  options.account.sink.busyMs += flights.busyMs + performance.now() - started;
}

async function take(item: Either<MetadataRecord>, options: PumpOptions, flights: Flights, wait: Wait): Promise<void> {
  if (item.left) {
    options.account.failed(options.account.source, item.left);
    return;
  }
  if (item.right === undefined) {
    options.account.failed(options.account.source, {
      name: "source",
      error: "The source yielded neither `left` nor `right`",
    });
    return;
  }
  options.account.read(item.right);
  const started = performance.now();
  const records = process(item.right, options);
  options.account.processors.busyMs += performance.now() - started;
  for (const record of records) {
    if (flights.isFull) {
      await options.sink.flush?.();
      await wait.until(flights.roomLeft());
    }
    flights.start(write(record, options));
  }
}

function process(record: MetadataRecord, { processors, account }: PumpOptions): readonly MetadataRecord[] {
  let records: readonly MetadataRecord[] = [record];
  for (const processor of processors) {
    records = records.flatMap((current) => {
      const result = attempt(() => processor.run(current), recordName(current));
      if (result.left) {
        account.failed(account.processors, result.left);
        return [];
      }
      account.processors.records += 1;
      if (result.right === undefined)
        account.filter(account.processors, recordName(current), `left out by ${processor.name}`);
      return result.right ?? [];
    });
  }
  return records;
}

function attempt<T>(work: () => Either<T>, name: string): Either<T> {
  try {
    return work();
  } catch (error) {
    return { left: failureOf(name, error) };
  }
}

async function write(record: MetadataRecord, options: PumpOptions): Promise<void> {
  const started = performance.now();
  const result = await options.sink
    .run(record)
    .catch((error: unknown): Either<Written> => ({ left: failureOf(recordName(record), error) }));
  options.account.time(`Sink ${record.kind}`, performance.now() - started);
  settle(record, result, options);
}

function settle(record: MetadataRecord, result: Either<Written>, { account, confirm, tick }: PumpOptions): void {
  if (result.left) account.failed(account.sink, result.left);
  else if (result.right !== undefined) {
    account.wrote(result.right);
    const { outcome } = result.right;
    if (outcome !== "deferred" && outcome !== "missing") confirm(record, result.right);
  }
  tick();
}

/** Work in flight, bounded. */
class Flights {
  readonly #max: number;
  #count = 0;
  #since = 0;
  /** Time with at least one in flight, up to when there was none. */
  busyMs = 0;
  #waiting: (() => void)[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  get isFull(): boolean {
    return this.#count >= this.#max;
  }

  start(work: Promise<void>): void {
    if (this.#count === 0) this.#since = performance.now();
    this.#count += 1;
    void work.finally(() => {
      this.#count -= 1;
      if (this.#count === 0) this.busyMs += performance.now() - this.#since;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const wake of waiting) wake();
    });
  }

  async roomLeft(): Promise<void> {
    while (this.isFull) await this.#change();
  }

  async landed(): Promise<void> {
    while (this.#count > 0) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}

/** One wait after the other, each ended by the signal: a source that hangs does not hang the run. They share a listener, as each record is waited for. */
class Wait {
  readonly #signal: AbortSignal;
  #reject: ((reason: unknown) => void) | undefined;
  readonly #abort = (): void => this.#reject?.(this.#signal.reason);

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", this.#abort, { once: true });
  }

  /** As the promise, unless the signal comes first: then it rejects with its reason. */
  until<T>(promise: Promise<T>): Promise<T> {
    if (this.#signal.aborted) return Promise.reject(this.#signal.reason as Error);
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      Promise.resolve(promise).then(resolve, reject);
    });
  }

  end(): void {
    this.#signal.removeEventListener("abort", this.#abort);
  }
}

function asyncIterator<T>(items: AsyncIterable<T> | Iterable<T>): AsyncIterator<T> {
  if (Symbol.asyncIterator in items) return items[Symbol.asyncIterator]();
  return (async function* () {
    yield* items;
  })();
}
