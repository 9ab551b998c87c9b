import { expect, test } from "@jest/globals";
import { nodeHeight, shownColumns, usedColumns } from "./node-box.ts";

const columns = Array.from({ length: 20 }, (_nothing, index) => ({ name: `c${index}`, fqn: `t.c${index}` }));
const table = {
  id: "t",
  type: "table",
  name: "t",
  fqn: "t",
  deleted: false,
  columns,
  moreUpstream: 0,
  moreDownstream: 0,
};

test("columns that an edge uses are shown wherever they stand, others up to a few", () => {
  const used = usedColumns([
    { from: "x", to: "t", source: "QueryLineage", pipelines: [], columns: [{ from: ["x.a"], to: "t.c19" }] },
  ]);
  const shown = shownColumns(table, used, false);
  expect([shown.columns.length, shown.columns.at(-1)?.name, shown.left]).toEqual([8, "c19", 12]);
  expect(shownColumns(table, used, true)).toEqual({ columns, left: 0 });
});

test("a node is as high as what it shows", () => {
  const none = shownColumns({ ...table, columns: [] }, new Set(), false);
  expect(nodeHeight(undefined)).toBe(nodeHeight(none));
  expect(nodeHeight(shownColumns(table, new Set(), true))).toBeGreaterThan(
    nodeHeight(shownColumns(table, new Set(), false)),
  );
});
