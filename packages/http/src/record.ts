import { closeSync, openSync, readSync, renameSync, unlinkSync, writeSync } from "node:fs";
import path from "node:path";
import { recordAnswer, recordingFile, recordRequest, requestKey, type Exchange } from "./exchange.ts";
import { makeDirectory } from "./make-directory.ts";
import type { Redactor } from "./redact.ts";
import { TransportError, type Flight, type Transport, type TransportAnswer, type TransportCall } from "./transport.ts";
import { retryAfterMs } from "./verdict.ts";

interface Line {
  readonly key: string;
  readonly offset: number;
  readonly bytes: number;
}

/** One client's file: lines are appended as they come, and put in order at the end. Only their places are held in memory. */
class Tape {
  readonly #file: string;
  readonly #part: string;
  readonly #handle: number;
  readonly #lines: Line[] = [];
  #size = 0;

  constructor(file: string) {
    this.#file = file;
    this.#part = `${file}.part`;
    this.#handle = openSync(this.#part, "w+");
  }

  add(exchange: Exchange): void {
    const line = Buffer.from(`${JSON.stringify(exchange)}\n`);
    writeSync(this.#handle, line, 0, line.length, this.#size);
    this.#lines.push({ key: requestKey(exchange.request), offset: this.#size, bytes: line.length });
    this.#size += line.length;
  }

  /** Sorted by request; exchanges of one request keep their order. */
  finish(): void {
    // Array sort is stable, so equal keys stay as they came.
    this.#lines.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    const sorted = `${this.#part}.sorted`;
    const out = openSync(sorted, "w");
    for (const { offset, bytes } of this.#lines) {
      const line = Buffer.alloc(bytes);
      readSync(this.#handle, line, 0, bytes, offset);
      writeSync(out, line);
    }
    closeSync(out);
    closeSync(this.#handle);
    renameSync(sorted, this.#file);
    unlinkSync(this.#part);
  }
}

/** Writes every attempt, secrets removed, into one JSONL file per client name. */
export class Recorder {
  readonly #directory: string;
  readonly #redactor: Redactor;
  readonly #tapes = new Map<string, Tape>();
  #closed = false;

  constructor(directory: string, redactor: Redactor) {
    makeDirectory(directory);
    this.#directory = directory;
    this.#redactor = redactor;
  }

  /** Attempts that were broken off by the caller or met a closed idle connection are not kept: they tell nothing about the server. */
  add(call: TransportCall, result: TransportAnswer | TransportError): void {
    if (this.#closed) return;
    const request = recordRequest(call.request, call.site, this.#redactor);
    if (!(result instanceof TransportError)) {
      const answer = { ...result, headers: withPlainRetryAfter(result.headers) };
      this.#tape(call.site.name).add({ request, response: recordAnswer(answer, call.site, this.#redactor) });
    } else if (result.failure !== "aborted" && !(result.stale && call.idempotent)) {
      // The message may hold ports and byte counts that differ between runs.
      const response = { failure: result.failure, message: `recorded failure: ${result.failure}` };
      this.#tape(call.site.name).add({ request, response });
    }
  }

  #tape(name: string): Tape {
    const known = this.#tapes.get(name);
    if (known !== undefined) return known;
    const tape = new Tape(path.join(this.#directory, recordingFile(name)));
    this.#tapes.set(name, tape);
    return tape;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const tape of this.#tapes.values()) tape.finish();
  }
}

/** An HTTP-date means nothing without the Date beside it, which is not recorded; seconds do. */
function withPlainRetryAfter(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const wait = retryAfterMs(headers, Date.now());
  return wait === undefined ? headers : { ...headers, "retry-after": String(Math.ceil(wait / 1000)) };
}

/** Records what another transport brings. */
export class RecordingTransport implements Transport {
  readonly #inner: Transport;
  readonly #recorder: Recorder;

  constructor(inner: Transport, recorder: Recorder) {
    this.#inner = inner;
    this.#recorder = recorder;
  }

  send(call: TransportCall): Flight {
    const flight = this.#inner.send(call);
    const answer = flight.answer.then(
      (given) => {
        this.#recorder.add(call, given);
        return given;
      },
      (error: unknown) => {
        const failure = TransportError.from(error);
        this.#recorder.add(call, failure);
        throw failure;
      },
    );
    return { answer, cancel: (reason) => flight.cancel(reason) };
  }
}
