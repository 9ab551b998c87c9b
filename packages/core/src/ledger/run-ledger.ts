import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { FQN } from "@omd/schema";
import type { Ledger, Scope, ScopeOptions, ScopeState } from "../contracts/index.ts";

const maxReasons = 100;

class RunScope implements Scope {
  readonly name: string;
  readonly options: ScopeOptions;
  readonly #book: SeenBook;
  readonly #restricted: () => boolean;
  readonly reasons: string[] = [];
  state: ScopeState = "open";
  rows = 0;
  total: number | undefined;
  seen = 0;
  #hasGap = false;

  constructor(name: string, options: ScopeOptions, book: SeenBook, restricted: () => boolean) {
    this.name = name;
    this.options = options;
    this.#book = book;
    this.#restricted = restricted;
  }

  announced(total: number): void {
    this.total = total;
  }

  received(rows: number): void {
    this.rows += rows;
  }

  saw(fqn: FQN): void {
    if (this.#book.add(this.name, fqn)) this.seen += 1;
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

  /** Whether the catalog may be compared with what was seen here. */
  hasSeen(fqn: FQN): boolean {
    return this.#book.has(this.name, fqn);
  }

  #note(reason: string): void {
    if (this.reasons.length < maxReasons && !this.reasons.includes(reason)) this.reasons.push(reason);
  }
}

export type { RunScope };

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

  open(name: string, options: ScopeOptions = {}): RunScope {
    const known = this.#scopes.get(name);
    if (known?.state === "open") return known;
    if (known) throw new Error(`Scope ${name} was ended already`);
    const scope = new RunScope(name, options, this.#book, () => this.restricted);
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

  isComplete(): boolean {
    return this.scopes().every((scope) => scope.state === "complete");
  }

  close(): void {
    this.#book.close();
  }
}
