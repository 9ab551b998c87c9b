import {
  childFqn,
  entityTypeInfo,
  fqnOf,
  InvalidNameError,
  parseFqn,
  type Column,
  type EntityReference,
  type EntityType,
  type FQN,
  type TagLabel,
} from "@omd/schema";
import { badRequest, checkConstraints, storedColumns, storedFields, storedTasks } from "./columns.ts";
import { secretFields } from "./entity-fields.ts";
import { notFound, type Body, type EntityStore, type StoredEntity } from "./entity-store.ts";
import { masked } from "./mask.ts";
import type { References } from "./references.ts";

/** What a create request asks for, with everything it names resolved. */
export interface RequestedEntity {
  readonly type: EntityType;
  readonly name: string;
  readonly fqn: FQN;
  readonly parentId: string | undefined;
  readonly body: Body;
}

/** Fields that name a parent or are no part of the entity: they do not go into the body as they are. */
const consumed = new Set(["name", "service", "database", "databaseSchema", "classification", "parent"]);

/** Checks a create request and resolves what it names. Throws CatalogError: 400 for the request, 404 for what it names. */
export class RequestReader {
  readonly #store: EntityStore;
  readonly #references: References;

  constructor(store: EntityStore, references: References) {
    this.#store = store;
    this.#references = references;
  }

  read(type: EntityType, request: unknown): RequestedEntity {
    const given = parse(type, request);
    return namesChecked(() => {
      const parent = this.#parent(type, given);
      const name = String(given.name);
      const fqn = parent ? childFqn(parent.fqn as FQN, name) : fqnOf(name);
      const body: Body = parent ? inherited(type, parent) : {};
      for (const [field, value] of Object.entries(given)) if (!consumed.has(field)) body[field] = value;
      this.resolve(type, fqn, body);
      if (type === "tag" || type === "classification") body.provider = "user";
      return { type, name, fqn, parentId: parent?.id, body };
    });
  }

  /** Brings the fields of a body into the form they are stored in: tags, owners, columns, tasks; secrets masked. */
  resolve(type: EntityType, fqn: FQN, body: Body): void {
    namesChecked(() => this.#resolve(type, fqn, body));
  }

  #resolve(type: EntityType, fqn: FQN, body: Body): void {
    for (const field of secretFields) if (body[field] !== undefined) body[field] = masked(body[field]);
    for (const field of ["domains", "dataProducts"] as const) {
      const [first] = (body[field] ?? []) as unknown[];
      if (first !== undefined) throw notFound(field.slice(0, -1), nameOf(first));
      delete body[field];
    }
    this.#list(body, "tags", (tags) => this.#references.tags(tags as TagLabel[]));
    this.#list(body, "owners", (owners) => this.#references.owners(owners as EntityReference[]));
    this.#list(body, "teams", (teams) => this.#references.ids("team", teams.map(idOf)));
    if (body.columns) body.columns = storedColumns(fqn, this.#references.partTags(body.columns as Column[]));
    if (body.tasks) body.tasks = storedTasks(fqn, this.#references.partTags(body.tasks as Body[]));
    if (type === "table") checkConstraints(body);
    if (type === "container" && body.dataModel) {
      const model = body.dataModel as { columns: Column[] };
      body.dataModel = { ...model, columns: storedColumns(fqn, this.#references.partTags(model.columns)) };
    }
    if (type === "topic" && body.messageSchema) {
      const schema = body.messageSchema as Body;
      if (schema.schemaFields !== undefined) {
        body.messageSchema = { ...schema, schemaFields: storedFields(fqn, schema.schemaFields) };
      }
    }
    if (type === "user" && typeof body.email === "string") body.email = body.email.toLowerCase();
  }

  #list(body: Body, field: string, read: (value: unknown[]) => unknown[]): void {
    const value = body[field];
    if (value === undefined) return;
    if (!Array.isArray(value)) throw badRequest(`${field} must be a list`);
    const list = read(value);
    if (list.length > 0) body[field] = list;
    else delete body[field];
  }

  #parent(type: EntityType, given: Body): StoredEntity | undefined {
    if (type === "tag" && typeof given.parent === "string") {
      return this.#store.liveByFqn("tag", parseFqn(given.parent));
    }
    if (type === "tag" && given.classification === undefined)
      throw badRequest("A tag needs a classification or a parent");
    if (type === "container" && given.parent) return this.#byReference(given.parent as EntityReference, ["container"]);
    if (type === "ingestionPipeline") return this.#byReference(given.service as EntityReference, serviceTypes);
    const parent = entityTypeInfo(type).parent;
    if (!parent) return undefined;
    const value = String(given[parent.field]);
    const fqn = parent.field === "service" ? fqnOf(value) : parseFqn(value);
    return this.#store.liveByFqn(parent.type as EntityType, fqn);
  }

  #byReference(reference: EntityReference, types: readonly string[]): StoredEntity {
    if (!types.includes(reference.type)) throw badRequest(`A ${reference.type} can't be the parent`);
    return this.#references.live(reference);
  }
}

const serviceTypes = ["databaseService", "pipelineService", "messagingService", "storageService"];

function parse(type: EntityType, request: unknown): Body {
  const result = entityTypeInfo(type).request.safeParse(request);
  if (result.success) return JSON.parse(JSON.stringify(result.data)) as Body;
  const issues = result.error.issues.map(({ path, message }) => `${path.join(".") || type}: ${message}`);
  throw badRequest(`Invalid ${type} request: ${issues.join("; ")}`);
}

/** The references that an entity takes over from its parent: the whole way up to the service. */
function inherited(type: EntityType, parent: StoredEntity): Body {
  const { service, serviceType, database, classification } = parent.body;
  const self = { id: parent.id, type: parent.type };
  if (type === "tag") return parent.type === "tag" ? { classification, parent: self } : { classification: self };
  if (type === "ingestionPipeline") return { service: self };
  if (parent.type === "container") return { service, serviceType, parent: self };
  if (parent.type === "databaseSchema") return { service, serviceType, database, databaseSchema: self };
  if (parent.type === "database") return { service, serviceType, database: self };
  return { service: self, serviceType };
}

function idOf(value: unknown): string {
  return typeof value === "string" ? value : String((value as { id?: unknown } | null)?.id);
}

function nameOf(value: unknown): string {
  if (typeof value === "string") return value;
  const { fullyQualifiedName, id } = value as { fullyQualifiedName?: unknown; id?: unknown };
  return String(fullyQualifiedName ?? id);
}

/** A name that no FQN can be made of is the request's fault. */
function namesChecked<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof InvalidNameError) throw badRequest(error.message);
    throw error;
  }
}
