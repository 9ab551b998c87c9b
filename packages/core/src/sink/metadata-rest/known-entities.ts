import { entityTypeInfo, hasSourceHash, parentFqn, type EntityKey, type EntityType, type FQN } from "@omd/schema";
import type { Catalog, CatalogEntity, ListOptions } from "../../contracts/index.ts";
import { knownOf, tableOf, testCaseFields, unknownId, type KnownEntity, type Listing } from "./known-entity.ts";
import { ManyTestCases } from "./many-test-cases.ts";
import { UntoldIds } from "./untold-ids.ts";

export type { KnownEntity } from "./known-entity.ts";

/** By type and parent; the one that was asked for first goes first. */
type Listings = Map<string, Promise<Listing>>;

/** Most listings kept at a time; each is one parent's children. Those of test cases are small, and more tables are worked on at a time. */
const maxListings = 64;
const maxCaseListings = 256;
/** Most listings that are spared because their parent is new. */
const maxSpared = 100_000;
/** Most entities of listings of the source that are remembered. */
const maxHeard = 50_000;
/** So many test definitions are looked up one by one; then all are listed. */
const definitionsAlone = 20;

/** What the catalog has below each parent: one listing a parent instead of one look-up an entity. */
export class KnownEntities {
  readonly #catalog: Catalog;
  readonly #children: Listings = new Map();
  readonly #cases: Listings = new Map();
  /** Listings that were spared: what the run has made below since is in them only while they are kept. */
  readonly #spared = new Set<string>();
  /** From listings of the source, by type and FQN. */
  readonly #heard: Listing = new Map();
  readonly #manyCases: ManyTestCases;
  readonly #ids = new UntoldIds();
  #definitionReads = 0;
  /** Those of all tables and platforms. */
  #definitions: Promise<Listing> | undefined;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
    this.#manyCases = new ManyTestCases(catalog);
  }

  /** Passes on a listing that the source asks for: what it shows need not be listed again. */
  async *overheard(type: EntityType, options: ListOptions): AsyncGenerator<CatalogEntity> {
    const tellsHash = hasSourceHash(type) && options.fields?.includes("sourceHash") === true;
    for await (const entity of this.#catalog.list(type, options)) {
      const name = `${type} ${entity.fullyQualifiedName}`;
      // What this run has written since it was first heard of counts.
      if (tellsHash && this.#heard.size < maxHeard && !this.#heard.has(name))
        this.#heard.set(name, knownOf(type, entity));
      yield entity;
    }
  }

  async find(key: EntityKey): Promise<KnownEntity | undefined> {
    if (key.entityType === "testDefinition") return this.#definition(key);
    const parent = listedBelow(key);
    if (parent === undefined) return this.#get(key);
    const heard = this.#heard.get(`${key.entityType} ${key.fqn}`);
    if (heard && !this.#kept(key.entityType).has(`${key.entityType} ${parent}`)) return heard;
    const listing = await this.#listing(key.entityType, parent);
    const known = listing.get(key.fqn);
    if (known?.id !== unknownId) return known;
    const reads = { alone: () => this.#get(key), all: () => this.#read(key.entityType, parent) };
    return this.#ids.find(listing, key.fqn, reads);
  }

  /** Told by the sink after a bulk write. An id that its answer does not name is looked up when it is first asked for. */
  async learnCreated(key: EntityKey, sourceHash: string | undefined, id = unknownId): Promise<void> {
    await this.learn(key, { id, sourceHash, deleted: false, isNew: true });
  }

  /** Told by the sink after a write. */
  async learn(key: EntityKey, entity: KnownEntity): Promise<void> {
    if (key.entityType === "testDefinition") (await this.#definitions)?.set(key.fqn, entity);
    if (key.entityType === "testCase") await this.#manyCases.learn(key.fqn, entity);
    const name = `${key.entityType} ${key.fqn}`;
    if (this.#heard.has(name)) this.#heard.set(name, entity);
    const parent = listedBelow(key);
    if (parent !== undefined)
      (await this.#kept(key.entityType).get(`${key.entityType} ${parent}`))?.set(key.fqn, entity);
  }

  async #get({ entityType, fqn }: EntityKey): Promise<KnownEntity | undefined> {
    const entity = await this.#catalog.get(entityType, fqn, { include: "all" });
    return entity && { id: entity.id, sourceHash: entity.sourceHash, deleted: entity.deleted === true };
  }

  async #definition(key: EntityKey): Promise<KnownEntity | undefined> {
    if (!this.#definitions && this.#definitionReads < definitionsAlone) {
      this.#definitionReads += 1;
      return this.#get(key);
    }
    if (!this.#definitions) {
      const listing = this.#read(key.entityType, undefined);
      this.#definitions = listing;
      listing.catch(() => (this.#definitions = undefined));
    }
    return (await this.#definitions).get(key.fqn);
  }

  #kept(type: EntityType): Listings {
    return type === "testCase" ? this.#cases : this.#children;
  }

  #listing(type: EntityType, parent: FQN): Promise<Listing> {
    const name = `${type} ${parent}`;
    const kept = this.#kept(type);
    const listing = kept.get(name) ?? this.#start(type, parent);
    // The one that was asked for last goes last.
    kept.delete(name);
    kept.set(name, listing);
    return listing;
  }

  #start(type: EntityType, parent: FQN): Promise<Listing> {
    const kept = this.#kept(type);
    const oldest = kept.keys().next().value;
    const most = kept === this.#cases ? maxCaseListings : maxListings;
    if (oldest !== undefined && kept.size >= most) kept.delete(oldest);
    const listing = this.#readOrSpare(type, parent);
    listing.catch(() => kept.delete(`${type} ${parent}`));
    return listing;
  }

  async #readOrSpare(type: EntityType, parent: FQN): Promise<Listing> {
    const name = `${type} ${parent}`;
    const mayBeSpared = !this.#spared.has(name) && this.#spared.size < maxSpared;
    if (!mayBeSpared || !(await this.#isNew(type, parent))) {
      const many = type === "testCase" ? await this.#manyCases.of(parent) : undefined;
      return many ?? this.#read(type, parent);
    }
    this.#spared.add(name);
    return new Map();
  }

  /** Whether this run made the parent of this type's entities: nothing can be below it then. */
  async #isNew(type: EntityType, parent: FQN): Promise<boolean> {
    const entityType = type === "testCase" ? "table" : (entityTypeInfo(type).parent?.type as EntityType | undefined);
    const above = entityType && listedBelow({ entityType, fqn: parent });
    if (entityType === undefined || above === undefined || !this.#children.has(`${entityType} ${above}`)) return false;
    return (await this.#listing(entityType, above)).get(parent)?.isNew === true;
  }

  async #read(type: EntityType, parent: FQN | undefined): Promise<Listing> {
    const children: Listing = new Map();
    const fields = type === "testCase" ? testCaseFields : hasSourceHash(type) ? ["sourceHash"] : [];
    for await (const entity of this.#catalog.list(type, { below: parent, include: "all", fields })) {
      children.set(entity.fullyQualifiedName, knownOf(type, entity));
    }
    return children;
  }
}

/** What the listing is about that an entity is in: its parent, of a test case the table; undefined when it is looked up alone. */
function listedBelow({ entityType, fqn }: EntityKey): FQN | undefined {
  if (entityTypeInfo(entityType).scope === undefined) return undefined;
  if (entityType !== "testCase") return parentFqn(fqn);
  return tableOf(fqn);
}
