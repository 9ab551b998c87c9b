import type { EmbeddedCatalog } from "@omd/catalog";
import type { CreateRequest, EntityReference, FQN, PipelineStatus } from "@omd/schema";

const schemas = 30;
const tablesOfSchema = 310;
const pipelines = 800;
/** Epoch ms of the newest run. */
const newest = Date.UTC(2026, 0, 31, 6);
const hour = 3_600_000;

/** The table with 150 tables before and 150 behind it. */
export const hub = "warehouse.shop.s00.t000" as FQN;

const columnTypes = ["BIGINT", "VARCHAR", "DECIMAL", "TIMESTAMP", "BOOLEAN"] as const;
const columnNames = ["id", "customer_name", "amount", "ordered_at", "paid"] as const;

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function table(schema: number, index: number): CreateRequest<"table"> {
  return {
    name: `t${String(index).padStart(3, "0")}`,
    databaseSchema: `warehouse.shop.s${two(schema)}` as FQN,
    description: `Orders of region ${schema}, part ${index}`,
    columns: columnNames.map((name, at) => ({
      name,
      dataType: columnTypes[at] ?? "INT",
      ...(columnTypes[at] === "VARCHAR" ? { dataLength: 200 } : {}),
      ...(at === 0 ? { constraint: "PRIMARY_KEY" as const } : {}),
    })),
  };
}

function pipeline(index: number): CreateRequest<"pipeline"> {
  const step = (name: string, downstreamTasks: string[]) => ({ name, downstreamTasks, taskType: "PythonOperator" });
  return {
    name: `load_${String(index).padStart(3, "0")}`,
    service: "scheduler",
    scheduleInterval: "0 6 * * *",
    tasks: [
      step("extract", ["clean", "check"]),
      step("clean", ["load"]),
      step("check", ["load"]),
      step("load", ["tell"]),
      step("tell", []),
    ],
  };
}

/** Thirty runs; every seventh fails at `load`. */
function runs(): PipelineStatus[] {
  return Array.from({ length: 30 }, (_nothing, at) => {
    const failed = at % 7 === 3;
    const timestamp = newest - at * 24 * hour;
    const length = 300_000 + ((at * 7919) % 11) * 60_000;
    return {
      timestamp,
      executionId: `scheduled_${at}`,
      executionStatus: failed ? "Failed" : "Successful",
      endTime: timestamp + length,
      taskStatus: ["extract", "clean", "check", "load", "tell"].map((name, step) => ({
        name,
        executionStatus: failed && step >= 3 ? (step === 3 ? "Failed" : "Skipped") : "Successful",
        startTime: timestamp + (length * step) / 5,
        endTime: timestamp + (length * (step + 1)) / 5,
      })),
    };
  });
}

async function putAll<T extends "table" | "pipeline">(
  catalog: EmbeddedCatalog,
  type: T,
  requests: readonly CreateRequest<T>[],
): Promise<void> {
  for (let at = 0; at < requests.length; at += 500) {
    const results = await catalog.putMany(type, requests.slice(at, at + 500));
    const bad = results.find((result) => !result.ok);
    if (bad) throw new Error(`${type} ${bad.fqn}: ${JSON.stringify(bad)}`);
  }
}

/**
 * Fills an empty catalog with more than 10,000 entities: 9,300 tables in 30 schemas and 800 pipelines. Around {@link hub} lie 300 tables;
 * the others form chains of ten. Every edge has the columns it joins and a pipeline.
 */
export async function fillLargeCatalog(catalog: EmbeddedCatalog): Promise<void> {
  await catalog.put("databaseService", { name: "warehouse", serviceType: "Postgres" });
  await catalog.put("database", { name: "shop", service: "warehouse" });
  for (let schema = 0; schema < schemas; schema += 1) {
    await catalog.put("databaseSchema", { name: `s${two(schema)}`, database: "warehouse.shop" });
    await putAll(
      catalog,
      "table",
      Array.from({ length: tablesOfSchema }, (_nothing, index) => table(schema, index)),
    );
  }
  await catalog.put("pipelineService", { name: "scheduler", serviceType: "Airflow" });
  await putAll(
    catalog,
    "pipeline",
    Array.from({ length: pipelines }, (_nothing, index) => pipeline(index)),
  );
  await catalog.putPipelineStatuses("scheduler.load_000" as FQN, runs());
  await joinTables(catalog);
}

async function joinTables(catalog: EmbeddedCatalog): Promise<void> {
  const ids = async (type: "table" | "pipeline", below: string): Promise<EntityReference[]> => {
    const found: EntityReference[] = [];
    for await (const { id } of catalog.list(type, { below: below as FQN })) found.push({ id, type });
    return found;
  };
  const makers = await ids("pipeline", "scheduler");
  for (let schema = 0; schema < schemas; schema += 1) {
    const tables = await ids("table", `warehouse.shop.s${two(schema)}`);
    const pairs =
      schema < 2
        ? hubPairs(schema, tables.length)
        : tables.flatMap((_table, at) => (at % 10 === 9 ? [] : [[at, at + 1] as const]));
    await Promise.all(
      pairs.map(([from, to]) => join(catalog, schema, from, to, tables, makers[(schema * 20 + to) % makers.length])),
    );
  }
}

/** The hub is fed by 10 tables with 14 behind each, and feeds as many. */
function hubPairs(schema: number, tables: number): (readonly [number, number])[] {
  if (schema !== 0) return [];
  const pairs: (readonly [number, number])[] = [];
  for (let at = 1; at < tables; at += 1) {
    const branch = ((at - 1) % 20) + 1;
    const pair = at <= 20 ? ([0, at] as const) : ([branch, at] as const);
    pairs.push(branch % 2 === 0 ? pair : [pair[1], pair[0]]);
  }
  return pairs;
}

async function join(
  catalog: EmbeddedCatalog,
  schema: number,
  from: number,
  to: number,
  tables: readonly EntityReference[],
  maker: EntityReference | undefined,
): Promise<void> {
  const [before, after] = [tables[from], tables[to]];
  if (!before || !after) throw new Error(`schema ${schema} has no tables ${from} and ${to}`);
  const fqn = (index: number, column: string) =>
    `warehouse.shop.s${two(schema)}.t${String(index).padStart(3, "0")}.${column}`;
  await catalog.putLineage({
    from: before,
    to: after,
    details: {
      source: "PipelineLineage",
      ...(maker ? { pipeline: maker } : {}),
      columnsLineage: ["id", "amount"].map((name) => ({
        fromColumns: [fqn(from, name) as FQN],
        toColumn: fqn(to, name) as FQN,
      })),
    },
  });
}
