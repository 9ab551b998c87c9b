import { beforeEach, describe, expect, test } from "@jest/globals";
import { fqnOf, type FQN } from "@omd/schema";
import { MemoryCatalog } from "../../test/memory-catalog.ts";
import type { Catalog } from "../contracts/index.ts";
import { RunLedger } from "../ledger/run-ledger.ts";
import { markDeleted } from "./mark-deleted.ts";

const guard = { maxShare: 0.25, maxCount: 10 };
let memory: MemoryCatalog;
let catalog: Catalog;
let ledger: RunLedger;

async function fill(count: number): Promise<void> {
  await catalog.put("pipelineService", { name: "svc", serviceType: "Airflow" });
  for (let at = 0; at < count; at++) await catalog.put("pipeline", { name: `p${at}`, service: "svc" });
}

function sawAllBut(count: number, missing: number): ReturnType<RunLedger["open"]> {
  const scope = ledger.open("airflow/dags", { deletes: { entityType: "pipeline", below: fqnOf("svc") } });
  for (let at = missing; at < count; at++) scope.saw(fqnOf("svc", `p${at}`));
  return scope;
}

beforeEach(() => {
  memory = new MemoryCatalog();
  catalog = memory.port();
  ledger = new RunLedger();
});

describe("markDeleted", () => {
  test("marks what a complete scope has not seen", async () => {
    await fill(20);
    sawAllBut(20, 2).complete();
    const outcome = await markDeleted(catalog, ledger, guard);
    expect(outcome.done).toEqual(["svc.p0", "svc.p1"]);
    expect(memory.names("pipeline", { deleted: true })).toEqual(["svc.p0", "svc.p1"]);
  });

  test.each([
    ["partial", (scope: ReturnType<typeof sawAllBut>) => (scope.gap("a page was lost"), scope.complete())],
    ["failed", (scope: ReturnType<typeof sawAllBut>) => scope.fail("503")],
    ["open", () => undefined],
  ])("deletes nothing in a %s scope", async (_state, end) => {
    await fill(20);
    end(sawAllBut(20, 2));
    const outcome = await markDeleted(catalog, ledger, guard);
    expect(outcome.done).toEqual([]);
    expect(memory.calls).not.toContain("delete");
  });

  test("deletes nothing when only a part was asked for", async () => {
    await fill(20);
    ledger.restricted = true;
    sawAllBut(20, 2).complete();
    expect((await markDeleted(catalog, ledger, guard)).done).toEqual([]);
  });

  test("refuses by share and number together, and names what it would have deleted", async () => {
    await fill(40);
    sawAllBut(40, 11).complete();
    const outcome = await markDeleted(catalog, ledger, guard);
    expect(outcome.done).toEqual([]);
    expect(outcome.refused).toHaveLength(1);
    expect(outcome.refused[0]?.entities).toHaveLength(11);
    expect(outcome.refused[0]?.entityType).toBe("pipeline");
    expect(outcome.refused[0]?.reason).toContain("11 of 40 (28 %)");
  });

  test.each([
    ["ten entities may always go", 12, 10],
    ["a quarter may always go", 80, 20],
  ])("%s", async (_name, count, missing) => {
    await fill(count);
    sawAllBut(count, missing).complete();
    expect((await markDeleted(catalog, ledger, guard)).done).toHaveLength(missing);
  });

  test("asks the source again before it deletes, where the source can tell", async () => {
    await fill(20);
    const isGone = (fqn: string): Promise<boolean> =>
      fqn === "svc.p2" ? Promise.reject(new Error("503")) : Promise.resolve(fqn === "svc.p0");
    const scope = ledger.open("airflow/dags", { deletes: { entityType: "pipeline", below: fqnOf("svc"), isGone } });
    for (let at = 3; at < 20; at++) scope.saw(fqnOf("svc", `p${at}`));
    scope.complete();
    const outcome = await markDeleted(catalog, ledger, guard);
    expect(outcome.done).toEqual(["svc.p0"]);
    expect(outcome.failures).toEqual([expect.objectContaining({ name: "svc.p2", error: "503" })]);
    expect(memory.names("pipeline", { deleted: true })).toEqual(["svc.p0"]);
  });

  describe("where others have entities of the type too", () => {
    const owning = (fqns: readonly string[], retired: string[] = []) => {
      const owned = {
        fqns: () => fqns.map((name) => fqnOf("svc", name)),
        retired: (fqn: FQN) => void retired.push(fqn),
      };
      return ledger.open("dbt/tests", { deletes: { entityType: "pipeline", below: fqnOf("svc"), owned } });
    };
    const names = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, at) => `p${from + at}`);

    test("touches only what the source made, and tells what is gone", async () => {
      await fill(20);
      const retired: string[] = [];
      const scope = owning(["p0", "p1", "p2", "lost"], retired);
      scope.saw(fqnOf("svc", "p2"));
      scope.complete();
      const outcome = await markDeleted(catalog, ledger, guard);
      expect(outcome.done).toEqual(["svc.p0", "svc.p1"]);
      expect(retired).toEqual(["svc.p0", "svc.p1", "svc.lost"]);
      expect(memory.names("pipeline", { deleted: true })).toEqual(["svc.p0", "svc.p1"]);
      expect(memory.calls).not.toContain("list");
    });

    test("the guard counts only those, whatever the others have", async () => {
      await fill(200);
      const retired: string[] = [];
      const scope = owning(names(0, 20), retired);
      for (const name of names(11, 20)) scope.saw(fqnOf("svc", name));
      scope.complete();
      const outcome = await markDeleted(catalog, ledger, guard);
      expect(outcome.refused[0]?.reason).toContain("11 of 20 (55 %)");
      expect(outcome.refused[0]?.entities).toHaveLength(11);
      expect(retired).toEqual([]);
      expect(memory.calls).not.toContain("delete");
    });

    test("what could not be deleted is not told as gone", async () => {
      await fill(3);
      const retired: string[] = [];
      owning(["p0"], retired).complete();
      memory.failing.add("delete");
      expect((await markDeleted(catalog, ledger, guard)).failures).toMatchObject([{ name: "svc.p0" }]);
      expect(retired).toEqual([]);
    });

    test("names are those that the processors left", async () => {
      await fill(3);
      ledger = new RunLedger({ renamed: ({ fqn }) => fqnOf(...fqn.toLowerCase().split(".")) });
      const retired: string[] = [];
      const scope = owning(["P0", "P1"], retired);
      scope.saw(fqnOf("svc", "P1"));
      scope.complete();
      expect((await markDeleted(catalog, ledger, guard)).done).toEqual(["svc.p0"]);
      expect(retired).toEqual(["svc.P0"]);
    });
  });

  test("a failed delete is a failure, not an end", async () => {
    await fill(3);
    sawAllBut(3, 1).complete();
    memory.failing.add("delete");
    const outcome = await markDeleted(catalog, ledger, guard);
    expect(outcome.done).toEqual([]);
    expect(outcome.failures).toEqual([expect.objectContaining({ name: "svc.p0", error: "delete is out of order" })]);
  });
});
