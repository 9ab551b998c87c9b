import { gunzip } from "node:zlib";
import { promisify } from "node:util";
import { isOmdError } from "@omd/core";
import type { LineageEventRequest } from "@omd/catalog";
import { Refusal } from "../answers.ts";
import type { ServerParts } from "../parts.ts";
import { datasetText } from "./datasets.ts";
import { eventHash, MalformedEvent, parseEvent } from "./event.ts";
import { makerKey, placeJob } from "./placing.ts";

/** What may be under way at once. */
export interface IntakeLimits {
  readonly requests: number;
  /** Bytes of all bodies, unpacked. One body alone may be larger. */
  readonly bytes: number;
  /** Bytes of one body, unpacked. */
  readonly body: number;
}

export const intakeLimits: IntakeLimits = {
  requests: 256,
  bytes: 32 * 1024 * 1024,
  body: 32 * 1024 * 1024,
};

/** Told to a client that must come again: with the seconds to wait. */
export class TooBusy extends Refusal {
  override name = "TooBusy";
  readonly retryAfter: number;

  constructor(message: string, retryAfter: number) {
    super(429, message);
    this.retryAfter = retryAfter;
  }
}

/** What became of one event of a request. */
export type Received =
  | { readonly ok: true; readonly id: number; readonly duplicate: boolean }
  | { readonly ok: false; readonly reason: string };

/** Counts what is under way. Throws {@link TooBusy} instead of letting it grow. */
export class Pressure {
  readonly #limits: IntakeLimits;
  #requests = 0;
  #bytes = 0;

  constructor(limits: IntakeLimits) {
    this.#limits = limits;
  }

  /** Counts a request with its announced bytes; the function that it answers takes both back. */
  enter(bytes: number): { grow: (more: number) => void; leave: () => void } {
    if (this.#requests >= this.#limits.requests) throw new TooBusy("Too many requests are under way", 1);
    this.#check(bytes);
    this.#requests += 1;
    this.#bytes += bytes;
    let held = bytes;
    let left = false;
    return {
      grow: (more) => {
        this.#check(more, held);
        held += more;
        this.#bytes += more;
      },
      leave: () => {
        if (left) return;
        left = true;
        this.#requests -= 1;
        this.#bytes -= held;
      },
    };
  }

  #check(more: number, own = 0): void {
    const others = this.#bytes - own;
    if (others > 0 && this.#bytes + more > this.#limits.bytes) throw new TooBusy("Too much is under way", 1);
  }
}

const unpack = promisify(gunzip);

/** The text of a body. Throws Refusal 400, 413 and 415. */
export async function bodyText(body: Buffer, encoding: string | undefined, limit: number): Promise<string> {
  const name = encoding?.trim().toLowerCase() ?? "identity";
  if (name === "" || name === "identity") return body.toString("utf8");
  if (name !== "gzip" && name !== "x-gzip")
    throw new Refusal(415, `Content-Encoding ${name} is not known; send gzip or none`);
  try {
    return (await unpack(body, { maxOutputLength: limit })).toString("utf8");
  } catch (error) {
    if ((error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE")
      throw new Refusal(413, `The body is more than ${limit} bytes`);
    throw new Refusal(400, "The body is not gzip, though Content-Encoding says so");
  }
}

/** Stores events; what is none goes to the dead letters. Answers after COMMIT. Throws {@link TooBusy} when the catalog can't be written. */
export async function receive(
  { writer }: Pick<ServerParts, "writer">,
  bodies: readonly unknown[],
  now: number,
): Promise<Received[]> {
  const read = bodies.map((body) => readEvent(body, now));
  const events = read.flatMap((one) => ("event" in one ? [one.event] : []));
  const letters = read.flatMap((one, at) =>
    "reason" in one ? [{ receivedAt: now, reason: one.reason, body: letterText(bodies[at]) }] : [],
  );
  const stored = await orBusy(async () => {
    if (letters.length > 0) await writer.writeEvents("reject", [letters]);
    return events.length > 0 ? writer.writeEvents("store", [events]) : [];
  });
  const ids = stored.values();
  return read.map((one) => {
    if ("reason" in one) return { ok: false, reason: one.reason };
    const next = ids.next().value;
    if (!next) throw new Error("The catalog answered fewer events than it was given");
    return { ok: true, ...next };
  });
}

/** Keeps a body that is no JSON, or not of events. */
export async function rejectBody(
  { writer }: Pick<ServerParts, "writer">,
  reason: string,
  body: unknown,
): Promise<void> {
  const text = typeof body === "string" ? body : letterText(body);
  await orBusy(() => writer.writeEvents("reject", [[{ receivedAt: Date.now(), reason, body: text }]]));
}

/** A catalog that is locked or whose disk is full is no fault of the event: the producer keeps it and comes again. */
async function orBusy<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isOmdError(error) && error.status === undefined)
      throw new TooBusy([error.message, error.hint].filter(Boolean).join(". "), 5);
    throw error;
  }
}

function readEvent(body: unknown, now: number): { event: LineageEventRequest } | { reason: string } {
  try {
    const event = parseEvent(body);
    const placing = placeJob(event);
    return {
      event: {
        hash: eventHash(body),
        receivedAt: now,
        eventTime: event.eventTime,
        eventMs: event.eventMs,
        eventType: event.eventType,
        job: event.job && { namespace: event.job.namespace, name: event.job.name },
        runId: event.run?.runId,
        producer: event.producer,
        maker: placing && { key: makerKey(placing), runId: placing.runId, task: placing.task },
        inputs: event.inputs.map(datasetText),
        outputs: event.outputs.map(datasetText),
        body,
      },
    };
  } catch (error) {
    if (error instanceof MalformedEvent) return { reason: error.message };
    throw error;
  }
}

/** What is nested too deeply for JSON is told by its kind. */
function letterText(body: unknown): string {
  try {
    return JSON.stringify(body) ?? "";
  } catch {
    return "(nested too deeply to be kept)";
  }
}
