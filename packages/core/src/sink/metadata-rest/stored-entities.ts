import { knownDataModel, parentFqn, type EntityKey, type FQN, type KnownDataModel } from "@omd/schema";
import type { Catalog, CatalogEntity } from "../../contracts/index.ts";

/** An entity as the catalog has it; a table with its data model made small. */
export interface StoredEntity {
  readonly entity: CatalogEntity;
  readonly dataModel: KnownDataModel | undefined;
}

/** What may be changed at tables: all fields would bring joins, usage and samples too. */
const tableFields = ["columns", "tags", "owners", "domains", "extension", "lifeCycle", "dataModel"];
/** So many tables of one schema are read one by one; then the schema is listed. */
const readAlone = 3;
/** Most schemas whose tables are held at a time. */
const maxSchemas = 16;

/** A data model and the table that has it. */
interface StoredModel {
  readonly id: string;
  readonly dataModel: KnownDataModel | undefined;
}

interface Schema {
  reads: number;
  /** Of tables that were patched since they were read: a patch leaves the data model alone. */
  readonly models: Map<FQN, StoredModel>;
  /** Tables that this run made or changed since: the listing does not show them as they are. */
  readonly changed: Set<FQN>;
  readonly read: Map<FQN, Promise<StoredEntity | undefined>>;
  listing?: Promise<Map<FQN, StoredEntity>>;
}

/** Entities that records change although another source owns them: the tables of a schema come in one listing, all others one by one. */
export class StoredEntities {
  readonly #catalog: Catalog;
  readonly #schemas = new Map<FQN, Schema>();

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** Non-deleted only. */
  async find(key: EntityKey): Promise<StoredEntity | undefined> {
    const parent = key.entityType === "table" ? parentFqn(key.fqn) : undefined;
    if (parent === undefined) return this.#get(key);
    const schema = this.#schema(parent);
    const read = schema.read.get(key.fqn);
    if (read) return read;
    if (schema.changed.has(key.fqn)) return this.#readAlone(schema, key);
    if (!schema.listing && schema.reads < readAlone) {
      schema.reads += 1;
      return this.#readAlone(schema, key);
    }
    if (!schema.listing) {
      const listing = this.#list(parent);
      schema.listing = listing;
      listing.catch(() => delete schema.listing);
    }
    return (await schema.listing).get(key.fqn);
  }

  /** The data model of a table, non-deleted only. */
  async findModel(key: EntityKey): Promise<StoredModel | undefined> {
    const model = this.#heldSchema(key)?.models.get(key.fqn);
    if (model) return model;
    const found = await this.find(key);
    return found && { id: found.entity.id, dataModel: found.dataModel };
  }

  /** Told after a write: the entity is read anew when it is next asked for. */
  changed(key: EntityKey): void {
    const schema = this.#heldSchema(key);
    schema?.changed.add(key.fqn);
    schema?.read.delete(key.fqn);
    schema?.models.delete(key.fqn);
  }

  /** Told after a patch of what was found. */
  patched(key: EntityKey, { entity, dataModel }: StoredEntity): void {
    this.changed(key);
    this.#heldSchema(key)?.models.set(key.fqn, { id: entity.id, dataModel });
  }

  #heldSchema({ entityType, fqn }: EntityKey): Schema | undefined {
    const parent = entityType === "table" ? parentFqn(fqn) : undefined;
    return parent === undefined ? undefined : this.#schemas.get(parent);
  }

  #schema(parent: FQN): Schema {
    const known = this.#schemas.get(parent);
    if (known) return known;
    const oldest = this.#schemas.keys().next().value;
    if (oldest !== undefined && this.#schemas.size >= maxSchemas) this.#schemas.delete(oldest);
    const schema: Schema = {
      reads: 0,
      read: new Map(),
      changed: new Set(),
      models: new Map(),
    };
    this.#schemas.set(parent, schema);
    return schema;
  }

  #readAlone(schema: Schema, key: EntityKey): Promise<StoredEntity | undefined> {
    const reading = this.#get(key);
    schema.read.set(key.fqn, reading);
    reading.catch(() => schema.read.delete(key.fqn));
    return reading;
  }

  async #get({ entityType, fqn }: EntityKey): Promise<StoredEntity | undefined> {
    const fields = entityType === "table" ? tableFields : ["*"];
    const entity = await this.#catalog.get(entityType, fqn, { fields });
    return entity && held(entity);
  }

  async #list(below: FQN): Promise<Map<FQN, StoredEntity>> {
    const tables = new Map<FQN, StoredEntity>();
    for await (const entity of this.#catalog.list("table", { below, fields: tableFields }))
      tables.set(entity.fullyQualifiedName, held(entity));
    return tables;
  }
}

function held({ dataModel, ...entity }: CatalogEntity): StoredEntity {
  return { entity, dataModel: knownDataModel(dataModel) };
}
