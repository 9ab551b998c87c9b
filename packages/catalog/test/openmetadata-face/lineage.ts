import type { CatalogEdge, Neighbourhood } from "@omd/core";
import { addLineage, parseFqn, type EntityType, type JsonPatchOperation } from "@omd/schema";
import { ok, Refusal, notFound, type FaceAnswer } from "./answer.ts";
import { locate, typeNames, type FaceCall, type FaceState } from "./calls.ts";

/** `/lineage` and what lies below it. */
export async function lineageRoutes(state: FaceState, call: FaceCall): Promise<FaceAnswer | undefined> {
  const [, a = "", b = "", c = "", d = ""] = call.segments;
  const length = call.segments.length;
  if (call.method === "PUT" && length === 1) return putEdge(state, call.body);
  if (call.method === "GET" && a === "getLineageEdge" && length === 4) return getEdge(state, b, c);
  if (call.method === "GET" && b === "name" && length === 4) return neighbours(state, a, c, call.query);
  if (call.method === "DELETE" && c === "type" && length === 5) return deleteBySource(state, a, b, d);
  if (call.method === "DELETE" && length === 5) return deleteEdge(state, b, d);
  if (call.method === "PATCH" && length === 5) return patchEdge(state, b, d, call.body as JsonPatchOperation[]);
  return undefined;
}

async function putEdge(state: FaceState, body: unknown): Promise<FaceAnswer> {
  const { edge } = addLineage.parse(body);
  const details = edge.lineageDetails ?? {};
  await state.store.putLineage({ from: edge.fromEntity, to: edge.toEntity, details: { source: "Manual", ...details } });
  return ok();
}

/** The edges between two ids: the store may keep several, OpenMetadata keeps one, so the last counts. */
async function findEdge(state: FaceState, from: string, to: string): Promise<CatalogEdge> {
  const missing = new Refusal(404, `lineage edge instance for ${from} to ${to} not found`);
  const source = await locate(state, from);
  if (source === undefined) throw missing;
  const key = { entityType: source.type, fqn: source.entity.fullyQualifiedName };
  const around = await state.store.neighbourhood(key, { upstream: 0, downstream: 1 });
  const found = around?.edges.findLast((edge) => edge.from.id === from && edge.to.id === to);
  if (found === undefined) throw missing;
  return found;
}

/** The answer's `edge` is the details, not an edge: so says the server. */
async function getEdge(state: FaceState, from: string, to: string): Promise<FaceAnswer> {
  return ok({ edge: (await findEdge(state, from, to)).details });
}

async function deleteEdge(state: FaceState, from: string, to: string): Promise<FaceAnswer> {
  const edge = await findEdge(state, from, to);
  await state.store.deleteLineage(edge.from, edge.to);
  return ok();
}

async function deleteBySource(state: FaceState, type: string, id: string, source: string): Promise<FaceAnswer> {
  await state.store.deleteLineageBySource(entityType(type), id, source);
  return ok();
}

async function patchEdge(
  state: FaceState,
  from: string,
  to: string,
  operations: readonly JsonPatchOperation[],
): Promise<FaceAnswer> {
  const edge = await findEdge(state, from, to);
  const details: Record<string, unknown> = { ...edge.details };
  for (const { op, path, value } of operations) {
    const field = path.slice(1);
    if (field.includes("/") || (op !== "add" && op !== "replace"))
      throw new Refusal(400, `the face does not know ${op} ${path}`);
    if (op === "replace" && !(field in details)) throw new Refusal(400, `${path} does not exist`);
    details[field] = value;
  }
  await state.store.deleteLineage(edge.from, edge.to);
  await state.store.putLineage({ from: edge.from, to: edge.to, details });
  return ok(details);
}

const entityType = (text: string): EntityType => {
  const type = typeNames.find((name) => name === text);
  if (type === undefined) throw new Refusal(400, `unknown entity type ${text}`);
  return type;
};

async function neighbours(state: FaceState, type: string, fqn: string, query: URLSearchParams): Promise<FaceAnswer> {
  const upstream = Number(query.get("upstreamDepth") ?? 1);
  const downstream = Number(query.get("downstreamDepth") ?? 1);
  if (upstream > 3 || downstream > 3)
    throw new Refusal(400, "query param upstreamDepth must be less than or equal to 3");
  const key = { entityType: entityType(type), fqn: parseFqn(fqn) };
  const around = await state.store.neighbourhood(key, { upstream, downstream });
  if (around === undefined) throw notFound(type, fqn);
  return ok(entityLineage(around));
}

/** OpenMetadata's form: edges by ids, those that lead away from the entity apart from those that lead to it. */
function entityLineage({ entity, nodes, edges }: Neighbourhood): unknown {
  const away = new Set([entity.id]);
  const downstream = new Set<CatalogEdge>();
  for (let grown = true; grown;) {
    grown = false;
    for (const edge of edges) {
      if (downstream.has(edge) || !away.has(edge.from.id)) continue;
      downstream.add(edge);
      away.add(edge.to.id);
      grown = true;
    }
  }
  const row = (edge: CatalogEdge) => ({ fromEntity: edge.from.id, toEntity: edge.to.id, lineageDetails: edge.details });
  return {
    entity,
    nodes,
    upstreamEdges: edges.filter((edge) => !downstream.has(edge)).map(row),
    downstreamEdges: edges.filter((edge) => downstream.has(edge)).map(row),
  };
}
