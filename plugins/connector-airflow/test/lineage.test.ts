import { describe, expect, test } from "@jest/globals";
import type { Resolution } from "@omd/core";
import { fqnOf, type EntityKey } from "@omd/schema";
import { dagLineage, DatasetBook, flowsOf, pipelineEdges } from "../src/lineage.ts";
import { datasetRow, type DatasetRow } from "../src/shapes.ts";
import { fixture } from "./fake-airflow.ts";

const pipeline: EntityKey = { entityType: "pipeline", fqn: fqnOf("af", "d") };

function bookOf(...rows: Partial<DatasetRow>[]): DatasetBook {
  const book = new DatasetBook();
  for (const row of rows) book.add(datasetRow.parse(row));
  return book;
}

function datasetsOf(book: DatasetBook, dagId = "d") {
  const found = book.byDag.get(dagId);
  if (!found) throw new Error(`no datasets of ${dagId}`);
  return found;
}

const task = (task_id: string, dag_id = "d") => ({ dag_id, task_id });
const tables =
  (...known: string[]) =>
  (uri: string): Resolution =>
    known.includes(uri)
      ? { kind: "resolved", entity: { entityType: "table", fqn: fqnOf("t", uri) } }
      : { kind: "unresolved", reason: "unknown", nearest: [] };
const shown = (book: DatasetBook) => flowsOf(datasetsOf(book)).map(({ from, to }) => `${from}>${to}`);

describe("what flows into what", () => {
  test("a schedule flows into every output", () => {
    const book = bookOf(
      { uri: "in", consuming_dags: [{ dag_id: "d" }] },
      { uri: "one", producing_tasks: [task("a")] },
      { uri: "two", producing_tasks: [task("b")] },
    );
    expect(shown(book)).toEqual(["in>one", "in>two"]);
  });

  test("a task that reads and writes tells exactly", () => {
    const book = bookOf(
      { uri: "raw", producing_tasks: [task("extract")], consuming_tasks: [task("load")] },
      { uri: "orders", producing_tasks: [task("load")] },
      { uri: "customers", producing_tasks: [task("other")] },
    );
    expect(shown(book)).toEqual(["raw>orders"]);
  });

  test("an output of a task without inputs comes from what the DAG reads from outside", () => {
    const book = bookOf({ uri: "in", consuming_tasks: [task("a")] }, { uri: "out", producing_tasks: [task("b")] });
    expect(shown(book)).toEqual(["in>out"]);
  });

  test("nothing flows into itself", () => {
    const book = bookOf({ uri: "x", producing_tasks: [task("a")], consuming_tasks: [task("a")] });
    expect(shown(book)).toEqual([]);
  });

  test("the recorded servers agree on the report", () => {
    for (const [version, name] of [
      ["v1", "datasets"],
      ["v2", "assets"],
    ] as const) {
      const book = bookOf(...(fixture(version, name)[name] as Partial<DatasetRow>[]));
      const flows = flowsOf(datasetsOf(book, "shop_report")).map((flow) => flow.from.split("/").at(-1));
      expect(new Set(flows)).toEqual(new Set(["customers", "orders"]));
    }
  });
});

describe("edges of a DAG", () => {
  const both = bookOf({ uri: "in", consuming_dags: [{ dag_id: "d" }] }, { uri: "out", producing_tasks: [task("a")] });

  test("input to output, made by the pipeline", () => {
    const { edges, missing } = dagLineage(pipeline, datasetsOf(both), tables("in", "out"));
    expect(edges.map((edge) => edge.record)).toEqual([
      {
        kind: "lineage",
        from: { entityType: "table", fqn: "t.in" },
        to: { entityType: "table", fqn: "t.out" },
        source: "PipelineLineage",
        pipeline,
      },
    ]);
    expect(missing).toEqual([]);
  });

  test("a known output of an unknown input hangs on the pipeline, and the edge is reported", () => {
    const { edges, missing } = dagLineage(pipeline, datasetsOf(both), tables("out"));
    expect(edges.map(({ record }) => [record.from.fqn, record.to.fqn, record.pipeline])).toEqual([
      ["af.d", "t.out", undefined],
    ]);
    expect(missing).toEqual([{ from: "in", to: "t.out", reason: "unknown", nearest: [] }]);
  });

  test("a known input of an unknown output flows into the pipeline, and the edge is reported", () => {
    const { edges, missing } = dagLineage(pipeline, datasetsOf(both), tables("in"));
    expect(edges.map(({ record }) => [record.from.fqn, record.to.fqn])).toEqual([["t.in", "af.d"]]);
    expect(missing).toEqual([{ from: "t.in", to: "out", reason: "unknown", nearest: [] }]);
  });

  test("an edge with two unknown ends is reported once", () => {
    const { missing } = dagLineage(pipeline, datasetsOf(both), tables());
    expect(missing).toEqual([{ from: "in", to: "out", reason: "unknown", nearest: [] }]);
  });

  test("an unknown dataset that stands alone is reported with the pipeline", () => {
    const book = bookOf({ uri: "out", producing_tasks: [task("a")] });
    const { edges, missing } = dagLineage(pipeline, datasetsOf(book), tables());
    expect(edges).toEqual([]);
    expect(missing).toEqual([{ from: "af.d", to: "out", reason: "unknown", nearest: [] }]);
  });

  test("two URIs of one table make no edge of the table to itself", () => {
    const same: Resolution = { kind: "resolved", entity: { entityType: "table", fqn: fqnOf("t") } };
    expect(dagLineage(pipeline, datasetsOf(both), () => same).edges).toEqual([]);
  });
});

describe("edges between pipelines", () => {
  const key = (dagId: string): EntityKey => ({ entityType: "pipeline", fqn: fqnOf("af", dagId) });
  const use = (producers: string[], consumers: string[]) => ({
    producers: new Set(producers),
    consumers: new Set(consumers),
  });

  test("go through the datasets that nothing is known of, once per pair", () => {
    const edges = pipelineEdges(
      new Map([
        ["u", use(["a"], ["b", "a"])],
        ["s", use(["a"], ["b"])],
      ]),
      key,
    );
    expect(edges.map(({ record }) => [record.from.fqn, record.to.fqn, record.description])).toEqual([
      ["af.a", "af.b", "through datasets s, u"],
    ]);
  });

  test("need both pipelines", () => {
    const unresolved = new Map([["u", use(["a"], ["b"])]]);
    expect(pipelineEdges(unresolved, (dagId) => (dagId === "a" ? key(dagId) : undefined))).toEqual([]);
  });
});
