import type { EntityType, FQN } from "@omd/schema";
import type { PageObserver } from "@omd/http";

export type ScopeState = "open" | "complete" | "partial" | "failed";

/** What this source made in earlier runs, of a type that others make too. */
export interface OwnedEntities {
  /** FQNs as the source said them; read when the scope is compared, so that they need not be held in memory. */
  fqns(): Iterable<FQN>;
  /** Told of each that is marked deleted now, and of each that the catalog does not have any more. */
  retired(fqn: FQN): void;
}

export interface DeleteScope {
  readonly entityType: EntityType;
  readonly below: FQN;
  /** Given: only these are compared and counted by the guard; what else lies below `below` belongs to others. */
  readonly owned?: OwnedEntities | undefined;
  /**
   * Asked for each entity that was not seen, before it is marked deleted: pages shift when something goes or comes while they are read, and
   * then a listing may be whole and still lack one. Throws when it cannot tell; nothing is deleted then.
   */
  readonly isGone?: ((fqn: FQN) => Promise<boolean>) | undefined;
}

export interface ScopeOptions {
  /**
   * What the scope is the whole truth about. Given: once the scope is complete, catalog entities of `entityType` below `below`
   * that were not seen are marked deleted (within the guard). Absent: the scope only proves completeness.
   */
  readonly deletes?: DeleteScope | undefined;
}

/** One listing of the source, for instance `airflow/dags`. It must be ended; a scope left open counts as failed. */
export interface Scope extends PageObserver {
  readonly name: string;
  readonly state: ScopeState;
  /** The entity exists at the source, whether or not a filter lets it through. */
  saw(fqn: FQN): void;
  /** Something of the scope could not be read; the scope can no longer be complete. */
  gap(reason: string): void;
  /** All pages were read. Turns `partial` by itself when fewer rows were received than announced or a gap was noted. */
  complete(): void;
  /** The listing broke off. */
  fail(reason: string): void;
}

export interface Ledger {
  open(name: string, options?: ScopeOptions): Scope;
}
