import {
  childFqn,
  entityTypeInfo,
  entityTypes,
  fqnBelow,
  fqnOf,
  InvalidNameError,
  md5,
  requestFqn,
  requestName,
  suiteTable,
  parseFqn,
  rootFqn,
  withoutNulls,
  type Column,
  type CreateRequest,
  type EntityReference,
  type EntityType,
  type FQN,
  type TagLabel,
} from "@omd/schema";
import { badRequest, checkConstraints, checkLength, storedColumns, storedFields, storedTasks } from "./columns.ts";
import { entityFields, secretFields } from "./entity-fields.ts";
import type { Body, EntityStore, StoredEntity } from "./entity-store.ts";
import { openField } from "./open-fields.ts";
import { checkParameters, placeCase, placeSuite, type Place } from "./test-cases.ts";
import { masked } from "./mask.ts";
import { namedReference, namedReferences } from "./reference-fields.ts";
import type { References } from "./references.ts";
import type { z } from "zod";

/** What a create request asks for, with everything it names resolved. */
export interface RequestedEntity {
  readonly type: EntityType;
  readonly name: string;
  readonly fqn: FQN;
  readonly parentId: string | undefined;
  readonly body: Body;
}

/** Fields that name a parent or are no part of the entity: they do not go into the body as they are. */
const consumed = new Set([
  "name",
  "fullyQualifiedName",
  "service",
  "serviceType",
  "database",
  "databaseSchema",
  "classification",
  "glossary",
  "apiCollection",
  "apiEndpoints",
  "parent",
  "directory",
  "spreadsheet",
  "basicEntityReference",
  "executableEntityReference",
  // Secrets, and references to what this catalog does not have.
  "authenticationMechanism",
  "ingestionRunner",
  "processingEngine",
  "dataContract",
  "personas",
  "defaultPersona",
]);

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
      const name = entityName(type, given);
      const { parent, fqn, fields } = this.#place(type, name, given);
      checkLength(fqn);
      const known = entityFields(type);
      const body: Body = {};
      for (const [field, value] of Object.entries({ ...defaults(type, given), ...fields })) {
        if (value !== undefined && known.has(field)) body[field] = value;
      }
      for (const [field, value] of Object.entries(given)) {
        const kept = !consumed.has(field) || (field === "serviceType" && !parent);
        if (kept && known.has(field)) body[field] = value;
      }
      if (type === "team") delete body.children;
      this.resolve(type, fqn, body);
      return { type, name, fqn, parentId: parent?.id, body };
    });
  }

  #place(type: EntityType, name: string, given: Body): Place {
    if (type === "testCase") return placeCase(this.#store, given);
    if (type === "testSuite") return placeSuite(this.#store, given);
    const parent = this.#parent(type, given);
    if (!parent) return { parent, fqn: requestFqn(type, given as CreateRequest<EntityType>), fields: {} };
    return { parent, fqn: fqnBelow(type, parent.fqn as FQN, name), fields: inherited(type, parent) };
  }

  /** Brings the fields of a body into the form they are stored in: tags, owners, columns, tasks; secrets masked. */
  resolve(type: EntityType, fqn: FQN, body: Body): void {
    namesChecked(() => this.#resolve(type, fqn, body));
  }

  #resolve(type: EntityType, fqn: FQN, body: Body): void {
    for (const field of secretFields) if (body[field] !== undefined) body[field] = masked(body[field]);
    for (const [field, target] of Object.entries(namedReference)) {
      if (body[field] === undefined) continue;
      const named = this.#references.find(target, body[field]);
      if (type === "testCase" && field === "testDefinition") checkParameters(named, body.parameterValues);
      body[field] = { id: named.id, type: named.type };
    }
    for (const [field, target] of Object.entries(namedReferences)) {
      this.#list(body, field, (values) => this.#references.allNamed(target, own(values)));
    }
    this.#list(body, "tags", (tags) => this.#references.tags(tags as TagLabel[]));
    this.#list(body, "owners", (owners) => this.#references.owners(own(owners) as EntityReference[]));
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
    this.#resolveFields(type, fqn, body);
    if (type === "user" && typeof body.email === "string") body.email = body.email.toLowerCase();
  }

  /** Parts that only newer kinds of data have: fields of search indexes and end points, features of models. */
  #resolveFields(type: EntityType, fqn: FQN, body: Body): void {
    for (const field of type === "searchIndex" ? ["fields"] : type === "mlmodel" ? ["mlFeatures"] : []) {
      if (body[field] !== undefined) body[field] = storedFields(fqn, this.#references.partTags(body[field] as Body[]));
    }
    if (type !== "apiEndpoint") return;
    for (const field of ["requestSchema", "responseSchema"]) {
      const schema = body[field] as Body | undefined;
      if (schema?.schemaFields !== undefined)
        body[field] = { ...schema, schemaFields: storedFields(childFqn(fqn, field), schema.schemaFields) };
    }
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
    const parent = type === "ingestionPipeline" ? this.#service(given) : this.#nearest(type, given);
    if (parent && typeof given.service === "string" && rootFqn(parent.fqn as FQN) !== fqnOf(given.service))
      throw badRequest(`The ${parent.type} ${parent.fqn} does not belong to the service ${given.service}`);
    return parent;
  }

  #service({ service }: Body): StoredEntity {
    return this.#byReference(service as EntityReference, serviceTypes);
  }

  #nearest(type: EntityType, given: Body): StoredEntity | undefined {
    const { parent, nests } = entityTypeInfo(type);
    const nearer = nests && given[nests.field];
    if (nests && typeof nearer === "string") return this.#store.liveByFqn(nests.type as EntityType, parseFqn(nearer));
    if (nests && nearer) return this.#byReference(nearer as EntityReference, [nests.type]);
    if (type === "tag" && given.classification === undefined)
      throw badRequest("A tag needs a classification or a parent");
    if (!parent) return undefined;
    if (given[parent.field] === undefined) throw badRequest(`A ${type} needs a ${parent.field}`);
    const value = String(given[parent.field]);
    const fqn = parent.field === "service" ? fqnOf(value) : parseFqn(value);
    return this.#store.liveByFqn(parent.type as EntityType, fqn);
  }

  #byReference(reference: EntityReference, types: readonly string[]): StoredEntity {
    if (!types.includes(reference.type)) throw badRequest(`A ${reference.type} can't be the parent`);
    return this.#references.live(reference);
  }
}

/** The name that an entity is given. That of a table's own suite, its FQN, is left off where no entity may have one so long. */
function entityName(type: EntityType, given: Body): string {
  const name = requestName(type, given);
  if (type !== "testSuite" || name.length <= longestName) return name;
  if (suiteTable(given) !== undefined) return "testSuite";
  throw badRequest(`Invalid testSuite request: name: it has more than ${longestName} characters`);
}
const longestName = 256;

/** What an ingestion pipeline may belong to. */
const serviceTypes = [...Object.keys(entityTypes).filter((type) => type.endsWith("Service")), "testSuite"];

/** What OpenMetadata fills in when a request says nothing. */
function defaults(type: EntityType, given: Body): Body {
  if (type === "query") return { checksum: md5(String(given.query)) };
  if (type === "mlmodel") return { algorithm: "mlmodel" };
  if (type === "testDefinition") return { provider: "user", enabled: true };
  return ["tag", "classification", "glossary", "glossaryTerm"].includes(type) ? { provider: "user" } : {};
}

/** A field that is null counts as left out, as OpenMetadata reads it. */
function parse(type: EntityType, request: unknown): Body {
  const given = checked(type, entityTypeInfo(type).request, hasNull(request) ? withoutNulls(request) : request, []);
  const body = JSON.parse(JSON.stringify(given)) as Body;
  for (const [field, value] of Object.entries(body)) {
    const form = openField(type, field);
    if (form) body[field] = checked(type, form, value, [field]);
  }
  return body;
}

function checked(type: EntityType, form: z.ZodType, value: unknown, at: readonly string[]): unknown {
  const result = form.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => `${[...at, ...path].join(".") || type}: ${message}`);
  throw badRequest(`Invalid ${type} request: ${issues.join("; ")}`);
}

function hasNull(value: unknown): boolean {
  return typeof value === "object" && (value === null || Object.values(value).some(hasNull));
}

/** The references that an entity takes over from its parent: the whole way up to the service. */
function inherited(type: EntityType, parent: StoredEntity): Body {
  const { service, serviceType, database, classification, glossary } = parent.body;
  const self = { id: parent.id, type: parent.type };
  if (type === "tag") return parent.type === "tag" ? { classification, parent: self } : { classification: self };
  if (type === "glossaryTerm") return parent.type === "glossary" ? { glossary: self } : { glossary, parent: self };
  if (type === "domain") return { parent: self };
  if (type === "apiEndpoint") return { service, serviceType, apiCollection: self };
  if (type === "ingestionPipeline") return { service: self };
  if (parent.type === "container") return { service, serviceType, parent: self };
  if (parent.type === "directory")
    return { service, serviceType, [type === "directory" ? "parent" : "directory"]: self };
  if (parent.type === "spreadsheet") return { service, serviceType, spreadsheet: self };
  if (parent.type === "databaseSchema") return { service, serviceType, database, databaseSchema: self };
  if (parent.type === "database") return { service, serviceType, database: self };
  return { service: self, serviceType };
}

/** Without what the entity only inherits: that stays where it is. */
function own(values: unknown[]): unknown[] {
  return values.filter((value) => (value as { inherited?: unknown } | null)?.inherited !== true);
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
