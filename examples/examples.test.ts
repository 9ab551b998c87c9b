import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { loadConfigFile } from "../packages/core/src/config/index.ts";
import type { SourceConfig, SourceContext } from "../packages/core/src/contracts/index.ts";
import { createRegistry } from "../packages/core/src/registry/index.ts";
import { fqnOf, metadataRecord, type MetadataRecord } from "../packages/schema/src/index.ts";

/** Runs an example's source as the runner would, against a catalog that knows the tables of the CSV example. */
async function run(folder: string, yaml: string, env: Record<string, string> = {}) {
  const directory = join(import.meta.dirname, folder);
  const config = await loadConfigFile(join(directory, yaml), { env });
  const connection = config.source.serviceConnection?.config ?? {};
  const registry = createRegistry({ searchFrom: [directory], connectorPaths: [directory] });
  const resolved = await registry.resolve({ type: config.source.type, connection });
  const told = {
    deletes: [] as unknown[],
    seen: [] as string[],
    received: 0,
    completed: 0,
    unresolved: [] as unknown[],
  };
  const scope = {
    received: (rows: number) => (told.received += rows),
    saw: (fqn: string) => told.seen.push(fqn),
    complete: () => (told.completed += 1),
  };
  const context = {
    serviceName: config.source.serviceName,
    service: fqnOf(config.source.serviceName),
    ledger: {
      open: (_: string, options: { deletes: unknown }) => {
        told.deletes.push(options.deletes);
        return scope;
      },
    },
    resolver: {
      dataset: async (name: string) =>
        name.startsWith("shop_csv.")
          ? { kind: "resolved", entity: { entityType: "table", fqn: name } }
          : { kind: "unresolved", reason: "no such table", nearest: [] },
    },
    unresolved: (edge: unknown) => told.unresolved.push(edge),
  } as unknown as SourceContext;
  const source = await resolved.sourceClass.create({ connection } as unknown as SourceConfig, context);
  const records: MetadataRecord[] = [];
  for await (const record of source.iter()) {
    expect(metadataRecord.safeParse(record.right).error).toBeUndefined();
    if (record.right) records.push(record.right);
  }
  return { records, told, resolved };
}

const at = (folder: string, file: string) => join(import.meta.dirname, folder, file);

describe("csv-database", () => {
  test("makes a service, a database, schemas and tables with columns, and proves what it saw", async () => {
    const { records, told, resolved } = await run("csv-database", "csv-database.yaml", {
      CSV_FILE: at("csv-database", "tables.csv"),
    });
    expect([resolved.serviceKind, resolved.serviceType]).toEqual(["databaseService", "CustomDatabase"]);
    expect(
      records.map((record) => (record.kind === "entity" ? [record.entityType, record.request.name] : record)),
    ).toEqual([
      ["databaseService", "shop_csv"],
      ["database", "shop"],
      ["databaseSchema", "raw"],
      ["table", "orders"],
      ["table", "customers"],
      ["databaseSchema", "mart"],
      ["table", "daily_sales"],
    ]);
    expect(records[4]).toMatchObject({
      request: {
        databaseSchema: "shop_csv.shop.raw",
        columns: [
          { name: "id", dataType: "BIGINT" },
          { name: "email", description: 'Address; empty once the customer has said "forget me"' },
        ],
      },
    });
    expect(told).toMatchObject({
      deletes: [{ entityType: "table", below: "shop_csv.shop" }],
      seen: ["shop_csv.shop.raw.orders", "shop_csv.shop.raw.customers", "shop_csv.shop.mart.daily_sales"],
      received: 8,
      completed: 1,
    });
  });

  test("a file that is not there breaks the run off before anything is proven", async () => {
    await expect(run("csv-database", "csv-database.yaml", { CSV_FILE: "/no/such.csv" })).rejects.toThrow("ENOENT");
  });
});

describe("custom-pipeline", () => {
  test("makes pipelines with tasks, runs and an edge between tables of the other example", async () => {
    const { records, told, resolved } = await run("custom-pipeline", "job-board.yaml", {
      JOBS_FILE: at("custom-pipeline", "jobs.json"),
    });
    expect([resolved.serviceKind, resolved.serviceType]).toEqual(["pipelineService", "CustomPipeline"]);
    expect(records.map((record) => record.kind)).toEqual([
      "entity",
      "entity",
      "pipelineStatus",
      "lineage",
      "entity",
      "pipelineStatus",
    ]);
    expect(records[1]).toMatchObject({
      request: {
        name: "nightly_sales",
        service: "job_board",
        scheduleInterval: "0 2 * * *",
        tasks: [{ name: "wait_for_orders", downstreamTasks: ["sum_up"] }, { name: "sum_up" }, { name: "mail_report" }],
      },
    });
    expect(records[2]).toMatchObject({
      pipeline: "job_board.nightly_sales",
      statuses: [
        { timestamp: Date.UTC(2026, 10, 18, 2), executionStatus: "Successful" },
        { executionStatus: "Failed" },
        { executionStatus: "Pending" },
      ],
    });
    expect(records[3]).toMatchObject({
      from: { entityType: "table", fqn: "shop_csv.shop.raw.orders" },
      to: { entityType: "table", fqn: "shop_csv.shop.mart.daily_sales" },
      pipeline: { entityType: "pipeline", fqn: "job_board.nightly_sales" },
    });
    expect(told.seen).toEqual(["job_board.nightly_sales", 'job_board."export.customers"']);
    expect(told.unresolved).toEqual([expect.objectContaining({ to: "mailing.lists.public.subscribers" })]);
  });
});

test("plain Node runs both connectors as they are, nothing installed", () => {
  const files = [
    ["csv-database/connector/csv_database.ts", "CsvDatabase"],
    ["custom-pipeline/connector/job_board.mjs", "JobBoard"],
  ].map(
    ([file = "", name]) => `typeof (await import(${JSON.stringify(join(import.meta.dirname, file))})).${name}.create`,
  );
  const args = ["--input-type=module", "--eval", `console.log(${files.join(" + ")})`];
  expect(execFileSync(process.execPath, args, { encoding: "utf8" })).toBe("functionfunction\n");
});
