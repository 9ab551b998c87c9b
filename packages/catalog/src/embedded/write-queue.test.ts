import { describe, expect, test } from "@jest/globals";
import { CatalogDatabase } from "./database.ts";
import { WriteQueue } from "./write-queue.ts";

function setup(): {
  db: CatalogDatabase;
  queue: WriteQueue;
  insert: (key: string) => () => number;
  keys: () => unknown[];
} {
  const db = new CatalogDatabase({ file: ":memory:" });
  return {
    db,
    queue: new WriteQueue(db),
    insert: (key) => () => db.run("INSERT INTO meta VALUES (?, 'x')", key),
    keys: () => db.all("SELECT key FROM meta WHERE key <> 'uuid' ORDER BY key").map((row) => row.key),
  };
}

describe("WriteQueue", () => {
  test("commits the writes of one turn together, in order", async () => {
    const { db, queue } = setup();
    const seen: [number, boolean][] = [];
    await Promise.all([1, 2, 3].map((n) => queue.add(() => seen.push([n, db.isTransaction]))));
    expect(seen).toEqual([
      [1, true],
      [2, true],
      [3, true],
    ]);
    expect(db.isTransaction).toBe(false);
  });

  test("an error of one write undoes that write alone", async () => {
    const { queue, insert, keys } = setup();
    const results = await Promise.allSettled([
      queue.add(insert("a")),
      queue.add(() => {
        insert("b")();
        throw new Error("refused");
      }),
      queue.add(insert("c")),
    ]);
    expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(keys()).toEqual(["a", "c"]);
  });

  test("where no write fails, each is run once and without a savepoint; else all are done over", async () => {
    const { queue, insert } = setup();
    const runs: string[] = [];
    const noted = (name: string, work: () => unknown) => (apart: boolean) => {
      runs.push(`${name} ${apart}`);
      return work();
    };
    await Promise.all([queue.add(noted("a", insert("a"))), queue.add(noted("b", insert("b")))]);
    expect(runs).toEqual(["a false", "b false"]);
    runs.length = 0;
    const results = await Promise.allSettled([
      queue.add(noted("c", insert("c"))),
      queue.add(noted("a again", insert("a"))),
      queue.add(noted("d", insert("d"))),
    ]);
    expect(runs.slice(0, 4)).toEqual(["c false", "a again false", "c true", "a again true"]);
    expect(results).toMatchObject([{ value: 1 }, { status: "rejected" }, { value: 1 }]);
  });

  test("acknowledges nothing of a group whose transaction was lost", async () => {
    const { db, queue, insert, keys } = setup();
    const results = await Promise.allSettled([
      queue.add(insert("a")),
      queue.add(() => {
        // What SQLite does by itself when the disk is full.
        db.run("ROLLBACK");
        throw new Error("disk full");
      }),
      queue.add(insert("c")),
    ]);
    expect(results.map((result) => result.status)).toEqual(["rejected", "rejected", "fulfilled"]);
    expect(results[0]).toMatchObject({ reason: { message: "disk full" } });
    expect(keys()).toEqual(["c"]);
  });

  test("rejects all when no transaction can be begun", async () => {
    const { db, queue, insert } = setup();
    db.close();
    const results = await Promise.allSettled([queue.add(insert("a")), queue.add(insert("b"))]);
    expect(results).toMatchObject([
      { status: "rejected", reason: { message: expect.stringContaining("closed") } },
      { status: "rejected" },
    ]);
  });

  test("slow writes are spread over several transactions", async () => {
    const { db, queue, insert, keys } = setup();
    let alone = false;
    const slow = queue.add(() => {
      const end = performance.now() + 60;
      while (performance.now() < end) insert("a");
      return db.isTransaction;
    });
    const next = queue.add(insert("b"));
    await slow.then(() => (alone = keys().length === 0));
    await next;
    expect(alone).toBe(true);
    expect(keys()).toEqual(["b"]);
  });

  test("a run that can't go on is told: a group that waits for others is written at once", async () => {
    const { db, queue, insert, keys } = setup();
    db.beginRun("run");
    await Promise.all([queue.add(insert("a")), queue.add(insert("b"))]);
    const turns = async (): Promise<void> => {
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    };
    const waiting = queue.add(insert("c"));
    await turns();
    const before = keys();
    queue.flush();
    await turns();
    expect([before, keys()]).toEqual([
      ["a", "b"],
      ["a", "b", "c"],
    ]);
    await waiting;
    db.close();
  });

  test("close waits for what was added and refuses more", async () => {
    const { queue, insert, keys } = setup();
    const added = queue.add(insert("a"));
    await queue.close();
    expect(keys()).toEqual(["a"]);
    await expect(added).resolves.toBe(1);
    await expect(queue.add(insert("b"))).rejects.toThrow("closed");
  });
});
