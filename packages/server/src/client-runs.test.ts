import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { fqnOf } from "@omd/schema";
import { PageApp } from "../test/page-app.ts";

let page: PageApp;
beforeEach(async () => {
  page = new PageApp();
  await page.tables("a");
  const service = await page.catalog.get("databaseService", fqnOf("lite"));
  await page.catalog.put("ingestionPipeline", {
    name: "nightly",
    pipelineType: "metadata",
    sourceConfig: { config: {} },
    airflowConfig: {},
    service: { id: service?.id ?? "", type: "databaseService" },
  });
});
afterEach(() => page.close());

const fqn = fqnOf("lite", "nightly");
const tell = (runId: string, at: number, more: object = {}): Promise<void> =>
  page.catalog.putIngestionRun(fqn, { runId, pipelineState: "success", startDate: at, timestamp: at, ...more });
const step = {
  name: "Source",
  records: 5,
  updated_records: 1,
  warnings: 2,
  errors: 3,
  filtered: 4,
  failures: [{ name: "t", error: "gone" }],
};

test("runs of other clients are listed among those with a report, with what they told", async () => {
  await tell("told", 5000, { endDate: 6000, pipelineState: "partialSuccess", status: [step] });
  await tell("going", 9000, { pipelineState: "running" });
  await tell("ours", 7000);
  page.keep("7.json", { runId: "ours", startedAt: 7000 });
  page.keep("1.json", { runId: "older", startedAt: 1000 });
  const { runs } = await page.json<{ runs: object[] }>("runs");
  expect(runs).toMatchObject([
    { runId: "going", outcome: "running" },
    { runId: "ours", outcome: "complete", writes: {} },
    {
      runId: "told",
      outcome: "incomplete",
      serviceName: "lite",
      sourceType: "metadata",
      failureCount: 3,
      endedAt: 6000,
    },
    { runId: "older" },
  ]);
  expect(runs[2]).not.toHaveProperty("writes");
  expect(await page.json("runs?service=other")).toEqual({ runs: [] });
  expect(await page.json("runs?limit=1")).toMatchObject({ runs: [{ runId: "going" }] });
  expect(await page.json("runs/told")).toMatchObject({
    ingestionPipeline: fqn,
    workflow: "metadata",
    steps: [{ name: "Source", records: 5, updated: 1, warnings: 2, errors: 3, filtered: 4 }],
    failures: [{ from: "Source", name: "t", error: "gone" }],
  });
  expect(await page.json("runs/ours")).toMatchObject({ exitCode: 0 });
  for (const path of ["runs/nobody", "runs/nobody/changes", "compare?a=told&b=ours"])
    expect((await page.get(path)).status).toBe(404);
});

test("what they changed is told by the run when its writes say so, and by its time when they do not", async () => {
  const before = Date.now() - 1000;
  await page.catalog.writeAs("another", "put", ["databaseService", { name: "of another", serviceType: "SQLite" }]);
  await tell("silent", before, { endDate: Date.now() + 1000 });
  const silent = await page.json<{ created: number; entities: { fqn: string }[] }>("runs/silent/changes");
  expect(silent).toMatchObject({ by: "time", updated: 0, deleted: 0 });
  expect(silent.entities.map((entity) => entity.fqn)).toEqual([
    "lite",
    "lite.nightly",
    "lite.shop",
    "lite.shop.main",
    "lite.shop.main.a",
  ]);
  expect(await page.json("home")).toMatchObject({ changes: { runId: "silent", by: "time", created: 5 } });
  await page.catalog.writeAs("stamped", "put", ["databaseService", { name: "new", serviceType: "SQLite" }]);
  await tell("stamped", Date.now() + 5000);
  expect(await page.json("runs/stamped/changes")).toMatchObject({ by: "run", created: 1, entities: [{ fqn: "new" }] });
  expect(await page.json("home")).toMatchObject({ changes: { runId: "stamped", by: "run", since: before } });
});
