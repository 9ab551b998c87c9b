import type { CatalogEntity } from "@omd/core";
import {
  createQueryCostRecord,
  InvalidNameError,
  parseFqn,
  queryUsage,
  queryUsedBy,
  queryUsers,
  type EntityReference,
} from "@omd/schema";
import { CatalogError } from "@omd/core";
import { badRequest } from "../columns.ts";
import { notFound, type Body, type StoredEntity } from "../entity-store.ts";
import type { StoredReference } from "../references.ts";
import { parsed, stableId, type ExtrasContext } from "./extras-context.ts";
import type { Points, TimeRange } from "./series.ts";

const costs = "query.queryCostRecord";

/** What queries use, who runs them and what they cost. All methods throw CatalogError 400 and 404. Source: om-api §3.5. */
export class Queries {
  readonly #context: ExtrasContext;
  constructor(context: ExtrasContext) {
    this.#context = context;
  }

  /** The entities come on top of those that the query is known to use. */
  addUsage(queryId: string, body: unknown): CatalogEntity {
    const used = parsed(queryUsage, body, "entities").map((entity) => this.#live(entity));
    return this.#set(queryId, "queryUsedIn", (known) => united(known, used));
  }

  removeUsage(queryId: string, body: unknown): CatalogEntity {
    const gone = new Set(parsed(queryUsage, body, "entities").map(({ id }) => id));
    return this.#set(queryId, "queryUsedIn", (known) => known.filter(({ id }) => !gone.has(id)));
  }

  /** Users by FQN; they come on top of the known ones. */
  addUsers(queryId: string, body: unknown): CatalogEntity {
    const users = parsed(queryUsers, body, "users").map((fqn) => this.#user(fqn));
    return this.#set(queryId, "users", (known) => united(known, users));
  }

  /** Names of whoever is no user of the catalog; they come on top of the known ones. */
  addUsedBy(queryId: string, body: unknown): CatalogEntity {
    const query = this.#context.live("query", queryId);
    const names = new Set([...((query.body.usedBy ?? []) as string[]), ...parsed(queryUsedBy, body, "names")]);
    this.#context.setBody(query, { usedBy: [...names].sort() });
    return this.#context.show(query, "users");
  }

  /** Throws CatalogError 409 when the query has a record of that time. */
  addCost(body: unknown): Body {
    const { queryReference, ...record } = parsed(createQueryCostRecord, body, "query cost record");
    if (queryReference.type !== "query") throw badRequest(`Entity type ${queryReference.type} is no query`);
    const query = this.#context.live("query", queryReference.id);
    if (this.#context.series.at(query.id, costs, record.timestamp))
      throw new CatalogError("Query cost record already exists for this query and timestamp", { status: 409 });
    const stored = {
      id: stableId(query.id, costs, record.timestamp),
      ...record,
      jsonSchema: "queryCostRecord",
      updatedAt: this.#context.clock(),
    };
    this.#context.series.put(query.id, costs, { timestamp: record.timestamp, body: stored });
    return { ...stored, queryReference: this.#context.store.reference(query.id) };
  }

  /** What a query cost, newest first. */
  costs(queryId: string, range: TimeRange): Points {
    const query = this.#context.live("query", queryId);
    const queryReference = this.#context.store.reference(query.id);
    const { data, total } = this.#context.series.range(query.id, costs, range);
    return { data: data.map((record) => ({ ...record, queryReference })), total };
  }

  #set(
    queryId: string,
    field: "queryUsedIn" | "users",
    change: (known: StoredReference[]) => StoredReference[],
  ): CatalogEntity {
    const query = this.#context.live("query", queryId);
    this.#context.setBody(query, { [field]: change((query.body[field] ?? []) as StoredReference[]) });
    return this.#context.show(query, "users");
  }

  #live(reference: EntityReference): StoredReference {
    const { id, type } = this.#context.references.live(reference);
    return { id, type };
  }

  #user(fqn: string): StoredReference {
    try {
      const { id, type }: StoredEntity = this.#context.store.liveByFqn("user", parseFqn(fqn));
      return { id, type };
    } catch (error) {
      if (error instanceof InvalidNameError) throw notFound("user", fqn);
      throw error;
    }
  }
}

function united(known: readonly StoredReference[], added: readonly StoredReference[]): StoredReference[] {
  return [...new Map([...known, ...added].map((reference) => [reference.id, reference])).values()];
}
