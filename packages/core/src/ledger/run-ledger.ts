import { DatabaseSync, type StatementSync } from "node:sqlite";
import { entityTypeInfo, type EntityKey, type EntityType, type FQN } from "@omd/schema";
import type { DeleteScope, Ledger, Scope, ScopeOptions, ScopeState } from "../contracts/index.ts";

const maxReasons = 100;

class RunScope implements Scope {
  readonly name: string;
  readonly deletes: ScopeOptions["deletes"];
  readonly #renamed: Renamed;
  readonly #book: SeenBook;
  readonly #restricted: () => boolean;
  readonly #told: Told;
  readonly reasons: string[] = [];
  state: ScopeState = "open";
  rows = 0;
  total: number | undefined;
  seen = 0;
  #hasGap = false;

  constructor(name: string, options: ScopeOptions, run: RunOfScope) {
    this.name = name;
    this.#renamed = run.renamed;
    this.deletes = options.deletes && renamedParent(options.deletes, run.renamed);
    this.#book = run.book;
    this.#restricted = run.restricted;
    this.#told = run.saw;
  }

  announced(total: number): void {
    this.total = total;
  }

  received(rows: number): void {
    this.rows += rows;
  }

  saw(fqn: FQN): void {
    this.#told(fqn);
    try {
      if (this.#book.add(this.name, this.stored(fqn))) this.seen += 1;
    } catch (error) {
      // Without its name in the catalog it would look gone there.
      this.gap(`${fqn}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** The FQN in the catalog of what the source calls so. Throws when the processors leave nothing of a name. */
  stored(fqn: FQN): FQN {
    return this.deletes ? this.#renamed({ entityType: this.deletes.entityType, fqn }) : fqn;
  }

  gap(reason: string): void {
    this.#hasGap = true;
    this.#note(reason);
  }

  complete(): void {
    if (this.state !== "open") return;
    const missing = this.total !== undefined && this.rows < this.total;
    if (missing && !this.#restricted()) this.gap(`received ${this.rows} of ${this.total} announced rows`);
    this.state = this.#hasGap ? "partial" : "complete";
  }

  fail(reason: string): void {
    if (this.state === "failed") return;
    this.state = "failed";
    this.#note(reason);
  }

  /** Whether this FQN of the catalog was seen at the source. */
  hasSeen(fqn: FQN): boolean {
    return this.#book.has(this.name, fqn);
  }

  #note(reason: string): void {
    if (this.reasons.length < maxReasons && !this.reasons.includes(reason)) this.reasons.push(reason);
  }
}

export type { RunScope };

/** The FQN that an entity of the source has in the catalog, after the processors. */
type Renamed = (key: EntityKey) => FQN;

/** Told of each entity of the source, as the source says its FQN. */
type Told = (fqn: FQN) => void;

interface RunOfScope {
  readonly book: SeenBook;
  readonly renamed: Renamed;
  readonly restricted: () => boolean;
  readonly saw: Told;
}

function renamedParent(deletes: DeleteScope, renamed: Renamed): DeleteScope {
  const parent = entityTypeInfo(deletes.entityType).parent;
  return parent
    ? { ...deletes, below: renamed({ entityType: parent.type as EntityType, fqn: deletes.below }) }
    : deletes;
}

/** FQNs seen per scope, in a private temporary SQLite file: memory does not grow with the source. */
class SeenBook {
  readonly #db = new DatabaseSync("");
  readonly #insert: StatementSync;
  readonly #select: StatementSync;

  constructor() {
    this.#db.exec(
      "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; CREATE TABLE seen (scope TEXT, fqn TEXT, PRIMARY KEY (scope, fqn)) WITHOUT ROWID; BEGIN",
    );
    this.#insert = this.#db.prepare("INSERT OR IGNORE INTO seen VALUES (?, ?)");
    this.#select = this.#db.prepare("SELECT 1 FROM seen WHERE scope = ? AND fqn = ?");
  }

  add(scope: string, fqn: string): boolean {
    return Number(this.#insert.run(scope, fqn).changes) > 0;
  }

  has(scope: string, fqn: string): boolean {
    return this.#select.get(scope, fqn) !== undefined;
  }

  close(): void {
    this.#db.close();
  }
}

/** The ledger of one run: what each listing promised, what came, and why something is missing. */
export class RunLedger implements Ledger {
  readonly #scopes = new Map<string, RunScope>();
  readonly #book = new SeenBook();
  /** Set for `--only` and `--limit`: fewer rows than announced are then as asked, and nothing may be deleted. */
  restricted = false;
  readonly #renamed: Renamed;
  readonly #saw: Told;

  constructor(options: { renamed?: Renamed | undefined; saw?: Told | undefined } = {}) {
    this.#renamed = options.renamed ?? ((key) => key.fqn);
    this.#saw = options.saw ?? (() => undefined);
  }

  open(name: string, options: ScopeOptions = {}): RunScope {
    const known = this.#scopes.get(name);
    if (known?.state === "open") return known;
    if (known) throw new Error(`Scope ${name} was ended already`);
    const scope = new RunScope(name, options, {
      book: this.#book,
      renamed: this.#renamed,
      restricted: () => this.restricted,
      saw: this.#saw,
    });
    this.#scopes.set(name, scope);
    return scope;
  }

  scopes(): readonly RunScope[] {
    return [...this.#scopes.values()];
  }

  /** Ends what the source left open: nobody proved it complete. */
  endOpen(reason: string): void {
    for (const scope of this.#scopes.values()) if (scope.state === "open") scope.fail(reason);
  }

  /** Ends what the source was not let read to its end: as much was read as was asked for. */
  completeOpen(): void {
    for (const scope of this.#scopes.values()) scope.complete();
  }

  isComplete(): boolean {
    return this.scopes().every((scope) => scope.state === "complete");
  }

  close(): void {
    this.#book.close();
  }
}
