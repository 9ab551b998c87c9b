import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { MemoryCatalog } from "../../test/memory-catalog.ts";
import { right, type SourceClass } from "../contracts/index.ts";
import { MetadataWorkflow } from "./metadata-workflow.ts";
import type { WorkflowRuntime } from "./runtime.ts";

const runId = "11111111-aaaa-4000-8000-000000000000";
let omdHome: string;
let told: string[];
beforeEach(() => {
  omdHome = mkdtempSync(join(tmpdir(), "omd-begin-run-"));
  told = [];
});
afterEach(() => rmSync(omdHome, { recursive: true, force: true }));

async function workflow(fails = false, refuses = false): Promise<MetadataWorkflow> {
  const memory = new MemoryCatalog();
  const port = memory.port();
  const catalog = {
    ...port,
    beginRun: (run: { runId: string; service: string } | undefined) =>
      void told.push(run ? `${run.runId} ${run.service}` : "none"),
    keepReport: (report: { runId: string; outcome: string }) => {
      told.push(`report ${report.runId} ${report.outcome}`);
      return refuses ? Promise.reject(new Error("no")) : Promise.resolve();
    },
    put: (...args: Parameters<typeof port.put>) => {
      told.push("put");
      return port.put(...args);
    },
  };
  const sourceClass: SourceClass = {
    create: () => ({
      iter: async function* () {
        yield right({
          kind: "entity",
          entityType: "pipelineService",
          request: { name: "svc", serviceType: "Airflow" },
        });
        if (fails) throw new Error("gone");
      },
    }),
  };
  const registry = {
    list: () => Promise.resolve([]),
    catalog: () => Promise.resolve(undefined),
    resolver: () => Promise.resolve(undefined),
    resolve: () => Promise.resolve({ sourceClass, serviceKind: "pipelineService" as const, serviceType: "Test" }),
  };
  const source = {
    type: "test",
    serviceName: "svc",
    serviceConnection: { config: { type: "Test" } },
    sourceConfig: { config: { type: "PipelineMetadata" } },
  };
  const config = { source, pipelineRunId: runId, workflowConfig: { loggerLevel: "ERROR" } };
  return MetadataWorkflow.create(config, { omdHome, catalog, registry } as unknown as WorkflowRuntime);
}

test("the catalog is told which run writes, and when it has ended", async () => {
  await (await workflow()).execute();
  expect(told).toEqual([`${runId} svc`, "put", `report ${runId} complete`, "none"]);
});

test("a catalog that does not take the report does not make the run fail", async () => {
  const run = await workflow(false, true);
  await run.execute();
  expect([run.report.outcome, told.at(-1)]).toEqual(["complete", "none"]);
});

test("a run that fails ends too", async () => {
  await (await workflow(true)).execute();
  expect(told.at(0)).toBe(`${runId} svc`);
  expect(told.slice(-2)).toEqual([`report ${runId} failed`, "none"]);
});

test("a plan is no run", async () => {
  await (await workflow()).plan();
  expect(told).toEqual([]);
});
