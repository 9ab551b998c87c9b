import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EmbeddedCatalog } from "@omd/catalog";
import { fqnOf } from "@omd/schema";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import { openEmbeddedCatalog } from "@omd/catalog";
import { createApp } from "../src/app.ts";
import { applierOf } from "../src/openlineage/applier-of.ts";
import type { ServerParts } from "../src/parts.ts";

/** An event as the routes of the page answer it. */
export interface ShownEvent {
  readonly id: string;
  readonly applied: boolean;
  readonly note?: string;
}

/** Events that real producers sent; see the directory's README. */
export function recordedEvents(file: string): unknown[] {
  return readFileSync(join(import.meta.dirname, "fixtures/openlineage", file), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

/** The smallest run event. */
export const runEvent = {
  eventType: "COMPLETE",
  eventTime: "2026-01-02T03:04:05.678Z",
  run: { runId: "3f5e83fa-3480-44ff-99c5-ff943904e5e8" },
  job: { namespace: "n", name: "etl" },
  producer: "https://example.org/me",
};

type TablesToAdd = readonly [
  service: string,
  serviceType: string,
  database: string,
  tables: Readonly<Record<string, readonly string[]>>,
];

/** `tables`: `schema.table` and the names of its columns. */
export async function addTables(
  catalog: EmbeddedCatalog,
  ...[service, serviceType, database, tables]: TablesToAdd
): Promise<void> {
  await catalog.put("databaseService", { name: service, serviceType });
  await catalog.put("database", { name: database, service });
  for (const [path, columns] of Object.entries(tables)) {
    const [schema = "", name = ""] = path.split(".");
    await catalog.put("databaseSchema", { name: schema, database: fqnOf(service, database) });
    await catalog.put("table", {
      name,
      databaseSchema: fqnOf(service, database, schema),
      columns: columns.map((column) => ({ name: column, dataType: "STRING" })),
    });
  }
}

/** The app over a catalog in memory, with what tests of OpenLineage do to it. */
export class OpenLineageApp {
  readonly catalog: EmbeddedCatalog = openEmbeddedCatalog({ file: ":memory:" });
  readonly parts: ServerParts;
  readonly app: FastifyInstance;

  constructor(more: Partial<ServerParts> | ((catalog: EmbeddedCatalog) => Partial<ServerParts>) = {}) {
    const own = { catalog: this.catalog, writer: this.catalog, version: "1.12.8", omdHome: "/nowhere" };
    this.parts = { ...own, ...(typeof more === "function" ? more(this.catalog) : more) };
    this.app = createApp(this.parts);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.catalog.close();
  }

  /** As {@link addTables}, in this server's catalog. */
  addTables(...[service, serviceType, database, tables]: TablesToAdd): Promise<void> {
    return addTables(this.catalog, service, serviceType, database, tables);
  }

  send(
    body: unknown,
    path = "/api/v1/lineage",
    headers: Readonly<Record<string, string>> = {},
  ): Promise<LightMyRequestResponse> {
    const payload = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const all = { "content-type": "application/json", ...headers };
    return this.app.inject({ method: "POST", url: path, payload, headers: all });
  }

  sendAll(events: readonly unknown[]): Promise<LightMyRequestResponse> {
    return this.send(events, "/api/v1/lineage/batch");
  }

  /** Events as the page sees them, once none waits. */
  async events(): Promise<readonly ShownEvent[]> {
    await applierOf(this.app, this.parts).idle();
    return (await this.app.inject("/api/omd/events?limit=1000")).json<{ events: ShownEvent[] }>().events;
  }

  async letters(): Promise<readonly { reason: string; body: string }[]> {
    const answer = await this.app.inject("/api/omd/dead-letters");
    return answer.json<{ letters: { reason: string; body: string }[] }>().letters;
  }

  /** `from > to (source, pipeline)`. */
  async edges(): Promise<string[]> {
    return (await this.catalog.lineageEdges()).map(
      ({ from, to, details }) =>
        `${String(from.fullyQualifiedName)} > ${String(to.fullyQualifiedName)} (${String(details.source)}, ${String(details.pipeline?.fullyQualifiedName)})`,
    );
  }
}
