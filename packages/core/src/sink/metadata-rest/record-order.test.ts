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
