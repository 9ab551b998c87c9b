import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Mark } from "@omd/schema";
import { OmdError } from "../errors.ts";
import { makeDirectory } from "@omd/http";

const schemaVersion = 1;
/** Marks held back at most. */
const maxPending = 1000;
const list = "SELECT key, value FROM mark WHERE scope = ? AND key >= ? AND key < ? ORDER BY key";

/** Marks of all sources against all catalogs, in one SQLite file. A mark is written only for what a sink has confirmed. */
export class StateStore {
  readonly db: DatabaseSync;
  readonly file: string;

  private constructor(db: DatabaseSync, file: string) {
    this.db = db;
    this.file = file;
  }

  /** Opens or makes the file. Throws OMD_CATALOG when it is not such a file. */
  static open(file: string): StateStore {
    try {
      if (file !== ":memory:") makeDirectory(dirname(file));
      const db = new DatabaseSync(file);
      db.exec("PRAGMA busy_timeout=10000; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL");
      const version = Number(db.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
      if (version > schemaVersion) throw new Error(`it was written by a newer omd (state version ${version})`);
      db.exec(`
        CREATE TABLE IF NOT EXISTS mark (scope TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (scope, key)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS run_lock (
          name TEXT PRIMARY KEY, token INTEGER NOT NULL, holder TEXT, pid INTEGER, host TEXT, started INTEGER, expires INTEGER
        ) WITHOUT ROWID;
        PRAGMA user_version = ${schemaVersion}`);
      return new StateStore(db, file);
    } catch (cause) {
      throw new OmdError(
        "OMD_CATALOG",
        `Cannot open the state file ${file}: ${cause instanceof Error ? cause.message : String(cause)}`,
        {
          hint: isFull(cause)
            ? "Make room on the disk, and run again."
            : "Move the file away to start anew (the next run then reads and compares everything once), or set OMD_HOME to another directory.",
          cause,
        },
      );
    }
  }

  marks(scope: string): StoredMarks {
    return new StoredMarks(this.db, scope);
  }

  close(): void {
    this.db.close();
  }
}

/** SQLITE_FULL (https://sqlite.org/rescode.html). */
function isFull(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === 13;
}

/** Marks of one source against one catalog. Writes are held back until {@link StoredMarks.save}. */
export class StoredMarks {
  readonly #db: DatabaseSync;
  readonly #select: StatementSync;
  /** Statements that no listing is going through just now. */
  readonly #listings: StatementSync[] = [];
  #scope: string;
  readonly #pending = new Map<string, string>();
  readonly #forgotten = new Set<string>();

  constructor(db: DatabaseSync, scope: string) {
    this.#db = db;
    this.#select = db.prepare("SELECT value FROM mark WHERE scope = ? AND key = ?");
    this.#scope = scope;
  }

  get(key: string): string | undefined {
    const row = this.#select.get(this.#scope, key);
    return row === undefined ? undefined : String(row["value"]);
  }

  *withPrefix(prefix: string): Generator<Mark> {
    // Who begins another listing before this one has ended gets a statement of its own.
    const statement = this.#listings.pop() ?? this.#db.prepare(list);
    try {
      for (const row of statement.iterate(this.#scope, prefix, `${prefix}\u{10FFFF}`))
        yield { key: String(row["key"]), value: String(row["value"]) };
    } finally {
      this.#listings.push(statement);
    }
  }

  /** Held back until the run has ended well. */
  forget(key: string): void {
    this.#forgotten.add(key);
  }

  /** For what the sink has confirmed. */
  confirm(marks: readonly Mark[]): void {
    for (const mark of marks) this.#pending.set(mark.key, mark.value);
    if (this.#pending.size >= maxPending) this.#write();
  }

  /** Empties the scope: what a broken-off run left under a name that was not final. */
  clear(): void {
    this.#db.prepare("DELETE FROM mark WHERE scope = ?").run(this.#scope);
  }

  /** Goes on under another scope, with what was written before: it is not known from the start when the run makes the service itself. */
  moveTo(scope: string): void {
    if (scope === this.#scope) return;
    this.#db.prepare("UPDATE OR REPLACE mark SET scope = ? WHERE scope = ?").run(scope, this.#scope);
    this.#scope = scope;
  }

  /** Writes what was confirmed, under `scope`. */
  save(scope: string, options: { andForget?: boolean } = {}): void {
    this.moveTo(scope);
    this.#write(options);
  }

  #write(options: { andForget?: boolean } = {}): void {
    const scope = this.#scope;
    const put = this.#db.prepare("INSERT INTO mark VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value");
    const drop = this.#db.prepare("DELETE FROM mark WHERE scope = ? AND key = ?");
    this.#db.exec("BEGIN IMMEDIATE");
    for (const [key, value] of this.#pending) put.run(scope, key, value);
    if (options.andForget) for (const key of this.#forgotten) if (!this.#pending.has(key)) drop.run(scope, key);
    this.#db.exec("COMMIT");
    this.#pending.clear();
  }
}
