import type { Ledger, Scope, ScopeOptions } from "@omd/core";
import { reasonOf, type Resource } from "./permissions.ts";

/** The listings of a run, opened when the first row is asked for. */
export class Scopes {
  readonly #ledger: Ledger;
  readonly #open = new Map<string, Scope>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  open(name: string, options?: ScopeOptions): Scope {
    const scope = this.#open.get(name) ?? this.#ledger.open(`airflow/${name}`, options);
    this.#open.set(name, scope);
    return scope;
  }

  /** Notes that something of a listing could not be read. */
  gap(name: string, about: string, thrown: unknown, resource: Resource): void {
    this.open(name).gap(`${about}: ${reasonOf(thrown, resource)}`);
  }

  /** Ends all that are still open as read to their end. */
  completeAll(): void {
    for (const scope of this.#open.values()) if (scope.state === "open") scope.complete();
  }
}
