import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** A text or blob of a database. */
export interface SqliteText {
  /** `file table.column` */
  readonly where: string;
  readonly text: string | Buffer;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function* readAll(db: DatabaseSync, file: string): Generator<SqliteText> {
  const tables = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").all();
  for (const { name, sql } of tables) {
    yield { where: `${file} schema`, text: String(sql ?? "") };
    const all = db.prepare(`SELECT * FROM ${quoted(String(name))}`);
    // Search indexes hold numbers beyond what a JavaScript number can.
    all.setReadBigInts(true);
    for (const row of all.iterate())
      for (const [column, value] of Object.entries(row)) {
        const where = `${file} ${String(name)}.${column}`;
        if (typeof value === "string") yield { where, text: value };
        else if (value instanceof Uint8Array) yield { where, text: Buffer.from(value) };
      }
  }
}

/** Every text and blob of an SQLite file, what still stands in its write-ahead log included. Works on a copy. */
export function* sqliteTexts(file: string): Generator<SqliteText> {
  const dir = mkdtempSync(join(tmpdir(), "omd-canary-"));
  try {
    const copy = join(dir, basename(file));
    for (const part of ["", "-wal"]) if (existsSync(file + part)) copyFileSync(file + part, copy + part);
    const db = new DatabaseSync(copy);
    try {
      yield* readAll(db, file);
    } finally {
      db.close();
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
