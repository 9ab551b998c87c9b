import type { CatalogEdge, EdgeNotes, Neighbourhood } from "@omd/core";
import { isDeepStrictEqual } from "node:util";
import {
  lineageDetails,
  type ColumnLineage,
  type EntityReference,
  type EntityType,
  type LineageDetails,
  type LineageSource,
} from "@omd/schema";
import { AssetEdges, groupKind } from "./asset-edges.ts";
import { badRequest, columnFqns } from "./columns.ts";
import type { CatalogDatabase, Row } from "./database.ts";
import { writeEdge, type EdgeKey } from "./edge-row.ts";
import { notFound, type EntityStore, type StoredEntity } from "./entity-store.ts";
import { updatedBy } from "./entity-view.ts";
import { ends, type GraphDirection } from "./graph-direction.ts";
import type { References } from "./references.ts";

type Fields = Pick<LineageDetails, "columnsLineage" | "sqlQuery" | "description">;

/** What a walk came across: stored edges by their keys; by pair the edges of assets between groups. */
interface Found {
  readonly rows: Map<string, Row>;
  readonly steps: Map<string, number>;
  readonly assets: AssetEdges | undefined;
}

/**
 * Lineage edges. Several pipelines and sources may each hold an edge between the same two entities; {@link neighbourhood} shows
 * them as one, {@link edges} apart.
 */
export class LineageStore {
  readonly #db: CatalogDatabase;
  readonly #store: EntityStore;
  readonly #references: References;
  readonly #clock: () => number;

  constructor(db: CatalogDatabase, store: EntityStore, references: References, clock: () => number) {
    this.#db = db;
    this.#store = store;
    this.#references = references;
    this.#clock = clock;
  }

  /** Throws CatalogError: 404 when an end or the pipeline is missing, 400 when a column is none of its table. */
  put(edge: CatalogEdge): "created" | "updated" | "unchanged" {
    const { key, details } = this.#checked(edge);
    const row = this.#db.get(
      "SELECT body FROM edge WHERE from_id = ? AND to_id = ? AND pipeline_id = ? AND source = ?",
      ...key,
    );
    const before = row && readFields(row);
    const after = mergeFields(before, details);
    if (before && isDeepStrictEqual(before, after)) return "unchanged";
    const pair = before ?? this.#db.get("SELECT 1 FROM edge WHERE from_id = ? AND to_id = ? LIMIT 1", key[0], key[1]);
    this.#write(key, after);
    return pair ? "updated" : "created";
  }

  /** Writes the details as they are given over those of the same pipeline and source; `alone` removes what others know of the pair. */
  replace(edge: CatalogEdge, alone: boolean): void {
    const { key, details } = this.#checked(edge);
    const [from, to] = key;
    const row = alone
      ? this.#db.get(
          "SELECT min(coalesce(created_at, updated_at)) AS at FROM edge WHERE from_id = ? AND to_id = ?",
          from,
          to,
        )
      : undefined;
    if (alone) this.delete(from, to);
    this.#write(key, mergeFields(undefined, details), row?.at as number | null | undefined);
  }

  /** The edge between two entities, as {@link neighbourhood} shows it. */
  async between(fromId: string, toId: string): Promise<CatalogEdge | undefined> {
    const start = this.#store.reference(fromId);
    const assets = start?.deleted === false ? await this.#assetEdges(start.type)?.between(fromId, toId) : undefined;
    const rows = this.#all("edge.from_id = ? AND edge.to_id = ?", fromId, toId);
    return rows.length > 0 || assets ? this.#edge([fromId, toId], rows, assets) : undefined;
  }

  delete(fromId: string, toId: string, pipelineId?: string, source?: LineageSource): void {
    this.#db.run(
      `DELETE FROM edge WHERE from_id = ? AND to_id = ? AND pipeline_id = coalesce(?, pipeline_id) AND source = coalesce(?, source)`,
      fromId,
      toId,
      pipelineId ?? null,
      source ?? null,
    );
  }

  deleteBySource(id: string, source: string): void {
    const column = source === "PipelineLineage" ? "pipeline_id" : "to_id";
    this.#db.run(`DELETE FROM edge WHERE ${column} = ? AND source = ?`, id, source);
  }

  /** Every edge between two non-deleted entities, one per pipeline and source; of one entity when `id` is given. */
  edges(id?: string): CatalogEdge[] {
    return this.#all(id === undefined ? "1" : "edge.from_id = ?1 OR edge.to_id = ?1", id).map((row) =>
      this.#edge([String(row.from_id), String(row.to_id)], [row]),
    );
  }

  /** Edges between non-deleted entities that a pipeline makes, as {@link edges} gives them. */
  madeBy(pipelineId: string): CatalogEdge[] {
    return this.#all("edge.pipeline_id = ? AND edge.pipeline_id <> ''", pipelineId).map((row) =>
      this.#edge([String(row.from_id), String(row.to_id)], [row]),
    );
  }

  /** All within so many steps; nothing is reached through a soft-deleted entity. */
  async neighbourhood(start: StoredEntity, depth: { upstream: number; downstream: number }): Promise<Neighbourhood> {
    const found: Found = { rows: new Map(), steps: new Map(), assets: this.#assetEdges(start.type) };
    const ids = new Set([start.id]);
    for (const direction of ["upstream", "downstream"] as const)
      for (const id of await this.#walk(start.id, direction, depth[direction], found)) ids.add(id);
    ids.delete(start.id);
    const pairs = Map.groupBy(found.rows.values(), (row) => `${String(row.from_id)} ${String(row.to_id)}`);
    for (const pair of found.steps.keys()) if (!pairs.has(pair)) pairs.set(pair, []);
    return {
      entity: this.#reference(start.id),
      nodes: [...ids].map((id) => this.#reference(id)),
      edges: [...pairs].map(([pair, rows]) => {
        const [from = "", to = ""] = pair.split(" ");
        return this.#edge([from, to], rows, found.steps.get(pair));
      }),
    };
  }

  /** From services, domains and data products edges of what they hold lead on. */
  #assetEdges(type: string): AssetEdges | undefined {
    const kind = groupKind(type as EntityType);
    return kind && new AssetEdges(this.#db, kind);
  }

  #checked(edge: CatalogEdge): { key: EdgeKey; details: LineageDetails } {
    const parsed = lineageDetails.safeParse(edge.details);
    if (!parsed.success) throw badRequest(`Invalid lineage details: ${parsed.error.message}`);
    const { columnsLineage = [], pipeline, source: given = "Manual" } = parsed.data;
    // What somebody says of an edge between groups is an edge of its own, and stays when their assets have none.
    const source = given === "ChildAssets" && groupKind(edge.from.type as EntityType) ? "Manual" : given;
    const hasColumns = columnsLineage.length > 0;
    const [from, to] = [this.#live(edge.from, hasColumns), this.#live(edge.to, hasColumns)];
    const fromColumns = columnsLineage.flatMap((column) => column.fromColumns);
    const toColumns = columnsLineage.map((column) => column.toColumn);
    checkColumns(from, fromColumns);
    checkColumns(to, toColumns);
    if (pipeline) this.#live(pipeline);
    return { key: [edge.from.id, edge.to.id, pipeline?.id ?? "", source], details: parsed.data };
  }

  /** What is asked of an end; of the body at most the columns: a pipeline of thousands of tasks may make thousands of edges. */
  #live({ id, type }: EntityReference, hasColumns = false): Row {
    const columns = hasColumns ? "json_extract(body, '$.columns')" : "NULL";
    const row = this.#db.get(`SELECT type, fqn, deleted, ${columns} AS columns FROM entity WHERE id = ?`, id);
    if (row?.type !== type || row.deleted === 1) throw notFound(type, id);
    return row;
  }

  /** `createdAt`: when it is not what the catalog knows of the edge. */
  #write(key: EdgeKey, fields: Fields, createdAt?: number | null): void {
    writeEdge(this.#db, key, this.#clock(), JSON.stringify(fields), createdAt);
  }

  /** Level by level, so that a cycle ends the walk whatever the depth. */
  async #walk(
    start: string,
    direction: GraphDirection,
    depth: number,
    { rows, steps, assets }: Found,
  ): Promise<Set<string>> {
    const { near, far } = ends[direction];
    const reached = new Set([start]);
    let level = [start];
    for (let done = 0; done < depth && level.length > 0; done += 1) {
      const next = new Set<string>();
      for (const row of this.#all(`edge.${near} IN (SELECT value FROM json_each(?))`, JSON.stringify(level))) {
        rows.set(JSON.stringify([row.from_id, row.to_id, row.pipeline_id, row.source]), row);
        next.add(String(row[far]));
      }
      for (const step of (await assets?.steps(level, direction)) ?? []) {
        const pair = direction === "upstream" ? [step.far, step.near] : [step.near, step.far];
        steps.set(pair.join(" "), step.assets);
        next.add(step.far);
      }
      level = [...next].filter((id) => !reached.has(id));
      for (const id of level) reached.add(id);
    }
    return reached;
  }

  #all(where: string, ...values: (string | undefined)[]): Row[] {
    return this.#db.all(
      `SELECT edge.* FROM edge JOIN entity f ON f.id = edge.from_id JOIN entity t ON t.id = edge.to_id
        WHERE (${where}) AND f.deleted = 0 AND t.deleted = 0 ORDER BY f.fqn, t.fqn, edge.written`,
      ...values.filter((value) => value !== undefined),
    );
  }

  /** One edge of rows between the same two entities: the last one written names pipeline and source. `assets`: see {@link AssetEdges}. */
  #edge([from, to]: readonly [string, string], rows: readonly Row[], assets?: number): CatalogEdge {
    const ordered = [...rows].sort((a, b) => Number(a.written) - Number(b.written));
    const last = ordered.at(-1);
    const fields = ordered.map(readFields).reduce(mergeFields, {} as Fields);
    const pipeline = last?.pipeline_id
      ? this.#references.expand({ id: String(last.pipeline_id), type: "pipeline" })
      : undefined;
    return {
      from: this.#reference(from),
      to: this.#reference(to),
      details: {
        ...fields,
        ...(pipeline ? { pipeline } : {}),
        source: last ? (last.source as LineageSource) : "ChildAssets",
        ...(assets ? { assetEdges: assets } : {}),
      },
      ...(rows.length > 0 ? { noted: notesOf(rows) } : {}),
    };
  }

  #reference(id: string): EntityReference {
    return this.#store.reference(id) ?? { id, type: "table" };
  }
}

/** Of all edges between a pair: the first and the last time. */
function notesOf(rows: readonly Row[]): EdgeNotes {
  const createdAt = Math.min(...rows.map((row) => Number(row.created_at ?? row.updated_at)));
  const updatedAt = Math.max(...rows.map((row) => Number(row.updated_at)));
  return { createdAt, createdBy: updatedBy, updatedAt, updatedBy };
}

function readFields(row: Row): Fields {
  return JSON.parse(String(row.body)) as Fields;
}

/** Column lineage united by target column and function; texts of the newer one win. */
function mergeFields(before: Fields | undefined, next: Fields): Fields {
  const columns = new Map<string, ColumnLineage>();
  for (const entry of [...(before?.columnsLineage ?? []), ...(next.columnsLineage ?? [])]) {
    const key = JSON.stringify([entry.toColumn, entry.function]);
    const fromColumns = [...new Set([...(columns.get(key)?.fromColumns ?? []), ...entry.fromColumns])];
    columns.set(key, {
      fromColumns,
      toColumn: entry.toColumn,
      ...(entry.function ? { function: entry.function } : {}),
    });
  }
  const sqlQuery = next.sqlQuery ?? before?.sqlQuery;
  const description = next.description ?? before?.description;
  return {
    ...(columns.size > 0 ? { columnsLineage: [...columns.values()] } : {}),
    ...(sqlQuery === undefined ? {} : { sqlQuery }),
    ...(description === undefined ? {} : { description }),
  };
}

/**
 * Only tables say which columns they have; OpenMetadata checks them, so a REST catalog would refuse the edge too. The JSON of the columns is parsed
 * only when one is not plainly there, since each table stands at the ends of many edges.
 */
function checkColumns({ type, fqn: table, columns }: Row, names: readonly string[]): void {
  if (type !== ("table" satisfies EntityType)) return;
  const json = String(columns ?? "[]");
  let known: ReadonlySet<string> | undefined;
  for (const fqn of new Set(names)) {
    if (json.includes(`"fullyQualifiedName":${JSON.stringify(fqn)}`)) continue;
    known ??= columnFqns(JSON.parse(json));
    if (!known.has(fqn))
      throw badRequest(`Invalid column name ${fqn}`, `It is no column of the table ${String(table)}.`);
  }
}
