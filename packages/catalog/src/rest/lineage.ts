import { CatalogError, type CatalogEdge, type Neighbourhood } from "@omd/core";
import type { ColumnLineage, EntityKey, EntityReference, LineageDetails, LineageSource } from "@omd/schema";
import { z } from "zod";
import { edgeAnswer, lineageAnswer, type LineageAnswer } from "./answers.ts";
import { catalogFailure, statusOf } from "./failure.ts";
import type { Transport } from "./transport.ts";

const idAndType = ({ id, type }: EntityReference): EntityReference => ({ id, type });
const segment = encodeURIComponent;
const edgePath = (from: EntityReference, to: EntityReference): string =>
  `/lineage/${segment(from.type)}/${segment(from.id)}/${segment(to.type)}/${segment(to.id)}`;
const shown = (end: EntityReference): string => `${end.type} ${end.fullyQualifiedName ?? end.id}`;
const between = (from: EntityReference, to: EntityReference): string => `${shown(from)} -> ${shown(to)}`;

/** Columns in a stable order, each target once per function, its sources united. */
export function uniteColumns(
  known: readonly ColumnLineage[] | undefined,
  added: readonly ColumnLineage[] | undefined,
): ColumnLineage[] {
  const united = new Map<string, ColumnLineage>();
  for (const one of [...(known ?? []), ...(added ?? [])]) {
    const key = JSON.stringify([one.toColumn, one.function ?? null]);
    const before = united.get(key);
    const fromColumns = [...new Set([...(before?.fromColumns ?? []), ...one.fromColumns])];
    united.set(key, { ...one, fromColumns });
  }
  return [...united.values()];
}

/**
 * The change that makes a known edge say what the new one says too; empty when it does already.
 * What a person drew (`Manual`) stays theirs, and a description is only filled in.
 */
export function edgeChanges(known: LineageDetails, added: LineageDetails): Partial<LineageDetails> {
  const changes: Partial<LineageDetails> = {};
  const columns = uniteColumns(known.columnsLineage, added.columnsLineage);
  if (size(columns) > size(known.columnsLineage ?? [])) changes.columnsLineage = columns;
  if (added.pipeline !== undefined && added.pipeline.id !== known.pipeline?.id)
    changes.pipeline = idAndType(added.pipeline);
  if (added.sqlQuery !== undefined && added.sqlQuery !== known.sqlQuery) changes.sqlQuery = added.sqlQuery;
  if (added.description !== undefined && (known.description ?? "") === "") changes.description = added.description;
  const drawn = (known.source ?? "Manual") === "Manual";
  if (added.source !== undefined && added.source !== known.source && !drawn) changes.source = added.source;
  return changes;
}

const size = (columns: readonly ColumnLineage[]): number =>
  columns.reduce((sum, column) => sum + 1 + new Set(column.fromColumns).size, 0);

const requestDetails = (details: LineageDetails): LineageDetails => ({
  ...details,
  pipeline: details.pipeline === undefined ? undefined : idAndType(details.pipeline),
});

async function findEdge(
  transport: Transport,
  from: EntityReference,
  to: EntityReference,
): Promise<LineageDetails | undefined> {
  const path = `/lineage/getLineageEdge/${segment(from.id)}/${segment(to.id)}`;
  return (await transport.find(`read the edge ${between(from, to)}`, { path }, edgeAnswer))?.edge;
}

async function writeEdge(transport: Transport, { from, to }: CatalogEdge, details: LineageDetails): Promise<void> {
  const json = {
    edge: { fromEntity: idAndType(from), toEntity: idAndType(to), lineageDetails: requestDetails(details) },
  };
  await transport.raw(`write the edge ${between(from, to)}`, { method: "PUT", path: "/lineage", json });
}

/**
 * Adds the edge, or patches the one between the two ends: OpenMetadata keeps one edge per pair, so that of two pipelines
 * that make the same edge the last one stays named. Throws CatalogError, with status 404 when an end is missing.
 */
export async function putEdge(
  transport: Transport,
  edge: CatalogEdge,
  { isNew = false }: { isNew?: boolean } = {},
): Promise<"created" | "updated" | "unchanged"> {
  const known = isNew ? undefined : await findEdge(transport, edge.from, edge.to);
  if (known === undefined) {
    await writeEdge(transport, edge, edge.details);
    return "created";
  }
  const changes = edgeChanges(known, edge.details);
  const operations = Object.entries(changes).map(([field, value]) => ({ op: "add", path: `/${field}`, value }));
  if (operations.length === 0) return "unchanged";
  try {
    await transport.attempt({ method: "PATCH", path: edgePath(edge.from, edge.to), json: operations });
  } catch (error) {
    const status = statusOf(error);
    // The edge went away meanwhile, or the server cannot patch edges: a PUT of the whole says the same.
    if (status !== 404 && status !== 405) throw catalogFailure(`change the edge ${between(edge.from, edge.to)}`, error);
    await writeEdge(transport, edge, { ...known, ...changes });
  }
  return "updated";
}

/** Removes the edge; with a pipeline only when that pipeline made it, with a source only when it is of that. No error when there is none. */
export async function deleteEdge(
  transport: Transport,
  from: EntityReference,
  to: EntityReference,
  pipelineId: string | undefined,
  source?: LineageSource,
): Promise<void> {
  if (pipelineId !== undefined || source !== undefined) {
    const known = await findEdge(transport, from, to);
    if (pipelineId !== undefined && known?.pipeline?.id !== pipelineId) return;
    if (source !== undefined && known?.source !== source) return;
  }
  const what = `delete the edge ${between(from, to)}`;
  await transport.find(what, { method: "DELETE", path: edgePath(from, to) }, z.unknown());
}

/** Removes what a source made: for PipelineLineage the edges of the pipeline `id`, else those into `id`. */
export async function deleteEdgesBySource(
  transport: Transport,
  type: string,
  id: string,
  source: string,
): Promise<void> {
  const path = `/lineage/${segment(type)}/${segment(id)}/type/${segment(source)}`;
  await transport.find(`delete the ${source} edges of ${type} ${id}`, { method: "DELETE", path }, z.unknown());
}

const deepest = 3;

/** The entity with its surroundings; undefined when there is none. Throws CatalogError for a depth above 3, which the server does not give. */
export async function readNeighbourhood(
  transport: Transport,
  key: EntityKey,
  depth: { upstream: number; downstream: number },
): Promise<Neighbourhood | undefined> {
  if (![depth.upstream, depth.downstream].every((value) => Number.isInteger(value) && value >= 0 && value <= deepest))
    throw new CatalogError(`OpenMetadata gives lineage up to depth ${String(deepest)}`, {
      hint: "Ask for 0 to 3 levels, or use the embedded catalog.",
    });
  const path = `/lineage/${segment(key.entityType)}/name/${segment(key.fqn)}`;
  const query = { upstreamDepth: depth.upstream, downstreamDepth: depth.downstream };
  const answer = await transport.find(
    `read the lineage of ${key.entityType} ${key.fqn}`,
    { path, query },
    lineageAnswer,
  );
  return answer === undefined ? undefined : neighbourhoodOf(answer);
}

/** Edges name their ends by id; those to nodes that the server left out (deleted ones) are left out too. */
export function neighbourhoodOf(answer: LineageAnswer): Neighbourhood {
  const nodes = answer.nodes.filter((node) => node.id !== answer.entity.id);
  const byId = new Map([answer.entity, ...nodes].map((node) => [node.id, node]));
  const edges = new Map<string, CatalogEdge>();
  for (const edge of [...answer.upstreamEdges, ...answer.downstreamEdges]) {
    const from = byId.get(edge.fromEntity);
    const to = byId.get(edge.toEntity);
    if (from === undefined || to === undefined) continue;
    const details = edge.lineageDetails ?? {};
    edges.set(JSON.stringify([from.id, to.id, details.pipeline?.id ?? null]), { from, to, details });
  }
  return { entity: answer.entity, nodes, edges: [...edges.values()] };
}
