import { LRUCache } from "lru-cache";

/**
 * Answers of one run. Callers that ask for the same key at the same time share one load; a load that fails is not remembered.
 * What was not found is forgotten by {@link RunCache.invalidate}, as a later write may have brought it.
 */
export class RunCache<Value> {
  readonly #entries: LRUCache<string, { readonly value: Promise<Value> }>;
  readonly #isMissing: (value: Value) => boolean;
  #missing = new Set<string>();
  #generation = 0;

  constructor(max: number, isMissing: (value: Value) => boolean) {
    this.#isMissing = isMissing;
    this.#entries = new LRUCache({ max, dispose: (_, key) => this.#missing.delete(key) });
  }

  get(key: string, load: () => Promise<Value>): Promise<Value> {
    const known = this.#entries.get(key);
    if (known) return known.value;
    const generation = this.#generation;
    const entry = { value: load() };
    this.#entries.set(key, entry);
    entry.value.then(
      (value) => {
        if (this.#entries.peek(key) !== entry || !this.#isMissing(value)) return;
        // A write may have come while the catalog was being asked.
        if (generation === this.#generation) this.#missing.add(key);
        else this.#entries.delete(key);
      },
      () => {
        if (this.#entries.peek(key) === entry) this.#entries.delete(key);
      },
    );
    return entry.value;
  }

  /** Forgets what was not found, and what is being asked right now if it turns out not to be there. */
  invalidate(): void {
    this.#generation += 1;
    const missing = this.#missing;
    this.#missing = new Set();
    for (const key of missing) this.#entries.delete(key);
  }
}
