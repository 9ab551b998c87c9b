import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "../../src/embedded/embedded-catalog.ts";
import type { FaceCall } from "./calls.ts";
import { startFace, type Face, type FaceOptions } from "./face.ts";

let store: EmbeddedCatalog;
let face: Face;
beforeEach(() => {
  store = openEmbeddedCatalog({ file: ":memory:" });
});
afterEach(async () => {
  await face.close();
  await store.close();
});

interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

async function call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
  const sent = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
  const answer = await fetch(`${face.hostPort}/v1${path}`, {
    method,
    ...sent,
    headers: { "content-type": "application/json", ...headers },
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === "" ? undefined : JSON.parse(text) };
}

const start = async (options: Partial<FaceOptions> = {}): Promise<void> => {
  face = await startFace({ store, ...options });
};
const service = { name: "my.air", serviceType: "Airflow" };
const fill = async (): Promise<string> => {
  await store.put("pipelineService", service);
  for (const name of ["b", "a", "c"]) await store.put("pipeline", { name, service: "my.air" });
  return (await store.put("pipeline", { name: "a", service: "my.air" })).entity.id;
};
const error = (code: number, message: unknown) => ({ status: code, body: { code, message } });

describe("answers like the server", () => {
  test("201 for new, 200 for known, and what changed in a header", async () => {
    await start();
    const made = await call("PUT", "/services/pipelineServices", service);
    expect([made.status, made.headers.get("x-openmetadata-change")]).toEqual([201, "entityCreated"]);
    expect(made.body).toMatchObject({ name: "my.air", fullyQualifiedName: '"my.air"', href: expect.any(String) });
    const again = await call("PUT", "/services/pipelineServices", service);
    expect([again.status, again.headers.get("x-openmetadata-change")]).toEqual([200, "entityNoChange"]);
  });

  test("services are found by raw and by quoted name, others by FQN only", async () => {
    await fill();
    await start();
    for (const name of ["my.air", "%22my.air%22"])
      expect((await call("GET", `/services/pipelineServices/name/${name}`)).status).toBe(200);
    expect((await call("GET", "/pipelines/name/%22my.air%22.a?fields=tasks&include=all")).status).toBe(200);
    expect(await call("GET", "/pipelines/name/my.air.a")).toMatchObject(
      error(404, "pipeline instance for my.air.a not found"),
    );
  });

  test("pages by name with an opaque cursor", async () => {
    await fill();
    await start();
    const first = await call("GET", "/pipelines?limit=2&service=my.air");
    expect(first.body).toMatchObject({ data: [{ name: "a" }, { name: "b" }], paging: { total: 3 } });
    const { after } = (first.body as { paging: { after: string } }).paging;
    expect(after).toMatch(/^[\w-]+$/);
    const second = await call("GET", `/pipelines?limit=2&service=%22my.air%22&after=${after}`);
    expect(second.body).toEqual({
      data: [expect.objectContaining({ name: "c" })],
      paging: { total: 3, before: expect.any(String) },
    });
    expect((await call("GET", "/pipelines?limit=0")).body).toEqual({ data: [], paging: { total: 3 } });
    expect((await call("GET", "/pipelines?limit=-1")).status).toBe(400);
    expect((await call("GET", "/pipelines?include=some")).status).toBe(400);
  });

  test("by id, patch, delete and restore", async () => {
    const id = await fill();
    await start();
    expect((await call("GET", `/pipelines/${id}`)).body).toMatchObject({ id, name: "a" });
    const operations = [{ op: "add", path: "/description", value: "x" }];
    const patchType = { "content-type": "application/json-patch+json" };
    expect((await call("PATCH", `/pipelines/${id}`, operations)).status).toBe(415);
    expect((await call("PATCH", `/pipelines/${id}`, operations, patchType)).body).toMatchObject({ description: "x" });
    expect(await call("DELETE", `/pipelines/${id}`)).toMatchObject(error(400, "pipeline a is not empty"));
    expect((await call("DELETE", `/pipelines/${id}?recursive=true&hardDelete=false`)).status).toBe(200);
    expect((await call("DELETE", `/pipelines/${id}?recursive=true&hardDelete=false`)).status).toBe(404);
    expect((await call("PUT", "/pipelines/restore", { id })).body).toMatchObject({ id });
    expect((await call("GET", `/tables/${id}`)).status).toBe(404);
  });

  test("bulk answers 200 whatever the items are", async () => {
    await store.put("databaseService", { name: "s", serviceType: "Mysql" });
    await start();
    const items = [
      { name: "a", service: "s" },
      { name: "b", service: "none" },
    ];
    const answer = await call("PUT", "/databases/bulk?async=false", items);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        status: "partialSuccess",
        numberOfRowsProcessed: 2,
        numberOfRowsPassed: 1,
        numberOfRowsFailed: 1,
        successRequest: [{ request: "s.a", status: 200 }],
        failedRequest: [{ request: "none.b", status: 404 }],
      },
    });
    expect((await call("PUT", "/databases/bulk", {})).status).toBe(400);
    expect((await call("PUT", "/pipelines/bulk", [])).status).toBe(405);
  });

  test("a run that is not there is 204 without a body", async () => {
    await start();
    const answer = await call("GET", "/services/ingestionPipelines/s.m/pipelineStatus/1");
    expect([answer.status, answer.body]).toEqual([204, undefined]);
  });

  test("statuses need a range and an existing pipeline", async () => {
    await fill();
    await start();
    expect((await call("GET", "/pipelines/%22my.air%22.a/status")).status).toBe(400);
    expect((await call("GET", "/pipelines/%22my.air%22.a/status?startTs=0&endTs=9")).body).toEqual({
      data: [],
      paging: { total: 0 },
    });
    expect((await call("PUT", "/pipelines/none.a/status", { timestamp: 1, executionStatus: "Failed" })).status).toBe(
      404,
    );
  });
});

describe("refuses", () => {
  test.each([
    ["GET", "/nothing", 404],
    ["GET", "/search/fieldQuery?index=none", 404],
    ["GET", "/search/query?index=user_search_index&q=*", 400],
    ["PUT", "/nothing", 405],
    ["PUT", "/pipelines", 400],
    ["GET", "/lineage/getLineageEdge/1/2", 404],
    ["GET", "/lineage/table/name/a?upstreamDepth=4", 400],
    ["GET", "/lineage/nothing/name/a", 400],
    ["DELETE", "/lineage/table/1/table/2", 404],
    ["PUT", "/lineage/table/1", 405],
  ])("%s %s with %d", async (method, path, status) => {
    await start();
    const answer = await call(method, path, method === "PUT" ? { unknown: 1 } : undefined);
    expect(answer).toMatchObject(error(status, expect.any(String)));
    expect(answer.headers.get("content-type")).toBe("application/json");
  });

  test("a body that is no JSON", async () => {
    await start();
    expect((await call("PUT", "/pipelines", "{")).status).toBe(400);
  });

  test("strangers, except those who ask for the version", async () => {
    await start({ token: "t" });
    const refused = await call("GET", "/pipelines");
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, "om-auth"]);
    expect((await call("GET", "/pipelines", undefined, { authorization: "Bearer t" })).status).toBe(200);
    expect((await call("GET", "/system/version")).body).toMatchObject({ version: "1.12.8" });
  });
});

test("the hook sees each request and may answer in its place", async () => {
  const seen: FaceCall[] = [];
  await start({
    onRequest: (one) => {
      seen.push(one);
      return one.path === "/pipelines"
        ? { status: 503, headers: { "retry-after": "1" }, body: { code: 503 } }
        : undefined;
    },
  });
  const busy = await call("GET", "/pipelines?limit=1");
  expect([busy.status, busy.headers.get("retry-after")]).toEqual([503, "1"]);
  await call("PUT", "/pipelines/a%2Fb/status", { a: 1 });
  expect(seen).toMatchObject([
    { method: "GET", path: "/pipelines", body: undefined },
    { method: "PUT", path: "/pipelines/a%2Fb/status", segments: ["pipelines", "a/b", "status"], body: { a: 1 } },
  ]);
  expect(face.calls).toEqual(seen);
});
