import { Worker } from "node:worker_threads";
import type { EmbeddedCatalogOptions } from "@omd/catalog";
import { CatalogError } from "@omd/core";
import type { CatalogWriter } from "./parts.ts";
import { receivedError, type Answer, type Call } from "./writer/messages.ts";

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

/**
 * Opens the catalog on a thread of its own and answers its methods; each call is posted there. Errors come back as thrown, with code,
 * status, message and hint. `close` waits for what is under way. Throws CatalogError when the file can't be opened.
 */
export async function startCatalogWriter(options: WriterOptions, script: URL = threadScript): Promise<CatalogWriter> {
  const thread = new WriterThread(options, script);
  await thread.ready;
  return new Proxy({} as CatalogWriter, {
    get: (_target, method) => {
      // A promise asks what it resolves with for `then`.
      if (typeof method !== "string" || method === "then") return undefined;
      if (method === "close") return () => thread.close();
      return (...args: unknown[]) => thread.call(method, args);
    },
  });
}

class WriterThread {
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #file: string;
  readonly #onCrash: WriterOptions["onCrash"];
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  #refused = false;
  #cause: Error | undefined;
  #ended: CatalogError | undefined;
  #closing: Promise<void> | undefined;
  #next = 0;

  constructor({ file, busyTimeoutMs, onCrash }: WriterOptions, script: URL) {
    this.#file = file;
    this.#onCrash = onCrash;
    const data: FileOptions = { file, ...(busyTimeoutMs === undefined ? {} : { busyTimeoutMs }) };
    this.#worker = startWorker(data, script);
    const ready = Promise.withResolvers<void>();
    this.ready = ready.promise;
    const exited = Promise.withResolvers<void>();
    this.#exited = exited.promise;
    this.#worker.on("message", (answer: Answer) => {
      if (answer.kind === "ready") ready.resolve();
      else if (answer.kind === "refused") {
        this.#refused = true;
        ready.reject(receivedError(answer.error));
      } else this.#settle(answer);
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

  call(method: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#ended) return Promise.reject(this.#ended);
    if (this.#closing) return Promise.reject(closed(this.#file));
    return this.#post(method, args);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (!this.#ended) await this.#post("close", []);
    await this.#exited;
  }

  #post(method: string, args: readonly unknown[]): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#next += 1;
    const call: Call = { id: this.#next, method, args };
    try {
      this.#worker.postMessage(call, []);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
    this.#waiting.set(call.id, { resolve, reject });
    return promise;
  }

  #settle(answer: Extract<Answer, { id: number }>): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.kind === "done") waiting?.resolve(answer.value);
    else waiting?.reject(receivedError(answer.error));
  }

  /** Whatever was not answered may or may not be written: only a caller who repeats it knows. */
  #end(exitCode: number): void {
    const asked = this.#closing !== undefined && exitCode === 0;
    this.#ended = asked ? closed(this.#file) : crashed(this.#file, exitCode, this.#cause);
    for (const waiting of this.#waiting.values()) waiting.reject(this.#ended);
    this.#waiting.clear();
    if (!asked && !this.#refused) this.#onCrash?.(this.#ended);
  }
}

/** The thread runs as `.ts` from the sources and as `.js` from the build. */
const fromSources = import.meta.url.endsWith(".ts");
const threadScript = new URL(fromSources ? "./writer/thread.ts" : "./writer/thread.js", import.meta.url);

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
    hint: "What was acknowledged is stored. Start omd serve again; writes without an answer are safe to repeat.",
    cause,
  });
}
