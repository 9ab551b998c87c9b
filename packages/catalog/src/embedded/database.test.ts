import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test } from "@jest/globals";
import { CatalogError } from "@omd/core";
import { CatalogDatabase } from "./database.ts";
import { migrations } from "./migrations.ts";

const directory = mkdtempSync(join(tmpdir(), "omd-catalog-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
let files = 0;
const newFile = () => join(directory, "deep", `c${(files += 1)} %41?.db`);

function failure(work: () => unknown): CatalogError {
  try {
    work();
  } catch (error) {
    if (error instanceof CatalogError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("opening", () => {
  test("makes the directory and the file, in WAL mode with foreign keys", () => {
    const file = newFile();
    const db = new CatalogDatabase({ file });
    expect(db.get("PRAGMA journal_mode")).toEqual({ journal_mode: "wal" });
    expect(db.get("PRAGMA synchronous")).toEqual({ synchronous: 1 });
    expect(db.get("PRAGMA foreign_keys")).toEqual({ foreign_keys: 1 });
    expect(db.schemaVersion).toBe(migrations.length);
    const { uuid } = db;
    db.close();
    const reader = new CatalogDatabase({ file, readOnly: true });
    expect(reader.uuid).toBe(uuid);
    reader.close();
  });

  test("the uuid stays with the file and differs between files", () => {
    const file = newFile();
    const first = new CatalogDatabase({ file });
    const { uuid } = first;
    first.close();
    const again = new CatalogDatabase({ file });
    expect(again.uuid).toBe(uuid);
    expect(new CatalogDatabase({ file: ":memory:" }).uuid).not.toBe(uuid);
    again.close();
  });

  test("a file of a newer omd is refused and left alone", () => {
    const file = newFile();
    new CatalogDatabase({ file }).close();
    const raw = new DatabaseSync(file);
    raw.exec(`PRAGMA user_version = ${migrations.length + 1}`);
    raw.close();
    const error = failure(() => new CatalogDatabase({ file }));
    expect(error.message).toContain("newer omd");
    expect(error.hint).toContain("update omd");
  });

  test("a file that is no database is refused", () => {
    const file = join(directory, "text.db");
    writeFileSync(
      file,
      "this is not a database, it is a text that is long enough to be read as a header of one".repeat(20),
    );
    expect(failure(() => new CatalogDatabase({ file })).message).toContain("no SQLite database");
  });

  test("somebody else's database is refused and left alone", () => {
    const file = join(directory, "other.db");
    const raw = new DatabaseSync(file);
    raw.exec("CREATE TABLE theirs (a)");
    expect(failure(() => new CatalogDatabase({ file })).message).toContain("not a catalog of omd");
    expect(raw.prepare("SELECT name FROM sqlite_schema").all()).toEqual([{ name: "theirs" }]);
    raw.close();
  });

  test("a directory in place of the file is refused with a hint", () => {
    const error = failure(() => new CatalogDatabase({ file: directory }));
    expect(error.message).toContain("could not be opened");
    expect(error.hint).toBeDefined();
  });

  test("a file in place of the directory is refused with a hint", () => {
    const blocker = join(directory, "blocker");
    writeFileSync(blocker, "");
    expect(failure(() => new CatalogDatabase({ file: join(blocker, "c.db") })).hint).toContain("directory");
  });

  test("reading only needs a file that is there", () => {
    const error = failure(() => new CatalogDatabase({ file: join(directory, "none.db"), readOnly: true }));
    expect(error.message).toContain("does not exist");
  });
});

describe("writing", () => {
  test("into a file that is open for reading only is refused", () => {
    const file = newFile();
    new CatalogDatabase({ file }).close();
    const db = new CatalogDatabase({ file, readOnly: true });
    expect(failure(() => db.run("DELETE FROM entity")).message).toContain("read-only");
    db.close();
  });

  test("a full disk is told, and what was there stays", () => {
    const db = new CatalogDatabase({ file: newFile() });
    db.run("INSERT INTO meta VALUES ('kept', 'x')");
    db.get(`PRAGMA max_page_count = ${Number(db.get("PRAGMA page_count")?.page_count)}`);
    const error = failure(() =>
      db.transaction(() => db.run("INSERT INTO meta VALUES ('big', ?)", "x".repeat(500_000))),
    );
    expect(error.message).toContain("disk is full");
    expect(error.hint).toContain("Free some space");
    expect(db.isTransaction).toBe(false);
    expect(db.get("SELECT count(*) AS n FROM meta WHERE key = 'kept'")).toEqual({ n: 1 });
    db.close();
  });

  test("waits for another process no longer than told", () => {
    const file = newFile();
    const first = new CatalogDatabase({ file });
    const second = new CatalogDatabase({ file, busyTimeoutMs: 30 });
    first.run("BEGIN IMMEDIATE");
    const error = failure(() => second.transaction(() => second.run("DELETE FROM entity")));
    expect(error.message).toContain("locked by another process");
    first.run("COMMIT");
    expect(second.transaction(() => second.run("DELETE FROM entity"))).toBe(0);
    first.close();
    second.close();
  });

  test("a savepoint undoes its own writes only", () => {
    const db = new CatalogDatabase({ file: ":memory:" });
    db.transaction(() => {
      db.savepoint(() => db.run("INSERT INTO meta VALUES ('a', '1')"));
      const broken = () => {
        db.run("INSERT INTO meta VALUES ('b', '1')");
        throw new Error("stop");
      };
      expect(() => db.savepoint(broken)).toThrow("stop");
    });
    expect(db.all("SELECT key FROM meta WHERE key IN ('a', 'b')")).toEqual([{ key: "a" }]);
    db.close();
  });

  test("a closed catalog says so", () => {
    const db = new CatalogDatabase({ file: ":memory:" });
    db.close();
    db.close();
    expect(failure(() => db.get("SELECT 1")).message).toContain("is closed");
  });
});
