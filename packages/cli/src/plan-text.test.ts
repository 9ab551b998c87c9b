import { describe, expect, test } from "@jest/globals";
import type { PlanEntry, Report } from "@omd/core";
import { planEnding, planSummary, planText } from "./plan-text.ts";

const entries: PlanEntry[] = [
  { action: "refuse-delete", kind: "pipeline", name: "af.gone", changes: [], reason: "11 of 12 would go" },
  { action: "refuse-delete", kind: "pipeline", name: "af.lost", changes: [], reason: "11 of 12 would go" },
  {
    action: "update",
    kind: "pipeline",
    name: "af.etl",
    changes: [
      { path: "/scheduleInterval", before: "@daily", after: "0 2 * * *" },
      { path: "/tasks/1", before: undefined, after: { name: "load" } },
    ],
  },
  { action: "create", kind: "pipeline", name: "af.new", changes: [{ path: "", after: { name: "new" } }] },
];

describe("planText", () => {
  test("shows each changed field with before and after, creates first", () => {
    const lines = planText(entries, 120)
      .split("\n")
      .filter((line) => line !== "");
    expect(lines[0]?.split(/ {2,}/)).toEqual(["Action", "Kind", "Name", "Field", "Before", "After"]);
    expect(lines[2]).toMatch(/^create +pipeline +af\.new$/);
    expect(lines[3]).toMatch(/^update +pipeline +af\.etl +\/scheduleInterval +@daily +0 2 \* \* \*$/);
    expect(lines[4]).toMatch(/^ +\/tasks\/1 +- +\{"name":"load"\}$/);
    expect(lines[5]).toMatch(/^refuse-delete +pipeline +af\.gone$/);
    expect(lines[6]).toMatch(/^ +\(11 of 12 would go\)$/);
    expect(lines[7]).toMatch(/^refuse-delete +pipeline +af\.lost$/);
    expect(lines.at(-1)).toBe("1 create, 1 update, 2 refuse-delete");
  });

  test("says so when nothing would change", () => {
    expect(planText([], 80)).toBe("Nothing would change.");
    expect(planSummary([])).toBe("");
  });

  test("cuts long values", () => {
    const change = { path: "/sql", before: "x".repeat(5000), after: "y" };
    const text = planText([{ action: "update", kind: "table", name: "a", changes: [change] }], 400);
    expect(text).toContain(`${"x".repeat(200)}…`);
    expect(text).not.toContain("x".repeat(201));
  });
});

describe("planEnding", () => {
  const step = { name: "Airflow", errors: 0 };
  const scope = { name: "airflow/dags", state: "complete" };
  const ending = (given: object): string =>
    planEnding({
      outcome: "incomplete",
      exitCode: 3,
      reasons: ["why"],
      scopes: [scope],
      steps: [step],
      failureCount: 0,
      deletes: { done: [], refused: [] },
      ...given,
    } as unknown as Report);

  test("says what the plan is worth", () => {
    expect(ending({ outcome: "complete", exitCode: 0, reasons: [] })).toBe("");
    const unread = "The plan is not the whole truth, for the source was not read completely (exit code 3):\n- why";
    expect(ending({ scopes: [scope, { ...scope, state: "partial" }] })).toBe(unread);
    expect(ending({ steps: [{ ...step, errors: 1 }], failureCount: 1 })).toBe(unread);
    expect(ending({ failureCount: 5 })).toContain("not every record could be compared with the catalog (exit code 3)");
    const refused = [{ scope: "airflow/dags", reason: "too many", entities: ["a"] }];
    expect(ending({ deletes: { done: [], refused } })).toContain("would not delete all of what is gone");
    expect(ending({})).toContain("The plan is whole, but a run would not be complete");
    expect(ending({ outcome: "stopped", exitCode: 1 })).toContain("stopped");
  });
});
