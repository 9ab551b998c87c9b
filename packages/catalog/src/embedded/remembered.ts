import type { CatalogDatabase } from "./database.ts";

/** How many times longer than it took to find a figure may be shown although the file has changed. */
const patience = 20;

/** A figure that is costly in a large file: found again when the file has changed, but not all the time while it is written to. */
export class Remembered<T> {
  readonly #db: CatalogDatabase;
  #known: { value: T; catalog: string; stamp: string; until: number } | undefined;

  constructor(db: CatalogDatabase) {
    this.#db = db;
  }

  value(find: () => T): T {
    const stamp = this.#stamp();
    const catalog = this.#db.uuid;
    const started = performance.now();
    const known = this.#known;
    // A figure of what was there before a reset is not an old one but a wrong one.
    if (known?.catalog === catalog && (known.stamp === stamp || started < known.until)) return known.value;
    const value = find();
    const ended = performance.now();
    const took = ended - started;
    // What is found at once is never shown old.
    this.#known = { value, catalog, stamp, until: took < 20 ? 0 : ended + took * patience };
    return value;
  }

  /** Moves with every write, of this connection and of others. */
  #stamp(): string {
    const row = this.#db.get("SELECT data_version, total_changes() AS own FROM pragma_data_version");
    return `${row?.data_version} ${row?.own}`;
  }
}
