import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { describe, expect, jest, test } from "@jest/globals";
import { requireNoRun, RunLock } from "./run-lock.ts";
import { StateStore } from "./state-store.ts";

const file = (): string => join(mkdtempSync(join(tmpdir(), "omd-state-")), "sub", "state.db");

describe("marks", () => {
  test("are there in the next run, only for their scope, and only once saved", () => {
    const path = file();
    const first = StateStore.open(path);
    const marks = first.marks("catalog svc");
    marks.confirm([{ key: "run/a", value: "1" }]);
    expect(marks.get("run/a")).toBeUndefined();
    marks.save("catalog svc");
    first.close();
    const second = StateStore.open(path);
    expect(second.marks("catalog svc").get("run/a")).toBe("1");
    expect(second.marks("other").get("run/a")).toBeUndefined();
    second.close();
  });

  test("are listed by prefix in key order", () => {
    const store = StateStore.open(":memory:");
    const marks = store.marks("s");
    marks.confirm([
      { key: "edge/b", value: "2" },
      { key: "run/x", value: "9" },
      { key: "edge/a", value: "1" },
    ]);
    marks.save("s");
    expect([...marks.withPrefix("edge/")]).toEqual([
      { key: "edge/a", value: "1" },
      { key: "edge/b", value: "2" },
    ]);
  });

  test("are listed also while another listing goes on, or was left", () => {
    const marks = StateStore.open(":memory:").marks("s");
    marks.confirm(["a/1", "a/2", "b/1", "b/2"].map((key) => ({ key, value: "" })));
    marks.save("s");
    const met: string[] = [];
    for (const outer of marks.withPrefix("a/"))
      for (const inner of marks.withPrefix("b/")) met.push(`${outer.key} ${inner.key}`);
    expect(met).toEqual(["a/1 b/1", "a/1 b/2", "a/2 b/1", "a/2 b/2"]);
    for (const first of marks.withPrefix("a/")) if (first.key === "a/1") break;
    expect([...marks.withPrefix("b/")]).toHaveLength(2);
    marks.confirm([{ key: "a/0", value: "" }]);
    marks.save("s");
    expect([...marks.withPrefix("a/")].map(({ key }) => key)).toEqual(["a/0", "a/1", "a/2"]);
  });

  test("are forgotten only when the run ends well, and not when confirmed anew", () => {
    const marks = StateStore.open(":memory:").marks("s");
    marks.confirm([
      { key: "a", value: "1" },
      { key: "b", value: "1" },
    ]);
    marks.save("s");
    marks.forget("a");
    marks.forget("b");
    marks.confirm([{ key: "b", value: "2" }]);
    marks.save("s");
    expect(marks.get("a")).toBe("1");
    marks.confirm([{ key: "b", value: "3" }]);
    marks.save("s", { andForget: true });
    expect(marks.get("a")).toBeUndefined();
    expect(marks.get("b")).toBe("3");
  });
});

describe("marks of a service that the run itself makes", () => {
  test("move to its scope, however many were written before it was known", () => {
    const store = StateStore.open(":memory:");
    const marks = store.marks("svc new");
    for (let at = 0; at < 2500; at++) marks.confirm([{ key: `run/${at}`, value: "1" }]);
    marks.save("svc id-1", { andForget: true });
    expect([...store.marks("svc id-1").withPrefix("run/")]).toHaveLength(2500);
    expect([...store.marks("svc new").withPrefix("run/")]).toHaveLength(0);
  });

  test("go on under its scope as soon as it is known, so that a run which is killed later leaves them there", () => {
    const store = StateStore.open(":memory:");
    const marks = store.marks("svc new");
    const confirm = (from: number) => {
      for (let at = from; at < from + 1000; at++) marks.confirm([{ key: `run/${at}`, value: "1" }]);
    };
    confirm(0);
    marks.moveTo("svc id-1");
    expect(marks.get("run/1")).toBe("1");
    confirm(1000);
    expect([...store.marks("svc id-1").withPrefix("run/")]).toHaveLength(2000);
    expect([...store.marks("svc new").withPrefix("run/")]).toHaveLength(0);
  });

  test("of a run that was killed are cleared", () => {
    const store = StateStore.open(":memory:");
    const marks = store.marks("svc new");
    for (let at = 0; at < 1000; at++) marks.confirm([{ key: `run/${at}`, value: "1" }]);
    expect(marks.get("run/1")).toBe("1");
    store.marks("svc new").clear();
    expect(marks.get("run/1")).toBeUndefined();
  });
});

describe("the state file", () => {
  test("that is no database is refused with a way out", () => {
    const path = join(mkdtempSync(join(tmpdir(), "omd-state-")), "state.db");
    writeFileSync(path, "not a database, but long enough to be read as one".repeat(40));
    expect(() => StateStore.open(path)).toThrow(/Cannot open the state file/);
  });
});

describe("the run lock", () => {
  test("keeps a second run off while the first lives, and is free afterwards", () => {
    const { db } = StateStore.open(":memory:");
    const lock = RunLock.acquire(db, "svc", "run 1", () => undefined);
    expect(() => RunLock.acquire(db, "svc", "run 2", () => undefined)).toThrow(/Another run works on svc: run 1/);
    expect(() => RunLock.acquire(db, "other", "run 3", () => undefined).release()).not.toThrow();
    lock.release();
    RunLock.acquire(db, "svc", "run 2", () => undefined).release();
  });

  test("of a process that is gone is taken over at once", () => {
    const { db } = StateStore.open(":memory:");
    const { pid } = spawnSync("true");
    RunLock.acquire(db, "svc", "run 1", () => undefined);
    db.prepare("UPDATE run_lock SET pid = ?").run(pid);
    expect(() => RunLock.acquire(db, "svc", "run 2", () => undefined).release()).not.toThrow();
  });

  test("of another machine counts until its lease ends", () => {
    const { db } = StateStore.open(":memory:");
    RunLock.acquire(db, "svc", "run 1", () => undefined);
    db.prepare("UPDATE run_lock SET host = 'elsewhere'").run();
    expect(() => RunLock.acquire(db, "svc", "run 2", () => undefined)).toThrow(/on elsewhere/);
    db.prepare("UPDATE run_lock SET expires = 1").run();
    expect(() => RunLock.acquire(db, "svc", "run 2", () => undefined).release()).not.toThrow();
  });

  test("keeps changes of a whole catalog off while any run of it lives", () => {
    const { db } = StateStore.open(":memory:");
    const lock = RunLock.acquire(db, "embedded:1 svc", "run 1", () => undefined);
    expect(() => requireNoRun(db, "embedded:")).toThrow(/A run works on embedded:1 svc: run 1/);
    expect(() => requireNoRun(db, "rest:")).not.toThrow();
    lock.release();
    expect(() => requireNoRun(db, "embedded:")).not.toThrow();
  });

  test("on a disk that takes nothing is neither lost nor in the way of what ended the run", () => {
    jest.useFakeTimers();
    try {
      const { db } = StateStore.open(":memory:");
      let lost = 0;
      const lock = RunLock.acquire(db, "svc", "run 1", () => (lost += 1));
      db.exec("PRAGMA query_only = 1");
      jest.advanceTimersByTime(45_000);
      expect(lost).toBe(0);
      jest.advanceTimersByTime(45_000);
      expect(lost).toBe(1);
      expect(() => lock.release()).not.toThrow();
    } finally {
      jest.useRealTimers();
    }
  });
});
