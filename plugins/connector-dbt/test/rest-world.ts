import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRestCatalog, type EmbeddedCatalog } from "@omd/catalog";
import type { Report } from "@omd/core";
import { createHttpRuntime, type HttpRuntime } from "@omd/http";
import { createResolver } from "@omd/lineage";
import { startFace, type Face, type FaceOptions } from "../../../packages/catalog/test/openmetadata-face/face.ts";
import { DbtWorld, localFiles } from "./dbt-world.ts";

/** What a generated model says beside its name. */
type ModelWords = (at: number) => object;

/** dbt before a stand-in of an OpenMetadata server: the requests of each run are counted by kind. */
export class RestWorld {
  readonly store: EmbeddedCatalog;
  readonly #dbt: DbtWorld;
  readonly #face: Face;
  readonly #http: HttpRuntime;
  readonly #files = mkdtempSync(join(tmpdir(), "omd-dbt-rest-"));

  private constructor(dbt: DbtWorld, face: Face) {
    this.#dbt = dbt;
    this.store = dbt.catalog;
    this.#face = face;
    this.#http = createHttpRuntime({ defaults: { retry: { limit: 0 } } });
  }

  static async open(options: Omit<FaceOptions, "store"> = {}): Promise<RestWorld> {
    const dbt = await DbtWorld.open();
    return new RestWorld(dbt, await startFace({ ...options, store: dbt.catalog }));
  }

  async close(): Promise<void> {
    await this.#http.close();
    await this.#face.close();
    await this.#dbt.close();
    rmSync(this.#files, { recursive: true, force: true });
  }

  /** The tables of so many models, as a connector of the database has brought them. */
  async addTables(count: number): Promise<void> {
    await this.store.put("databaseService", { name: "wh", serviceType: "CustomDatabase" });
    await this.store.put("database", { name: "db", service: "wh" });
    await this.store.put("databaseSchema", { name: "main", database: "wh.db" });
    for (let at = 0; at < count; at += 1)
      await this.store.put("table", {
        name: `model_${at}`,
        databaseSchema: "wh.db.main",
        columns: [{ name: "id", dataType: "INT" }],
      });
  }

  /** Lays a project of so many models, each made of the one before, each with a test and its result. */
  lay(count: number, words: ModelWords = () => ({})): void {
    const models = Array.from({ length: count }, (_, at) => model(at, words(at)));
    const tests = Array.from({ length: count }, (_, at) => notNull(at));
    const nodes = Object.fromEntries([...models, ...tests].map((node) => [node.unique_id, node]));
    const rest = { sources: {}, macros: {}, exposures: {}, metrics: {}, groups: {}, disabled: {} };
    this.#write("manifest.json", { metadata: { ...about("manifest/v12"), project_name: "big" }, nodes, ...rest });
    const results = tests.map(({ unique_id }) => ({ unique_id, status: "pass", failures: 0, timing, message: null }));
    this.#write("run_results.json", { metadata: about("run-results/v6"), results, elapsed_time: 1, args: {} });
  }

  /** One run over REST, and how often each kind of request was made: `GET /tables/name` and the like. */
  async run(more: object = {}): Promise<{ report: Report; calls: Record<string, number> }> {
    const before = this.#face.calls.length;
    const catalog = createRestCatalog({ hostPort: this.#face.hostPort }, { http: this.#http });
    const report = await this.#dbt.run(localFiles(this.#files, more), { catalog, createResolver });
    const calls: Record<string, number> = {};
    for (const { method, path } of this.#face.calls.slice(before)) {
      const kind = `${method} ${kindOf(path)}`;
      calls[kind] = (calls[kind] ?? 0) + 1;
    }
    return { report, calls };
  }

  #write(file: string, content: object): void {
    mkdirSync(this.#files, { recursive: true });
    writeFileSync(join(this.#files, file), JSON.stringify(content));
  }
}

/** The path up to what names a single entity. */
function kindOf(path: string): string {
  const named = /^(.*\/(?:name|getLineageEdge|testCaseResults))\//.exec(path)?.[1];
  return named ?? path.replaceAll(/\/[\da-f]{8}-[\da-f-]{27}/g, "/id");
}

const when = "2026-01-02T03:04:05.000000Z";
const about = (kind: string): object => ({
  dbt_schema_version: `https://schemas.getdbt.com/dbt/${kind}.json`,
  dbt_version: "1.11.16",
  adapter_type: "duckdb",
  generated_at: when,
  invocation_id: "a",
});
const timing = ["compile", "execute"].map((name) => ({ name, started_at: when, completed_at: when }));

function nodeOf(kind: string, name: string): { unique_id: string } & Record<string, unknown> {
  return {
    unique_id: `${kind}.big.${name}`,
    resource_type: kind,
    database: "db",
    schema: "main",
    name,
    alias: name,
    package_name: "big",
    path: `${name}.sql`,
    original_file_path: `models/${name}.sql`,
    fqn: ["big", name],
    config: { enabled: true, materialized: kind === "test" ? "test" : "table", tags: [], meta: {} },
    tags: [],
    description: "",
    columns: {},
    meta: {},
    language: "sql",
    raw_code: "select 1 as id",
  };
}

function model(at: number, words: object): ReturnType<typeof nodeOf> {
  const from = at === 0 ? undefined : `model_${at - 1}`;
  return {
    ...nodeOf("model", `model_${at}`),
    description: `Model ${at}`,
    columns: { id: { name: "id", description: "The key", meta: {}, data_type: "int", tags: [] } },
    relation_name: `"db"."main"."model_${at}"`,
    depends_on: { macros: [], nodes: from === undefined ? [] : [`model.big.${from}`] },
    compiled: true,
    compiled_code: from === undefined ? "select 1 as id" : `select id from "db"."main"."${from}"`,
    ...words,
  };
}

function notNull(at: number): ReturnType<typeof nodeOf> {
  const of = `model.big.model_${at}`;
  return {
    ...nodeOf("test", `not_null_model_${at}_id`),
    column_name: "id",
    attached_node: of,
    test_metadata: {
      name: "not_null",
      kwargs: { column_name: "id", model: `{{ get_where_subquery(ref('model_${at}')) }}` },
    },
    depends_on: { macros: [], nodes: [of] },
  };
}
