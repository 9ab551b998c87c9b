import { isDeepStrictEqual } from "node:util";
import {
  requestFqn,
  requestName,
  type EntityReference,
  type EntityType,
  type FQN,
  type JsonPatchOperation,
} from "@omd/schema";
import type { Catalog, CatalogEntity } from "../contracts/index.ts";
import type { PlanEntry } from "../report/report.ts";

/** Reads go through to the catalog, writes become entries of a plan. The sink works on it as on any other catalog. */
export function planningCatalog(catalog: Catalog, entries: PlanEntry[]): Catalog {
  const planned = new Map<string, CatalogEntity>();
  const seen = new Map<string, CatalogEntity>();
  /** Ids of what would be back by now. */
  const restored = new Set<string>();

  const create = (type: EntityType, request: object, fqn: FQN): CatalogEntity => {
    const entity: CatalogEntity = {
      ...request,
      id: `planned:${type}:${fqn}`,
      name: requestName(type, request),
      fullyQualifiedName: fqn,
    };
    planned.set(`${type} ${fqn}`, entity);
    seen.set(entity.id, entity);
    const changes = Object.entries(request)
      .filter(([field, value]) => value !== undefined && field !== "sourceHash" && field !== "connection")
      .map(([field, after]) => ({ path: `/${field}`, after: after as unknown }));
    entries.push({ action: "create", kind: type, name: fqn, changes });
    return entity;
  };
  const known = (id: string): CatalogEntity => seen.get(id) ?? { id, name: id, fullyQualifiedName: id as FQN };
  const nameOf = (reference: EntityReference): string =>
    seen.get(reference.id)?.fullyQualifiedName ?? reference.fullyQualifiedName ?? reference.id;

  return {
    ...delegated(catalog, seen),
    // Settled only when the catalog is connected.
    get identity() {
      return catalog.identity;
    },
    async get(type, fqn, options) {
      const entity = planned.get(`${type} ${fqn}`) ?? (await catalog.get(type, fqn, options));
      if (entity) seen.set(entity.id, entity);
      if (entity || restored.size === 0 || options?.include === "deleted") return entity;
      const deleted = await catalog.get(type, fqn, { ...options, include: "deleted" });
      return deleted && restored.has(deleted.id) ? { ...deleted, deleted: false } : undefined;
    },
    async put(type, request) {
      const fqn = requestFqn(type, request);
      const existing = await catalog.get(type, fqn);
      if (!existing) return { outcome: "created", entity: create(type, request, fqn) };
      seen.set(existing.id, existing);
      entries.push({ action: "update", kind: type, name: fqn, changes: replaced(existing, request) });
      return { outcome: "updated", entity: existing };
    },
    putMany: (type, requests) =>
      Promise.resolve(
        requests.map((request) => ({
          ok: true,
          fqn: create(type, request, requestFqn(type, request)).fullyQualifiedName,
        })),
      ),
    patch(type, id, operations) {
      const entity = known(id);
      const changes = operations
        .filter((operation) => operation.path !== "/sourceHash")
        .map((operation) => change(entity, operation));
      if (changes.length > 0) entries.push({ action: "update", kind: type, name: entity.fullyQualifiedName, changes });
      return Promise.resolve(entity);
    },
    delete(type, id) {
      entries.push({ action: "delete", kind: type, name: known(id).fullyQualifiedName, changes: [] });
      return Promise.resolve();
    },
    restore(type, id) {
      restored.add(id);
      entries.push({ action: "restore", kind: type, name: known(id).fullyQualifiedName, changes: [] });
      return Promise.resolve(known(id));
    },
    async putPipelineStatuses(pipeline, statuses) {
      const stored = await catalog.pipelineStatuses(pipeline, { limit: 1000 }).catch(() => []);
      const fresh = statuses.filter(
        (status) => !stored.some((other) => other.timestamp === status.timestamp && isDeepStrictEqual(other, status)),
      );
      const changes = fresh.map((status) => ({
        path: `/runs/${status.executionId ?? status.timestamp}`,
        after: status.executionStatus,
      }));
      if (fresh.length > 0) entries.push({ action: "create", kind: "runs", name: pipeline, changes });
    },
    putDataModel(tableId, model) {
      const changes = [{ path: "/dataModel", after: model }];
      entries.push({ action: "update", kind: "table", name: known(tableId).fullyQualifiedName, changes });
      return Promise.resolve();
    },
    putTestResults(testCase, results) {
      const changes = results.map(({ timestamp, testCaseStatus }) => ({
        path: `/results/${timestamp}`,
        after: testCaseStatus,
      }));
      entries.push({ action: "create", kind: "testResults", name: testCase, changes });
      return Promise.resolve();
    },
    putInspectionQuery(testCaseId, sql) {
      const changes = [{ path: "/inspectionQuery", after: sql }];
      entries.push({ action: "update", kind: "testCase", name: known(testCaseId).fullyQualifiedName, changes });
      return Promise.resolve();
    },
    async putLineage(edge) {
      const isPlanned = edge.from.id.startsWith("planned:") || edge.to.id.startsWith("planned:");
      const from = seen.get(edge.from.id)?.fullyQualifiedName;
      const around =
        isPlanned || from === undefined
          ? undefined
          : await catalog.neighbourhood(
              { entityType: edge.from.type as EntityType, fqn: from },
              { upstream: 0, downstream: 1 },
            );
      const exists = around?.edges.some(
        (other) =>
          other.to.id === edge.to.id &&
          (!edge.details.pipeline || other.details.pipeline?.id === edge.details.pipeline.id),
      );
      if (exists) return "unchanged";
      entries.push({
        action: "create",
        kind: "lineage",
        name: `${nameOf(edge.from)} → ${nameOf(edge.to)}`,
        changes: [],
      });
      return "created";
    },
    deleteLineage(from, to) {
      entries.push({ action: "delete", kind: "lineage", name: `${nameOf(from)} → ${nameOf(to)}`, changes: [] });
      return Promise.resolve();
    },
    deleteLineageBySource: () => Promise.resolve(),
    putIngestionRun: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

/** What only reads, with each entity that passes remembered by its id. */
function delegated(
  catalog: Catalog,
  seen: Map<string, CatalogEntity>,
): Pick<
  Catalog,
  | "kind"
  | "connect"
  | "list"
  | "search"
  | "pipelineStatuses"
  | "testResults"
  | "neighbourhood"
  | "findOwner"
  | "customProperties"
> {
  return {
    kind: catalog.kind,
    connect: () => catalog.connect(),
    async *list(type, options) {
      for await (const entity of catalog.list(type, options)) {
        seen.set(entity.id, entity);
        yield entity;
      }
    },
    search: (type, options) => catalog.search(type, options),
    pipelineStatuses: (pipeline, range) => catalog.pipelineStatuses(pipeline, range),
    testResults: (testCase, range) => catalog.testResults(testCase, range),
    neighbourhood: (key, depth) => catalog.neighbourhood(key, depth),
    findOwner: (name, options) => catalog.findOwner(name, options),
    customProperties: async (type) => catalog.customProperties?.(type),
  };
}

/** What a request writes over an entity: of a connection no more than that it does, since it holds secrets. */
function replaced(existing: CatalogEntity, request: object): PlanEntry["changes"] {
  return Object.entries(request)
    .map(([field, after]: [string, unknown]) => ({ field, before: existing[field], after }))
    .filter(({ field, before, after }) => field === "connection" || (typeof after === "string" && before !== after))
    .map(({ field, before, after }) => ({
      path: `/${field}`,
      ...(field !== "connection" && { ...(before !== undefined && { before }), after }),
    }))
    .filter(({ path }) => path !== "/sourceHash");
}

function change(
  entity: CatalogEntity,
  operation: JsonPatchOperation,
): { path: string; before?: unknown; after?: unknown } {
  const before = operation.op === "add" ? undefined : valueAt(entity, operation.path);
  return {
    path: operation.path,
    ...(before !== undefined && { before }),
    ...(operation.op !== "remove" && { after: operation.value }),
  };
}

function valueAt(entity: CatalogEntity, path: string): unknown {
  return path
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>(
      (value, token) =>
        typeof value === "object" && value !== null ? (value as Record<string, unknown>)[token] : undefined,
      entity,
    );
}
