import { describe, expect, test } from "@jest/globals";
import { createAnswerOracle } from "./answer-oracle.ts";
import { addTables, openTestApp } from "./test-app.ts";

const schemas = process.env["OMD_OM_SCHEMAS"];
if (schemas === undefined) throw new Error("OMD_OM_SCHEMAS must name the directory of OpenMetadata's JSON Schemas");
const oracle = createAnswerOracle(schemas);
const found = (method: string, path: string, status: number, answer: unknown): string =>
  oracle.check(method, `/api/v1/${path}`, status, answer).join("\n");

const id = "3f2b8a30-5c1e-4a36-8a44-3b1c7f4b2a11";
const table = { id, name: "t", fullyQualifiedName: "s.d.m.t", columns: [{ name: "c", dataType: "INT" }] };

describe("the oracle of answers", () => {
  test.each([
    ["an unknown field", "GET", "tables/name/s.d.m.t", 200, { ...table, internalId: 7 }, /internalId/],
    ["a null", "GET", `tables/${id}`, 200, { ...table, description: null }, /description is null/],
    ["an empty answer", "PUT", "tables", 201, undefined, /empty/],
    ["a relative href", "GET", `tables/${id}`, 200, { ...table, href: "/api/v1/tables/1" }, /href/],
    ["a list without total", "GET", "tables", 200, { data: [table], paging: {} }, /total/],
    ["a bad member of a list", "GET", "tables", 200, { data: [{ name: 1 }], paging: { total: 1 } }, /data\/0/],
    ["a hit without source", "GET", "search/query", 200, { hits: { total: { value: 1 }, hits: [{}] } }, /_source/],
    ["a refusal without message", "GET", "tables/name/x", 404, { code: 404 }, /message/],
    ["a refusal of another code", "GET", "tables/name/x", 404, { code: 400, message: "no" }, /code is 400/],
    ["a refusal that says more", "GET", "tables/name/x", 404, { code: 404, message: "no", stack: "at" }, /stack/],
    ["an edge without details", "GET", "lineage/getLineageEdge/a/b", 200, { edge: { source: "Guess" } }, /source/],
    ["an unknown collection", "GET", "somethings", 200, {}, /no schema is known/],
  ])("finds %s", (_what, method, path, status, answer, finding) => {
    expect(found(method, path, status, answer)).toMatch(finding);
  });

  test.each([
    ["GET", `tables/${id}`, 200, table],
    ["GET", "tables", 200, { data: [table], paging: { total: 1, after: "bmV4dA" } }],
    ["GET", "services/ingestionPipelines/s.p/pipelineStatus/1", 204, undefined],
    ["PUT", "lineage", 200, undefined],
    ["GET", "tables/name/x", 404, { code: 404, message: "table instance for x not found" }],
  ])("lets %s %s with %d pass", (method, path, status, answer) => {
    expect(found(method, path, status, answer)).toBe("");
  });

  test("lets what the server answers pass", async () => {
    const app = openTestApp();
    await addTables(app, ["a"]);
    const { status, body } = await app.call("GET", "/tables/name/%22lite.db%22.shop.main.a?fields=*");
    await app.close();
    expect(found("GET", "tables/name/a", status, body)).toBe("");
  });
});
