import { expect, test } from "@jest/globals";
import { parseFqn } from "@omd/schema";
import { entityText } from "./entity-text.ts";

test("an entity is shown by its fields, references by name, nested columns indented", () => {
  const text = entityText(
    {
      type: "table",
      entity: {
        id: "42",
        name: "orders",
        fullyQualifiedName: parseFqn("db.orders"),
        deleted: true,
        updatedAt: 0,
        owners: [
          { id: "1", type: "user", name: "ann" },
          { id: "2", type: "team", fullyQualifiedName: "org.bi" },
        ],
        tags: [{ tagFQN: "PII.Sensitive", source: "Classification" }],
        followers: [],
        extension: { a: 1 },
        columns: [
          {
            name: "address",
            dataType: "STRUCT",
            description: "where to",
            tags: [{ tagFQN: "PII.Sensitive" }],
            children: [{ name: "city", dataTypeDisplay: "varchar(9)" }],
          },
        ],
      },
    },
    100,
  );
  expect(text).toMatch(/^table db\.orders \(deleted\)\n/);
  expect(text).toMatch(/^owners +ann$/m);
  expect(text).toMatch(/^ +org\.bi$/m);
  expect(text).toMatch(/^tags +PII\.Sensitive$/m);
  expect(text).toMatch(/^updatedAt +1970-01-01T00:00:00\.000Z$/m);
  expect(text).toMatch(/^extension +\{"a":1\}$/m);
  expect(text).toMatch(/^address +STRUCT +PII\.Sensitive +where to$/m);
  expect(text).toMatch(/^· city +varchar\(9\)$/m);
  expect(text).not.toMatch(/followers|Downstream|^id /m);
});

test("a run is told by the times of its tasks, not by its logical date", () => {
  const taskStatus = [{ name: "load", executionStatus: "Successful", startTime: 86_400_000, endTime: 86_460_000 }];
  const pipelineStatus = { timestamp: 0, executionStatus: "Successful", endTime: 86_465_000, taskStatus };
  const entity = { id: "1", name: "p", fullyQualifiedName: parseFqn("af.p"), pipelineStatus };
  expect(entityText({ type: "pipeline", entity }, 100)).toMatch(
    /^pipelineStatus +Successful, started 1970-01-02T00:00:00\.000Z, took 1m 05s$/m,
  );
});

test("a pipeline has its tasks", () => {
  const text = entityText(
    {
      type: "pipeline",
      entity: {
        id: "1",
        name: "p",
        fullyQualifiedName: parseFqn("af.p"),
        pipelineStatus: { timestamp: 0, executionStatus: "Failed", taskStatus: [] },
        tasks: [{ name: "extract", taskType: "Bash", downstreamTasks: ["load", "log"] }],
      },
    },
    100,
  );
  expect(text).toMatch(/^extract +Bash +load, log$/m);
  expect(text).toMatch(/^pipelineStatus +Failed, started 1970-01-01T00:00:00\.000Z$/m);
  expect(text).not.toContain("Column");
});
