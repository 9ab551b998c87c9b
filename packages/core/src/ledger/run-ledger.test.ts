import { describe, expect, test } from "@jest/globals";
import { fqnOf } from "@omd/schema";
import { RunLedger } from "./run-ledger.ts";

describe("a scope", () => {
  test("is complete when as many rows came as were announced", () => {
    const ledger = new RunLedger();
    const scope = ledger.open("x/dags");
    scope.announced(3);
    scope.received(2);
    scope.received(1);
    scope.complete();
    expect(scope.state).toBe("complete");
    expect(ledger.isComplete()).toBe(true);
  });

  test("is partial when rows are missing, and says how many", () => {
    const scope = new RunLedger().open("x/dags");
    scope.announced(3);
    scope.received(2);
    scope.complete();
    expect(scope.state).toBe("partial");
    expect(scope.reasons).toEqual(["received 2 of 3 announced rows"]);
  });

  test("the last announced total counts", () => {
    const scope = new RunLedger().open("x/dags");
    scope.announced(3);
    scope.received(2);
    scope.announced(2);
    scope.complete();
    expect(scope.state).toBe("complete");
  });

  test("cannot be complete after a gap", () => {
    const scope = new RunLedger().open("x/tasks");
    scope.gap("tasks of d1: 503");
    scope.complete();
    expect(scope.state).toBe("partial");
  });

  test("stays failed once it failed", () => {
    const scope = new RunLedger().open("x/tasks");
    scope.fail("403");
    scope.complete();
    expect(scope.state).toBe("failed");
  });

  test("left open counts as failed with the reason", () => {
    const ledger = new RunLedger();
    ledger.open("x/runs");
    ledger.endOpen("the source ended");
    expect(ledger.scopes()[0]?.state).toBe("failed");
    expect(ledger.scopes()[0]?.reasons).toEqual(["the source ended"]);
    expect(ledger.isComplete()).toBe(false);
  });

  test("knows what was seen, each FQN once", () => {
    const scope = new RunLedger().open("x/dags");
    scope.saw(fqnOf("svc", "a"));
    scope.saw(fqnOf("svc", "a"));
    expect(scope.seen).toBe(1);
    expect(scope.hasSeen(fqnOf("svc", "a"))).toBe(true);
    expect(scope.hasSeen(fqnOf("svc", "b"))).toBe(false);
  });

  test("sees names as the processors leave them, and knows no longer what is complete when nothing is left of one", () => {
    const ledger = new RunLedger({
      renamed: ({ fqn }) => {
        if (fqn.endsWith("!")) throw new Error("nothing is left of the name");
        return fqnOf(...fqn.toLowerCase().split("."));
      },
    });
    const scope = ledger.open("x", { deletes: { entityType: "pipeline", below: fqnOf("SVC") } });
    scope.saw(fqnOf("SVC", "A"));
    expect(scope.hasSeen(fqnOf("svc", "a"))).toBe(true);
    expect(scope.deletes?.below).toBe("svc");
    scope.saw(fqnOf("SVC", "!"));
    scope.complete();
    expect(scope.state).toBe("partial");
  });

  test("a restricted run may receive less than announced", () => {
    const ledger = new RunLedger();
    ledger.restricted = true;
    const scope = ledger.open("x/dags");
    scope.announced(100);
    scope.received(5);
    scope.complete();
    expect(scope.state).toBe("complete");
  });

  test("cannot be opened again after its end", () => {
    const ledger = new RunLedger();
    ledger.open("x").complete();
    expect(() => ledger.open("x")).toThrow("ended already");
  });
});
