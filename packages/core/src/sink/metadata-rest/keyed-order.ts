/** Lets work on the same key follow in the order of the calls, and work on a key wait for the keys it depends on. */
export class KeyedOrder {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Runs `work` after everything that was put in before under `key` or `after`. Failures of those do not stop it. */
  run<T>(key: string, after: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = [key, ...after].map((name) => this.#tails.get(name)).filter((tail) => tail !== undefined);
    const done = before.length === 0 ? work() : Promise.allSettled(before).then(work);
    const tail = done.then(
      () => undefined,
      () => undefined,
    );
    this.#tails.set(key, tail);
    void tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    return done;
  }

  /** Whether work under this key is still going on. */
  isBusy(key: string): boolean {
    return this.#tails.has(key);
  }
}
