import { expect, test } from "@jest/globals";
import type { TagLabel } from "@omd/schema";
import { entityWaitsFor } from "./record-order.ts";

const label = (tagFQN: string, source: TagLabel["source"] = "Classification"): TagLabel => ({
  tagFQN,
  source,
  labelType: "Automated",
  state: "Suggested",
});

test("a table waits for its schema, the labels of its columns and model, and the tables that its keys refer to", () => {
  const waits = entityWaitsFor({
    kind: "entity",
    entityType: "table",
    request: {
      name: "orders",
      databaseSchema: "s.d.x",
      tags: [label("t.table")],
      columns: [
        {
          name: "a",
          dataType: "STRUCT",
          tags: [label("t.column")],
          children: [{ name: "b", dataType: "INT", tags: [label("g.term", "Glossary")] }],
        },
      ],
      tableConstraints: [
        {
          constraintType: "FOREIGN_KEY",
          columns: ["a"],
          referredColumns: ['s.d.x."buy.ers".id', 's.d.x."buy.ers".no'],
        },
      ],
      dataModel: { modelType: "DBT", tags: [label("t.model")], columns: [] },
    },
  });
  expect(waits.toSorted()).toEqual([
    "databaseSchema s.d.x",
    "glossaryTerm g.term",
    'table s.d.x."buy.ers"',
    "tag t.column",
    "tag t.model",
    "tag t.table",
  ]);
});

test("labels of tasks, and of columns and fields wherever they are, are waited for", () => {
  const task = { name: "extract", tags: [label("t.task")] };
  const pipeline = { name: "p", service: "s", tags: [label("t.pipeline")], tasks: [task, { name: "load" }] };
  expect(entityWaitsFor({ kind: "entity", entityType: "pipeline", request: pipeline })).toEqual([
    "pipelineService s",
    "tag t.pipeline",
    "tag t.task",
  ]);
  const inner = { name: "b", dataType: "INT", tags: [label("g.term", "Glossary")] };
  const columns = [{ name: "a", dataType: "STRUCT", tags: [label("t.column")], children: [inner] }];
  const container = { name: "c", service: "s", dataModel: { isPartitioned: false, columns } };
  expect(entityWaitsFor({ kind: "entity", entityType: "container", request: container })).toEqual([
    "storageService s",
    "tag t.column",
    "glossaryTerm g.term",
  ]);
});

test("a file waits for its directory, a directory for the one around it, a worksheet for its spreadsheet", () => {
  const request = { name: "a", service: "d" };
  expect(entityWaitsFor({ kind: "entity", entityType: "file", request: { ...request, directory: "d.x" } })).toEqual([
    "driveService d",
    "directory d.x",
  ]);
  expect(entityWaitsFor({ kind: "entity", entityType: "directory", request: { ...request, parent: "d.x" } })).toEqual([
    "driveService d",
    "directory d.x",
  ]);
  expect(entityWaitsFor({ kind: "entity", entityType: "directory", request })).toEqual(["driveService d"]);
  const worksheet = { name: "w", spreadsheet: "d.x.s" };
  expect(entityWaitsFor({ kind: "entity", entityType: "worksheet", request: worksheet })).toEqual([
    "spreadsheet d.x.s",
  ]);
});
