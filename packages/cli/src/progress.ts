import type { ProgressEvent } from "@omd/core";

export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): boolean;
}

export interface ProgressOptions {
  readonly stream: ProgressStream;
  readonly shown: boolean;
  /** Milliseconds. */
  readonly now?: (() => number) | undefined;
}

type Counts = Extract<ProgressEvent, { kind: "counts" }>;
type Scope = Extract<ProgressEvent, { kind: "scope" }>;

const drawEveryMs = 100;
const lineEveryMs = 10_000;
const clearLine = "\r\u001b[2K";
const phases = {
  connect: "connecting",
  test: "testing the connection",
  read: "reading",
  delete: "looking for what is gone",
  finish: "finishing",
} as const;

/** How far a run is: one line drawn again and again on a terminal, a line every 10 s elsewhere. */
export class Progress {
  readonly #stream: ProgressStream;
  readonly #shown: boolean;
  readonly #now: () => number;
  readonly #startedAt: number;
  readonly #scopes = new Map<string, Scope>();
  readonly #timer: NodeJS.Timeout | undefined;
  #phase: keyof typeof phases = "connect";
  #readingSince: number | undefined;
  #counts: Counts | undefined;
  #lastScope: string | undefined;
  #drawn = false;
  #lastShown: number;

  constructor(options: ProgressOptions) {
    this.#stream = options.stream;
    this.#shown = options.shown;
    this.#now = options.now ?? Date.now;
    this.#startedAt = this.#now();
    // The first plain line comes after ten seconds: a short run has none.
    this.#lastShown = this.#startedAt;
    // A source that waits says nothing; the clock still moves.
    if (this.#shown) this.#timer = setInterval(() => this.refresh(), this.#isLive ? 1000 : lineEveryMs).unref();
  }

  take(event: ProgressEvent): void {
    if (event.kind === "phase") {
      this.#phase = event.phase;
      if (event.phase === "read") this.#readingSince = this.#now();
    } else if (event.kind === "counts") this.#counts = event;
    else {
      if (this.#scopes.get(event.name)?.received !== event.received) this.#lastScope = event.name;
      this.#scopes.set(event.name, event);
    }
    this.refresh();
  }

  /** Shows the present state if it is time to. */
  refresh(): void {
    const now = this.#now();
    if (!this.#shown || now - this.#lastShown < (this.#isLive ? drawEveryMs : lineEveryMs)) return;
    this.#lastShown = now;
    if (!this.#isLive) {
      this.#stream.write(`${this.line()}\n`);
      return;
    }
    this.#stream.write(`${clearLine}${this.line().slice(0, (this.#stream.columns ?? 80) - 1)}`);
    this.#drawn = true;
  }

  /** Lets something else write whole lines. */
  aside(write: () => void): void {
    this.#clear();
    write();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#clear();
  }

  /** Phase, counts, rate, scopes and time in one line. */
  line(): string {
    const counts = this.#counts;
    const parts: string[] = [phases[this.#phase]];
    if (counts) {
      parts.push(
        `${counts.read} read${this.#rate(counts.read)}`,
        `${counts.written} written`,
        `${counts.unchanged} unchanged`,
      );
      if (counts.filtered > 0) parts.push(`${counts.filtered} filtered`);
      parts.push(`${counts.failed} failed`);
    }
    const scope = this.#lastScope === undefined ? undefined : this.#scopes.get(this.#lastScope);
    if (scope)
      parts.push(
        `${scope.name} ${scope.received}${scope.announced === undefined ? "" : `/${scope.announced}`}`,
        this.#scopeCount(),
      );
    parts.push(`${Math.floor((this.#now() - this.#startedAt) / 1000)} s`);
    return parts.join(" · ");
  }

  #scopeCount(): string {
    const scopes = [...this.#scopes.values()];
    const full = scopes.filter((scope) => scope.announced !== undefined && scope.received >= scope.announced).length;
    return `scopes ${full} of ${scopes.length} full`;
  }

  #rate(read: number): string {
    const seconds = this.#readingSince === undefined ? 0 : (this.#now() - this.#readingSince) / 1000;
    return seconds < 1 ? "" : ` (${Math.round(read / seconds)}/s)`;
  }

  #clear(): void {
    if (this.#drawn) this.#stream.write(clearLine);
    this.#drawn = false;
  }

  get #isLive(): boolean {
    return this.#stream.isTTY === true;
  }
}
