import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { rootFqn, type FQN } from "@omd/schema";
import { fullPathPlace } from "./full-path-place.ts";
import { searchCatchUp } from "./search-migration.ts";
import { CatalogError, makeDirectory } from "@omd/core";
import { contentTables, migrations } from "./migrations.ts";
import { serviceTypes } from "./service-types.ts";
import { guarded } from "./sqlite-errors.ts";

/** Most KiB of pages that a connection keeps. With SQLite's own 2 MiB a catalog of a million entities is read anew all the time. */
const cacheKiB = 32_768;
/** A run brings the search up to what it wrote so often: for many entities at once this costs half. */
const searchLagMs = 1_000;
/** The log of a file in use grows to so many pages, 32 MB. */
const walPages = 8_000;

export interface DatabaseOptions {
  /** Path of the file, or `:memory:`. */
  readonly file: string;
  /** Milliseconds that a write waits for another process. Default 5,000. */
  readonly busyTimeoutMs?: number | undefined;
  /** Opens an existing file for reading only. */
  readonly readOnly?: boolean | undefined;
  /** Epoch ms; default the machine's clock. */
  readonly clock?: (() => number) | undefined;
}

/** Every value that the schema holds: no blobs, and whole numbers below 2^53. */
export type Row = Readonly<Record<string, string | number | null>>;

/** The SQLite file: opened, migrated, with its statements prepared once. Throws CatalogError. */
export class CatalogDatabase {
  readonly file: string;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #epoch = 0;
  #contents = 0;
  #dataVersion: unknown;
  #currentRun: string | undefined;
  #searchTimer: NodeJS.Timeout | undefined;

  constructor(options: DatabaseOptions) {
    this.file = options.file;
    this.#db = guarded(this.file, () => open(options));
    try {
      // What statements and triggers ask for.
      const clock = options.clock ?? Date.now;
      this.#db.function("omd_now", () => clock());
      this.#db.function("omd_run", () => this.currentRun ?? null);
      this.#db.function("omd_place", { deterministic: true }, (fullPath) => fullPathPlace(fullPath) ?? null);
      this.#db.function("omd_service", { deterministic: true }, (type) => serviceTypes.get(String(type)) ?? null);
      this.#db.function("omd_root", { deterministic: true }, (fqn) => rootFqn(fqn as FQN));
      guarded(this.file, () => this.#prepare(options.readOnly === true));
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** Id of the run that what is written from now on belongs to. */
  get currentRun(): string | undefined {
    return this.#currentRun;
  }

  /** Begins a run, or ends it; while it lasts, the search follows what is written within {@link searchLagMs}. */
  beginRun(runId: string | undefined): void {
    this.#currentRun = runId;
    if (runId === undefined && this.#searchTimer !== undefined) this.#catchUp();
  }

  /** The uuid stored in the file. */
  get uuid(): string {
    return String(this.get("SELECT value FROM meta WHERE key = 'uuid'")?.value);
  }

  get schemaVersion(): number {
    return Number(this.get("PRAGMA user_version")?.user_version);
  }

  get isTransaction(): boolean {
    return this.#db.isOpen && this.#db.isTransaction;
  }

  /** Another number with each transaction, and when something is undone. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Another number, in a transaction, as soon as what was read may no longer be so: another connection wrote, or something was undone. */
  get contents(): number {
    return this.#contents;
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return guarded(this.file, () => this.#statement(sql).get(...values) as Row | undefined);
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return guarded(this.file, () => this.#statement(sql).all(...values) as Row[]);
  }

  /** Number of rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return guarded(this.file, () => Number(this.#statement(sql).run(...values).changes));
  }

  /** One transaction around `work`; joins the one that is open. */
  transaction<T>(work: () => T): T {
    if (this.isTransaction) return work();
    this.#epoch += 1;
    this.run("BEGIN IMMEDIATE");
    this.#lookForOthers();
    try {
      const result = work();
      if (this.#currentRun === undefined) this.#bringSearchUp();
      else this.#searchTimer ??= setTimeout(() => this.#catchUp(), searchLagMs).unref();
      this.run("COMMIT");
      return result;
    } catch (error) {
      this.#contents += 1;
      if (this.isTransaction) this.run("ROLLBACK");
      throw error;
    }
  }

  /** Undoes what `work` wrote when it throws, and nothing else. Only inside a transaction. */
  savepoint<T>(work: () => T): T {
    this.run("SAVEPOINT item");
    try {
      const result = work();
      this.run("RELEASE item");
      return result;
    } catch (error) {
      this.#epoch += 1;
      this.#contents += 1;
      // SQLite ends the whole transaction by itself when the disk is full: then there is no savepoint left.
      if (this.isTransaction) {
        this.run("ROLLBACK TO item");
        this.run("RELEASE item");
      }
      throw error;
    }
  }

  /** What `work` writes belongs to this run. */
  ofRun<T>(runId: string, work: () => T): T {
    const before = this.#currentRun;
    this.#currentRun = runId;
    try {
      return work();
    } finally {
      this.#currentRun = before;
    }
  }

  /** Empties the catalog. It gets a new uuid, so that no state of the old content is used for the new. */
  reset(): void {
    this.transaction(() => {
      for (const table of contentTables) this.run(`DELETE FROM ${table}`);
      this.run("UPDATE meta SET value = ? WHERE key = 'uuid'", randomUUID());
      this.#contents += 1;
    });
  }

  close(): void {
    if (this.#searchTimer !== undefined) this.#catchUp();
    this.#statements.clear();
    if (this.#db.isOpen) this.#db.close();
  }

  /** Another number than before: another connection wrote (https://sqlite.org/pragma.html#pragma_data_version). */
  #lookForOthers(): void {
    const version = this.get("PRAGMA data_version")?.data_version;
    if (version !== this.#dataVersion) this.#contents += 1;
    this.#dataVersion = version;
  }

  #isSearchBehind(): boolean {
    return this.get("SELECT 1 FROM search_pending LIMIT 1") !== undefined;
  }

  #bringSearchUp(): void {
    if (this.#isSearchBehind()) for (const sql of searchCatchUp) this.run(sql);
  }

  /** Brings the search up to what a run wrote. When the file can't be written just now, the next transaction does. */
  #catchUp(): void {
    try {
      // While the timer stands, no other is set for this transaction.
      if (this.#db.isOpen) this.transaction(() => this.#bringSearchUp());
    } catch (error) {
      if (!(error instanceof CatalogError)) throw error;
    } finally {
      clearTimeout(this.#searchTimer);
      this.#searchTimer = undefined;
    }
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    if (!this.#db.isOpen) throw new CatalogError(`The catalog ${this.file} is closed`);
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #prepare(readOnly: boolean): void {
    // In this order: another process may be making the catalog just now, tables and version in one commit.
    const filled = this.get("SELECT 1 FROM sqlite_schema LIMIT 1") !== undefined;
    const found = this.schemaVersion;
    if (found > migrations.length) {
      throw new CatalogError(`The catalog ${this.file} was written by a newer omd (format ${found})`, {
        hint: `This omd knows format ${migrations.length}: update omd, or name another catalog file.`,
      });
    }
    if (found === 0 && filled) {
      throw new CatalogError(`The file ${this.file} is a SQLite database but not a catalog of omd`, {
        hint: "Name another file: nothing was changed in this one.",
      });
    }
    this.#db.exec(`PRAGMA cache_size = -${cacheKiB}`);
    if (readOnly) return;
    // A run writes the same pages of the indexes again and again: copied back into the file more seldom, they are copied less.
    this.#db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${walPages};`);
    if (found < migrations.length) this.#migrate();
    // What a run wrote that was broken off.
    if (this.#isSearchBehind()) this.#catchUp();
  }

  #migrate(): void {
    this.transaction(() => {
      // Read again: another process may have migrated while this one waited for the lock.
      const found = this.schemaVersion;
      for (const migration of migrations.slice(found)) this.#db.exec(migration);
      this.#db.exec(`PRAGMA user_version = ${migrations.length}`);
      this.run("INSERT OR IGNORE INTO meta VALUES ('uuid', ?)", randomUUID());
    });
  }
}

function open({ file, busyTimeoutMs = 5_000, readOnly = false }: DatabaseOptions): DatabaseSync {
  const options = { timeout: busyTimeoutMs, enableForeignKeyConstraints: true, readOnly };
  if (file === ":memory:") return new DatabaseSync(file, options);
  if (!readOnly) {
    try {
      makeDirectory(dirname(file));
    } catch (error) {
      throw new CatalogError(`The directory of the catalog ${file} could not be made`, {
        hint: "Check that the path is a file in a directory that this user may write to.",
        cause: error,
      });
    }
  } else if (!existsSync(file)) {
    throw new CatalogError(`The catalog ${file} does not exist`, { hint: "Run an ingestion first." });
  }
  // As a URL, since a path with `?` or `%` must not be read as one.
  return new DatabaseSync(pathToFileURL(file), options);
}
