import { Worker } from "node:worker_threads";
import { CatalogError } from "@omd/core";
import type { EmbeddedCatalog, EmbeddedCatalogOptions } from "../embedded/embedded-catalog.ts";
import { receivedError, sentError, type Answer, type Call, type Message } from "./messages.ts";

/** The methods of the catalog that may be called across a thread: all that answer with a promise. */
export type CatalogWriter = {
  readonly [
    Method in keyof EmbeddedCatalog as EmbeddedCatalog[Method] extends (...args: never[]) => Promise<unknown>
      ? Method
      : never
  ]: EmbeddedCatalog[Method];
};

export interface WriterOptions {
  /** Path of the catalog's file; made when it is not there. */
  readonly file: string;
  /** Milliseconds that a write waits for another process. Default 5,000. */
  readonly busyTimeoutMs?: number | undefined;
  /** Told once when the thread ends without being asked to. */
  readonly onCrash?: ((error: CatalogError) => void) | undefined;
}

type FileOptions = Omit<EmbeddedCatalogOptions, "clock">;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** So many calls are posted at once; fewer wait for the end of the event loop's turn. */
const fullPost = 48;

/**
 * Opens the catalog on a thread of its own and answers its methods; each call is posted there. Errors come back as thrown, with code,
 * status, message and hint. `close` waits for what is under way. Throws CatalogError when the file can't be opened.
 */
export async function startCatalogWriter(options: WriterOptions, script: URL = threadScript): Promise<CatalogWriter> {
  const thread = new WriterThread(options, script);
  await thread.ready;
  return thread.writer;
}

/** A thread with a catalog of its own. What is called before it is ready waits there. */
export class WriterThread {
  /** Rejects when the file can't be opened; then each call is answered so, too. */
  readonly ready: Promise<void>;
  /** The methods of the catalog, called on the thread. */
  readonly writer: CatalogWriter;
  readonly #worker: Worker;
  readonly #file: string;
  readonly #onCrash: WriterOptions["onCrash"];
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  #gathered: Call[] = [];
  #refusal: Error | undefined;
  #cause: Error | undefined;
  #ended: Error | undefined;
  #closing: Promise<void> | undefined;
  #next = 0;

  constructor({ file, busyTimeoutMs, onCrash }: WriterOptions, script: URL = threadScript) {
    this.#file = file;
    this.#onCrash = onCrash;
    const data: FileOptions = { file, ...(busyTimeoutMs === undefined ? {} : { busyTimeoutMs }) };
    this.#worker = startWorker(data, script);
    const ready = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.ready.catch(() => undefined);
    this.writer = this.#methods();
    const exited = Promise.withResolvers<void>();
    this.#exited = exited.promise;
    this.#worker.on("message", (message: Message) => {
      if (message.kind === "ready") ready.resolve();
      else if (message.kind === "refused") {
        this.#refusal = receivedError(message.error);
      } else for (const answer of message.answers) this.#settle(answer);
    });
    this.#worker.on("error", (error) => {
      this.#cause = error instanceof Error ? error : new Error(String(error));
    });
    this.#worker.on("exit", (code) => {
      this.#end(code);
      ready.reject(this.#ended);
      exited.resolve();
    });
  }

  /** Calls a method without an answer; all that was called before comes first. */
  tell(method: string, args: readonly unknown[]): void {
    if (this.#ended === undefined && this.#closing === undefined) this.#gather({ method, args });
  }

  /** Sends what is gathered. */
  post(): void {
    const calls = this.#gathered;
    if (calls.length === 0) return;
    this.#gathered = [];
    try {
      this.#worker.postMessage(calls, []);
    } catch {
      for (const call of calls) this.#postAlone(call);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #methods(): CatalogWriter {
    return new Proxy({} as CatalogWriter, {
      get: (_target, method) => {
        // A promise asks what it resolves with for `then`.
        if (typeof method !== "string" || method === "then") return undefined;
        if (method === "close") return () => this.close();
        return (...args: unknown[]) => this.#call(method, args);
      },
    });
  }

  #call(method: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#ended) return Promise.reject(this.#ended);
    if (this.#closing) return Promise.reject(closed(this.#file));
    return this.#ask(method, args);
  }

  async #close(): Promise<void> {
    if (!this.#ended) await this.#ask("close", []);
    await this.#exited;
  }

  #ask(method: string, args: readonly unknown[]): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#next += 1;
    this.#waiting.set(this.#next, { resolve, reject });
    this.#gather({ id: this.#next, method, args });
    return promise;
  }

  #gather(call: Call): void {
    this.#gathered.push(call);
    if (this.#gathered.length === fullPost) this.post();
    else if (this.#gathered.length === 1) setImmediate(() => this.post());
  }

  /** One of several calls can't be cloned: only that one fails. */
  #postAlone(call: Call): void {
    try {
      this.#worker.postMessage([call], []);
    } catch (error) {
      if (call.id !== undefined) this.#settle({ id: call.id, error: sentError(error) });
    }
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("error" in answer) waiting?.reject(receivedError(answer.error));
    else waiting?.resolve(answer.value);
  }

  /** Whatever was not answered may or may not be written: only a caller who repeats it knows. */
  #end(exitCode: number): void {
    const asked = this.#closing !== undefined && exitCode === 0;
    const crash = asked || this.#refusal ? undefined : crashed(this.#file, exitCode, this.#cause);
    this.#ended = this.#refusal ?? crash ?? closed(this.#file);
    for (const waiting of this.#waiting.values()) waiting.reject(this.#ended);
    this.#waiting.clear();
    if (crash) this.#onCrash?.(crash);
  }
}

/** The thread runs as `.ts` from the sources and as `.js` from the build. */
const fromSources = import.meta.url.endsWith(".ts");
const threadScript = new URL(fromSources ? "./thread.ts" : "./thread.js", import.meta.url);

/** V8 would take up to 48 MiB for new objects of the thread; with more than 12 it writes no quicker. */
const youngMiB = 12;

function startWorker(workerData: FileOptions, script: URL): Worker {
  return new Worker(script, {
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: youngMiB },
    execArgv: ["--no-warnings", ...(fromSources ? ["--conditions=@omd/source"] : [])],
  });
}

function closed(file: string): CatalogError {
  return new CatalogError(`The catalog ${file} is closed`);
}

function crashed(file: string, exitCode: number, cause: Error | undefined): CatalogError {
  const why = cause === undefined ? `exit code ${String(exitCode)}` : cause.message;
  return new CatalogError(`The writer of the catalog ${file} ended unexpectedly: ${why}`, {
    hint: "What was acknowledged is stored. Start omd again; writes without an answer are safe to repeat.",
    cause,
  });
}
