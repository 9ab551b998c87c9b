import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { fqnOf, type EntityRecord, type MetadataRecord } from "@omd/schema";
import {
  left,
  right,
  type Either,
  type SourceClass,
  type SourceConfig,
  type SourceContext,
  type TestStep,
} from "../src/contracts/index.ts";
import { reportSchema } from "../src/report/report.ts";
import { MetadataWorkflow } from "../src/workflow/metadata-workflow.ts";
import type { WorkflowRuntime } from "../src/workflow/runtime.ts";
import { MemoryCatalog } from "./memory-catalog.ts";

export type Iter = (context: SourceContext, config: SourceConfig) => AsyncIterable<Either<MetadataRecord>>;

/** The service of {@link config}. */
export const service: EntityRecord = {
  kind: "entity",
  entityType: "pipelineService",
  request: { name: "svc", serviceType: "Airflow", connection: { config: {} } },
};
/** A pipeline of it. */
export const pipeline = (name: string, extra: object = {}): EntityRecord => ({
  kind: "entity",
  entityType: "pipeline",
  request: { name, service: "svc", ...extra },
});

/** A workflow file of one pipeline service, `svc`. */
export const config = (extra: object = {}, connection: object = { type: "Test" }): object => ({
  source: {
    type: "test",
    serviceName: "svc",
    serviceConnection: { config: connection },
    sourceConfig: { config: { type: "PipelineMetadata" } },
  },
  workflowConfig: { loggerLevel: "ERROR" },
  ...extra,
});

/** A source that lists `names`, each with a mark `p/<name>`. */
export function lister(names: readonly string[], options: { announced?: number; left?: boolean } = {}): Iter {
  return async function* (context) {
    const scope = context.ledger.open("test/pipelines", {
      deletes: { entityType: "pipeline", below: context.service },
    });
    yield right(service);
    scope.announced(options.announced ?? names.length);
    for (const name of names) {
      scope.saw(fqnOf("svc", name));
      scope.received(1);
      yield right({ ...pipeline(name), marks: [{ key: `p/${name}`, value: "1" }] });
    }
    if (options.left) yield left({ name: "x", error: "unreadable" });
    scope.complete();
  };
}

/** Workflows of sources that a test makes, on one catalog in memory and one OMD_HOME. */
export class WorkflowWorld {
  memory = new MemoryCatalog();
  readonly omdHome = mkdtempSync(join(tmpdir(), "omd-workflow-"));
  /** Sources that were closed. */
  closed = 0;

  workflow(
    iter: Iter,
    given: object = config(),
    runtime: WorkflowRuntime = {},
    steps?: () => TestStep[],
  ): Promise<MetadataWorkflow> {
    const sourceClass: SourceClass = {
      create: (sourceConfig, context) => ({
        ...(steps && { testConnection: steps }),
        iter: () => iter(context, sourceConfig),
        close: () => {
          this.closed += 1;
          return Promise.resolve();
        },
      }),
    };
    const registry = {
      list: () => Promise.resolve([]),
      catalog: () => Promise.resolve(undefined),
      resolver: () => Promise.resolve(undefined),
      resolve: () => Promise.resolve({ sourceClass, serviceKind: "pipelineService" as const, serviceType: "Test" }),
    };
    const parts = { omdHome: this.omdHome, catalog: this.memory.port(), registry, ...runtime };
    return MetadataWorkflow.create(given, parts as WorkflowRuntime);
  }

  /** Runs it to its end; the report must fit its schema. */
  async execute(...args: Parameters<WorkflowWorld["workflow"]>): Promise<MetadataWorkflow> {
    const run = await this.workflow(...args);
    await run.execute();
    expect(reportSchema.safeParse(run.report).error).toBeUndefined();
    return run;
  }
}
