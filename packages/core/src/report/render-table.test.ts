import { describe, expect, test } from "@jest/globals";
import { renderTable } from "./render-table.ts";
import { displayWidth } from "./render-width.ts";

const columns = [{ title: "Name" }, { title: "Count", align: "right" as const }];

describe("renderTable", () => {
  test("aligns columns under their titles", () => {
    expect(
      renderTable(
        columns,
        [
          ["orders", "12"],
          ["注文", "7"],
        ],
        80,
      ),
    ).toBe(["Name    Count", "──────  ─────", "orders     12", "注文        7"].join("\n"));
  });

  test("without rows there is no table", () => {
    expect(renderTable(columns, [], 80)).toBe("");
  });

  test("a missing cell is empty", () => {
    expect(
      renderTable(columns, [["orders"]], 80)
        .split("\n")
        .at(-1),
    ).toBe("orders");
  });

  test("wraps the widest column only, and leaves a line between rows then", () => {
    const table = renderTable(
      columns,
      [
        ["warehouse.sales.public.orders", "1"],
        ["b", "2"],
      ],
      25,
    );
    expect(table.split("\n")).toEqual([
      "Name                Count",
      "──────────────────  ─────",
      "warehouse.sales.        1",
      "public.orders",
      "",
      "b                       2",
    ]);
  });

  test.each([40, 60, 80, 200])("is no wider than %d columns", (width) => {
    const long = "a.very.long.fully.qualified.name.of.something.that.failed ".repeat(5);
    const table = renderTable(
      ["From", "Entity Name", "Message", "Stack Trace"].map((title) => ({ title })),
      [["Airflow", long, `message ${"x".repeat(300)}`, "at one\nat two"]],
      width,
    );
    expect(Math.max(...table.split("\n").map(displayWidth))).toBeLessThanOrEqual(width);
    expect(table).toContain("at two");
  });
});
