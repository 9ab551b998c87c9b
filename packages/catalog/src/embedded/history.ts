import { CatalogAt } from "./catalog-at.ts";
import type { CatalogDatabase } from "./database.ts";
import type { EntityStore } from "./entity-store.ts";
import type { EntityView } from "./entity-view.ts";
import { Rollback, type RollbackPlan } from "./rollback.ts";
import { RunHistory } from "./run-history.ts";
import type { WriteQueue } from "./write-queue.ts";

/** What runs changed, how the catalog was before, and the way back. */
export class CatalogHistory extends RunHistory {
  readonly #db: CatalogDatabase;
  readonly #view: EntityView;
  readonly #queue: WriteQueue;
  readonly #rollback: Rollback;

  constructor(
    db: CatalogDatabase,
    parts: { store: EntityStore; view: EntityView; queue: WriteQueue; clock: () => number },
  ) {
    super(db);
    this.#db = db;
    this.#view = parts.view;
    this.#queue = parts.queue;
    this.#rollback = new Rollback(db, parts.store, parts.clock);
  }

  /** The catalog as it was at a moment, in epoch ms. */
  at(time: number): CatalogAt {
    return new CatalogAt(this.#db, this.#view, time);
  }

  /** What {@link rollback} would do. */
  rollbackPlan(runId: string): RollbackPlan {
    return this.#rollback.plan(runId);
  }

  /** Undoes what a run changed, but for what was changed since. The catalog gets a new identity, so that no run trusts old marks. */
  rollback(runId: string): Promise<RollbackPlan> {
    return this.#queue.add(() => this.#rollback.apply(runId));
  }
}
