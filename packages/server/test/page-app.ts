import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEmbeddedCatalog, type EmbeddedCatalog } from "@omd/catalog";
import { omdVersion, type CatalogEntity, type Report } from "@omd/core";
import { fqnOf, type EntityReference, type EntityType } from "@omd/schema";
import { createApp } from "../src/app.ts";

export interface PageAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** The app over a catalog in memory and an OMD_HOME of its own. */
export class PageApp {
  readonly home = mkdtempSync(join(tmpdir(), "omd-page-"));
  readonly catalog: EmbeddedCatalog = openEmbeddedCatalog({ file: ":memory:" });
  readonly #app = createApp({ catalog: this.catalog, writer: this.catalog, version: "1.12.8", omdHome: this.home });

  async get(path: string): Promise<PageAnswer> {
    const { statusCode, body, headers } = await this.#app.inject({ method: "GET", url: `/api/omd/${path}` });
    return { status: statusCode, text: body, headers };
  }

  /** The JSON of an answer that must be 200. */
  async json<T = Record<string, unknown>>(path: string): Promise<T> {
    const { status, text } = await this.get(path);
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    return JSON.parse(text) as T;
  }

  /** A file in OMD_HOME/runs; a report that is given in part is filled up. */
  keep(name: string, content: Partial<Report> | string): void {
    mkdirSync(join(this.home, "runs"), { recursive: true });
    const text = typeof content === "string" ? content : JSON.stringify({ ...emptyReport, ...content });
    writeFileSync(join(this.home, "runs", name), text);
  }

  /** Tables `lite.shop.main.<name>` with the columns id and mail. */
  async tables(...names: readonly string[]): Promise<CatalogEntity[]> {
    await this.catalog.put("databaseService", { name: "lite", serviceType: "SQLite" });
    await this.catalog.put("database", { name: "shop", service: "lite" });
    await this.catalog.put("databaseSchema", { name: "main", database: fqnOf("lite", "shop") });
    const tables: CatalogEntity[] = [];
    for (const name of names) {
      const columns = [
        { name: "id", dataType: "INT" as const },
        { name: "mail", dataType: "STRING" as const },
      ];
      tables.push(
        (await this.catalog.put("table", { name, databaseSchema: fqnOf("lite", "shop", "main"), columns })).entity,
      );
    }
    return tables;
  }

  /** Draws an edge per pair of names. */
  async link(tables: readonly CatalogEntity[], ...pairs: readonly (readonly [string, string])[]): Promise<void> {
    const end = (name: string): EntityReference =>
      reference(
        "table",
        tables.find((table) => table.name === name),
      );
    for (const [from, to] of pairs) await this.catalog.putLineage({ from: end(from), to: end(to), details: {} });
  }

  async close(): Promise<void> {
    await this.#app.close();
    await this.catalog.close();
    rmSync(this.home, { recursive: true, force: true });
  }
}

export function reference(type: EntityType, entity: CatalogEntity | undefined): EntityReference {
  return { id: entity?.id ?? "", type, fullyQualifiedName: entity?.fullyQualifiedName ?? "" };
}

export const emptyReport: Report = {
  schemaVersion: 1,
  omdVersion,
  workflow: "metadata",
  runId: "run",
  sourceType: "sqlite",
  serviceName: "lite",
  startedAt: 1000,
  endedAt: 2000,
  outcome: "complete",
  exitCode: 0,
  reasons: [],
  successPercent: 100,
  catalog: { kind: "embedded", identity: "embedded:x", version: "1" },
  steps: [],
  writes: { created: 0, updated: 0, unchanged: 0, restored: 0, deleted: 0 },
  scopes: [],
  failures: [],
  failureCount: 0,
  warnings: [],
  filtered: [],
  unresolved: [],
  unresolvedCount: 0,
  deletes: { done: [], refused: [] },
  http: {},
  times: [],
  peakRssBytes: 0,
};
