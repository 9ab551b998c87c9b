import v8 from "node:v8";
import { Worker } from "node:worker_threads";
import { failureAnswer, type Analysis, type Question, type SqlFailureReason } from "./analyse.ts";
import type { Call, Reply } from "./messages.ts";

/** Loading the parser is not the query's fault: on a busy machine it takes seconds. */
const startLimitMs = 60_000;
const memoryMb = 1_024;

/** Queries that the thread is given at a time, and characters of them: the one that asks may be busy for long when an answer comes. */
const maxPosted = 512;
const maxPostedChars = 2_000_000;

interface Job {
  readonly id: number;
  readonly question: Question;
  readonly resolve: (analysis: Analysis) => void;
}

/**
 * Analyses one query after the other on a thread of its own, that is started with the first. A query that takes longer than the limit ends the
 * thread; those behind it get a new one. Never rejects: what went wrong is in the answer.
 */
export class ParserThread {
  readonly #timeLimitMs: number;
  readonly #script: URL;
  readonly #queue: Job[] = [];
  /** What the thread has been given and not answered, in its order; it is at work on the first. */
  readonly #posted: Job[] = [];
  #postedChars = 0;
  #worker: Worker | undefined;
  #ready = false;
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
    this.#id += 1;
    this.#queue.push({ id: this.#id, question, resolve });
    this.#post();
    return promise;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    this.#end();
    for (const job of this.#queue.splice(0)) job.resolve(failure("worker-ended", "the parser is closed"));
    await worker?.terminate();
  }

  /** Hands on what waits, as far as it may. */
  #post(): void {
    if (this.#queue.length === 0) return;
    if (!this.#worker) {
      this.#worker = this.#start();
      this.#limit(startLimitMs, "worker-ended", "the parser did not start");
    }
    this.#worker.ref();
    if (!this.#ready) return;
    const isIdle = this.#posted.length === 0;
    while (this.#posted.length < maxPosted && this.#postedChars < maxPostedChars) {
      const job = this.#queue.shift();
      if (!job) break;
      this.#posted.push(job);
      this.#postedChars += job.question.sql.length;
      const call: Call = { id: job.id, question: job.question };
      this.#worker.postMessage(call, []);
    }
    if (isIdle) this.#limitFirst();
  }

  #start(): Worker {
    // The optimizing compiler needs seconds and some 600 MB for the parser's large functions, and queries get no quicker by it.
    v8.setFlagsFromString("--no-wasm-tier-up --no-wasm-dynamic-tiering");
    const worker = new Worker(this.#script, {
      execArgv: ["--no-warnings", ...(fromSources ? ["--conditions=@omd/source"] : [])],
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    worker.on("message", (reply: Reply) => {
      if (worker === this.#worker) this.#receive(reply);
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

  #limitFirst(): void {
    this.#limit(this.#timeLimitMs, "time-limit", `the query took longer than ${String(this.#timeLimitMs)} ms`);
  }

  #limit(ms: number, reason: SqlFailureReason, message: string): void {
    clearTimeout(this.#timer);
    const [first] = this.#posted;
    const worker = this.#worker;
    this.#timer = setTimeout(() => {
      // An answer may be there already: where this thread was busy for long, timers come before messages.
      setImmediate(() => {
        if (worker === this.#worker && first === this.#posted[0]) this.#abandon(reason, message);
      });
    }, ms);
  }

  #receive(reply: Reply): void {
    if (reply.kind === "ready") {
      clearTimeout(this.#timer);
      this.#ready = true;
      this.#post();
      return;
    }
    if (reply.id !== this.#posted[0]?.id) return;
    // After a trap the parser's memory is not to be trusted.
    if (reply.kind === "failed") this.#abandon("parser-error", reply.message);
    else this.#settle(reply.analysis);
  }

  #settle(analysis: Analysis): void {
    const job = this.#posted.shift();
    this.#postedChars -= job?.question.sql.length ?? 0;
    if (this.#posted.length > 0) this.#limitFirst();
    else {
      clearTimeout(this.#timer);
      this.#worker?.unref();
    }
    job?.resolve(analysis);
    this.#post();
  }

  /** Ends the thread; the query at hand gets the reason, those behind it another thread. */
  #abandon(reason: SqlFailureReason, message: string): void {
    void this.#worker?.terminate();
    this.#end();
    this.#queue.shift()?.resolve(failure(reason, message));
    this.#post();
  }

  /** Takes back what the thread has not answered. */
  #end(): void {
    clearTimeout(this.#timer);
    this.#worker = undefined;
    this.#ready = false;
    this.#queue.unshift(...this.#posted.splice(0));
    this.#postedChars = 0;
  }
}

function failure(reason: SqlFailureReason, message: string): Analysis {
  return { answer: failureAnswer(reason, message), wantsSchema: false };
}

/** The thread runs as `.ts` from the sources and as `.js` from the build. */
const fromSources = import.meta.url.endsWith(".ts");
const threadScript = new URL(fromSources ? "./thread.ts" : "./thread.js", import.meta.url);
