import { expect, test } from "@jest/globals";
import type { LineageEdge } from "../api-types.ts";
import { lineLabel, sourceText } from "./line-label.ts";

const edge: LineageEdge = { from: "a", to: "b", source: "ViewLineage", pipelines: [], columns: [] };
const pipelines = ["load", "copy"].map((name) => ({ id: name, name, fqn: `p.${name}` }));

test("a line names its pipelines, or how many edges of assets it stands for", () => {
  const label = (more: Partial<LineageEdge>): string => lineLabel({ edge: { ...edge, ...more } });
  expect(label({})).toBe("");
  expect(label({ pipelines })).toBe("load and 1 more");
  expect(label({ source: "ChildAssets", assetEdges: 1200 })).toBe("1,200 edges");
  expect(label({ source: "ChildAssets", assetEdges: 1 })).toBe("1 edge");
  expect(label({ pipelines, assetEdges: 3 })).toBe("load and 1 more");
  expect(lineLabel({})).toBe("");
});

test("where an edge without pipelines comes from", () => {
  expect(sourceText(edge)).toBe("ViewLineage");
  expect(sourceText({ source: "ChildAssets", assetEdges: 2 })).toBe("2 edges between their assets");
  expect(sourceText({ source: "Manual", assetEdges: 1 })).toBe("Manual, 1 edge between their assets");
});
