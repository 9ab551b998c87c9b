import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createRestCatalog, openEmbeddedCatalog, type EmbeddedCatalog } from "@omd/catalog";
import { KeptReports } from "@omd/core";
import { createHttpRuntime, type HttpRuntime } from "@omd/http";
import { fqnOf } from "@omd/schema";
import type { FastifyInstance } from "fastify";
import { emptyReport, reference } from "../test/page-app.ts";
import { createApp } from "./app.ts";

const runId = "11111111-aaaa-4000-8000-000000000000";
let omdHome: string;
let store: EmbeddedCatalog;
let app: FastifyInstance;
let http: HttpRuntime;
let url: string;

beforeEach(async () => {
  omdHome = mkdtempSync(join(tmpdir(), "omd-run-stamp-"));
  store = openEmbeddedCatalog({ file: ":memory:" });
  app = createApp({ catalog: store, writer: store, version: "1.12.8", omdHome });
  url = await app.listen({ host: "127.0.0.1", port: 0 });
  http = createHttpRuntime({});
});
afterEach(async () => {
  await http.close();
  await app.close();
  await store.close();
  rmSync(omdHome, { recursive: true, force: true });
});

const client = () => createRestCatalog({ hostPort: `${url}/api` }, { http });

function put(path: string, body: unknown, run?: string): Promise<Response> {
  const headers = run === undefined ? {} : { "x-omd-run": run };
  return fetch(`${url}/api/v1/${path}`, { method: "PUT", headers, body: JSON.stringify(body) });
}

describe("a request that names a run", () => {
  test("is stamped with it, and no other is, though they come at once", async () => {
    const services = Array.from({ length: 30 }, (_, index) => ({ name: `s${index}`, serviceType: "SQLite" }));
    const statuses = await Promise.all(
      services.map(async (service, index) => {
        const run = [undefined, "run-a", "run-b"][index % 3];
        return (await put("services/databaseServices", service, run)).status;
      }),
    );
    expect(new Set(statuses)).toEqual(new Set([201]));
    const changed = (run: string) => store.history.ofRun(run).entities.map(({ fqn }) => Number(fqn.slice(1)) % 3);
    expect(changed("run-a")).toEqual(Array.from({ length: 10 }, () => 1));
    expect(changed("run-b")).toEqual(Array.from({ length: 10 }, () => 2));
    expect(store.history.runIds("")).toEqual(["run-a", "run-b"]);
  });

  test("stamps edges and what is deleted, too", async () => {
    const [a, b] = await Promise.all(
      ["a", "b"].map(async (name) => (await store.put("databaseService", { name, serviceType: "SQLite" })).entity),
    );
    const edge = { fromEntity: reference("databaseService", a), toEntity: reference("databaseService", b) };
    expect((await put("lineage", { edge }, "run-a")).status).toBe(200);
    const gone = await fetch(`${url}/api/v1/services/databaseServices/${a?.id}`, {
      method: "DELETE",
      headers: { "x-omd-run": "run-b" },
    });
    expect(gone.status).toBe(200);
    expect(store.history.ofRun("run-a")).toMatchObject({ entities: [], edges: [{ change: "added", from: "a" }] });
    expect(store.history.ofRun("run-b").entities).toMatchObject([{ fqn: "a", change: "deleted" }]);
  });

  test.each(["", "../../etc", "a b", ".hidden", "x".repeat(129)])("is refused when %j is no id", async (run) => {
    const answer = await put("services/databaseServices", { name: "s", serviceType: "SQLite" }, run);
    expect([answer.status, await answer.json()]).toEqual([400, { code: 400, message: expect.stringContaining("run") }]);
    expect(await store.get("databaseService", fqnOf("s"))).toBeUndefined();
  });
});

describe("our own client", () => {
  const report = { ...emptyReport, runId, serviceName: "s", startedAt: Date.UTC(2026, 0, 2) };

  test("says which run writes until it has ended, and leaves its report", async () => {
    const rest = client();
    await rest.connect();
    rest.beginRun?.({ runId, service: fqnOf("s") });
    await rest.put("databaseService", { name: "s", serviceType: "SQLite" });
    const kind = { kind: "rest", identity: rest.identity, version: "1.12.8" } as const;
    await rest.keepReport?.({ ...report, catalog: kind });
    rest.beginRun?.(undefined);
    await rest.put("databaseService", { name: "later", serviceType: "SQLite" });
    expect(store.history.ofRun(runId).entities).toMatchObject([{ fqn: "s", change: "created" }]);
    const home = (await (await fetch(`${url}/api/omd/home`)).json()) as Record<string, unknown>;
    expect(home).toMatchObject({
      runs: [{ runId, catalogKind: "embedded" }],
      changes: { runId, created: 1, entities: [{ fqn: "s" }] },
    });
    expect(new KeptReports(omdHome).get(runId)?.catalog.identity).toBe(store.identity);
  });

  test("knows a catalog that was rolled back for another one, so that no state of the old one is used", async () => {
    const rest = client();
    await rest.connect();
    const before = rest.identity;
    expect(before).toBe(`rest:${url}/api ${store.identity}`);
    rest.beginRun?.({ runId, service: fqnOf("s") });
    await rest.put("databaseService", { name: "s", serviceType: "SQLite" });
    expect((await store.history.rollback(runId)).steps).toMatchObject([{ fqn: "s", action: "delete" }]);
    const next = client();
    await next.connect();
    expect(next.identity).not.toBe(before);
  });

  test("has its times moved when its clock is off", async () => {
    const rest = client();
    await rest.connect();
    const now = Date.now();
    await rest.keepReport?.({ ...report, runId: "on-time", startedAt: now - 5000, endedAt: now - 1000 });
    await rest.keepReport?.({
      ...report,
      runId: "a-day-ahead",
      startedAt: now + 86_000_000,
      endedAt: now + 86_400_000,
    });
    const kept = new KeptReports(omdHome);
    expect(kept.get("on-time")).toMatchObject({ startedAt: now - 5000, endedAt: now - 1000 });
    const { startedAt = 0, endedAt = 0 } = kept.get("a-day-ahead") ?? {};
    expect(endedAt - startedAt).toBe(400_000);
    expect(Math.abs(endedAt - now)).toBeLessThan(30_000);
  });

  test.each([
    [{ ...report, outcome: "fine" }, "outcome"],
    [{ ...report, runId: "another" }, "another run"],
    [{ ...report, runId: "../x" }, "id of a run"],
  ])("a report that is none is refused: %#", async (body, said) => {
    const answer = await fetch(`${url}/api/omd/runs/${runId}`, { method: "PUT", body: JSON.stringify(body) });
    expect([answer.status, await answer.json()]).toEqual([400, { code: 400, message: expect.stringContaining(said) }]);
    expect(new KeptReports(omdHome).list()).toEqual([]);
  });
});
