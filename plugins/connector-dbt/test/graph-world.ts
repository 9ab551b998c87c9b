import type { OwnedEntities, ScopeOptions, SourceContext } from "@omd/core";
import { createSqlLineage, type SqlLineage } from "@omd/lineage";
import {
  fqnOf,
  metadataRecord,
  requestFqn,
  type EntityReference,
  type EntityType,
  type FQN,
  type LineageRecord,
  type MetadataRecord,
} from "@omd/schema";
import { dbtOptions } from "../src/config.ts";
import { beginGraph } from "../src/graph/graph-records.ts";
import { GraphRun } from "../src/graph/graph-run.ts";
import { projectOf, type Artifact, type ArtifactKind } from "../src/places/project.ts";
import type { OpenProject } from "../src/project/open-project.ts";
import { Homes } from "../src/project/homes.ts";
import { readProject } from "../src/project/read-project.ts";
import { filtersOf } from "../src/tables/filters.ts";
import { Labels } from "../src/tables/labels.ts";
import { Owners } from "../src/tables/owners.ts";
import { fixture, stream, type versions } from "./bytes.ts";

export type Files = Partial<Record<ArtifactKind, string | Uint8Array | readonly (string | Uint8Array)[]>>;

export interface GraphOptions {
  readonly overrideLineage?: boolean;
  readonly parsingTimeoutLimit?: number;
  readonly creates?: boolean;
  readonly pipeline?: boolean;
  readonly selection?: SourceContext["selection"];
  readonly lineage?: SqlLineage;
  /** Unique ids whose table the catalog does not have. */
  readonly without?: readonly string[];
  /** Columns of a table by unique id; default: those of dbt's catalog, else of its manifest. */
  readonly columns?: Readonly<Record<string, readonly string[]>>;
  /** Tables that this run makes. */
  readonly created?: boolean;
  /** Artifacts could not be read whole. */
  readonly broken?: boolean;
  /** Where the artifacts lie. */
  readonly place?: Readonly<Record<string, unknown>>;
  /** Records that the catalog does not take. */
  readonly refuse?: (record: MetadataRecord) => boolean;
}

/** Starting a parser takes long; its thread does not keep the tests from ending. */
const parser = createSqlLineage();

const localPlace = { dbtConfigType: "local", dbtManifestFilePath: "manifest.json" };

/** What stays from run to run: marks, and the entities that the catalog has beside tables. */
export class GraphWorld {
  readonly marks = new Map<string, string>();
  readonly entities = new Set<string>();
  /** Of the runs that come. */
  fingerprint = "plain";
  readonly owners = new Map<string, EntityReference>();
  /** Names of owners that the catalog fails for. */
  readonly failing = new Set<string>();

  /** Reads the projects and writes what comes of their graphs, as a sink that confirms all; then retires as the core does. */
  async run(projects: readonly Files[], options: GraphOptions = {}): Promise<GraphOfRun> {
    const ran = new GraphOfRun(this, options.selection);
    const parsed = dbtOptions.parse({
      dbtConfigSource: options.place ?? localPlace,
      overrideLineage: options.overrideLineage,
      parsingTimeoutLimit: options.parsingTimeoutLimit,
    });
    const { context } = ran;
    const labels = new Labels({ context, options: parsed, filters: filtersOf(parsed) });
    const parts = { context, options: parsed, labels, owners: new Owners(context) };
    const run = new GraphRun(parts, options.lineage ?? parser);
    const homes = new Homes(context.marks);
    for (const files of projects) {
      const view = await openView(files, options);
      for (const { key, value } of homes.settle(view)) this.marks.set(key, value);
      const made = {
        run,
        sql: run.sqlOf(view),
        createsEntities: options.creates ?? true,
        drawsPipeline: options.pipeline ?? false,
      };
      for await (const { left, right } of await beginGraph(view, made)) {
        if (left) ran.failures.push(`${left.name}: ${left.error}`);
        if (right) ran.records.push(metadataRecord.parse(right));
      }
      view.close();
    }
    for (const { right } of run.end()) if (right) ran.records.push(right);
    for (const record of ran.records) if (options.refuse?.(record) !== true) this.#write(record);
    ran.retire();
    return ran;
  }

  #write(record: MetadataRecord): void {
    if (record.kind === "entity")
      this.entities.add(`${record.entityType} ${requestFqn(record.entityType, record.request)}`);
    for (const { key, value } of record.marks ?? []) this.marks.set(key, value);
  }
}

/** One run and all that came of it. */
export class GraphOfRun {
  readonly records: MetadataRecord[] = [];
  readonly failures: string[] = [];
  readonly warnings: string[] = [];
  readonly unresolved: string[] = [];
  /** Entities that the core would mark deleted. */
  readonly deleted: string[] = [];
  readonly context: SourceContext;
  readonly #world: GraphWorld;
  readonly #scopes: { type: EntityType; owned: OwnedEntities; seen: Set<string> }[] = [];
  readonly #forgotten = new Set<string>();

  constructor(world: GraphWorld, selection: SourceContext["selection"] = { only: [] }) {
    this.#world = world;
    const silent = (): void => undefined;
    this.context = {
      serviceName: "wh",
      service: fqnOf("wh"),
      selection,
      signal: new AbortController().signal,
      resolver: {
        owner: (name: string) =>
          world.failing.has(name)
            ? Promise.reject(new Error("the catalog does not answer"))
            : Promise.resolve(world.owners.get(name)),
      },
      ledger: {
        open: (name: string, options?: ScopeOptions) => {
          const seen = new Set<string>();
          const deletes = options?.deletes;
          if (deletes?.owned) this.#scopes.push({ type: deletes.entityType, owned: deletes.owned, seen });
          const scope = { name, state: "open" as const, gap: silent, complete: silent, fail: silent };
          return { ...scope, announced: silent, received: silent, saw: (fqn: FQN) => void seen.add(fqn) };
        },
      },
      fingerprint: world.fingerprint,
      marks: {
        get: (key: string) => world.marks.get(key),
        withPrefix: (prefix: string) =>
          [...world.marks].filter(([key]) => key.startsWith(prefix)).map(([key, value]) => ({ key, value })),
        forget: (key: string) => void this.#forgotten.add(key),
      },
      known: (type: string, fqn: FQN) => Promise.resolve(world.entities.has(`${type} ${fqn}`)),
      warn: (name: string, reason: string) => void this.warnings.push(`${name}: ${reason}`),
      unresolved: ({ from, to, reason }: { from: string; to: string; reason: string }) =>
        void this.unresolved.push(`${from} -> ${to}: ${reason}`),
    } as unknown as SourceContext;
  }

  retire(): void {
    for (const { type, owned, seen } of this.#scopes)
      for (const fqn of owned.fqns()) {
        if (seen.has(fqn)) continue;
        this.deleted.push(`${type} ${fqn}`);
        owned.retired(fqn);
      }
    for (const key of this.#forgotten) this.#world.marks.delete(key);
  }

  lineage(): LineageRecord[] {
    return this.records.filter((record) => record.kind === "lineage");
  }

  /** `from -> to`, without the service of the tables. */
  edges(): string[] {
    return this.lineage().map(pairOf).toSorted();
  }

  removals(): string[] {
    return this.records.flatMap((record) => (record.kind === "lineageRemoval" ? [pairOf(record)] : [])).toSorted();
  }

  edge(pair: string): LineageRecord {
    const found = this.lineage().find((record) => pairOf(record) === pair);
    if (found === undefined) throw new Error(`there is no ${pair}, only ${this.edges().join(", ")}`);
    return found;
  }

  /** `to <- from, from` of each column of an edge, the tables left out. */
  columns(pair: string): string[] {
    const { from, to, columnsLineage = [] } = this.edge(pair);
    const short = (column: string): string => column.replace(`${from.fqn}.`, "").replace(`${to.fqn}.`, "");
    return columnsOf(columnsLineage, short);
  }
}

function columnsOf(
  lineage: readonly { fromColumns: readonly string[]; toColumn: string }[],
  short: (column: string) => string,
): string[] {
  return lineage
    .map(({ fromColumns, toColumn }) => `${short(toColumn)} <- ${fromColumns.map(short).join(", ")}`)
    .toSorted();
}

function pairOf({ from, to }: Pick<LineageRecord, "from" | "to">): string {
  const short = (fqn: string): string => fqn.replace(/^wh\.(?:bakery|db)\./u, "");
  return `${short(from.fqn)} -> ${short(to.fqn)}`;
}

/** All relations have the table that dbt says. */
export async function openView(files: Files, options: GraphOptions): Promise<OpenProject> {
  const artifacts = Object.entries(files).flatMap(([kind, contents]) =>
    [contents].flat().map((content, at): Artifact => ({
      kind: kind as ArtifactKind,
      file: `${kind} ${at}`,
      bytes: undefined,
      modifiedAtMs: at,
      open: () => stream(content),
    })),
  );
  const silent = (): void => undefined;
  const context = { warn: silent, filtered: silent, signal: new AbortController().signal };
  const view = await readProject(projectOf("place", artifacts), { context, gap: silent });
  for (const relation of view.relations.values()) {
    const { uniqueId, database = "db", schema = "main", identifier } = relation;
    if (relation.isEphemeral || options.without?.includes(uniqueId)) continue;
    const known = view.catalog(uniqueId) ?? view.load("node", uniqueId) ?? view.load("source", uniqueId);
    const columns = options.columns?.[uniqueId] ?? known?.columns.map(({ name }) => name) ?? [];
    const fqn = fqnOf("wh", database, schema, identifier);
    view.setTable(uniqueId, { fqn, isCreated: options.created === true, columns });
  }
  return options.broken === true ? Object.assign(view, { isComplete: false }) : view;
}

/** A real project. */
export function bakery(version: (typeof versions)[number], ...runs: string[]): Files {
  return {
    manifest: fixture(version, "manifest.json"),
    catalog: fixture(version, "catalog.json"),
    runResults: runs.map((name) => fixture(version, `run_results.${name}.json`)),
  };
}

interface Part {
  readonly unique_id: string;
}

/** A manifest by hand; the things of each kind by unique id. */
export function manifest(parts: Readonly<Record<string, readonly Part[]>>, adapter = "postgres", version = 12): string {
  const sections = Object.entries(parts).map(([kind, things]) => [
    kind,
    Object.fromEntries(things.map((thing) => [thing.unique_id, thing])),
  ]);
  return JSON.stringify({
    metadata: {
      dbt_schema_version: `https://schemas.getdbt.com/dbt/manifest/v${version}.json`,
      project_name: "shop",
      adapter_type: adapter,
    },
    nodes: {},
    ...Object.fromEntries(sections),
  });
}

/** A model of the project `shop`; `reads` are names of models, or unique ids. */
export function model(
  name: string,
  reads: readonly string[],
  sql?: string,
  more: Readonly<Record<string, unknown>> = {},
) {
  return {
    unique_id: `model.shop.${name}`,
    resource_type: "model",
    name,
    alias: name,
    package_name: "shop",
    database: "db",
    schema: "main",
    language: "sql",
    config: { materialized: "table" },
    depends_on: { nodes: reads.map((read) => (read.includes(".") ? read : `model.shop.${read}`)) },
    compiled_code: sql ?? null,
    columns: {},
    ...more,
  };
}

/** `columns` of a node. */
export function named(...names: string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, { name }]));
}
