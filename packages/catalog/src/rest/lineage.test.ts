import { afterEach, describe, expect, test } from "@jest/globals";
import { fqnOf, type LineageDetails } from "@omd/schema";
import { mockServer, type MockedServer } from "../../test/openmetadata-face/mocked-server.ts";
import { edgeChanges, neighbourhoodOf, uniteColumns } from "./lineage.ts";

let server: MockedServer;
const start = (...args: Parameters<typeof mockServer>): MockedServer => (server = mockServer(...args));
afterEach(async () => {
  expect(await (server as MockedServer | undefined)?.close()).toEqual([]);
});
const from = { id: "f", type: "table", name: "f", fullyQualifiedName: "s.f" };
const to = { id: "t", type: "table", name: "t", fullyQualifiedName: "s.t" };
const pipeline = { id: "p", type: "pipeline", fullyQualifiedName: "a.p" };
const missing = { code: 404, message: "lineage instance for f not found" };
const edgeUrl = "/lineage/getLineageEdge/f/t";

describe("putLineage", () => {
  test("adds an edge that is not there, references by id and type only", async () => {
    const { catalog, api } = start();
    api.get(edgeUrl).reply(404, missing);
    const lineageDetails = { source: "PipelineLineage", pipeline: { id: "p", type: "pipeline" } };
    const edge = { fromEntity: { id: "f", type: "table" }, toEntity: { id: "t", type: "table" }, lineageDetails };
    api.put("/lineage", { edge }).reply(200);
    expect(await catalog.putLineage({ from, to, details: { source: "PipelineLineage", pipeline } })).toBe("created");
  });

  test("is one call where there can be none yet", async () => {
    const { catalog, api } = start();
    api.put("/lineage").reply(200);
    expect(await catalog.putLineage({ from, to, details: {} }, { isNew: true })).toBe("created");
  });

  test("patches the one that is there with what is new only", async () => {
    const { catalog, api } = start();
    const known = {
      source: "PipelineLineage",
      pipeline: { id: "old", type: "pipeline" },
      createdAt: 1,
      assetEdges: null,
    };
    api
      .get(edgeUrl)
      .reply(200, { edge: { ...known, columnsLineage: [{ fromColumns: ["s.f.a"], toColumn: "s.t.a" }] } });
    api
      .patch("/lineage/table/f/table/t", [
        {
          op: "add",
          path: "/columnsLineage",
          value: [
            { fromColumns: ["s.f.a", "s.f.b"], toColumn: "s.t.a" },
            { fromColumns: ["s.f.c"], toColumn: "s.t.c" },
          ],
        },
        { op: "add", path: "/pipeline", value: { id: "p", type: "pipeline" } },
      ])
      .matchHeader("content-type", "application/json-patch+json")
      .reply(200, {});
    const columnsLineage = [
      { fromColumns: ["s.f.b"], toColumn: "s.t.a" },
      { fromColumns: ["s.f.c"], toColumn: "s.t.c" },
    ];
    expect(await catalog.putLineage({ from, to, details: { pipeline, columnsLineage } })).toBe("updated");
  });

  test("leaves an edge alone that says it all", async () => {
    const { catalog, api } = start();
    const columnsLineage = [{ fromColumns: ["b", "a"], toColumn: "c" }];
    api
      .get(edgeUrl)
      .reply(200, { edge: { source: "DbtLineage", pipeline, columnsLineage, sqlQuery: "select 1", more: 1 } });
    const details: LineageDetails = {
      source: "DbtLineage",
      columnsLineage: [{ fromColumns: ["a"], toColumn: "c" }],
      sqlQuery: "select 1",
    };
    expect(await catalog.putLineage({ from, to, details })).toBe("unchanged");
  });

  test.each([404, 405])("writes the whole edge when it cannot be patched (%d)", async (status) => {
    const { catalog, api } = start();
    api.get(edgeUrl).reply(200, { edge: { source: "ViewLineage", sqlQuery: "old", updatedBy: "x" } });
    api.patch("/lineage/table/f/table/t").reply(status, { code: status, message: "no" });
    api
      .put("/lineage", (body: { edge: { lineageDetails: object } }) => {
        expect(body.edge.lineageDetails).toEqual({ source: "ViewLineage", sqlQuery: "new" });
        return true;
      })
      .reply(200);
    expect(await catalog.putLineage({ from, to, details: { sqlQuery: "new" } })).toBe("updated");
  });

  test("a missing end is an error, so is a refusal", async () => {
    const { catalog, api } = start();
    api.get(edgeUrl).times(2).reply(404, missing);
    api.put("/lineage").reply(404, { code: 404, message: "table instance for t not found" });
    await expect(catalog.putLineage({ from, to, details: {} })).rejects.toMatchObject({
      code: "OMD_CATALOG_NOT_FOUND",
      message: "Could not write the edge table s.f -> table s.t (HTTP 404): table instance for t not found",
    });
    api.put("/lineage").reply(403, { code: 403, message: "no" });
    await expect(catalog.putLineage({ from, to, details: {} })).rejects.toMatchObject({ status: 403 });
    api.get(edgeUrl).reply(200, { edge: { source: "ViewLineage" } });
    api.patch("/lineage/table/f/table/t").reply(400, { code: 400, message: "Invalid column name" });
    await expect(catalog.putLineage({ from, to, details: { sqlQuery: "x" } })).rejects.toMatchObject({ status: 400 });
  });
});

describe("merging", () => {
  test("columns are united per target and function, in a stable order", () => {
    expect(
      uniteColumns(
        [{ fromColumns: ["a"], toColumn: "x" }],
        [
          { fromColumns: ["b", "a", "b"], toColumn: "x" },
          { fromColumns: ["a"], toColumn: "x", function: "sum" },
        ],
      ),
    ).toEqual([
      { fromColumns: ["a", "b"], toColumn: "x" },
      { fromColumns: ["a"], toColumn: "x", function: "sum" },
    ]);
    expect(uniteColumns(undefined, undefined)).toEqual([]);
  });

  test("what a person wrote stays", () => {
    expect(
      edgeChanges({ source: "Manual", description: "mine" }, { source: "DbtLineage", description: "yours" }),
    ).toEqual({});
    expect(edgeChanges({}, { source: "DbtLineage", description: "yours" })).toEqual({ description: "yours" });
    expect(edgeChanges({ source: "ViewLineage", description: "" }, { source: "DbtLineage", description: "d" })).toEqual(
      {
        source: "DbtLineage",
        description: "d",
      },
    );
  });

  test("a pipeline is kept when the new edge has none", () => {
    expect(edgeChanges({ pipeline }, {})).toEqual({});
    expect(edgeChanges({ pipeline }, { pipeline: { id: "p", type: "pipeline" } })).toEqual({});
  });
});

describe("deleting", () => {
  test("an edge, whether it is there or not", async () => {
    const { catalog, api } = start();
    api.delete("/lineage/table/f/table/t").reply(200);
    api.delete("/lineage/table/f/table/t").reply(404, missing);
    api.delete("/lineage/table/f/table/t").reply(500, { code: 500, message: "no" });
    await catalog.deleteLineage(from, to);
    await catalog.deleteLineage(from, to);
    api.delete("/lineage/table/f/table/t").times(2).reply(500, { code: 500, message: "no" });
    await expect(catalog.deleteLineage(from, to)).rejects.toMatchObject({ status: 500 });
  });

  test("of one pipeline leaves the edge of another", async () => {
    const { catalog, api } = start();
    api.get(edgeUrl).reply(200, { edge: { pipeline: { id: "other", type: "pipeline" } } });
    await catalog.deleteLineage(from, to, "p");
    api.get(edgeUrl).reply(404, missing);
    await catalog.deleteLineage(from, to, "p");
    api.get(edgeUrl).reply(200, { edge: { pipeline: { id: "p", type: "pipeline" } } });
    api.delete("/lineage/table/f/table/t").reply(200);
    await catalog.deleteLineage(from, to, "p");
  });

  test("by source", async () => {
    const { catalog, api } = start();
    api.delete("/lineage/pipeline/p/type/PipelineLineage").reply(200, "");
    api.delete("/lineage/table/t/type/ViewLineage").reply(404, missing);
    await catalog.deleteLineageBySource("pipeline", "p", "PipelineLineage");
    await catalog.deleteLineageBySource("table", "t", "ViewLineage");
  });
});

describe("neighbourhood", () => {
  test("is read by name and its edges get their ends back", async () => {
    const { catalog, api } = start();
    api
      .get("/lineage/table/name/s.%22a.b%22")
      .query({ upstreamDepth: 1, downstreamDepth: 3 })
      .reply(200, {
        entity: { ...from, newField: 1 },
        nodes: [to, from],
        upstreamEdges: [],
        downstreamEdges: [
          { fromEntity: "f", toEntity: "t", lineageDetails: { pipeline, source: "PipelineLineage", newer: true } },
          { fromEntity: "f", toEntity: "deleted" },
        ],
      });
    const key = { entityType: "table", fqn: fqnOf("s", "a.b") } as const;
    expect(await catalog.neighbourhood(key, { upstream: 1, downstream: 3 })).toEqual({
      entity: from,
      nodes: [to],
      edges: [{ from, to, details: { pipeline, source: "PipelineLineage" } }],
    });
  });

  test("of nothing is undefined", async () => {
    const { catalog, api } = start();
    api
      .get("/lineage/table/name/s.x")
      .query(true)
      .reply(404, { code: 404, message: "table instance for s.x not found" });
    const key = { entityType: "table", fqn: fqnOf("s", "x") } as const;
    expect(await catalog.neighbourhood(key, { upstream: 1, downstream: 1 })).toBeUndefined();
  });

  test.each([4, -1, 1.5])("depth %d is refused", async (depth) => {
    const { catalog } = start({}, { version: false });
    const key = { entityType: "table", fqn: fqnOf("s") } as const;
    await expect(catalog.neighbourhood(key, { upstream: 0, downstream: depth })).rejects.toThrow(/up to depth 3/);
  });

  test("an edge that is given on both sides counts once", () => {
    const edge = { fromEntity: "f", toEntity: "t" };
    const answer = { entity: from, nodes: [to], upstreamEdges: [edge], downstreamEdges: [edge] };
    expect(neighbourhoodOf(answer).edges).toHaveLength(1);
  });
});
