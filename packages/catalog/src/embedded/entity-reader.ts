import type { CatalogEntity, GetOptions, ListOptions, SearchOptions } from "@omd/core";
import type { EntityReference, EntityType, FQN } from "@omd/schema";
import type { CatalogDatabase } from "./database.ts";
import { EntityPages, type Page, type PageOptions } from "./entity-page.ts";
import { entityRows } from "./entity-rows.ts";
import { scanEntities, type Scanned, type ScanOptions } from "./entity-scan.ts";
import { EntitySearch, type NameHit } from "./entity-search.ts";
import { included, stored, type EntityStore, type StoredEntity } from "./entity-store.ts";
import { chosenFields, writtenFields, type EntityView } from "./entity-view.ts";

/** Finds entities and shows them with the fields that are wanted: what {@link EntityWriter} is for writing. */
export class EntityReader {
  readonly #db: CatalogDatabase;
  readonly #store: EntityStore;
  readonly #view: EntityView;
  readonly #search: EntitySearch;
  readonly #pages: EntityPages;

  constructor(db: CatalogDatabase, store: EntityStore, view: EntityView) {
    this.#db = db;
    this.#store = store;
    this.#view = view;
    this.#search = new EntitySearch(db, store);
    this.#pages = new EntityPages(db);
  }

  byFqn(type: EntityType, fqn: FQN, options: GetOptions): CatalogEntity | undefined {
    return this.#shown(type, this.#store.byFqn(type, fqn), options);
  }

  byId(type: EntityType, id: string, options: GetOptions): CatalogEntity | undefined {
    return this.#shown(type, this.#store.byId(type, id), options);
  }

  /** Throws CatalogError 400. */
  page(type: EntityType, options: PageOptions): Page {
    const chosen = chosenFields(type, options.fields);
    const page = this.#pages.page(type, options);
    const inheritance = this.#view.inheritance();
    return { ...page, data: page.data.map((entity) => this.#view.show(entity, chosen, inheritance)) };
  }

  *list(type: EntityType, options: ListOptions): Generator<CatalogEntity> {
    const chosen = chosenFields(type, options.fields);
    const inheritance = this.#view.inheritance();
    for (const row of entityRows(this.#db, type, options.below)) {
      const entity = stored(row);
      if (entity && included(entity, options.include)) yield this.#view.show(entity, chosen, inheritance);
    }
  }

  scan(type: EntityType, options: ScanOptions): Generator<Scanned> {
    return scanEntities(this.#db, type, options, (entity) => this.#view.show(entity, writtenFields));
  }

  byPattern(type: EntityType, options: SearchOptions): readonly CatalogEntity[] {
    return this.#search.byPattern(type, options).map((entity) => this.#view.show(entity, writtenFields));
  }

  byName(...asked: Parameters<EntitySearch["byName"]>): readonly NameHit[] {
    return this.#search.byName(...asked);
  }

  owner(name: string, fuzzy: boolean): EntityReference | undefined {
    return this.#search.owner(name, fuzzy);
  }

  /** All states of an entity, newest first. Throws CatalogError 404. */
  versions(type: EntityType, id: string): readonly CatalogEntity[] {
    const entity = this.#store.needById(type, id);
    return [entity, ...this.#store.versions(entity)].map((state) => this.#view.show(state, writtenFields));
  }

  #shown(type: EntityType, found: StoredEntity | undefined, options: GetOptions): CatalogEntity | undefined {
    const chosen = chosenFields(type, options.fields);
    if (!found || !included(found, options.include)) return undefined;
    return this.#view.show(found, chosen, this.#view.inheritance());
  }
}
