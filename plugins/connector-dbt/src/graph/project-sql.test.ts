import { expect, test } from "@jest/globals";
import type { SqlLineage, SqlLineageAnswer, SqlQuestion } from "@omd/lineage";
import { bakery, GraphWorld, openView } from "../../test/graph-world.ts";
import type { Relation } from "../project/view.ts";
import { GraphRun, type GraphRunParts } from "./graph-run.ts";
import { ProjectSql } from "./project-sql.ts";

const nothing: SqlLineageAnswer = { tables: { inputs: [] }, columns: [] };

/** A parser that wants to know the columns of one table in every query. */
class CuriousParser implements SqlLineage {
  readonly asked: string[] = [];
  readonly learnt: unknown[] = [];

  async lineageOf({ sql, schema }: SqlQuestion): Promise<SqlLineageAnswer> {
    this.asked.push(sql);
    this.learnt.push(await schema?.(["bakery", "main_raw", "raw_sales"]));
    return nothing;
  }

  failures(): Record<string, never> {
    return {};
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

async function opened(): Promise<{ view: Awaited<ReturnType<typeof openView>>; relation: Relation }> {
  const view = await openView(bakery("1.11.16"), {});
  const relation = view.relations.get("model.bakery.stg_sales");
  if (relation === undefined) throw new Error("stg_sales is missing");
  return { view, relation };
}

test("SQL is read before the tables are known, and what wants their columns waits for them", async () => {
  const { view, relation } = await opened();
  const parser = new CuriousParser();
  const project = new ProjectSql(view, parser, true);
  project.foresee(relation, "select 1");
  project.foresee(relation, "  ");
  expect(parser.asked).toEqual(["select 1"]);
  await new Promise(setImmediate);
  expect(parser.learnt).toEqual([]);
  project.tablesKnown();
  expect(await project.answer(relation, "select 1")).toBe(nothing);
  expect(parser.learnt).toEqual([expect.arrayContaining(["buyer_id"])]);
  await project.answer(relation, "select 2");
  expect(parser.asked).toEqual(["select 1", "select 2"]);
  view.close();
});

test("where edges are known nothing is read before it is asked for", async () => {
  const world = new GraphWorld();
  const first = await world.run([bakery("1.11.16")]);
  expect(first.edges()).not.toEqual([]);
  const { view, relation } = await opened();
  const parser = new CuriousParser();
  const parts = { context: first.context, options: { dbtConfigSource: {} } } as unknown as GraphRunParts;
  const project = new GraphRun(parts, parser).sqlOf(view);
  project.foresee(relation, "select 1");
  expect(parser.asked).toEqual([]);
  project.tablesKnown();
  await project.answer(relation, "select 1");
  expect(parser.asked).toEqual(["select 1"]);
  view.close();
});
