import { describe, expect, test } from "@jest/globals";
import { isTaskInstanceRow, taskInstanceRow } from "../src/shapes.ts";

const row = { dag_id: "sales", dag_run_id: "manual__1", task_id: "load", map_index: -1, state: "success" };

/** What a field may be sent as, right and wrong. */
const values = [undefined, null, "text", "", 0, -1, 3.5, 2 ** 60, Number.NaN, true, [], {}];

describe("the quick look at a task instance says what the schema says", () => {
  test.each(Object.keys(taskInstanceRow.shape))("%s", (key) => {
    for (const value of values) {
      const changed = { ...row, [key]: value };
      expect([value, isTaskInstanceRow(changed)]).toEqual([value, taskInstanceRow.safeParse(changed).success]);
    }
  });

  test.each([undefined, null, "row", 3, []])("%j is no row", (value) => {
    expect(isTaskInstanceRow(value)).toBe(false);
    expect(taskInstanceRow.safeParse(value).success).toBe(false);
  });
});
