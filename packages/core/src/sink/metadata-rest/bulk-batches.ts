import type { CreateRequest, EntityType } from "@omd/schema";
import type { BulkItemResult, Catalog } from "../../contracts/index.ts";

interface Waiting {
  readonly request: CreateRequest<EntityType>;
  readonly resolve: (result: BulkItemResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Collects create requests of one type and sends them together: when `size` are there, or when flushed.
 * Flushing lasts until {@link BulkBatches.collect}: work that is still on its way to a batch when flush is called must not wait there.
 */
export class BulkBatches {
  readonly #catalog: Catalog;
  readonly #size: number;
  readonly #waiting = new Map<EntityType, Waiting[]>();
  #flushing = false;

  constructor(catalog: Catalog, size: number) {
    this.#catalog = catalog;
    this.#size = size;
  }

  add(type: EntityType, request: CreateRequest<EntityType>): Promise<BulkItemResult> {
    return new Promise((resolve, reject) => {
      const batch = this.#waiting.get(type) ?? [];
      batch.push({ request, resolve, reject });
      this.#waiting.set(type, batch);
      if (batch.length >= this.#size) this.#send(type);
      else if (this.#flushing) setImmediate(() => this.#send(type));
    });
  }

  flush(): void {
    this.#flushing = true;
    for (const type of this.#waiting.keys()) this.#send(type);
  }

  collect(): void {
    this.#flushing = false;
  }

  #send(type: EntityType): void {
    const batch = this.#waiting.get(type) ?? [];
    this.#waiting.delete(type);
    if (batch.length === 0) return;
    this.#catalog
      .putMany(
        type,
        batch.map((item) => item.request),
      )
      .then(
        (results) => {
          for (const [at, item] of batch.entries()) {
            const result = results[at];
            if (result) item.resolve(result);
            else item.reject(new Error("The catalog answered the bulk write without a result for this item"));
          }
        },
        (error: unknown) => {
          for (const item of batch) item.reject(error);
        },
      );
  }
}
