import {
  entityTypeInfo,
  isBelow,
  requestFqn,
  type CreateRequest,
  type CreateTestCaseResult,
  type EntityType,
  type FQN,
  type JsonPatchOperation,
  type PipelineStatus,
} from "@omd/schema";
import { CatalogError } from "../src/errors.ts";
import { emptyCatalog } from "../src/sink/empty-catalog.ts";
import type { Catalog, CatalogEdge, CatalogEntity } from "../src/contracts/index.ts";

interface Stored {
  type: EntityType;
  entity: CatalogEntity & Record<string, unknown>;
}

/** A catalog in memory, just enough for the core's tests. Counts its calls, and fails where it is told to. */
export class MemoryCatalog {
  readonly calls: string[] = [];
  readonly stored = new Map<string, Stored>();
  readonly edges: CatalogEdge[] = [];
  /** Pairs of ids whose edge was removed. */
  readonly removed: string[] = [];
  /** Test case → its results. */
  readonly results = new Map<string, CreateTestCaseResult[]>();
  readonly runs = new Map<string, PipelineStatus[]>();
  /** Method names that throw. */
  readonly failing = new Set<string>();
  #ids = 0;

  /** The port, every call counted. */
  port(): Catalog {
    const real: Catalog = {
      ...emptyCatalog(),
      identity: "memory",
      get: (type, fqn, options) => Promise.resolve(this.#visible(this.stored.get(`${type} ${fqn}`), options?.include)),
      list: (type, options) => this.#list(type, options?.below, options?.include),
      put: (type, request) => Promise.resolve(this.#put(type, request)),
      putMany: (type, requests) =>
        Promise.resolve(
          requests.map((request) => {
            const fqn = requestFqn(type, request);
            try {
              this.#put(type, request);
              return { ok: true as const, fqn };
            } catch (error) {
              return { ok: false as const, fqn, status: 404, message: String(error) };
            }
          }),
        ),
      patch: (_type, id, operations) => Promise.resolve(this.#patch(id, operations)),
      delete: (_type, id) => {
        this.#mark(id, true);
        return Promise.resolve();
      },
      restore: (_type, id) => Promise.resolve(this.#mark(id, false)),
      putPipelineStatuses: (pipeline, statuses) => {
        if (!this.stored.has(`pipeline ${pipeline}`))
          return Promise.reject(new CatalogError(`no ${pipeline}`, { status: 404 }));
        this.runs.set(pipeline, [...(this.runs.get(pipeline) ?? []), ...statuses]);
        return Promise.resolve();
      },
      putDataModel: (tableId, dataModel) => {
        this.#patch(tableId, [{ op: "add", path: "/dataModel", value: dataModel }]);
        return Promise.resolve();
      },
      putTestResults: (testCase, results) => {
        this.results.set(testCase, [...(this.results.get(testCase) ?? []), ...results]);
        return Promise.resolve();
      },
      putInspectionQuery: (testCaseId, sql) => {
        this.#patch(testCaseId, [{ op: "add", path: "/inspectionQuery", value: sql }]);
        return Promise.resolve();
      },
      testResults: (testCase) => Promise.resolve(this.results.get(testCase) ?? []),
      deleteLineage: (from, to) => {
        this.removed.push(`${from.id} ${to.id}`);
        return Promise.resolve();
      },
      deleteLineageBySource: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        this.edges.length = 0;
      },
      putLineage: (edge) => {
        this.edges.push(edge);
        return Promise.resolve("created" as const);
      },
    };
    return new Proxy(real, {
      get: (target, name: keyof Catalog) => {
        const member = target[name];
        if (typeof member !== "function") return member;
        return (...args: unknown[]): unknown => {
          this.calls.push(name);
          if (this.failing.has(name))
            return Promise.reject(new CatalogError(`${name} is out of order`, { status: 500 }));
          return (member as (...given: unknown[]) => unknown).apply(target, args);
        };
      },
    });
  }

  names(type: EntityType, options: { deleted: boolean } = { deleted: false }): string[] {
    return [...this.stored.values()]
      .filter((item) => item.type === type && item.entity.deleted === options.deleted)
      .map((item) => item.entity.fullyQualifiedName);
  }

  #visible(item: Stored | undefined, include = "non-deleted"): CatalogEntity | undefined {
    return item && (include !== "non-deleted" || !item.entity.deleted) ? item.entity : undefined;
  }

  async *#list(type: EntityType, below: FQN | undefined, include: string | undefined): AsyncGenerator<CatalogEntity> {
    for (const item of this.stored.values()) {
      if (item.type !== type || (below !== undefined && !isBelow(item.entity.fullyQualifiedName, below))) continue;
      const entity = this.#visible(item, include);
      if (entity) yield entity;
    }
  }

  #put<T extends EntityType>(
    type: T,
    request: CreateRequest<T>,
  ): { outcome: "created" | "updated"; entity: CatalogEntity } {
    const fqn = requestFqn(type, request);
    const parent = entityTypeInfo(type).parent;
    const parentName = fqn.slice(0, fqn.lastIndexOf("."));
    if (parent && !this.stored.has(`${parent.type} ${parentName}`))
      throw new CatalogError(`${parent.type} instance for ${parentName} not found`, { status: 404 });
    const known = this.stored.get(`${type} ${fqn}`);
    const entity = {
      ...request,
      id: known?.entity.id ?? `id-${++this.#ids}`,
      fullyQualifiedName: fqn,
      deleted: false,
    } as Stored["entity"];
    this.stored.set(`${type} ${fqn}`, { type, entity });
    return { outcome: known ? "updated" : "created", entity };
  }

  #byId(id: string): Stored {
    const found = [...this.stored.values()].find((item) => item.entity.id === id);
    if (!found) throw new CatalogError(`no ${id}`, { status: 404 });
    return found;
  }

  /** Top-level fields only. */
  #patch(id: string, operations: readonly JsonPatchOperation[]): CatalogEntity {
    const { entity } = this.#byId(id);
    for (const operation of operations) {
      const [, field = "", member] = operation.path.split("/").map((part) => part.replaceAll("~1", "/"));
      const value = operation.op === "remove" ? undefined : operation.value;
      const fields = entity as Record<string, unknown>;
      fields[field] =
        field === "extension" && member !== undefined ? { ...Object(fields[field]), [member]: value } : value;
    }
    return entity;
  }

  #mark(id: string, deleted: boolean): CatalogEntity {
    const { entity } = this.#byId(id);
    (entity as Record<string, unknown>)["deleted"] = deleted;
    return entity;
  }
}
