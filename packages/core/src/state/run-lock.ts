import { hostname } from "node:os";
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { OmdError } from "../errors.ts";

const leaseMs = 60_000;

/** Keeps two runs off the same service. A lease that is renewed; the lock of a process that died here is free at once. */
export class RunLock {
  readonly #db: DatabaseSync;
  readonly #name: string;
  readonly #token: number;
  readonly #timer: NodeJS.Timeout;
  /** Epoch ms until which nobody else can have the lock. */
  #expires = Date.now() + leaseMs;
  #lost = false;

  private constructor(db: DatabaseSync, name: string, token: number, onLost: () => void) {
    this.#db = db;
    this.#name = name;
    this.#token = token;
    this.#timer = setInterval(() => {
      if (this.#renew()) return;
      this.#lost = true;
      clearInterval(this.#timer);
      onLost();
    }, leaseMs / 3);
    this.#timer.unref();
  }

  /** Throws OMD_STATE_LOCKED while another live run holds the lock. `onLost` is called when the lease could not be kept. */
  static acquire(db: DatabaseSync, name: string, holder: string, onLost: () => void): RunLock {
    const now = Date.now();
    db.exec("BEGIN IMMEDIATE");
    try {
      const row = db.prepare("SELECT * FROM run_lock WHERE name = ?").get(name);
      if (row && isHeld(row, now)) throw lockedBy(row, "Another run");
      const token = Number(row?.["token"] ?? 0) + 1;
      db.prepare("INSERT OR REPLACE INTO run_lock VALUES (?, ?, ?, ?, ?, ?, ?)").run(
        name,
        token,
        holder,
        process.pid,
        hostname(),
        now,
        now + leaseMs,
      );
      db.exec("COMMIT");
      return new RunLock(db, name, token, onLost);
    } catch (error) {
      db.exec("ROLLBACK");
      throw error;
    }
  }

  get lost(): boolean {
    return this.#lost;
  }

  #renew(): boolean {
    const expires = Date.now() + leaseMs;
    try {
      const done = this.#db
        .prepare("UPDATE run_lock SET expires = ? WHERE name = ? AND token = ?")
        .run(expires, this.#name, this.#token);
      if (Number(done.changes) !== 1) return false;
      this.#expires = expires;
      return true;
    } catch {
      // A disk that is full for a moment has not taken the lock away.
      return Date.now() < this.#expires;
    }
  }

  /** Never throws: a lock that cannot be given back is free once this process is gone, and what ended the run matters more. */
  release(): void {
    clearInterval(this.#timer);
    try {
      this.#db.prepare("UPDATE run_lock SET expires = 0 WHERE name = ? AND token = ?").run(this.#name, this.#token);
    } catch {
      return;
    }
  }
}

/**
 * Keeps commands that change a whole catalog off those that runs are writing to. `catalog` is what its identity begins with.
 * Throws OMD_STATE_LOCKED.
 */
export function requireNoRun(db: DatabaseSync, catalog: string): void {
  const now = Date.now();
  for (const row of db.prepare("SELECT * FROM run_lock ORDER BY name").all())
    if (String(row["name"]).startsWith(catalog) && isHeld(row, now)) throw lockedBy(row, "A run");
}

type Row = Readonly<Record<string, SQLOutputValue>>;

function isHeld(row: Row, now: number): boolean {
  return Number(row["expires"]) > now && isAlive(Number(row["pid"]), String(row["host"]));
}

function lockedBy(row: Row, who: string): OmdError {
  const { name, holder, pid, host, started } = row;
  const since = new Date(Number(started)).toISOString();
  return new OmdError(
    "OMD_STATE_LOCKED",
    `${who} works on ${String(name)}: ${String(holder)} (pid ${String(pid)} on ${String(host)}, since ${since})`,
    { hint: "Wait until it has ended. A lock whose process is gone is taken over by itself." },
  );
}

/** Only a process on this machine can be asked; elsewhere the lease decides. */
function isAlive(pid: number, host: string): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
