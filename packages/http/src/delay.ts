import { setTimeout as sleep } from "node:timers/promises";

/** Thrown when a wait ended before what it waited for. */
export class Interrupted extends Error {
  override name = "Interrupted";
  readonly reason: "deadline" | "aborted";

  constructor(reason: "deadline" | "aborted") {
    super(reason);
    this.reason = reason;
  }
}

/** Waits `ms`. Throws {@link Interrupted} on abort. */
export async function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch {
    throw new Interrupted("aborted");
  }
}

/** Waits for `work` at most `ms`. Throws {@link Interrupted}; the work itself goes on for others who wait for it. */
export function abortable<T>(work: Promise<T>, ms: number, signal: AbortSignal | undefined): Promise<T> {
  if (signal?.aborted === true) {
    work.catch(() => undefined);
    return Promise.reject(new Interrupted("aborted"));
  }
  return new Promise((resolve, reject) => {
    const stop = (reason: "deadline" | "aborted"): void => {
      done();
      reject(new Interrupted(reason));
    };
    const timer = setTimeout(() => stop("deadline"), Math.max(0, ms));
    const onAbort = (): void => stop("aborted");
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(done);
  });
}
