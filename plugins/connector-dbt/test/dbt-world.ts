import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "@omd/catalog";
import { MetadataWorkflow, type Report, type WorkflowRuntime } from "@omd/core";
import { DbtSource } from "../src/index.ts";

/** An embedded catalog and a state of its own, in which dbt is run. */
export class DbtWorld {
  readonly home = mkdtempSync(join(tmpdir(), "omd-dbt-test-"));
  readonly catalog: EmbeddedCatalog;

  private constructor(catalog: EmbeddedCatalog) {
    this.catalog = catalog;
  }

  static open(): Promise<DbtWorld> {
    return Promise.resolve(new DbtWorld(openEmbeddedCatalog({ file: ":memory:" })));
  }

  async close(): Promise<void> {
    await this.catalog.close();
    rmSync(this.home, { recursive: true, force: true });
  }

  /** Runs dbt as `omd ingest` does; `options` is `sourceConfig.config`. */
  run(options: object, runtime: Partial<WorkflowRuntime> = {}): Promise<Report> {
    const config = {
      source: { type: "dbt", serviceName: "wh", sourceConfig: { config: { type: "DBT", ...options } } },
      workflowConfig: { loggerLevel: "ERROR" },
      omd: { createMissingOwners: false },
    };
    return this.execute(config, runtime);
  }

  async execute(config: object, more: Partial<WorkflowRuntime> = {}): Promise<Report> {
    const entry = {
      type: "dbt",
      serviceKind: "databaseService" as const,
      serviceType: "dbt",
      hasConnection: false,
      workflows: ["metadata" as const],
      module: "./x.js",
      export: "DbtSource",
      classNames: [],
    };
    const registry: WorkflowRuntime["registry"] = {
      list: () => Promise.resolve([]),
      problems: () => Promise.resolve([]),
      catalog: () => Promise.resolve(undefined),
      resolver: () => Promise.resolve(undefined),
      resolve: () =>
        Promise.resolve({
          sourceClass: DbtSource,
          serviceKind: "databaseService",
          serviceType: "dbt",
          workflow: "metadata",
          entry,
        }),
    };
    const runtime = { omdHome: this.home, catalog: this.catalog, registry, ...more };
    const workflow = await MetadataWorkflow.create(config, runtime);
    await workflow.execute();
    return workflow.report;
  }
}

/** `sourceConfig.config` for the artifacts of a directory or a manifest. */
export function localFiles(path: string, more: object = {}): object {
  return { dbtConfigSource: { dbtConfigType: "local", dbtManifestFilePath: path }, ...more };
}
