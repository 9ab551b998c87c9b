/** A part of the usual and a few ms more are the work's, the network's and our own, not a queue's. */
const jitter = { part: 0.2, ms: 2 };

interface Kind {
  /** Fast answers of the window that had the fastest, ms: what a call takes when nothing waits. */
  usualMs: number;
  window: number[];
}

/** Tells from how long calls take which part of it they wait in the server. Slow and fast kinds of calls are told apart. */
export class LatencyWatch {
  readonly #kinds = new Map<string, Kind>();

  /** Takes a call's `ms`. Every `size` calls of a kind: the part, 0 to 1, of their time that they waited. */
  take(kind: string, ms: number, size: number): number | undefined {
    let known = this.#kinds.get(kind);
    if (known === undefined) this.#kinds.set(kind, (known = { usualMs: Infinity, window: [] }));
    known.window.push(ms);
    if (known.window.length < size) return undefined;
    // Fast answers, not the middle: a call that found our own event loop busy looks slow, all calls look slow only when the server is.
    const recentMs = known.window.sort((a, b) => a - b)[Math.floor(known.window.length / 10)] ?? ms;
    known.window = [];
    known.usualMs = Math.min(known.usualMs, recentMs);
    const waitedMs = recentMs - known.usualMs * (1 + jitter.part) - jitter.ms;
    return Math.max(0, waitedMs / recentMs);
  }

  /** Forgets calls that are not judged yet. */
  restart(): void {
    for (const kind of this.#kinds.values()) kind.window = [];
  }
}
