import { readFileSync } from "node:fs";
import { join } from "node:path";
import { encodeName, fqnOf, type FQN } from "@omd/schema";
import { z } from "zod";
import { dbtDirectory, type DbtRun } from "./dbt-place.ts";

const column = z.object({
  name: z.string(),
  description: z.string().optional(),
  tags: z.array(z.string()).default([]),
});
const node = z.object({
  unique_id: z.string(),
  name: z.string(),
  resource_type: z.string(),
  alias: z.string().nullish(),
  identifier: z.string().nullish(),
  database: z.string().nullish(),
  schema: z.string().nullish(),
  description: z.string().nullish(),
  tags: z.array(z.string()).default([]),
  config: z.object({ materialized: z.string().nullish() }).default({}),
  columns: z.record(z.string(), column).default({}),
  depends_on: z.object({ nodes: z.array(z.string()).default([]) }).default({ nodes: [] }),
  original_file_path: z.string(),
  attached_node: z.string().nullish(),
  column_name: z.string().nullish(),
});
export type DbtNode = z.infer<typeof node>;

const result = z.object({
  status: z.string(),
  failures: z.number().nullish(),
  message: z.string().optional(),
  line: z.string(),
});
const results = z.record(z.string(), result);
const table = z.object({
  database: z.string(),
  schema: z.string(),
  name: z.string(),
  kind: z.enum(["table", "view", "materialized view"]),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
});
export type DatabaseTable = z.infer<typeof table>;
const expectedSchema = z.object({
  nodes: z.record(z.string(), node),
  runs: z.array(results),
  results,
  freshness: results,
  tables: z.array(table),
  rows: z.record(z.string(), z.number()),
});

const withTables = new Set(["model", "seed", "snapshot", "source"]);
export const service = "market";

/** What `systems/dbt/facts.py` wrote down of dbt's own words and of its database. */
export class Expected {
  readonly #content: z.infer<typeof expectedSchema>;

  constructor(run: DbtRun, file = "expected.json") {
    this.#content = expectedSchema.parse(JSON.parse(readFileSync(join(dbtDirectory(run), file), "utf8")));
  }

  get nodes(): readonly DbtNode[] {
    return Object.values(this.#content.nodes);
  }

  get rows(): Readonly<Record<string, number>> {
    return this.#content.rows;
  }

  /** Tables of the database, by the FQN that they have in a catalog. */
  get tables(): ReadonlyMap<string, DatabaseTable> {
    return new Map(this.#content.tables.map((each) => [fqn(each.database, each.schema, each.name), each]));
  }

  node(uniqueId: string): DbtNode | undefined {
    return this.#content.nodes[uniqueId];
  }

  /** Newest executed result of a node, or of a source's freshness. */
  result(uniqueId: string): z.infer<typeof result> | undefined {
    return this.#content.results[uniqueId];
  }

  get results(): ReadonlyMap<string, z.infer<typeof result>> {
    return new Map(Object.entries(this.#content.results));
  }

  /** Each build, in their order. */
  get runs(): readonly Readonly<Record<string, z.infer<typeof result>>>[] {
    return this.#content.runs;
  }

  get freshness(): ReadonlyMap<string, z.infer<typeof result>> {
    return new Map(Object.entries(this.#content.freshness));
  }

  /** Models, seeds, snapshots and sources that are tables in a database, by the table's FQN. */
  get relations(): ReadonlyMap<string, DbtNode> {
    const own = this.nodes.filter(
      ({ resource_type: type, config }) => withTables.has(type) && config.materialized !== "ephemeral",
    );
    return new Map(own.map((each) => [tableOf(each), each]));
  }

  get tests(): readonly DbtNode[] {
    return this.nodes.filter(({ resource_type: type }) => type === "test");
  }

  /** Metrics and semantic models, by the FQN that they have in a catalog. */
  get metrics(): ReadonlyMap<string, DbtNode> {
    return new Map(this.nodes.filter(isMetric).map((each) => [metricOf(each), each]));
  }

  /** FQNs of a node's nearest ancestors that are a table, a semantic model or a metric. */
  upstream({ depends_on: { nodes } }: DbtNode): string[] {
    const found = nodes.flatMap((id) => {
      const parent = this.node(id);
      if (parent === undefined) return [];
      if (isMetric(parent)) return [metricOf(parent)];
      return parent.config.materialized === "ephemeral" ? this.upstream(parent) : [tableOf(parent)];
    });
    return [...new Set(found)].toSorted();
  }
}

function isMetric({ resource_type: type }: DbtNode): boolean {
  return type === "metric" || type === "semantic_model";
}

/** `market.revenue` of the metric `revenue`, `market.semantic_model.sales` of the semantic model `sales`. */
function metricOf({ unique_id: id }: DbtNode): FQN {
  const [type, project, name] = id.split(".");
  return fqnOf(encodeName([project, ...(type === "semantic_model" ? [type] : []), name].join(".")));
}

function fqn(database: string, schema: string, name: string): FQN {
  return fqnOf(service, ...[database, schema, name].map((part) => encodeName(part)));
}

/** The FQN of a node's table. */
export function tableOf({ database, schema, identifier, alias, name }: DbtNode): FQN {
  return fqn(database ?? "", schema ?? "", identifier ?? alias ?? name);
}

/** OpenMetadata's data type of a column type, by the meaning of the SQL types that the project uses. */
export function dataTypeOf(type: string): string {
  const plain = type
    .replace(/\(.*\)/, "")
    .trim()
    .toUpperCase();
  const known: Record<string, string> = {
    INTEGER: "INT",
    "CHARACTER VARYING": "VARCHAR",
    "TIMESTAMP WITHOUT TIME ZONE": "TIMESTAMP",
    "DOUBLE PRECISION": "DOUBLE",
    HUGEINT: "BIGINT",
  };
  return known[plain] ?? plain;
}
