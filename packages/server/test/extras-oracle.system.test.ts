import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createAnswerOracle } from "./answer-oracle.ts";
import { playDrives } from "./drive-scenario.ts";
import { playExtras, type Exchange } from "./extras-scenario.ts";
import { openTestApp, type TestApp } from "./test-app.ts";

/** Directory of OpenMetadata's JSON Schemas, laid out as in its specification. */
const schemas = process.env["OMD_OM_SCHEMAS"];

let server: TestApp;
let exchanges: readonly Exchange[];
beforeAll(async () => {
  if (schemas === undefined)
    throw new Error("OMD_OM_SCHEMAS is not set: it names the directory of OpenMetadata's JSON Schemas");
  server = openTestApp();
  exchanges = [...(await playExtras(server)), ...(await playDrives(server))];
});
afterAll(() => server.close());

/** The one list of OpenMetadata that has both cursors at all times, be they null. */
function withoutCursors({ path, body }: Exchange): unknown {
  if (!path.startsWith("/entity/profiles/")) return body;
  const paging = body["paging"] as Record<string, unknown>;
  expect(paging).toHaveProperty("after");
  expect(paging["before"]).toBeNull();
  return { ...body, paging: { total: paging["total"] } };
}

test("every answer is sound by OpenMetadata's own schemas", () => {
  const oracle = createAnswerOracle(schemas ?? "");
  const findings = exchanges.flatMap((exchange) => {
    const { method, path, status } = exchange;
    return oracle.check(method, `/api/v1${path.split("?")[0] ?? ""}`, status, withoutCursors(exchange));
  });
  expect(findings).toEqual([]);
  expect(exchanges.length).toBeGreaterThan(60);
});

test("a field that no schema has would be found in each kind of answer", () => {
  const oracle = createAnswerOracle(schemas ?? "");
  const silent = exchanges
    .filter(({ body }) => body !== undefined && Object.keys(body).length > 0)
    .filter((exchange) => {
      const { method, path, status, body } = exchange;
      const data = Array.isArray(body["data"]) ? (body["data"] as object[]) : undefined;
      if (data?.length === 0) return false;
      const spoilt = data
        ? { ...body, data: data.map((item) => ({ ...item, timestamp: "x", id: 7 })) }
        : { ...body, id: 7, runId: 7, entity: 7, edge: { source: 7 } };
      return oracle.check(method, `/api/v1${path.split("?")[0] ?? ""}`, status, spoilt).length === 0;
    })
    .map(({ method, path }) => `${method} ${path}`);
  expect(silent).toEqual([]);
});
