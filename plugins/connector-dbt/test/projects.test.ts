import { expect, test } from "@jest/globals";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "@omd/catalog";
import { MetadataWorkflow, type Source, type SourceConfig, type SourceContext, type WorkflowRuntime } from "@omd/core";
import { parseFqn } from "@omd/schema";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dbtOptions } from "../src/index.ts";
import { projectOf, type ArtifactKind } from "../src/places/project.ts";
import { readProject } from "../src/project/read-project.ts";
import { filtersOf } from "../src/tables/filters.ts";
import { Labels } from "../src/tables/labels.ts";
import { Owners } from "../src/tables/owners.ts";
import { TableRecords } from "../src/tables/table-records.ts";
import { stream } from "./bytes.ts";

const schema = (name: string, version: number) => `https://schemas.getdbt.com/dbt/${name}/v${version}.json`;
const listed = (id: string, more: object = {}) => ({
  [id]: {
    unique_id: id,
    metadata: { type: "BASE TABLE", database: "d", schema: "s", name: "orders", comment: null, owner: null },
    columns: { id: { name: "id", type: "INTEGER", index: 1, comment: null }, ...more },
    stats: {},
  },
});

/** One makes the table, the other reads it as a source. */
const projects = {
  maker: {
    manifest: {
      metadata: { dbt_schema_version: schema("manifest", 12), project_name: "maker" },
      nodes: {
        "model.maker.orders": {
          name: "orders",
          resource_type: "model",
          package_name: "maker",
          database: "d",
          schema: "s",
          alias: "orders",
          description: "As its makers say",
          meta: { owner: "makers", openmetadata: { customProperties: { cost: "by makers" } } },
          config: { materialized: "table" },
          raw_code: "select 1 as id",
          columns: {},
          depends_on: { nodes: [] },
        },
      },
    },
    catalog: {
      metadata: { dbt_schema_version: schema("catalog", 1) },
      nodes: listed("model.maker.orders"),
      sources: {},
    },
  },
  reader: {
    manifest: {
      metadata: { dbt_schema_version: schema("manifest", 12), project_name: "reader" },
      nodes: {},
      sources: {
        "source.reader.shop.orders": {
          name: "orders",
          resource_type: "source",
          package_name: "reader",
          source_name: "shop",
          database: "d",
          schema: "s",
          identifier: "orders",
          description: "As its readers say",
          meta: { owner: "readers", openmetadata: { customProperties: { cost: "by readers", use: "by readers" } } },
          columns: { id: { name: "id", description: "Key" } },
        },
      },
    },
    catalog: {
      metadata: { dbt_schema_version: schema("catalog", 1) },
      nodes: {},
      sources: listed("source.reader.shop.orders"),
    },
  },
} as const;
/** The makers have added a column and say more. */
const later = {
  manifest: {
    ...projects.maker.manifest,
    nodes: {
      "model.maker.orders": {
        ...projects.maker.manifest.nodes["model.maker.orders"],
        description: "As its makers say now",
        columns: { price: { name: "price", description: "In cents" } },
      },
    },
  },
  catalog: {
    ...projects.maker.catalog,
    nodes: listed("model.maker.orders", { price: { name: "price", type: "BIGINT", index: 2, comment: null } }),
  },
};
type Name = keyof typeof projects;

function sourceOf(names: readonly Name[], context: SourceContext, given: Record<Name, object>): Source {
  return {
    async *iter() {
      const options = dbtOptions.parse({ dbtConfigSource: { dbtConfigType: "local", dbtManifestFilePath: "x" } });
      const filters = filtersOf(options);
      const labels = new Labels({ context, options, filters });
      const records = new TableRecords({ context, options, filters, labels, owners: new Owners(context) });
      for (const name of names) {
        const scope = context.ledger.open(name);
        const artifacts = Object.entries(given[name]).map(([kind, json]) => ({
          kind: kind as ArtifactKind,
          file: kind,
          bytes: undefined,
          modifiedAtMs: undefined,
          open: () => stream(JSON.stringify(json)),
        }));
        const view = await readProject(projectOf(name, artifacts), { context, gap: (reason) => scope.gap(reason) });
        yield* records.of(view, scope);
        view.close();
        scope.complete();
      }
    },
  };
}

async function run(
  home: string,
  catalog: EmbeddedCatalog,
  names: readonly Name[],
  given: Record<Name, object> = projects,
) {
  const create = (_config: SourceConfig, context: SourceContext) => sourceOf(names, context, given);
  const runtime = {
    omdHome: home,
    catalog,
    registry: {
      resolver: () => Promise.resolve(undefined),
      resolve: () =>
        Promise.resolve({
          sourceClass: { create },
          serviceKind: "databaseService",
          serviceType: "dbt",
          entry: { hasConnection: false },
        }),
    },
  } as unknown as WorkflowRuntime;
  const config = {
    source: { type: "dbt", serviceName: "wh", sourceConfig: { config: {} } },
    workflowConfig: { loggerLevel: "ERROR" },
  };
  const workflow = await MetadataWorkflow.create(config, runtime);
  await workflow.execute();
  const { outcome, reasons, writes } = workflow.report;
  expect([outcome, reasons]).toEqual(["complete", []]);
  return [writes.created, writes.updated, writes.deleted];
}

test.each<[string, Name[][]]>([
  ["the maker first", [["maker", "reader"]]],
  ["the reader first", [["reader", "maker"]]],
  ["each in a run of its own", [["reader"], ["maker"]]],
  ["each in a run of its own, the other way round", [["maker"], ["reader"]]],
])("two projects with one table, %s: what the maker says stands, and later runs write nothing", async (_how, runs) => {
  const home = mkdtempSync(join(tmpdir(), "omd-dbt-two-"));
  const catalog = openEmbeddedCatalog({ file: ":memory:" });
  try {
    for (const names of runs) await run(home, catalog, names);
    const table = await catalog.get("table", parseFqn("wh.d.s.orders"), { fields: ["*"] });
    expect(table).toMatchObject({
      columns: [{ name: "id", dataType: "INT", description: "Key" }],
      description: "As its makers say",
      owners: [{ name: "makers" }],
      extension: { cost: "by makers", use: "by readers" },
      dataModel: { resourceType: "model", dbtSourceProject: "maker", rawSql: "select 1 as id" },
    });
    for (const names of [...runs, ...runs]) expect(await run(home, catalog, names)).toEqual([0, 0, 0]);

    const now = { ...projects, maker: later };
    for (const names of runs) await run(home, catalog, names, now);
    expect(await catalog.get("table", parseFqn("wh.d.s.orders"), { fields: ["*"] })).toMatchObject({
      description: "As its makers say now",
      columns: [
        { name: "id", description: "Key" },
        { name: "price", dataType: "BIGINT", description: "In cents" },
      ],
    });
    for (const names of [...runs, ...runs]) expect(await run(home, catalog, names, now)).toEqual([0, 0, 0]);
  } finally {
    await catalog.close();
    rmSync(home, { recursive: true, force: true });
  }
});
