import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import { createHttpRuntime, type HttpRuntime } from "@omd/http";
import { fqnOf } from "@omd/schema";
import { startFace, type Face, type FaceOptions } from "../../test/openmetadata-face/face.ts";
import { openEmbeddedCatalog } from "../embedded/embedded-catalog.ts";
import { openMetadataServerConfig } from "../server-config.ts";
import { createRestCatalog } from "./rest-catalog.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});
const runtime = (): HttpRuntime => {
  const http = createHttpRuntime({ defaults: { retry: { limit: 1, baseMs: 1 } } });
  open.push(() => http.close());
  return http;
};

/** The REST catalog before the stand-in server before an embedded catalog. */
async function overFace(
  options: Partial<FaceOptions> = {},
  config: Record<string, unknown> = {},
): Promise<{ face: Face; catalog: ReturnType<typeof createRestCatalog> }> {
  const store = openEmbeddedCatalog({ file: ":memory:" });
  open.push(() => store.close());
  const face = await startFace({ store, ...options });
  open.push(() => face.close());
  const parsed = openMetadataServerConfig.parse({ hostPort: face.hostPort, ...config });
  return { face, catalog: createRestCatalog(parsed, { http: runtime() }) };
}

const service = { name: "my.air", serviceType: "Airflow" };
const pipelines = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ name: `p${String(at)}`, service: "my.air" }));

describe("over the stand-in server", () => {
  test("says who it is", async () => {
    const { face, catalog } = await overFace({ version: "2.0.1" });
    expect([catalog.kind, catalog.identity]).toEqual(["rest", `rest:${face.hostPort}`]);
    expect(await catalog.connect()).toEqual({ version: "2.0.1" });
  });

  test("sends the token that the configuration has, and says what to do about another", async () => {
    const { catalog } = await overFace({ token: "good" }, { securityConfig: { jwtToken: "good" } });
    expect(await catalog.get("user", fqnOf("nobody"))).toBeUndefined();
    const stranger = await overFace({ token: "good" }, { securityConfig: { jwtToken: "bad" } });
    await expect(stranger.catalog.get("user", fqnOf("nobody"))).rejects.toMatchObject({
      status: 401,
      message: "Could not read user nobody (HTTP 401): Token not present",
      hint: expect.stringContaining("ingestion bot"),
    });
  });

  test("lists through many pages", async () => {
    const { face, catalog } = await overFace({}, { limitRecords: 7 });
    await catalog.put("pipelineService", service);
    await catalog.putMany("pipeline", pipelines(20));
    const found = new Set<string>();
    for await (const row of catalog.list("pipeline", { below: fqnOf("my.air") })) found.add(row.name);
    expect(found.size).toBe(20);
    const asked = face.calls.filter((call) => call.method === "GET" && call.path === "/pipelines");
    expect(asked.map((call) => [call.query.get("limit"), call.query.get("service"), call.query.has("after")])).toEqual([
      ["7", '"my.air"', false],
      ["7", '"my.air"', true],
      ["7", '"my.air"', true],
    ]);
  });

  test.each([true, false])("writes many (server without bulk: %s)", async (withoutBulk) => {
    const { face, catalog } = await overFace({ withoutBulk });
    await catalog.put("databaseService", { name: "s", serviceType: "Mysql" });
    const requests = ["a", "b.c", "d"].map((name) => ({ name, service: name === "d" ? "none" : "s" }));
    for (let round = 0; round < 2; round += 1)
      expect(await catalog.putMany("database", requests)).toEqual([
        { ok: true, fqn: "s.a" },
        { ok: true, fqn: 's."b.c"' },
        { ok: false, fqn: "none.d", status: 404, message: expect.stringContaining("not found") },
      ]);
    const paths = face.calls.filter((call) => call.method === "PUT").map((call) => call.path);
    expect(paths.filter((path) => path === "/databases/bulk")).toHaveLength(withoutBulk ? 1 : 2);
    expect(paths.filter((path) => path === "/databases")).toHaveLength(withoutBulk ? 6 : 0);
  });

  test("knows unchanged from updated by the server's header", async () => {
    const { catalog } = await overFace();
    expect((await catalog.put("pipelineService", service)).outcome).toBe("created");
    expect((await catalog.put("pipelineService", service)).outcome).toBe("unchanged");
    expect((await catalog.put("pipelineService", { ...service, displayName: "Air" })).outcome).toBe("updated");
  });

  test.each([true, false])("writes and reads runs (server without the bulk route: %s)", async (withoutStatusBulk) => {
    const { catalog } = await overFace({ withoutStatusBulk });
    await catalog.put("pipelineService", service);
    await catalog.put("pipeline", { name: "a/b c", service: "my.air" });
    const fqn = fqnOf("my.air", "a/b c");
    const runs = [1, 2, 3].map((timestamp) => ({ timestamp, executionStatus: "Failed" as const }));
    await catalog.putPipelineStatuses(fqn, runs);
    await catalog.putPipelineStatuses(fqn, runs);
    expect((await catalog.pipelineStatuses(fqn, { startTs: 2 })).map((run) => run.timestamp)).toEqual([3, 2]);
    await expect(catalog.putPipelineStatuses(fqnOf("my.air", "x"), runs)).rejects.toMatchObject({ status: 404 });
  });

  test("merges a second pipeline's edge into the one that is there", async () => {
    const { face, catalog } = await overFace();
    await catalog.put("pipelineService", service);
    const [a, b, p, q] = await Promise.all(
      ["a", "b", "p", "q"].map(async (name) => (await catalog.put("pipeline", { name, service: "my.air" })).entity),
    );
    const reference = (id: string | undefined) => ({ id: id ?? "", type: "pipeline" });
    const edge = (made: string | undefined) => ({
      from: reference(a?.id),
      to: reference(b?.id),
      details: { source: "PipelineLineage" as const, pipeline: reference(made) },
    });
    expect(await catalog.putLineage(edge(p?.id))).toBe("created");
    expect(await catalog.putLineage(edge(p?.id))).toBe("unchanged");
    expect(await catalog.putLineage(edge(q?.id))).toBe("updated");
    const key = { entityType: "pipeline", fqn: fqnOf("my.air", "b") } as const;
    const around = await catalog.neighbourhood(key, { upstream: 1, downstream: 0 });
    expect(around?.edges.map(({ from, details }) => [from.id, details.pipeline?.id])).toEqual([[a?.id, q?.id]]);
    await catalog.deleteLineage(reference(a?.id), reference(b?.id), p?.id);
    expect((await catalog.neighbourhood(key, { upstream: 1, downstream: 0 }))?.edges).toHaveLength(1);
    await catalog.deleteLineage(reference(a?.id), reference(b?.id), q?.id);
    expect((await catalog.neighbourhood(key, { upstream: 1, downstream: 0 }))?.edges).toHaveLength(0);
    expect(face.calls.filter((call) => call.method === "PATCH")).toHaveLength(1);
  });

  test("finds owners by name, e-mail, display name and, when asked, by what is near", async () => {
    const { catalog } = await overFace();
    await catalog.put("user", { name: "ann", email: "ann@x.org", displayName: "Ann Lee" });
    await catalog.put("user", { name: "robot", email: "robot@x.org", displayName: "Robot", isBot: true });
    await catalog.put("team", { name: "ops", teamType: "Group" });
    await catalog.put("team", { name: "hq", teamType: "Division" });
    for (const name of ["ann", "ANN@x.org", "ann lee"])
      expect(await catalog.findOwner(name)).toMatchObject({ type: "user", name: "ann" });
    expect(await catalog.findOwner("ops")).toMatchObject({ type: "team" });
    for (const name of ["robot", "hq", "lee"]) expect(await catalog.findOwner(name)).toBeUndefined();
    expect(await catalog.findOwner("lee", { fuzzy: true })).toMatchObject({ name: "ann" });
  });

  test("writes the state of an ingestion run", async () => {
    const { catalog } = await overFace();
    const { entity } = await catalog.put("pipelineService", service);
    await catalog.put("ingestionPipeline", {
      name: "meta",
      pipelineType: "metadata",
      sourceConfig: { config: {} },
      airflowConfig: {},
      service: { id: entity.id, type: "pipelineService", fullyQualifiedName: entity.fullyQualifiedName },
    });
    const fqn = fqnOf("my.air", "meta");
    const begun = { runId: "r", pipelineState: "running", startDate: 10, timestamp: 10 } as const;
    await catalog.putIngestionRun(fqn, begun);
    await catalog.putIngestionRun(fqn, { ...begun, pipelineState: "success", timestamp: 20, endDate: 20 });
  });
});

test("types without a bulk route go one by one, at most 16 at once", async () => {
  let now = 0;
  let most = 0;
  const slow = createServer((request, response) => {
    request.resume();
    if (request.method === "GET") return response.end(JSON.stringify({ version: "1.12.8" }));
    most = Math.max(most, (now += 1));
    return setTimeout(() => {
      now -= 1;
      response.end(JSON.stringify({ id: "1", name: "p", fullyQualifiedName: "s.p" }));
    }, 5);
  }).listen(0, "127.0.0.1");
  await once(slow, "listening");
  open.push(async () => {
    slow.close();
    slow.closeAllConnections();
    await once(slow, "close");
  });
  const hostPort = `http://127.0.0.1:${String((slow.address() as AddressInfo).port)}/api`;
  const catalog = createRestCatalog({ hostPort }, { http: runtime() });
  const results = await catalog.putMany("pipeline", pipelines(60));
  expect(results).toEqual(pipelines(60).map(({ name }) => ({ ok: true, fqn: `"my.air".${name}` })));
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(16);
});

test("a stopped run ends a write of many at once", async () => {
  const never = createServer((request, response) => {
    if (request.method === "GET") response.end(JSON.stringify({ version: "1.12.8" }));
  }).listen(0, "127.0.0.1");
  await once(never, "listening");
  open.push(async () => {
    never.close();
    never.closeAllConnections();
    await once(never, "close");
  });
  const stop = new AbortController();
  const http = createHttpRuntime({ signal: stop.signal });
  open.push(() => http.close());
  const hostPort = `http://127.0.0.1:${String((never.address() as AddressInfo).port)}/api`;
  const catalog = createRestCatalog({ hostPort }, { http });
  await catalog.connect();
  const writing = catalog.putMany("pipeline", pipelines(40));
  setTimeout(() => {
    stop.abort();
  }, 20);
  await expect(writing).rejects.toMatchObject({ name: "CatalogError" });
});
