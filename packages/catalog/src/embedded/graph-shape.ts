import type { ColumnLineage, EntityType, FQN } from "@omd/schema";
import type { AssetStep } from "./asset-edges.ts";
import type { CatalogDatabase } from "./database.ts";
import type { Body } from "./entity-store.ts";

export interface GraphColumn {
  readonly name: string;
  readonly fqn: string;
  readonly dataType?: string | undefined;
}

export interface GraphNode {
  readonly id: string;
  readonly type: EntityType;
  readonly name: string;
  readonly displayName?: string | undefined;
  readonly fqn: FQN;
  /** Name of the service. */
  readonly service?: string | undefined;
  readonly serviceType?: string | undefined;
  readonly deleted: boolean;
  /** Columns of a table or container, fields of a topic; those of structures follow their parent. */
  readonly columns?: readonly GraphColumn[] | undefined;
  /** Neighbours that are not in the answer, counted up to 1,000. */
  readonly moreUpstream: number;
  readonly moreDownstream: number;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly source: string;
  readonly pipelines: readonly { readonly id: string; readonly name: string; readonly fqn: string }[];
  readonly columns: readonly { readonly from: readonly string[]; readonly to: string }[];
  readonly sqlQuery?: string | undefined;
  /** Between services, domains or data products: the number of edges of what they hold. */
  readonly assetEdges?: number | undefined;
}

/** The entities of these ids, in their order. */
export function graphNodes(
  db: CatalogDatabase,
  ids: readonly string[],
  hidden: ReadonlyMap<string, { upstream: number; downstream: number }>,
): GraphNode[] {
  return db
    .all(
      `SELECT entity.id, entity.type, entity.name, entity.fqn, entity.display_name, entity.deleted, entity.body, service.name AS service
        FROM json_each(?) wanted JOIN entity ON entity.id = wanted.value
        LEFT JOIN entity service ON service.id = json_extract(entity.body, '$.service.id') ORDER BY wanted.key`,
      JSON.stringify(ids),
    )
    .map((row) => {
      const body = JSON.parse(String(row.body)) as Body;
      const more = hidden.get(String(row.id));
      const columns = columnsOf(String(row.fqn), body);
      return {
        id: String(row.id),
        type: row.type as EntityType,
        name: String(row.name),
        ...(row.display_name === null ? {} : { displayName: String(row.display_name) }),
        fqn: row.fqn as FQN,
        ...(row.service === null ? {} : { service: String(row.service) }),
        ...(typeof body.serviceType === "string" ? { serviceType: body.serviceType } : {}),
        deleted: row.deleted === 1,
        ...(columns.length > 0 ? { columns } : {}),
        moreUpstream: more?.upstream ?? 0,
        moreDownstream: more?.downstream ?? 0,
      };
    });
}

/** The edges among these entities, one per pair: the newest names source and query, pipelines and columns are of all; then steps along assets. */
export function graphEdges(db: CatalogDatabase, ids: readonly string[], steps?: readonly AssetStep[]): GraphEdge[] {
  const stored = storedEdges(db, ids);
  if (!steps || steps.length === 0) return stored;
  const among = new Set(ids);
  const edges = new Map(stored.map((edge) => [`${edge.from} ${edge.to}`, edge]));
  for (const { near: from, far: to, assets } of steps) {
    if (!among.has(from) || !among.has(to)) continue;
    const known = edges.get(`${from} ${to}`) ?? { from, to, source: "ChildAssets", pipelines: [], columns: [] };
    edges.set(`${from} ${to}`, { ...known, assetEdges: assets });
  }
  return [...edges.values()];
}

function storedEdges(db: CatalogDatabase, ids: readonly string[]): GraphEdge[] {
  const rows = db.all(
    `SELECT edge.from_id, edge.to_id, edge.source, edge.body, pipeline.id, pipeline.name, pipeline.fqn FROM json_each(?1) near
      JOIN edge ON edge.from_id = near.value LEFT JOIN entity pipeline ON pipeline.id = edge.pipeline_id AND edge.pipeline_id <> ''
      WHERE edge.to_id IN (SELECT value FROM json_each(?1)) ORDER BY edge.from_id, edge.to_id, edge.written`,
    JSON.stringify(ids),
  );
  const pairs = Map.groupBy(rows, (row) => `${String(row.from_id)} ${String(row.to_id)}`);
  return [...pairs.values()].map((group) => {
    const bodies = group.map((row) => JSON.parse(String(row.body)) as EdgeBody);
    const pipelines = group.flatMap((row) =>
      row.id === null ? [] : [{ id: String(row.id), name: String(row.name), fqn: String(row.fqn) }],
    );
    const sqlQuery = bodies.findLast((body) => body.sqlQuery !== undefined)?.sqlQuery;
    const last = group.at(-1);
    return {
      from: String(last?.from_id),
      to: String(last?.to_id),
      source: String(last?.source),
      pipelines: [...new Map(pipelines.map((pipeline) => [pipeline.id, pipeline])).values()],
      columns: columnEdges(bodies),
      ...(sqlQuery === undefined ? {} : { sqlQuery }),
    };
  });
}

interface EdgeBody {
  readonly columnsLineage?: readonly ColumnLineage[];
  readonly sqlQuery?: string;
}

function columnEdges(bodies: readonly EdgeBody[]): GraphEdge["columns"] {
  const found = new Map<string, Set<string>>();
  for (const { fromColumns, toColumn } of bodies.flatMap((body) => body.columnsLineage ?? [])) {
    const from = found.get(toColumn) ?? new Set();
    for (const column of fromColumns) from.add(column);
    found.set(toColumn, from);
  }
  return [...found].map(([to, from]) => ({ from: [...from], to }));
}

function columnsOf(fqn: string, body: Body): GraphColumn[] {
  const { columns, dataModel, messageSchema } = body as {
    columns?: unknown;
    dataModel?: { columns?: unknown } | null;
    messageSchema?: { schemaFields?: unknown } | null;
  };
  const found: GraphColumn[] = [];
  const collect = (parts: unknown, parent: string): void => {
    if (!Array.isArray(parts)) return;
    for (const part of parts as Body[]) {
      const own =
        typeof part.fullyQualifiedName === "string" ? part.fullyQualifiedName : `${parent}.${String(part.name)}`;
      found.push({
        name: own.startsWith(`${fqn}.`) ? own.slice(fqn.length + 1) : String(part.name),
        fqn: own,
        ...(typeof part.dataType === "string" ? { dataType: part.dataType } : {}),
      });
      collect(part.children, own);
    }
  };
  collect(columns ?? dataModel?.columns ?? messageSchema?.schemaFields, fqn);
  return found;
}
