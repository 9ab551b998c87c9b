import v8 from "node:v8";
import { Worker } from "node:worker_threads";
import { failureAnswer, type Analysis, type Question, type SqlFailureReason } from "./analyse.ts";
import type { Call, Reply } from "./messages.ts";

/** Loading the parser is not the query's fault: on a busy machine it takes seconds. */
const startLimitMs = 60_000;
const memoryMb = 1_024;

interface Job {
  readonly question: Question;
  readonly resolve: (analysis: Analysis) => void;
}

/**
 * Analyses one query after the other on a thread of its own, that is started with the first. A query that takes longer than the limit ends the
 * thread; the next gets a new one. Never rejects: what went wrong is in the answer.
 */
export class ParserThread {
  readonly #timeLimitMs: number;
  readonly #script: URL;
  readonly #queue: Job[] = [];
  #worker: Worker | undefined;
  #ready = false;
  #current: Job | undefined;
  #timer: NodeJS.Timeout | undefined;
  #id = 0;
  #closed = false;

  constructor(timeLimitMs: number, script: URL = threadScript) {
    this.#timeLimitMs = timeLimitMs;
    this.#script = script;
  }

  analyse(question: Question): Promise<Analysis> {
    if (this.#closed) return Promise.resolve(failure("worker-ended", "the parser is closed"));
    const { promise, resolve } = Promise.withResolvers<Analysis>();
    this.#queue.push({ question, resolve });
    this.#next();
    return promise;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    for (const job of this.#queue.splice(0)) job.resolve(failure("worker-ended", "the parser is closed"));
    this.#abandon("worker-ended", "the parser is closed");
    await worker?.terminate();
  }

  #next(): void {
    if (this.#current || this.#queue.length === 0) return;
    this.#current = this.#queue.shift();
    this.#worker ??= this.#start();
    this.#worker.ref();
    if (this.#ready) this.#post(this.#worker);
    else this.#limit(startLimitMs, "worker-ended", "the parser did not start");
  }

  #start(): Worker {
    // The optimizing compiler needs seconds and some 600 MB for the parser's large functions, and queries get no quicker by it.
    v8.setFlagsFromString("--no-wasm-tier-up --no-wasm-dynamic-tiering");
    const worker = new Worker(this.#script, {
      execArgv: ["--no-warnings", ...(fromSources ? ["--conditions=@omd/source"] : [])],
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    this.#ready = false;
    worker.on("message", (reply: Reply) => {
      if (worker === this.#worker) this.#receive(worker, reply);
    });
    let cause: string | undefined;
    worker.on("error", (error) => {
      cause = error instanceof Error ? error.message : String(error);
    });
    worker.on("exit", (code) => {
      if (worker === this.#worker)
        this.#abandon("worker-ended", cause ?? `the thread of the parser ended with ${String(code)}`);
    });
    return worker;
  }

  #post(worker: Worker): void {
    if (!this.#current) return;
    this.#id += 1;
    const call: Call = { id: this.#id, question: this.#current.question };
    this.#limit(this.#timeLimitMs, "time-limit", `the query took longer than ${String(this.#timeLimitMs)} ms`);
    worker.postMessage(call, []);
  }

  #limit(ms: number, reason: SqlFailureReason, message: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#abandon(reason, message);
    }, ms);
  }

  #receive(worker: Worker, reply: Reply): void {
    if (reply.kind === "ready") {
      this.#ready = true;
      this.#post(worker);
      return;
    }
    if (reply.id !== this.#id) return;
    // After a trap the parser's memory is not to be trusted.
    if (reply.kind === "failed") this.#abandon("parser-error", reply.message);
    else this.#settle(reply.analysis);
  }

  /** Ends the thread; the query at hand gets the reason. */
  #abandon(reason: SqlFailureReason, message: string): void {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#ready = false;
    void worker?.terminate();
    this.#settle(failure(reason, message));
  }

  #settle(analysis: Analysis): void {
    clearTimeout(this.#timer);
    const job = this.#current;
    this.#current = undefined;
    this.#worker?.unref();
    job?.resolve(analysis);
    this.#next();
  }
}

function failure(reason: SqlFailureReason, message: string): Analysis {
  return { answer: failureAnswer(reason, message), wantsSchema: false };
}

/** The thread runs as `.ts` from the sources and as `.js` from the build. */
const fromSources = import.meta.url.endsWith(".ts");
const threadScript = new URL(fromSources ? "./thread.ts" : "./thread.js", import.meta.url);
