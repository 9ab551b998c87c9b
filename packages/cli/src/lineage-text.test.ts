import { describe, expect, test } from "@jest/globals";
import type { Neighbourhood } from "@omd/core";
import { lineageText } from "./lineage-text.ts";

function node(name: string) {
  return { id: name, type: "table", fullyQualifiedName: `db.${name}` };
}

function edge(from: string, to: string, details: Neighbourhood["edges"][number]["details"] = {}) {
  return { from: { id: from, type: "table" }, to: { id: to, type: "table" }, details };
}

describe("lineageText", () => {
  test("draws what lies upstream and downstream, step by step", () => {
    const around: Neighbourhood = {
      entity: node("b"),
      nodes: ["a", "z", "c", "d"].map(node),
      edges: [
        edge("a", "b", {
          pipeline: { id: "p", type: "pipeline", fullyQualifiedName: "af.etl" },
          columnsLineage: [{ fromColumns: ["x"], toColumn: "y" }],
        }),
        edge("z", "a"),
        edge("b", "c", { source: "Manual" }),
        edge("c", "d"),
      ],
    };
    expect(lineageText(around, ["upstream", "downstream"])).toBe(
      [
        "table db.b",
        "upstream",
        "  ← table db.a (by af.etl, 1 column)",
        "    ← table db.z",
        "downstream",
        "  → table db.c (Manual)",
        "    → table db.d",
      ].join("\n"),
    );
  });

  test("ends in a circle and draws a shared node once", () => {
    const around: Neighbourhood = {
      entity: node("a"),
      nodes: ["b", "c", "d"].map(node),
      edges: [edge("a", "b"), edge("a", "c"), edge("b", "d"), edge("c", "d"), edge("d", "a")],
    };
    expect(lineageText(around, ["downstream"])).toBe(
      [
        "table db.a",
        "downstream",
        "  → table db.b",
        "    → table db.d",
        "      → table db.a (see above)",
        "  → table db.c",
        "    → table db.d (see above)",
      ].join("\n"),
    );
  });

  test("counts the edges of assets between services", () => {
    const around: Neighbourhood = {
      entity: node("a"),
      nodes: ["b", "c"].map(node),
      edges: [
        edge("a", "b", { source: "ChildAssets", assetEdges: 2 }),
        edge("a", "c", { source: "ChildAssets", assetEdges: 1 }),
      ],
    };
    expect(lineageText(around, ["downstream"])).toBe(
      [
        "table db.a",
        "downstream",
        "  → table db.b (2 edges of assets, ChildAssets)",
        "  → table db.c (1 edge of assets, ChildAssets)",
      ].join("\n"),
    );
  });

  test("tells which edges between others a pipeline makes", () => {
    const pipeline = { id: "p", type: "pipeline", fullyQualifiedName: "af.etl" };
    const around: Neighbourhood = { entity: pipeline, nodes: [], edges: [] };
    const columnsLineage = [{ fromColumns: ["x"], toColumn: "y" }];
    const ends = { from: node("a"), to: node("b") };
    const made = [
      { ...ends, details: { pipeline, columnsLineage } },
      { from: pipeline, to: node("b"), details: {} },
    ];
    expect(lineageText(around, ["upstream"], made)).toBe(
      ["pipeline af.etl", "upstream: none", "makes", "  table db.a → table db.b (1 column)"].join("\n"),
    );
  });

  test("says none", () => {
    expect(lineageText({ entity: node("a"), nodes: [], edges: [] }, ["upstream"])).toBe("table db.a\nupstream: none");
  });
});
