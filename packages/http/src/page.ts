import { hash } from "node:crypto";
import { HttpError } from "./errors.ts";
import type { HttpRequest, PageObserver } from "./types.ts";

/** What a pager's `parse` makes of one answer. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Rows of the whole listing, when the server tells and is to be believed: a listing that ends below it is an error. */
  readonly total?: number | undefined;
}

/** A page that may name the one after it; undefined, null and "" mean that it is the last. */
export interface ChainedPage<Row, Cursor> extends Page<Row> {
  readonly next?: Cursor | null | undefined;
}

/** A page whose rows or total are impossible throws, which the client turns into ERR_SHAPE. */
export function checkPage<P extends Page<unknown>>(page: P): P {
  if (!Array.isArray(page.rows)) throw new TypeError("rows of a page must be an array");
  const { total } = page;
  if (total !== undefined && !(Number.isSafeInteger(total) && total >= 0))
    throw new TypeError(`the total of a listing must be a whole number, not ${String(total)}`);
  return page;
}

/** Most pages and cursors that are compared with a new one. */
const window = 4096;

/** Knows a cursor or page again: at once within 4096 steps, later (Brent's rule) in a longer loop, in bounded memory. */
export class LoopGuard {
  readonly #recent = new Set<string>();
  #mark: string | undefined;
  #steps = 0;
  #power = window;

  /** True when `value` was here before. */
  repeats(value: string): boolean {
    const key = hash("sha1", value, "base64");
    if (this.#recent.has(key) || key === this.#mark) return true;
    this.#recent.add(key);
    const [oldest] = this.#recent;
    if (this.#recent.size > window && oldest !== undefined) this.#recent.delete(oldest);
    this.#steps += 1;
    if (this.#steps === this.#power) {
      this.#mark = key;
      this.#steps = 0;
      this.#power *= 2;
    }
    return false;
  }
}

/** Follows one listing: counts, compares with the announced total, knows repeats, tells the observer. */
export class Listing {
  readonly #observer: PageObserver | undefined;
  readonly #guard = new LoopGuard();
  #previous = "";
  #received = 0;
  #total: number | undefined;

  constructor(observer: PageObserver | undefined) {
    this.#observer = observer;
  }

  /** Rows received so far. */
  get received(): number {
    return this.#received;
  }

  /** The last total announced. */
  get total(): number | undefined {
    return this.#total;
  }

  /** Takes a page in. Throws ERR_PAGING when it is the page before once more, or has more rows than the whole listing. */
  take(page: Page<unknown>, request: HttpRequest): void {
    const count = page.rows.length;
    if (page.total !== undefined) {
      if (count > page.total) throw pagingError(request, `a page has ${count} rows, but the total is ${page.total}`);
      if (page.total !== this.#total) this.#observer?.announced(page.total);
      this.#total = page.total;
    }
    if (count > 0) {
      const content = hash("sha1", JSON.stringify(page.rows), "base64");
      // With a total a listing ends by count; without one only new rows prove that it moves.
      const loops = this.#total === undefined && this.#guard.repeats(content);
      if (content === this.#previous || loops)
        throw pagingError(request, `a page was sent twice, after ${this.#received} rows${this.#ofTotal()}`);
      this.#previous = content;
    }
    this.#received += count;
    this.#observer?.received(count);
  }

  /** Throws ERR_PAGING when the server sent no more rows before its total was reached. */
  checkEnd(request: HttpRequest): void {
    if (this.#total !== undefined && this.#received < this.#total)
      throw pagingError(request, `the listing ended after ${this.#received} rows${this.#ofTotal()}`);
  }

  #ofTotal(): string {
    return this.#total === undefined ? "" : ` of ${this.#total}`;
  }
}

/** A listing that does not keep its own rules; the caller skips it and counts it as not complete. */
export function pagingError(request: HttpRequest, what: string): HttpError {
  const method = request.method ?? "GET";
  return new HttpError("ERR_PAGING", `${method} ${request.path.split("?", 1)[0] ?? ""}: ${what}`, {
    advice: "skip",
    method,
  });
}
