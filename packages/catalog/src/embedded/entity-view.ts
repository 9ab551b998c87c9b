import type { CatalogEntity, GetOptions } from "@omd/core";
import { CatalogError } from "@omd/core";
import type { EntityType, FQN } from "@omd/schema";
import type { CatalogDatabase } from "./database.ts";
import { entityFields, isOnDemand } from "./entity-fields.ts";
import { inheritedFields, referenceFields, referenceListFields } from "./reference-fields.ts";
import { href, type Body, type EntityStore, type StoredEntity } from "./entity-store.ts";
import { derivedFields, isDerived } from "./extras/derived-fields.ts";
import { ExtraFields } from "./extras/extra-fields.ts";
import { Inheritance } from "./inheritance.ts";
import { suiteFqn } from "./test-cases.ts";
import type { References, StoredReference } from "./references.ts";

/** Who writes, as OpenMetadata names the user of an ingestion. */
export const updatedBy = "ingestion-bot";

/** Which of an entity's fields are answered; with a type: of those in its body. */
export type FieldChoice = (field: string, type?: EntityType) => boolean;
/** Everything that is stored; lists of children are left out, they may be long. */
export const writtenFields: FieldChoice = (field, type) =>
  !(field in childTypes) && !isDerived(field, type) && field !== "termCount";

const countedTypes: Partial<Record<EntityType, EntityType>> = { classification: "tag", glossary: "glossaryTerm" };

const childTypes: Readonly<Record<string, Partial<Record<EntityType, readonly EntityType[]>>>> = {
  databaseSchemas: { database: ["databaseSchema"] },
  tables: { databaseSchema: ["table"] },
  apiEndpoints: { apiCollection: ["apiEndpoint"] },
  tests: { testSuite: ["testCase"] },
  worksheets: { spreadsheet: ["worksheet"] },
  children: {
    container: ["container"],
    directory: ["directory", "file", "spreadsheet"],
    tag: ["tag"],
    glossaryTerm: ["glossaryTerm"],
    domain: ["domain"],
  },
};

/** Reads `fields` of a call. Throws CatalogError 400 `Invalid field name x`. */
export function chosenFields(type: EntityType, fields: GetOptions["fields"]): FieldChoice {
  if (fields?.includes("*")) return () => true;
  const known = entityFields(type);
  for (const field of fields ?? []) {
    if (!known.has(field)) throw new CatalogError(`Invalid field name ${field}`, { status: 400 });
  }
  const wanted = new Set(fields);
  return (field) => wanted.has(field) || !(isOnDemand(type, field) || derivedFields.has(field));
}

/** Shows a stored entity as OpenMetadata answers it: references expanded, on-demand fields only when chosen. */
export class EntityView {
  readonly #db: CatalogDatabase;
  readonly #store: EntityStore;
  readonly #references: References;
  readonly #extras: ExtraFields;

  constructor(db: CatalogDatabase, store: EntityStore, references: References) {
    this.#extras = new ExtraFields(db, store);
    this.#db = db;
    this.#store = store;
    this.#references = references;
  }

  /** For one answer, see {@link Inheritance}. */
  inheritance(): Inheritance {
    return new Inheritance(this.#db);
  }

  /** With `inheritance` also what the entity has from others: what it inherits, and a table its test suite. */
  show(entity: StoredEntity, chosen: FieldChoice, inheritance?: Inheritance): CatalogEntity {
    const shown: Body = {};
    for (const [field, value] of Object.entries(entity.body)) if (chosen(field, entity.type)) shown[field] = value;
    this.#expand(shown);
    if (inheritance) this.#inherit(entity, shown, chosen, inheritance);
    if (Array.isArray(shown.columns) && !chosen("tags")) shown.columns = withoutTags(shown.columns as Body[]);
    this.#addDerived(entity, shown, chosen);
    this.#extras.fill(entity, shown, chosen);
    return {
      id: entity.id,
      name: entity.name,
      fullyQualifiedName: entity.fqn as FQN,
      ...shown,
      version: entity.version,
      updatedAt: entity.updatedAt,
      updatedBy,
      href: href(entity.type, entity.id),
      ...(entity.change ? { changeDescription: entity.change } : {}),
      ...(entityFields(entity.type).has("deleted") ? { deleted: entity.deleted } : {}),
    };
  }

  #inherit(entity: StoredEntity, shown: Body, chosen: FieldChoice, inheritance: Inheritance): void {
    const known = entityFields(entity.type);
    for (const field of inheritedFields) {
      if (shown[field] !== undefined || !known.has(field) || !chosen(field)) continue;
      const list = inheritance.below(entity.parentId)[field];
      const expanded = this.#expandList(list ?? []).map((reference) => ({ ...(reference as object), inherited: true }));
      if (expanded.length > 0) shown[field] = expanded;
    }
    if (entity.type === "table" && chosen("testSuite")) {
      const suite = this.#store.byFqn("testSuite", suiteFqn(entity.fqn));
      if (suite && !suite.deleted) shown.testSuite = this.#references.expand({ id: suite.id, type: "testSuite" });
    }
  }

  #expand(shown: Body): void {
    for (const field of referenceFields) {
      if (shown[field] !== undefined) shown[field] = this.#references.expand(shown[field] as StoredReference);
    }
    for (const field of referenceListFields) {
      if (shown[field] !== undefined) shown[field] = this.#expandList(shown[field]);
    }
    if (Array.isArray(shown.tasks)) {
      shown.tasks = (shown.tasks as Body[]).map((task) =>
        task.owners === undefined ? task : { ...task, owners: this.#expandList(task.owners) },
      );
    }
  }

  #expandList(list: unknown): unknown[] {
    return (list as StoredReference[]).flatMap((reference) => this.#references.expand(reference) ?? []);
  }

  #addDerived(entity: StoredEntity, shown: Body, chosen: FieldChoice): void {
    if (entity.type === "pipeline" && chosen("pipelineStatus")) {
      const latest = this.#db.get(
        "SELECT body FROM pipeline_status WHERE pipeline_id = ? ORDER BY timestamp DESC LIMIT 1",
        entity.id,
      );
      if (latest) shown.pipelineStatus = JSON.parse(String(latest.body));
    }
    const terms = countedTypes[entity.type];
    if (terms && chosen("termCount")) shown.termCount = this.#store.countChildren(entity.id, terms);
    for (const [field, types] of Object.entries(childTypes)) {
      const kinds = types[entity.type];
      if (!kinds || !chosen(field)) continue;
      const children = kinds.flatMap((kind) => this.#store.children(entity.id, kind));
      if (children.length > 0) shown[field] = children;
    }
  }
}

function withoutTags(columns: Body[]): Body[] {
  return columns.map((column) => {
    const { children, ...bare } = column;
    delete bare.tags;
    return { ...bare, ...(Array.isArray(children) ? { children: withoutTags(children as Body[]) } : {}) };
  });
}
