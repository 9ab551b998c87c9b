import { describe, expect, test } from "@jest/globals";
import { computeSourceHash } from "./source-hash.ts";

describe("values that the Python client computes", () => {
  test("a database", () => {
    expect(computeSourceHash("database", { name: "demo.v1", service: "lite" })).toBe(
      "5d5fed1b2708f1f71d0ba42498af3677",
    );
  });

  test("a pipeline with tasks, a state and text outside ASCII", () => {
    expect(
      computeSourceHash("pipeline", {
        name: "p1",
        service: "svc",
        displayName: "P 1",
        description: "é",
        state: "Active",
        tasks: [{ name: "a", downstreamTasks: ["b"] }, { name: "b" }],
      }),
    ).toBe("1c14152ab94bd15d16d0bde0270966c7");
  });

  test("a table: columns by name, white space of the definition levelled", () => {
    expect(
      computeSourceHash("table", {
        name: "t",
        databaseSchema: "s.d.x",
        tableType: "Regular",
        columns: [
          { name: "b", dataType: "INT" },
          { name: "a", dataType: "VARCHAR", dataLength: 5 },
        ],
        schemaDefinition: "CREATE  VIEW\n x",
      }),
    ).toBe("69e185dbae442997ed02edcd21c5b93f");
  });
});
